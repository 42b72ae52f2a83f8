"""How words are made comparable for the search, in each language."""

import re
from string import ascii_lowercase

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

__all__ = ["LANGUAGES", "analyzer", "one_error_away", "prepare"]

LANGUAGES = {"en": "english", "fr": "french"}
"""Languages with a stemmer of their own, and what the stemmer calls them."""

_LONGEST_WORD = 40
"""Characters; longer ones are no words, and looking for typing errors in them would take long."""

_FUNCTION_WORDS = frozenset(
    """
    a about after again all also am an and any are aren as at be been before being but by can cannot could did
    didn do does doesn doing don each even ever for from get gets getting give go goes got had has hasn have haven
    he hello help her here hi him his how i if in into is isn it its just know let ll me much my not now of off on
    once one only or our out own please re same she should since so some still than thank thanks that the their
    them then there these they this those to too under until up ve very want was wasn we were what when where
    which while who whole why will with won would you your

    afin ai aide ainsi ait alors apres au aucun aucune aussi autre autres avait avant avec avez avoir avons bien
    bonjour c ca car ce cela ces cet cette ceux chez comme comment d dans de deja depuis des dit dois doit donc du
    elle elles en encore entre est et etait etais ete etre eu eux fait faire faites faut il ils j je juste l la le
    les leur leurs lorsque lui m ma mais meme merci mes moi mon n ne nos notre nous ont ou par parce pas peu peut
    peux plait pour pourquoi puis puisque qu quand que quel quelle quelles quels qui quoi s sa sans se ses si
    sinon son sont suis sur t ta te tes toi ton tous tout toute toutes tres tu un une vais va vers vos votre vous
    vu y
""".split()  # noqa: SIM905 - four hundred quotes would hide the words
)
"""Words that tell nothing, without accents, of both languages at once: each language's index sees queries in the
other, whose function words would be rare words to it. "never" and "jamais" are not among them: they make the
complaint."""

_FEMININE_PARTICIPLE = re.compile(r"(?<=\w{3})[ée]e(s?)\b")
_THIRD_PERSON_PLURAL = re.compile(r"(?<=\w{4})ent\b")


def analyzer(language: str) -> TextAnalyzer:
    """Words of a text -> lower case, without accents, without function words, cut to their stem.

    Accents go before the stem is cut, so that those who type none find the same.
    """
    name = LANGUAGES[language]
    filters = (
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.custom_stopword(sorted(_FUNCTION_WORDS)),
        Filter.remove_long(_LONGEST_WORD),
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


def one_error_away(word: str) -> set[str]:
    """All words with one letter left out, added, changed, or swapped with its neighbour, as people mistype them."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + right[1:] for left, right in parts),
        *(left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1),
        *(left + letter + right[1:] for left, right in parts if right for letter in ascii_lowercase),
        *(left + letter + right for left, right in parts for letter in ascii_lowercase),
    }
