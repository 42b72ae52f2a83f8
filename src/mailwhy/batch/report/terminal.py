"""The report as text for a terminal."""

from collections.abc import Iterator

from mailwhy.batch.report.figures import TOP_CAUSES, share
from mailwhy.batch.report.gathering import Gathered
from mailwhy.batch.report.incidents import Incident
from mailwhy.batch.report.phrases import (
    in_short,
    incident_text,
    incidents_method,
    time_notes,
    title_text,
    totals,
)
from mailwhy.batch.report.rankings import (
    Ranking,
    cause_ranking,
    client_ranking,
    rankings,
    responsible_ranking,
)
from mailwhy.batch.report.replies import draft_entry, draft_file
from mailwhy.batch.report.settings import port_text, published_text
from mailwhy.batch.report.words import Words
from mailwhy.rendering.blocks import clip
from mailwhy.rendering.text import Style, wrapped

__all__ = ["summary_text"]

_CAUSES_SHOWN = 10
_MOST_GROUPS = 10
_LONGEST_REPLY = 200
_BAR = 20
_COUNT = 9
_SHARE = 7


def summary_text(gathered: Gathered, words: Words, style: Style) -> str:
    """The text.

    Args:
        gathered: what there is to tell.
        words: the language to tell it in.
        style: width and colours of the terminal.
    """
    return "\n".join(_lines(gathered, words, style)).rstrip() + "\n"


def _lines(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    say, figures = words.say, gathered.figures
    yield style.strong(title_text(gathered, words))
    for number, name, note in totals(gathered, words):
        yield f"{number:>{_COUNT}}  {name}" + (f" ({note})" if note else "")
    yield from _heading(say("In short"), style)
    for sentence in in_short(gathered, words):
        yield from _bullet(sentence, style)
    if not figures.totals.reports:
        return
    yield from _ranking(cause_ranking(figures, words, _CAUSES_SHOWN), words, style)
    yield from _ranking(responsible_ranking(figures, words), words, style)
    yield from _over_time(gathered, words, style)
    yield from _incidents(gathered, words, style)
    yield from _remedies(gathered, words, style)
    for ranking in (*rankings(figures, words), client_ranking(figures, words)):
        yield from _ranking(ranking, words, style)
        if ranking.id == "ports":
            yield from _differences(gathered, words, style)
    yield from _replies(gathered, words, style)


def _heading(text: str, style: Style) -> Iterator[str]:
    yield ""
    yield style.heading(text)


def _bullet(text: str, style: Style) -> list[str]:
    return wrapped(f"- {text}", style, hang=2)


def _figure(number: str, portion: str, text: str, style: Style) -> list[str]:
    """Count and share before a text that may take several lines."""
    lead = f"{number:>{_COUNT}}{portion:>{_SHARE}}  "
    first, *rest = wrapped(text, Style(width=style.width - len(lead)), indent=0)
    return [lead + first, *(" " * len(lead) + line for line in rest)]


def _ranking(ranking: Ranking, words: Words, style: Style) -> Iterator[str]:
    yield from _heading(ranking.title, style)
    if ranking.intro:
        yield from wrapped(ranking.intro, style)
    for line in ranking.lines:
        text = f"{line.name} - {line.note}" if line.note else line.name
        portion = words.percent(share(line.reports, ranking.of))
        yield from _figure(words.number(line.reports), portion, text, style)


def _over_time(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    """All causes over time, as bars of ``#``, which every terminal has."""
    yield from _heading(words.say("Over time"), style)
    timeline = gathered.timeline
    if timeline is not None:
        highest = max(timeline.all, default=0)
        names = [words.bar_name(timeline.unit, start) for start in timeline.starts]
        column = max(map(len, names), default=0)
        for name, count in zip(names, timeline.all, strict=True):
            length = round(_BAR * share(count, highest))
            yield f"  {name:<{column}} {words.number(count):>{_COUNT - 2}}  {'#' * length}".rstrip()
    for note in time_notes(gathered, words):
        yield from wrapped(note, style)


def _incidents(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    say, search = words.say, gathered.search
    yield from _heading(say("Incidents"), style)
    if search.possible and not search.incidents:
        yield from wrapped(say("No incident: no server and cause rose above their own past."), style)
    for incident in search.incidents:
        yield from _incident(incident, words, style)
    yield from wrapped(incidents_method(gathered, words), style)


def _incident(incident: Incident, words: Words, style: Style) -> Iterator[str]:
    yield from _bullet(incident_text(incident, words), style)
    for example in incident.examples:
        ticket = words.say("ticket {ticket}").format(ticket=example.ticket) if example.ticket else None
        said = clip(example.words, _LONGEST_REPLY) if example.words else None
        yield from wrapped(", ".join(filter(None, (words.moment(example.created), ticket, said))), style, 4, 2)


def _remedies(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    yield from _heading(words.say("What to do"), style)
    for figure in gathered.figures.causes[:TOP_CAUSES]:
        text = words.cause_text(figure)
        if text is None or figure.id == "unknown":
            continue
        yield from wrapped(style.strong(text.title), style)
        for resolution in text.resolutions[:3]:
            yield from wrapped(f"- {resolution.title}", style, indent=4, hang=2)


def _differences(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    say = words.say
    if gathered.differences:
        yield from _heading(say("Settings that differ from the provider's"), style)
    told = say("{server}: {stated} in the reports; {provider} publishes {settings}")
    for found in gathered.differences:
        text = told.format(
            server=found.server,
            stated=port_text(found.port, found.ssl, say),
            provider=found.provider,
            settings=published_text(found.wanted, say),
        )
        yield from _figure(words.number(found.reports), "", text, style)


def _replies(gathered: Gathered, words: Words, style: Style) -> Iterator[str]:
    say, shown = words.say, gathered.groups[:_MOST_GROUPS]
    yield from _heading(say("Replies that the knowledge base does not know"), style)
    if not shown:
        yield from wrapped(say("None: every reply of a server was recognised."), style)
        return
    known = gathered.figures.totals.unknown_replies
    for group in shown:
        portion = words.percent(share(group.reports, known))
        yield from _figure(words.number(group.reports), portion, group.template, style)
    entries = [entry for entry in map(draft_entry, shown) if entry is not None]
    if entries:
        yield from _heading(say("Drafts"), style)
        yield from draft_file(entries).splitlines()
