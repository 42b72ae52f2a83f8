"""Blocks for what several answers share: remedies, reasons, causes by likelihood, codes, and no report at all."""

from collections.abc import Iterable, Iterator, Sequence

from mailwhy.diagnosis.models import Cause, CodeExplanation, Evidence, Hit, Instructions, Reference, Resolution
from mailwhy.i18n import Translator
from mailwhy.parsing.report import Report
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import clip, line, plain, runs
from mailwhy.rendering.facts import client_name, field_label, responsible_text, settled

UNKNOWN = "unknown"
"""The cause that stands for a text that says too little."""
MAX_STEPS = 6
_MIN_LIKELIHOOD = 0.10
"""A second cause less likely than this is not worth a reader's time."""


def reasons_of(cause: Cause) -> Sequence[Evidence]:
    """The reasons to show; what a provider's settings say stands among the settings to check."""
    return [found for found in cause.evidence if not found.entry.startswith("providers/")]


def reason_line(found: Evidence, say: Translator, words: int = 4000) -> kinds.Line:
    """One reason: which words of which field, and what they mean."""
    template = say("{field}: “{words}”: {meaning}") if found.meaning else say("{field}: “{words}”")
    said = kinds.Run("pasted", clip(found.text, words))
    return line(
        template, field=kinds.Run("strong", field_label(found.field, say)), words=said, meaning=found.meaning or ""
    )


def less_likely(causes: Sequence[Cause]) -> Sequence[Cause]:
    """The causes after the likeliest that are worth naming; that the text says too little is none."""
    return [cause for cause in causes[1:] if cause.confidence >= _MIN_LIKELIHOOD and cause.id != UNKNOWN]


def likelihood(cause: Cause, say: Translator) -> str:
    """How likely a cause is, in whole per cent, never quite certain."""
    return say("{number}%").format(number=min(99, round(cause.confidence * 100)))


def lists_of(resolution: Resolution) -> Sequence[Resolution | Instructions]:
    """All lists of steps of a remedy, those for the reader's own program first."""
    return [resolution, *resolution.other_instructions]


def caption_of(shown: Resolution | Instructions, say: Translator) -> str:
    """For which program, versions or people steps are; "" where they are for everybody."""
    return shown.versions or ("" if shown.client == "any" else client_name(shown.client, say))


def note_of(resolution: Resolution, say: Translator) -> str:
    """For whom the first steps of a remedy are, as shortly as other lists allow; "" where there is but one list."""
    if any(other.client == resolution.client for other in resolution.other_instructions):
        return caption_of(resolution, say)
    return "" if resolution.client == "any" else client_name(resolution.client, say)


def steps_of(steps: Sequence[str], report: Report | None) -> kinds.Steps:
    """Steps with their menu names and code apart, and the report's own server in place of an example."""
    return kinds.Steps(tuple(tuple(runs(settled(step, report) if report else step)) for step in steps))


def remedy(
    resolution: Resolution,
    say: Translator,
    lists: Sequence[Resolution | Instructions],
    *,
    place: int | None = None,
    report: Report | None = None,
) -> Iterator[kinds.Block]:
    """A remedy with its title where it has a place among others, why it helps, who acts, and lists of steps."""
    who = responsible_text(resolution.responsible, say)
    if place:
        yield kinds.Heading(f"{place}. {resolution.title}", 3, who)
    else:
        yield kinds.Text(plain(say("Who has to act: {who}.").format(who=who)), quiet=True)
    if resolution.why:
        yield kinds.Text(plain(resolution.why))
    for shown in lists:
        if caption := caption_of(shown, say):
            yield kinds.Text(plain(caption), quiet=True)
        if shown.steps:
            yield steps_of(shown.steps, report)


def programs_of(cause: Cause) -> Sequence[str]:
    """The programs that the first remedy has steps for, where there are several."""
    found = dict.fromkeys(shown.client for first in cause.resolutions[:1] for shown in lists_of(first))
    programs = [name for name in found if name != "any"]
    return sorted(programs) if len(programs) > 1 else ()


def links(references: Iterable[Reference]) -> kinds.Links:
    """Pages to read further."""
    return kinds.Links(tuple((reference.title, reference.url) for reference in references))


def left_out(reports: int, say: Translator) -> str | None:
    """What to say of reports that there was no room for; None where there are none."""
    if reports <= 0:
        return None
    told = say.plural(
        "{number} more report was found; send it by itself.",
        "{number} more reports were found; send each by itself.",
        reports,
    )
    return told.format(number=reports)


def not_recognised(say: Translator) -> str:
    """What to say to somebody whose text holds no report."""
    return say(
        "No error message of a mail program was recognised in this text. Paste the message as the program shows it, "
        "with its numbers and the server's reply."
    )


def nothing_found(suggestions: Sequence[Hit], say: Translator) -> Iterator[kinds.Block]:
    """The answer to a text that holds no report."""
    yield kinds.Text(plain(not_recognised(say)))
    if suggestions:
        yield kinds.Text((kinds.Run("strong", say("Perhaps one of these is what you see:")),))
        yield kinds.Bullets(
            tuple(
                (kinds.Run("strong", hit.title), kinds.Run("text", f" {clip(hit.summary, 600)}"))
                for hit in suggestions[:5]
            )
        )


def explanation_blocks(explanation: CodeExplanation, say: Translator, *, full: bool) -> Iterator[kinds.Block]:
    """What a code means, the causes that it speaks for, and what to do about the first."""
    name = f"{explanation.code} ({explanation.symbol})" if explanation.symbol else explanation.code
    yield kinds.Heading(name, 1)
    yield kinds.Text(plain(explanation.meaning))
    if explanation.certainty == "usual":
        yield kinds.Text(plain(say("This is what it usually means; no published definition was found.")))
    if explanation.advice:
        yield kinds.Text(plain(explanation.advice))
    if explanation.causes:
        yield kinds.Heading(say("What it may mean for your message"))
        yield kinds.Bullets(
            tuple(
                (kinds.Run("strong", cause.title), kinds.Run("text", f". {cause.summary}" if full else ""))
                for cause in explanation.causes
            )
        )
    for resolution in (item for cause in explanation.causes[:1] for item in cause.resolutions[:1] if not full):
        yield kinds.Heading(
            say("What to do: {remedy}").format(remedy=resolution.title), note=caption_of(resolution, say)
        )
        yield steps_of(resolution.steps[:MAX_STEPS], None)
    if full and explanation.causes:
        yield kinds.Heading(say("Every remedy, step by step"))
        for place, resolution in enumerate(explanation.causes[0].resolutions, 1):
            yield from remedy(resolution, say, lists_of(resolution), place=place)
    if explanation.reference:
        yield kinds.Text(plain(say("Source: {source}").format(source=explanation.reference)), quiet=True)
