"""What of the knowledge base can be searched."""

from collections.abc import Iterator

from mailwhy.diagnosis.search import Document, SearchIndex
from mailwhy.diagnosis.search_words import LANGUAGES
from mailwhy.i18n import Translator, translator
from mailwhy.knowledge import KnowledgeBase

__all__ = ["documents", "search_index"]


def search_index(kb: KnowledgeBase) -> SearchIndex:
    """The index of a knowledge base in all its languages, built when it is first asked for."""
    return kb.made(_search_index)


def _search_index(kb: KnowledgeBase) -> SearchIndex:
    folders = [folder / "locales" for folder in kb.overlays]
    return SearchIndex.build(
        document for locale in LANGUAGES for document in documents(kb, translator(locale, *folders))
    )


def documents(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    """The entries of a knowledge base in one language. Codes have their kind in their id: ``hresult/0x800CCC79``."""
    yield from _causes(kb, say)
    yield from _symptoms(kb, say)
    yield from _resolutions(kb, say)
    yield from _codes(kb, say)
    yield from _providers(kb, say)


def _causes(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for cause in kb.causes.values():
        title, summary = say(cause.title, "causes"), say(cause.summary, "causes")
        yield Document("cause", cause.id, say.locale, title, summary, (cause.id.replace("_", " "),))


def _symptoms(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for symptom in kb.symptoms.values():
        title, summary = say(symptom.title, "symptoms"), say(symptom.summary, "symptoms")
        yield Document("symptom", symptom.id, say.locale, title, summary, tuple(symptom.keywords.get(say.locale, ())))


def _resolutions(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for resolution in kb.resolutions.values():
        title, why = say(resolution.title, "resolutions"), say(resolution.why, "resolutions")
        yield Document("resolution", resolution.id, say.locale, title, why)


def _codes(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for key, code in kb.codes.items():
        meaning, advice = say(code.meaning, "codes"), say(code.advice or "", "codes")
        name = (code.symbol.replace("_", " "),) if code.symbol else ()
        yield Document("code", key, say.locale, meaning, advice, name, (code.code, *code.also))


def _providers(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for provider in kb.providers.values():
        hosts = (setting.host for setting in (*provider.submission, *provider.retrieval))
        names = tuple(dict.fromkeys((*provider.domains, *provider.hosts, *hosts)))
        texts = (provider.app_password, provider.sending_limits, provider.port25, provider.note)
        body = " ".join(say(text, "providers") for text in texts if text)
        yield Document("provider", provider.id, say.locale, provider.name, body, names)
