"""What of the knowledge base can be searched."""

from collections.abc import Iterator
from operator import itemgetter

from mailwhy.diagnosis.search import Document, SearchIndex
from mailwhy.diagnosis.search_words import LANGUAGES
from mailwhy.i18n import Translator, translator
from mailwhy.i18n.negotiation import SOURCE_LOCALE
from mailwhy.knowledge import KnowledgeBase

__all__ = ["documents", "search_index"]


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Marks a message for translation; it is looked up when it is shown."""
    return message


_SETTINGS = N_("Settings of {provider}: SMTP server, port")
_TOPICS = {
    "sending_limits": N_("Sending limits of {provider}"),
    "app_password": N_("App password for {provider}"),
}
"""What a provider's entry tells, in the words of those who look for it; searched, not shown."""

_MOST_BRANDS = 10
"""A provider with more names than this sells addresses such as engineer.example: words, not brands."""

_TELLING = 4
"""The least strength of a wording that by itself tells the cause."""

_MOST_WORDINGS = 8
"""Wordings of an entry that are searched: English and French stand first, and twenty languages would drown them."""


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
    wordings = _wordings(kb) if say.locale == SOURCE_LOCALE else {}
    for cause in kb.causes.values():
        title, summary = say(cause.title, "causes"), say(cause.summary, "causes")
        keywords = (cause.id.replace("_", " "), *wordings.get(cause.id, ()))
        yield Document("cause", cause.id, say.locale, title, summary, keywords)


def _wordings(kb: KnowledgeBase) -> dict[str, list[str]]:
    """What servers say, in whatever language, by the cause that it tells; people search for what they were told."""
    wordings: dict[str, list[str]] = {}
    for reply in kb.replies.values():
        cause, strength = max(reply.causes.items(), key=itemgetter(1))
        if strength >= _TELLING:
            wordings.setdefault(cause, []).extend(phrase.replace("*", " ") for phrase in reply.match[:_MOST_WORDINGS])
    return wordings


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
        meaning = say(code.meaning, "codes")
        advice = say(code.advice, "codes") if code.advice else ""
        name = (code.symbol.replace("_", " "),) if code.symbol else ()
        yield Document("code", key, say.locale, meaning, advice, name, (code.code, *code.also))


def _providers(kb: KnowledgeBase, say: Translator) -> Iterator[Document]:
    for provider in kb.providers.values():
        hosts = (setting.host for setting in (*provider.submission, *provider.retrieval))
        topics = [_SETTINGS, *(topic for name, topic in _TOPICS.items() if getattr(provider, name))]
        phrases = (say(topic).format(provider=provider.name) for topic in topics)
        names = tuple(dict.fromkeys((*provider.domains, *provider.hosts, *hosts)))
        brands = dict.fromkeys(domain.partition(".")[0] for domain in provider.domains)
        known_as = brands if len(brands) <= _MOST_BRANDS else ()
        texts = (provider.app_password, provider.sending_limits, provider.port25, provider.note)
        body = " ".join(say(text, "providers") for text in texts if text)
        yield Document("provider", provider.id, say.locale, provider.name, body, (*known_as, *phrases), names)
