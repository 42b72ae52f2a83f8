"""Collects what in a report speaks for which cause: report -> findings. Knows no wording of answers, ranks nothing."""

import math
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mailwhy.diagnosis.codes import codes_in, win32_code
from mailwhy.diagnosis.providers import ProviderIndex, SettingsFinding, check_settings
from mailwhy.diagnosis.wording_model import nearest_replies, wording_model
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import CodeKind, EvidenceKind
from mailwhy.knowledge.wording import WordingMatch, wording_index
from mailwhy.parsing.judge import Judge
from mailwhy.parsing.report import Report

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import ReplyEntry

__all__ = ["Finding", "Findings", "collect", "collect_said", "collect_settings"]

_MOST_INNER_CODES = 3
_MAX_DESCRIBED = 3
_MAX_JUDGED = 3
_CLEAR = 4
_LEAST_PROBABILITY = 0.1
_WORDS_STEPS = (0.25, 0.45, 0.7, 0.9)
_UNKNOWN = "unknown"
_LEAST_UNKNOWN = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of the knowledge base that matches the report, and the causes that it speaks for (strength 1 to 5)."""

    kind: EvidenceKind
    field: str
    text: str
    entry: str
    causes: dict[str, int]
    meaning: str | None = None
    weight: float | None = None
    """Log-odds where the finding brings its own, as a model does; else kind and strength tell."""


_Matched = tuple[str, Literal["reply", "notice"], WordingMatch]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a report's facts say."""

    evidence: tuple[Finding, ...]
    settings: tuple[SettingsFinding, ...]


def collect(report: Report, kb: KnowledgeBase) -> Findings:
    """What the knowledge base knows about the facts of a report."""
    settings = tuple(check_settings(report, kb.made(ProviderIndex.of)))
    return Findings((*collect_said(report, kb), *collect_settings(settings)), settings)


def collect_said(report: Report, kb: KnowledgeBase) -> tuple[Finding, ...]:
    """What it knows about the words and codes: of ``client``, ``server_response``, ``client_message`` and the codes."""
    if report.client == "described":
        return tuple(_description(report, kb))
    return (*_wordings(report, kb), *_codes(report, kb))


def collect_settings(settings: Iterable[SettingsFinding]) -> tuple[Finding, ...]:
    """What the findings about the account's settings speak for; some speak for nothing and are only remarks."""
    return tuple(
        Finding("settings", finding.field, finding.stated, finding.entry, finding.causes)
        for finding in settings
        if finding.causes
    )


def _wordings(report: Report, kb: KnowledgeBase) -> Iterator[Finding]:
    index = wording_index(kb)
    codes = [str(code) for code in (report.smtp_code, report.server_error, report.enhanced_code) if code is not None]
    reply, message = report.server_response, report.client_message
    said: list[tuple[str, Literal["reply", "notice"], str | None]] = [
        ("server_response", "reply", reply),
        ("client_message", "notice", message),
    ]
    matched = [(field, kind, match) for field, kind, text in said if text for match in index.match(text, kind, codes)]
    if message and not matched and report.client in {"mta-bounce", "program", "session"}:
        # No sentence of a client: a mail server or a program speaks, in its own words.
        matched = [("client_message", "reply", match) for match in index.match(message, "reply", codes)]
    matched = _specific(matched, kb)
    for field, kind, match in matched:
        entry = kb.replies[match.entry_id]
        yield Finding(kind, field, match.text, f"replies/{match.entry_id}", entry.causes, entry.meaning)
    known = {field for field, _, match in matched if not kb.replies[match.entry_id].general}
    yield from _judged(report, kb, known)


def _specific(matched: list[_Matched], kb: KnowledgeBase) -> list[_Matched]:
    """Leaves out a general wording where a server's or an organisation's own says of the same words something else."""
    own = [match for _, _, match in matched if _decides(kb.replies[match.entry_id])]
    return [
        (field, kind, match)
        for field, kind, match in matched
        if not kb.replies[match.entry_id].general
        or not any(
            (match.start, match.end) == (other.start, other.end)
            and _strongest(kb.replies[match.entry_id]) != _strongest(kb.replies[other.entry_id])
            for other in own
        )
    ]


def _strongest(entry: "ReplyEntry") -> str:
    return max(entry.causes, key=entry.causes.__getitem__)


def _decides(entry: "ReplyEntry") -> bool:
    """Whether a wording is a server's or client's own and says enough."""
    return not entry.general and max(entry.causes.values()) >= _CLEAR


def _judged(report: Report, kb: KnowledgeBase, known: Container[str]) -> Iterator[Finding]:
    """What the words speak for as a whole, as the model of wordings has learnt it."""
    field, words = "server_response", report.server_response
    if not words and report.error_number is None and report.socket_error is None:
        # What a client says beside a number of its own is the client's, and the number says more.
        field, words = "client_message", report.client_message
    model = wording_model(kb)
    # A server's or program's own wording says all that is known: the model must not outvote it.
    if not words or model is None or field in known:
        return
    for cause, probability in model.judge(words)[:_MAX_JUDGED]:
        if probability < _LEAST_PROBABILITY or cause not in kb.causes:
            break
        nearest = nearest_replies(kb).nearest(words, cause)
        strength = 1 + sum(probability >= step for step in _WORDS_STEPS)
        if nearest:
            yield Finding("words", field, words, f"replies/{nearest}", {cause: strength})


def _description(report: Report, kb: KnowledgeBase) -> Iterator[Finding]:
    """What the person's own words speak for, as the judge has learnt it: each cause as probable as the judge says."""
    words = report.client_message or ""
    probable = dict(Judge.load().cause(words))
    unknown = max(probable.pop(_UNKNOWN, 0.0), _LEAST_UNKNOWN)
    for cause, probability in list(probable.items())[:_MAX_DESCRIBED]:
        if cause in kb.causes:
            weight = kb.weights.unknown + math.log(probability / unknown) / kb.weights.sharpness
            yield Finding("symptom", "client_message", words, f"causes/{cause}", {cause: 3}, weight=weight)


def _codes(report: Report, kb: KnowledgeBase) -> Iterator[Finding]:
    reply_code = report.smtp_code if report.smtp_code is not None else report.server_error
    stated: list[tuple[CodeKind, str, str | None]] = [
        ("smtp-enhanced", "enhanced_code", report.enhanced_code),
        ("smtp-reply", "smtp_code" if report.smtp_code is not None else "server_error", _text(reply_code)),
        ("hresult", "error_number", report.error_number),
        ("winsock", "socket_error", _text(report.socket_error)),
    ]
    if report.error_number and kb.code("hresult", report.error_number) is None:
        stated.append(("winsock", "error_number", win32_code(report.error_number)))
    stated.extend(("smtp-enhanced", "server_response", code) for code in _inner_codes(report))
    for kind, field, code in stated:
        entry = kb.code(kind, code) if code else None
        if entry is not None and code is not None and kind != "outlook-mac":
            yield Finding(kind, field, code, f"codes/{code}", entry.causes, entry.meaning)


def _inner_codes(report: Report) -> list[str]:
    """Enhanced codes further on in a reply: "550 5.4.300 Message expired -> 451 4.7.0 ..." names the reason last."""
    codes = codes_in(report.server_response or "")
    inner = [code for code in codes if "." in code and code != report.enhanced_code]
    return inner[:_MOST_INNER_CODES]


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
