"""Says where the client's number and the server's words disagree: people look the number up, and are led astray."""

from collections.abc import Iterable, Sequence

from mailwhy.diagnosis.evidence import Finding
from mailwhy.diagnosis.ranking import UNKNOWN, Ranked
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase

__all__ = ["contradictions"]

_CLEAR = 3
"""Strength from which on an entry says something definite."""


def contradictions(
    ranked: Sequence[Ranked], findings: Iterable[Finding], kb: KnowledgeBase, say: Translator
) -> tuple[str, ...]:
    """Sentences for the reader, one for each number that speaks clearly for other causes than the one believed."""
    if not ranked or ranked[0].cause == UNKNOWN:
        return ()
    best = ranked[0]
    deciding = next(
        (finding for finding, _ in best.evidence if finding.kind in ("reply", "notice", "smtp-enhanced")), None
    )
    if deciding is None:
        return ()
    misleading = [
        finding
        for finding in findings
        if finding.kind in ("hresult", "winsock") and finding.meaning and _speaks_otherwise(finding, best.cause)
    ]
    if not misleading:
        return ()
    title = say(kb.causes[best.cause].title, "causes")
    template = say(
        "The number {code} usually means: “{meaning}” But the words “{words}” speak for: {cause}. "
        "The words were believed; the client often prints a number that does not fit."
    )
    return tuple(
        template.format(code=finding.text, meaning=say(str(finding.meaning), "codes"), words=deciding.text, cause=title)
        for finding in misleading
    )


def _speaks_otherwise(finding: Finding, cause: str) -> bool:
    return cause not in finding.causes and max(finding.causes.values(), default=0) >= _CLEAR
