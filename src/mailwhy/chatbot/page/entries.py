"""What the pages about single entries of the knowledge base show."""

from collections.abc import Callable, Mapping
from typing import Any

from mailwhy.diagnosis.api import phrasebook
from mailwhy.i18n import N_, Translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.entries import ProviderEntry

__all__ = ["KINDS", "UnknownEntryError", "all_causes", "cause_page", "symptom_page"]

_STRONG = 4
"""How strongly a code must speak for a cause to be listed on the cause's page."""
_MOST_CODES = 24

Page = Mapping[str, Any]


class UnknownEntryError(LookupError):
    """There is no entry of that id."""


def cause_page(name: str, kb: KnowledgeBase, say: Translator) -> Page:
    """A cause: what it is, what to do, the codes that speak for it, what is like it."""
    entry = _known(kb.causes, name)
    codes = [code.code for code in kb.codes.values() if code.causes.get(name, 0) >= _STRONG]
    related = [(other, say(kb.causes[other].title, "causes")) for other in entry.related if other in kb.causes]
    cause = phrasebook(kb, say.locale).cause_text(name)
    return {"title": cause.title, "cause": cause, "codes": codes[:_MOST_CODES], "related": related}


def symptom_page(name: str, kb: KnowledgeBase, say: Translator) -> Page:
    """A complaint without a code: what it may be, the likeliest first, and what to do."""
    entry = _known(kb.symptoms, name)
    book = phrasebook(kb, say.locale)
    strongest = sorted(entry.causes, key=lambda cause: -entry.causes[cause])
    return {
        "title": say(entry.title, "symptoms"),
        "summary": say(entry.summary, "symptoms"),
        "causes": [book.cause_text(cause) for cause in strongest if cause in kb.causes],
        "resolutions": [book.resolution(found) for found in entry.resolutions if found in kb.resolutions],
    }


def resolution_page(name: str, kb: KnowledgeBase, say: Translator) -> Page:
    """A remedy with its steps, and the causes that it helps against."""
    _known(kb.resolutions, name)
    found = phrasebook(kb, say.locale).resolution(name)
    helps = [(cause.id, say(cause.title, "causes")) for cause in kb.causes.values() if name in cause.resolutions]
    return {"title": found.title, "resolution": found, "causes": helps}


_TLS = {
    "implicit": "SSL/TLS",
    "starttls": "STARTTLS",
    "none": N_("not encrypted"),
}
_SIGN_IN = {
    "password": N_("password"),
    "password-encrypted": N_("encrypted password"),
    "oauth2": N_("modern sign-in (OAuth2)"),
    "app-password": N_("app password"),
    "client-ip": N_("by the connection"),
    "none": N_("no sign-in"),
}


def provider_page(name: str, kb: KnowledgeBase, say: Translator) -> Page:
    """The settings that a provider publishes."""
    entry: ProviderEntry = _known(kb.providers, name)
    notes = (entry.app_password, entry.sending_limits, entry.port25, entry.note)
    servers = [("SMTP", server) for server in entry.submission]
    servers += [(server.protocol.upper(), server) for server in entry.retrieval]
    return {
        "title": entry.name,
        "provider": entry,
        "servers": [
            {
                "use": protocol,
                "host": server.host,
                "port": server.port,
                "tls": say(_TLS[server.tls]) if server.tls else "",
                "sign_in": ", ".join(say(_SIGN_IN[way]) for way in server.authentication),
            }
            for protocol, server in servers
        ],
        "notes": [say(note, "providers") for note in notes if note],
    }


KINDS: Mapping[str, Callable[[str, KnowledgeBase, Translator], Page]] = {
    "cause": cause_page,
    "symptom": symptom_page,
    "resolution": resolution_page,
    "provider": provider_page,
}
"""Kinds of entry that have a page, by the first part of its address; the template has the same name."""


def all_causes(kb: KnowledgeBase, say: Translator) -> list[tuple[str, str, str]]:
    """Id, title and summary of every cause, by title."""
    told = [
        (cause.id, say(cause.title, "causes"), say(cause.summary, "causes"))
        for cause in kb.causes.values()
        if cause.id != "unknown"
    ]
    return sorted(told, key=lambda cause: cause[1].casefold())


def _known(entries: Mapping[str, Any], name: str) -> Any:
    if name not in entries:
        raise UnknownEntryError(name)
    return entries[name]
