"""Searches the knowledge base and says what was found."""

from collections.abc import Callable

from mailwhy.diagnosis.models import Hit
from mailwhy.diagnosis.search import Kind
from mailwhy.diagnosis.search_documents import search_index
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase

__all__ = ["find"]


def find(query: str, kb: KnowledgeBase, say: Translator, limit: int) -> list[Hit]:
    """The entries that fit the words best, titled in the translator's language."""
    hits = []
    for kind, key, score in search_index(kb).search(query, say.locale, limit):
        title, summary = _TEXTS[kind](key, kb, say)
        hits.append(Hit(kind=kind, id=key, title=title, summary=summary, score=round(score, 4), locale=say.locale))
    return hits


def _cause(key: str, kb: KnowledgeBase, say: Translator) -> tuple[str, str]:
    entry = kb.causes[key]
    return say(entry.title, "causes"), say(entry.summary, "causes")


def _symptom(key: str, kb: KnowledgeBase, say: Translator) -> tuple[str, str]:
    entry = kb.symptoms[key]
    return say(entry.title, "symptoms"), say(entry.summary, "symptoms")


def _code(key: str, kb: KnowledgeBase, say: Translator) -> tuple[str, str]:
    entry = kb.codes[key]
    advice = say(entry.advice, "codes") if entry.advice else ""
    return entry.code, f"{say(entry.meaning, 'codes')} {advice}".strip()


def _resolution(key: str, kb: KnowledgeBase, say: Translator) -> tuple[str, str]:
    entry = kb.resolutions[key]
    return say(entry.title, "resolutions"), say(entry.why, "resolutions")


def _provider(key: str, kb: KnowledgeBase, say: Translator) -> tuple[str, str]:
    entry = kb.providers[key]
    servers = ", ".join(f"{server.host}:{server.port}" for server in entry.submission)
    known = [say(text, "providers") for text in (entry.app_password, entry.sending_limits, entry.note) if text]
    return entry.name, " ".join([servers, *known]).strip()


_TEXTS: dict[Kind, Callable[[str, KnowledgeBase, Translator], tuple[str, str]]] = {
    "cause": _cause,
    "symptom": _symptom,
    "code": _code,
    "resolution": _resolution,
    "provider": _provider,
}
