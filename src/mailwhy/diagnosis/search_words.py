"""How words are made comparable for the search, in each language."""

import re

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

__all__ = ["LANGUAGES", "analyzer", "prepare"]

LANGUAGES = {"en": "english", "fr": "french"}
"""Languages with a stemmer of their own, and what the stemmer calls them."""

_FUNCTION_WORDS = {
    "en": """
        about after again all also am any been before being can cannot could did do does doesn doing don each even ever
        from get gets getting give go goes got had has hasn have haven he her here him his how i its just know let ll
        me much my now off once one only our out own please re same she should since so some still than them then these
        those too under until up ve very want was we were what when where which while who whole why will with would you
        your isn aren wasn won didn hi hello help thanks thank
    """,
    "fr": """
        a afin ai aide ainsi ait alors apres arrive ma au aucun aucune aussi autre autres avait avant avec avez avoir avons
        bien bonjour ca car cela ces cet cette ceux chez comme comment dans de depuis des dit dois doit donc elle elles
        encore entre est et etait etais ete etre eu fait faire faites faut il ils je juste la le les leur leurs lorsque lui
        mais me meme merci mes moi mon ne nos notre nous on ont ou par parce pas peu peut peux plait pour pourquoi
        puis puisque quand que quel quelle quelles quels qui quoi sa sans se ses si sinon son sont suis sur ta te tes
        toi ton tous tout toute toutes tres tu un une vais va vers vos votre vous vu y deja c d j l m n qu s t
    """,
}
"""Words that tell nothing, without accents. "never", "jamais" and "plus" stay: they make the complaint."""

_FEMININE_PARTICIPLE = re.compile(r"(?<=\w{3})[ée]e(s?)\b")
_THIRD_PERSON_PLURAL = re.compile(r"(?<=\w{4})ent\b")


def analyzer(language: str) -> TextAnalyzer:
    """Words of a text -> lower case, without accents, without function words, cut to their stem.

    Accents go before the stem is cut, so that those who type none find the same.
    """
    name = LANGUAGES[language]
    filters = (
        Filter.lowercase(),
        Filter.stopword(name),
        Filter.ascii_fold(),
        Filter.custom_stopword(_FUNCTION_WORDS[language].split()),
        Filter.stemmer(name),
    )
    chain = TextAnalyzerBuilder(Tokenizer.simple())
    for step in filters:
        chain = chain.filter(step)
    return chain.build()


def prepare(text: str, language: str) -> str:
    """A text with the French endings replaced that the stemmer only knows with their accents, or not at all.

    « bloquée » without its accent is no participle to it, and it leaves « arrivent » as it is.
    """
    if language != "fr":
        return text
    return _THIRD_PERSON_PLURAL.sub("e", _FEMININE_PARTICIPLE.sub(r"e\1", text.lower()))
