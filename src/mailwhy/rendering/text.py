"""Diagnoses as text for a terminal: what happened, the facts, the causes with their evidence, the steps."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailwhy.diagnosis.models import Cause, CodeExplanation, Diagnosis, Hit, Instructions, Resolution
from mailwhy.i18n import Translator
from mailwhy.rendering.choosing import (
    MOST_RESOLUTIONS,
    less_likely,
    likelihood,
    told_reasons,
)
from mailwhy.rendering.facts import client_name, fact_rows, reason, responsible_text

__all__ = ["Style", "diagnosis_text", "explanation_text", "hits_text", "resolution_lines", "wrapped"]

_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Style:
    """How to write on this terminal: with colours (ANSI) or without, how many columns wide.

    ``everything`` adds the steps of less likely remedies and those for other mail programs.
    """

    colour: bool = False
    width: int = 80
    everything: bool = False

    def heading(self, text: str) -> str:
        """A heading."""
        return f"\033[1;36m{text}\033[0m" if self.colour else text

    def strong(self, text: str) -> str:
        """Text that should meet the eye first."""
        return f"\033[1m{text}\033[0m" if self.colour else text

    def inline(self, text: str) -> str:
        """Text of the knowledge base, whose menu names stand between ** and **."""
        return _BOLD.sub(lambda found: self.strong(found[1]), text)


def diagnosis_text(diagnosis: Diagnosis, say: Translator, style: Style, *, number: int | None = None) -> str:
    """One diagnosis, whole.

    Args:
        diagnosis: what to say.
        say: translator of the diagnosis' locale.
        style: width and colours.
        number: place among several reports, shown above; None where there is only one.
    """
    return "\n".join(_diagnosis_lines(diagnosis, say, style, number)).rstrip() + "\n"


def explanation_text(explanation: CodeExplanation, say: Translator, style: Style) -> str:
    """What a code means, with the causes that it speaks for."""
    name = f"{explanation.code} ({explanation.symbol})" if explanation.symbol else explanation.code
    lines = [style.strong(name), *wrapped(explanation.meaning, style)]
    if explanation.certainty == "usual":
        lines += wrapped(say("This is what it usually means; no published definition was found."), style)
    if explanation.advice:
        lines += wrapped(explanation.advice, style)
    if explanation.causes:
        lines += ["", style.heading(say("What it may mean for your message"))]
        for cause in explanation.causes:
            lines += [*_bullet(style.strong(cause.title), style), *wrapped(cause.summary, style, indent=4)]
        lines += ["", style.heading(say("What to do"))]
        lines += _resolutions(explanation.causes[0], say, style)
    if explanation.reference:
        lines += ["", say("Source: {source}").format(source=explanation.reference)]
    return "\n".join(lines).rstrip() + "\n"


def hits_text(hits: Iterable[Hit], style: Style) -> str:
    """Finds of a search, one paragraph each."""
    paragraphs = [
        "\n".join([style.strong(f"{hit.title} [{hit.kind}:{hit.id}]"), *wrapped(hit.summary, style)]) for hit in hits
    ]
    return "\n\n".join(paragraphs) + "\n"


def _diagnosis_lines(diagnosis: Diagnosis, say: Translator, style: Style, number: int | None) -> Iterator[str]:
    if number is not None:
        yield style.heading(say("Report {number}").format(number=number))
        yield ""
    yield style.heading(say("What happened"))
    if diagnosis.causes:
        best = diagnosis.causes[0]
        yield from wrapped(f"{style.strong(best.title)} ({likelihood(best, say)})", style)
        yield from wrapped(best.summary, style)
        yield from wrapped(say("Who has to act: {who}.").format(who=responsible_text(best.responsible, say)), style)
        if best.temporary:
            yield from wrapped(say("This may pass by itself."), style)
    yield ""
    yield style.heading(say("What the report says"))
    yield from _facts(diagnosis, say, style)
    yield from _notes(diagnosis, say, style)
    if diagnosis.causes:
        yield from _causes(diagnosis.causes, say, style)
    if diagnosis.question:
        yield ""
        yield style.heading(say("An answer to this would tell more"))
        yield from wrapped(diagnosis.question.text, style)
        for option in diagnosis.question.options:
            yield from _bullet(f"{option.label}   --answer {diagnosis.question.id}={option.id}", style)


def _causes(causes: Sequence[Cause], say: Translator, style: Style) -> Iterator[str]:
    best = causes[0]
    told = told_reasons(best)
    if told:
        yield ""
        yield style.heading(say("Why this cause"))
        for evidence in told:
            yield from _bullet(reason(evidence, say), style)
    if best.resolutions:
        yield ""
        yield style.heading(say("What to do"))
        yield from _resolutions(best, say, style)
    likely = less_likely(causes)
    if likely:
        yield ""
        yield style.heading(say("If that is not it"))
        for cause in likely:
            yield from _bullet(f"{style.strong(cause.title)} ({likelihood(cause, say)}). {cause.summary}", style)
            for evidence in cause.evidence[:1]:
                yield from _bullet(reason(evidence, say), style, indent=6)
            for resolution in cause.resolutions[:2]:
                yield from _bullet(resolution.title, style, indent=6)


def _facts(diagnosis: Diagnosis, say: Translator, style: Style) -> Iterator[str]:
    rows = fact_rows(diagnosis.report, say)
    column = max(len(label) for label, _ in rows) + 2
    for label, value in rows:
        first, *rest = textwrap.wrap(value, max(20, style.width - column - 2), break_on_hyphens=False) or [""]
        yield f"  {label:<{column}}{first}"
        yield from (f"  {'':<{column}}{line}" for line in rest)
    if diagnosis.report.unread:
        yield from wrapped(say("Not understood: {pieces}").format(pieces=" | ".join(diagnosis.report.unread)), style)


def _notes(diagnosis: Diagnosis, say: Translator, style: Style) -> Iterator[str]:
    if diagnosis.settings:
        yield ""
        yield style.heading(say("Settings to check"))
        for sentence in diagnosis.settings:
            yield from _bullet(sentence, style)
    if diagnosis.contradictions:
        yield ""
        yield style.heading(say("Number and words disagree"))
        for sentence in diagnosis.contradictions:
            yield from _bullet(sentence, style)


def _resolutions(cause: Cause, say: Translator, style: Style) -> Iterator[str]:
    shown = cause.resolutions if style.everything else cause.resolutions[:MOST_RESOLUTIONS]
    for place, resolution in enumerate(shown, 1):
        if place > 1:
            yield ""
        yield from resolution_lines(resolution, say, style, place)
    more = cause.resolutions[len(shown) :]
    if more:
        yield ""
        yield from wrapped(say("If that does not help (--all shows the steps):"), style)
        for resolution in more:
            yield from _bullet(resolution.title, style, indent=5)


def resolution_lines(resolution: Resolution, say: Translator, style: Style, place: int) -> Iterator[str]:
    """A resolution with its numbered steps.

    Steps for other versions and other people are shown too; those for other clients are only named, unless asked for.
    """
    who = responsible_text(resolution.responsible, say)
    yield from wrapped(f"{place}. {style.strong(resolution.title)} [{who}]", style, hang=3)
    if resolution.why:
        yield from wrapped(resolution.why, style, indent=5)
    yield from _steps(resolution, say, style, place)
    hidden = []
    for other in resolution.other_instructions:
        if style.everything or other.client in ("any", resolution.client):
            yield from _steps(other, say, style, place)
        else:
            hidden.append(other)
    if hidden:
        names = dict.fromkeys(client_name(other.client, say) for other in hidden)
        told = say("Steps for other programs (--all shows them): {names}").format(names=", ".join(names))
        yield from wrapped(told, style, indent=5)


def _steps(shown: Resolution | Instructions, say: Translator, style: Style, place: int) -> Iterator[str]:
    if shown.client != "any" or shown.versions:
        yield from wrapped(f"({shown.versions or client_name(shown.client, say)})", style, indent=5)
    for step, text in enumerate(shown.steps, 1):
        yield from wrapped(f"{place}.{step}  {style.inline(text)}", style, indent=5, hang=5)


def _bullet(text: str, style: Style, indent: int = 2) -> list[str]:
    return wrapped(f"- {style.inline(text)}", style, indent=indent, hang=2)


def wrapped(text: str, style: Style, indent: int = 2, hang: int = 0) -> list[str]:
    """Lines no wider than the terminal. Escapes for colours take no columns, so they are counted out of the width."""
    margin, later = " " * indent, " " * (indent + hang)
    lines, line = [], margin
    for word in text.split(" "):
        if len(_visible(line)) + len(_visible(word)) + 1 > style.width and line.strip():
            lines.append(line)
            line = later
        line = f"{line}{word}" if not line.strip() else f"{line} {word}"
    return [*lines, line]


def _visible(text: str) -> str:
    return re.sub(r"\033\[[\d;]*m", "", text)
