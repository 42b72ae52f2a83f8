"""Orders what to do about a cause, for one report: (report, cause, findings) -> advice. Knows no wording of answers.

What the evidence names comes first, the most specific evidence before the general; then what a finding about the
settings calls for; then the cause's list for the side on which it failed. What a rule calls wrong, and what a
resolution's guards exclude, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mailwhy.diagnosis.provider_index import ProviderIndex
from mailwhy.diagnosis.providers import SettingsFinding, submission_of
from mailwhy.diagnosis.ranking import FROM_THE_SERVER, Ranked
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import EvidenceKind, Responsible, Side
from mailwhy.parsing.report import Report

if TYPE_CHECKING:
    from mailwhy.diagnosis.evidence import Finding
    from mailwhy.knowledge.entries import CauseEntry, CodeEntry, Guard, ReplyEntry, ResolutionEntry, SubmissionEntry

__all__ = ["Advice", "Circumstances", "admits", "advise", "circumstances", "generality"]

_CLEAR = 2
"""From this strength on, a remark on the settings is reason enough to begin with them."""

_KINDS: dict[EvidenceKind, int] = {"reply": 1, "smtp-enhanced": 2, "notice": 5, "smtp-reply": 6, "hresult": 7}
_SETTINGS, _GENERAL, _OTHERS = 3, 4, 8
"""How specific evidence of each kind is; a server's own number, printed in its words, comes before all."""

_BEFORE = frozenset({None, "submission", "device_or_program", "webmail"})
"""Sides on which the server that replied is the sender's own."""

_BOUNCES = frozenset({"exchange-ndr", "m365-ndr", "mta-bounce"})

_OF_THE_CLIENT: frozenset[EvidenceKind] = frozenset({"notice", "hresult", "winsock"})

_OWN_NUMBER = re.compile(r"[A-Za-z]\w{0,60}\d{2}|\d{3}\w{0,60}[A-Za-z]|_\d{2}")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the guards of resolutions ask about a report; what it doesn't tell is None, or empty."""

    side: Side | None
    client: str
    authentication: frozenset[str]
    protocol: str | None
    temporary: bool
    delayed: bool
    replied: bool = False
    """Whether a server's reply code, or the host that replied, is printed."""
    submission: tuple[SubmissionEntry, ...] = ()
    """The ways that the provider publishes for sending; values for the steps come from the first."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a cause, best first, and who has to act; ``settings`` are the values to fill in."""

    resolutions: tuple[str, ...]
    responsible: Responsible
    settings: tuple[SubmissionEntry, ...] = ()


def circumstances(report: Report, kb: KnowledgeBase) -> Circumstances:
    """What a report tells about where and how it failed."""
    submission = () if report.side == "retrieval" else submission_of(report, kb.made(ProviderIndex.of))
    code = report.smtp_code or report.server_error or 0
    return Circumstances(
        side=None if report.side == "unknown" else report.side,
        client=report.client,
        authentication=frozenset(way for entry in submission for way in entry.authentication),
        protocol=report.protocol,
        temporary=report.temporary_notice or 400 <= code < 500,
        delayed=report.temporary_notice,
        replied=bool(report.smtp_code or report.remote_host),
        submission=submission,
    )


def advise(ranked: Ranked, settings: Sequence[SettingsFinding], known: Circumstances, kb: KnowledgeBase) -> Advice:
    """What to do about a ranked cause.

    Args:
        ranked: the cause with the findings that speak for it.
        settings: what was found in the account's settings.
        known: the report's circumstances.
        kb: the knowledge base; ids that it does not have are left out.
    """
    cause = kb.causes[ranked.cause]
    if cause.onward and known.side in _BEFORE and _is_onward(ranked, known, kb):
        known = replace(known, side="recipient")
    named, never, responsible = _from_evidence(ranked, settings, kb)
    mended = kb.made(_mending)
    remarks = [resolution for finding in settings for resolution in mended.get(finding.kind, ())]
    usual = (cause.sides.get(known.side) if known.side else None) or cause.resolutions
    passing = cause.passing if known.temporary else ()
    order = [
        *kb.made(_leading)(known),
        *named,
        *passing,
        *usual[:1],
        *(name for name in remarks if name in usual),
        *usual[1:],
    ]
    # What the evidence names is surer than where it failed, but for a notice from a server on the way.
    anywhere = known if known.client in _BOUNCES else replace(known, side=None)
    fitting = [
        name
        for name in dict.fromkeys(order)
        if name in kb.resolutions
        and admits(kb.resolutions[name], anywhere if name in named else known)
        and (name in named or name not in never)
    ]
    resolutions = tuple(fitting) or tuple(name for name in cause.resolutions if name in kb.resolutions)
    return Advice(resolutions, responsible or _who(cause, resolutions, kb), _values(settings, known))


def _is_onward(ranked: Ranked, known: Circumstances, kb: KnowledgeBase) -> bool:
    """Whether only the server says so: then it was reached, and it is its own way to the next server that failed.

    Words that any program prints, without a reply code or a host, may as well be the program's own.
    """
    kinds = {finding.kind for finding, _ in ranked.evidence}
    if kinds.isdisjoint(FROM_THE_SERVER) or not kinds.isdisjoint(_OF_THE_CLIENT):
        return False
    return known.side is not None or known.replied or any(_is_of_one_server(f, kb) for f, _ in ranked.evidence)


def _is_of_one_server(finding: Finding, kb: KnowledgeBase) -> bool:
    return finding.kind == "reply" and not kb.replies[finding.entry.partition("/")[2]].general


def _from_evidence(
    ranked: Ranked, settings: Sequence[SettingsFinding], kb: KnowledgeBase
) -> tuple[list[str], set[str], Responsible | None]:
    """What the evidence says to begin with, what it calls wrong, and who has to act.

    What the more specific evidence names stays, whatever the less specific calls wrong.
    """
    first: list[str] = []
    never: set[str] = set()
    responsible: Responsible | None = None
    clearest = max((f.causes[ranked.cause] for f, _ in ranked.evidence if f.kind == "reply"), default=0)
    by_generality = sorted(
        ((generality(finding, kb), finding) for finding, _ in ranked.evidence), key=lambda pair: pair[0]
    )
    for (kind, _), finding in by_generality:
        if kind == _GENERAL and finding.causes[ranked.cause] < clearest:
            continue  # "blocked" beside the name of a block list
        if finding.kind == "settings":
            first += _called_for(finding, settings, ranked.cause, kb)
            continue
        entry = _entry(finding, kb)
        if entry is None:
            continue
        rule: Any = entry.remedies  # at run time a plain mapping
        if rule:
            first += (name for name in rule.get("first", ()) if name not in never)
            never.update(rule.get("never", ()))
        responsible = responsible or entry.responsible
    return first, never, responsible


def _called_for(finding: Finding, settings: Sequence[SettingsFinding], cause: str, kb: KnowledgeBase) -> Iterator[str]:
    """What a finding about the settings calls for, where it speaks clearly for the cause."""
    if finding.causes[cause] < _CLEAR:
        return
    for remark in settings:
        if (remark.entry, remark.field, remark.causes) == (finding.entry, finding.field, finding.causes):
            yield from kb.made(_mending).get(remark.kind, ())


def generality(finding: Finding, kb: KnowledgeBase) -> tuple[int, int]:
    """Least for the most specific evidence: a server's own number, then its words (the longer first), then codes."""
    if finding.kind == "settings":
        return _SETTINGS, 0
    kind = _KINDS.get(finding.kind, _OTHERS)
    if finding.kind == "reply":
        if _OWN_NUMBER.search(finding.text):
            kind = 0
        elif kb.replies[finding.entry.partition("/")[2]].general:
            kind = _GENERAL
    return kind, -len(finding.text)


def _entry(finding: Finding, kb: KnowledgeBase) -> ReplyEntry | CodeEntry | None:
    section, _, name = finding.entry.partition("/")
    if section == "replies":
        return kb.replies.get(name)
    if section == "codes" and finding.kind in ("smtp-enhanced", "smtp-reply", "hresult", "winsock"):
        return kb.code(finding.kind, name)
    return None


def _who(cause: CauseEntry, resolutions: Sequence[str], kb: KnowledgeBase) -> Responsible:
    """Who has to act: who does the first thing, but for the cause's usual one and for what mends nothing."""
    if not resolutions or resolutions[0] in cause.resolutions[:1]:
        return cause.responsible
    first = kb.resolutions[resolutions[0]]
    return cause.responsible if first.passive else first.responsible


def _values(settings: Sequence[SettingsFinding], known: Circumstances) -> tuple[SubmissionEntry, ...]:
    if known.side == "retrieval":
        return ()
    return next((finding.wanted for finding in settings if finding.wanted), known.submission)


def admits(entry: ResolutionEntry, known: Circumstances) -> bool:
    """Whether a resolution's guards let it through; what the report does not tell stands in nobody's way."""
    requires, excludes = entry.requires, entry.excludes
    return not (requires and False in _answers(requires, known)) and not (
        excludes and all(answer is True for answer in _answers(excludes, known))
    )


def _holds(guard: Guard, known: Circumstances) -> bool:
    return all(answer is True for answer in _answers(guard, known))


def _answers(guard: Any, known: Circumstances) -> Iterator[bool | None]:
    """For each condition that a guard states: whether it holds, or None where the report doesn't tell."""
    for name in ("side", "client", "protocol"):
        if wanted := guard.get(name):
            stated = getattr(known, name)
            yield None if stated is None else stated in wanted
    if wanted := guard.get("authentication"):
        yield not known.authentication.isdisjoint(wanted) if known.authentication else None
    for name in ("temporary", "delayed"):
        if (truth := guard.get(name)) is not None:
            yield getattr(known, name) is truth


def _mending(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """By the kind of a finding about the settings: the resolutions that mend it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, entry in kb.resolutions.items():
        for kind in entry.mends:
            found[kind] = (*found.get(kind, ()), name)
    return found


class _Leading:
    """The resolutions that stand first wherever their guard holds."""

    def __init__(self, entries: Iterable[ResolutionEntry]) -> None:
        self._guards = [(entry.id, entry.leads) for entry in entries if entry.leads]

    def __call__(self, known: Circumstances) -> Iterator[str]:
        return (name for name, guard in self._guards if _holds(guard, known))


def _leading(kb: KnowledgeBase) -> _Leading:
    return _Leading(kb.resolutions.values())
