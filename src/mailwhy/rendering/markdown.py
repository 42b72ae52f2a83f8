"""Diagnoses as Markdown for a ticket (CommonMark). What was pasted stays text: in code spans, or escaped."""

import re
from collections.abc import Iterator, Sequence

from mailwhy.diagnosis.models import Cause, Diagnosis, Evidence, Hit, Question, Resolution
from mailwhy.i18n import Translator, translator
from mailwhy.rendering.choosing import (
    MOST_RESOLUTIONS,
    heading_of,
    less_likely,
    likelihood,
    not_recognised,
    one_line,
    other_clients,
    runs,
    same_remedies,
    steps_for,
    told_reasons,
)
from mailwhy.rendering.facts import client_name, fact_rows, field_label, responsible_text

__all__ = ["markdown_answer", "markdown_text"]

_SPECIAL = re.compile(r"[\\`*_\[\]<>~|&$]")
_AT_START = re.compile(r"^(?:[-+=#]|\d+(?=[.)]))")
_BACKTICKS = re.compile(r"`+")


def markdown_answer(diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
    """
    if not diagnoses:
        return "\n".join(_nothing_found(suggestions, say)) + "\n"
    lines: list[str] = []
    for place, (diagnosis, same) in enumerate(zip(diagnoses, same_remedies(diagnoses), strict=True), 1):
        own = translator(diagnosis.locale)
        if len(diagnoses) > 1:
            lines += [f"## {own('Report {number}').format(number=place)}", ""]
        lines += [*_diagnosis(diagnosis, same, own), ""]
    return "\n".join(lines).rstrip() + "\n"


def markdown_text(text: str) -> str:
    """A text on one line with everything escaped that Markdown would read as markup."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", one_line(text))
    start = _AT_START.match(escaped)
    if not start:
        return escaped
    return f"{start[0]}\\{escaped[start.end() :]}" if start[0].isdigit() else f"\\{escaped}"


def _diagnosis(diagnosis: Diagnosis, same: int | None, say: Translator) -> Iterator[str]:
    yield f"### {markdown_text(heading_of(diagnosis, say))}"
    for cause in diagnosis.causes[:1]:
        yield from ("", markdown_text(cause.summary), "")
        yield markdown_text(say("Who has to act: {who}.").format(who=responsible_text(cause.responsible, say)))
        if cause.temporary:
            yield from ("", markdown_text(say("This may pass by itself.")))
    yield from _section(say("What the report says"), _facts(diagnosis, say))
    yield from _section(say("Settings to check"), map(_bullet, diagnosis.settings))
    yield from _section(say("Number and words disagree"), map(_bullet, diagnosis.contradictions))
    for cause in diagnosis.causes[:1]:
        yield from _section(say("Why this cause"), (_reason(evidence, say) for evidence in told_reasons(cause)))
        as_before = say("What to do is the same as for report {number}.").format(number=same)
        yield from _section(say("What to do"), iter([as_before]) if same else _resolutions(cause, say))
    others = less_likely(diagnosis.causes)
    yield from _section(say("If that is not it"), (_other(cause, say) for cause in others))
    if diagnosis.question:
        yield from _section(say("An answer to this would tell more"), _question(diagnosis.question))
    if not same:
        yield from _section(say("To read further"), _references(diagnosis.causes[:1]))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    """A section, or nothing where it has no lines."""
    first = next(lines, None)
    if first is not None:
        yield from ("", f"### {title}", "", first)
        yield from lines


def _facts(diagnosis: Diagnosis, say: Translator) -> Iterator[str]:
    for label, value in fact_rows(diagnosis.report, say):
        yield f"- **{label}** {_code(value)}"
    if diagnosis.report.unread:
        pieces = " | ".join(_code(piece) for piece in diagnosis.report.unread)
        yield f"- {say('Not understood: {pieces}').format(pieces=pieces)}"


def _reason(evidence: Evidence, say: Translator) -> str:
    told = f"- **{markdown_text(field_label(evidence.field, say))}** {_code(evidence.text)}"
    return f"{told}: {markdown_text(evidence.meaning)}" if evidence.meaning else told


def _resolutions(cause: Cause, say: Translator) -> Iterator[str]:
    shown, more = cause.resolutions[:MOST_RESOLUTIONS], cause.resolutions[MOST_RESOLUTIONS:]
    for place, resolution in enumerate(shown, 1):
        if place > 1:
            yield ""
        yield from _resolution(resolution, place, say)
    if more:
        yield from ("", markdown_text(say("If that does not help:")), "")
        yield from (_bullet(resolution.title) for resolution in more)


def _resolution(resolution: Resolution, place: int, say: Translator) -> Iterator[str]:
    who = responsible_text(resolution.responsible, say)
    yield f"#### {place}. {markdown_text(f'{resolution.title} ({who})')}"
    if resolution.why:
        yield from ("", markdown_text(resolution.why))
    for shown in steps_for(resolution):
        if shown.client != "any" or shown.versions:
            yield from ("", f"*{markdown_text(shown.versions or client_name(shown.client, say))}*")
        yield ""
        yield from (f"{number}. {_inline(step)}" for number, step in enumerate(shown.steps, 1))
    if hidden := other_clients(resolution, say):
        yield ""
        yield markdown_text(say("There are steps for other programs too: {names}.").format(names=", ".join(hidden)))


def _other(cause: Cause, say: Translator) -> str:
    told = f"- **{markdown_text(cause.title)}** ({likelihood(cause, say)}). {markdown_text(cause.summary)}"
    remedies = (f"  - {markdown_text(resolution.title)}" for resolution in cause.resolutions[:2])
    return "\n".join([told, *remedies])


def _question(question: Question) -> Iterator[str]:
    yield from (markdown_text(question.text), "")
    yield from (_bullet(option.label) for option in question.options)


def _references(causes: Sequence[Cause]) -> Iterator[str]:
    for cause in causes:
        for reference in cause.references:
            yield f"- [{markdown_text(reference.title)}](<{reference.url}>)"


def _nothing_found(suggestions: Sequence[Hit], say: Translator) -> Iterator[str]:
    yield not_recognised(say)
    if suggestions:
        yield from ("", say("Perhaps one of these is what you see:"), "")
    for hit in suggestions:
        yield f"- **{markdown_text(hit.title)}** {markdown_text(hit.summary)}"


def _bullet(text: str) -> str:
    return f"- {markdown_text(text)}"


def _inline(text: str) -> str:
    """A step, whose marks for menu names and code are Markdown's own; the rest is escaped."""
    said = {"strong": lambda piece: f"**{_escaped(piece)}**", "code": _code, "text": _escaped}
    return "".join(said[run.kind](run.text) for run in runs(one_line(text)))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)


def _code(text: str) -> str:
    """A code span around any text: its fence is longer than every run of backticks within (CommonMark 0.31, 6.1)."""
    text = one_line(text)
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    margin = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{margin}{text}{margin}{fence}"
