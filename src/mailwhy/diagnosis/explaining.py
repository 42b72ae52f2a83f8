"""Explains a code by itself, without a report around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailwhy.diagnosis.codes import win32_code
from mailwhy.diagnosis.evidence import Finding
from mailwhy.diagnosis.models import CodeExplanation
from mailwhy.diagnosis.phrasing import Phrasebook
from mailwhy.diagnosis.ranking import UNKNOWN, rank
from mailwhy.i18n import N_, Translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import CodeKind, EvidenceKind

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import CodeEntry

__all__ = ["explain_code"]

_EVIDENCE: dict[CodeKind, EvidenceKind] = {
    "hresult": "hresult",
    "winsock": "winsock",
    "smtp-reply": "smtp-reply",
    "smtp-enhanced": "smtp-enhanced",
    "outlook-mac": "hresult",
}


_BY_CLASS = {
    "2": N_("The server says that all is well: this is a code of success."),
    "3": N_("The server waits for more: this is an intermediate reply, not a failure."),
    "4": N_("The server says that it failed for the time being; the same message may pass later."),
    "5": N_("The server refused for good; sending the same message again will not help."),
}
_NOTHING_KNOWN = N_("No published meaning is known for this code.")
_READ_THE_WORDS = N_("Read the words that are printed with it: they decide.")


def explain_code(kind: CodeKind, code: str, kb: KnowledgeBase, book: Phrasebook, say: Translator) -> CodeExplanation:
    """The explanation of a code in its usual form.

    A code that is not in the knowledge base is explained by what wraps it or by its class (RFC 5321, 4.2.1; RFC 3463,
    3.1), as "unknown".
    """
    entry = kb.code(kind, code)
    if entry is None and kind == "hresult" and (inner := win32_code(code)):
        entry = kb.code("winsock", inner)
    if entry is None:
        by_class = _BY_CLASS.get(code[0], _NOTHING_KNOWN) if kind in ("smtp-reply", "smtp-enhanced") else _NOTHING_KNOWN
        return CodeExplanation(
            code=code,
            kind=kind,
            meaning=say(by_class),
            advice=say(_READ_THE_WORDS),
            certainty="unknown",
            locale=say.locale,
        )
    finding = Finding(_EVIDENCE[kind], "code", code, f"codes/{code}", entry.causes)
    ranked = [cause for cause in rank([finding], kb.weights, kb.causes) if cause.cause != UNKNOWN]
    return CodeExplanation(
        code=code,
        kind=kind,
        symbol=entry.symbol,
        meaning=say(entry.meaning, "codes"),
        advice=_advice(entry, say),
        certainty=entry.certainty,
        causes=tuple(book.cause(cause, None) for cause in ranked),
        reference=entry.reference or (entry.source if entry.certainty != "unknown" else None),
        locale=say.locale,
    )


def _advice(entry: CodeEntry, say: Translator) -> str | None:
    if entry.advice:
        return say(entry.advice, "codes")
    return say(_READ_THE_WORDS) if entry.certainty == "unknown" else None
