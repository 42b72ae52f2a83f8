"""The sentences of the report, which the page and the summary on the terminal share."""

from collections.abc import Iterator

from mailwhy.batch.report.figures import share
from mailwhy.batch.report.gathering import Gathered
from mailwhy.batch.report.incidents import Incident
from mailwhy.batch.report.words import Words

__all__ = ["in_short", "incident_text", "incidents_method", "period_text", "time_notes", "title_text", "totals"]


def title_text(gathered: Gathered, words: Words) -> str:
    """The heading: what, and when."""
    if gathered.period is None:
        return words.say("Why mails were not sent")
    when = words.span(gathered.period.first, gathered.period.last)
    return words.say("Why mails were not sent, {period}").format(period=when)


def period_text(gathered: Gathered, words: Words) -> str:
    """When the reports are from."""
    if gathered.period is None:
        return words.say("not known")
    return words.span(gathered.period.first, gathered.period.last)


def totals(gathered: Gathered, words: Words) -> Iterator[tuple[str, str, str]]:
    """Number, what it counts, and a remark."""
    found, say = gathered.figures.totals, words.say
    yield words.number(found.tickets), say("tickets read"), ""
    portion = words.percent(share(found.with_report, found.tickets))
    yield words.number(found.with_report), say("tickets with a failure report"), portion
    yield words.number(found.reports), say("failure reports"), say("a ticket may hold several")
    unsure = words.percent(share(found.unsure, found.reports))
    yield words.number(found.unsure), say("without a sure cause"), unsure
    if found.left_out:
        told = say("told in somebody's own words only")
        yield words.number(found.left_out), told, say("not among the reports; --described makes them rows")
    if found.rejected:
        yield (
            words.number(found.rejected),
            say("rows that could not be read"),
            say("listed in the file of rejected rows"),
        )


def in_short(gathered: Gathered, words: Words) -> Iterator[str]:
    """What a reader of nothing else should know."""
    figures, say = gathered.figures, words.say
    reports = figures.totals.reports
    if not reports:
        yield say("No ticket holds a failure report.")
        return
    first = next((cause for cause in figures.causes if cause.id != "unknown"), None)
    if first is not None:
        told = say("Most frequent cause: {cause}, {number} of {reports} reports ({share}).")
        yield told.format(
            cause=words.cause(first.id),
            number=words.number(first.reports),
            reports=words.number(reports),
            share=words.percent(share(first.reports, reports)),
        )
    yield from _incidents_in_short(gathered, words)
    if gathered.differences:
        number = sum(found.reports for found in gathered.differences)
        told = say.plural(
            "{number} report shows account settings other than the provider publishes.",
            "{number} reports show account settings other than the provider publishes.",
            number,
        )
        yield told.format(number=words.number(number))
    if figures.totals.unknown_replies:
        told = say("Of {number} replies of servers, {unknown} ({share}) are not in the knowledge base.")
        yield told.format(
            number=words.number(figures.totals.replies),
            unknown=words.number(figures.totals.unknown_replies),
            share=words.percent(share(figures.totals.unknown_replies, figures.totals.replies)),
        )


def _incidents_in_short(gathered: Gathered, words: Words) -> Iterator[str]:
    search, say = gathered.search, words.say
    if search.incidents:
        number = len(search.incidents) + search.more
        told = say.plural("{number} incident. {largest}", "{number} incidents, the largest: {largest}", number)
        yield told.format(number=words.number(number), largest=incident_text(search.incidents[0], words))
        for incident in search.incidents[1:]:
            if incident.lasting:
                yield incident_text(incident, words)
    elif search.possible:
        yield say("No incident: no server and cause rose above their own past.")


def incident_text(incident: Incident, words: Words) -> str:
    """An incident in a sentence: what, where, when, how much."""
    return words.say("{cause} on {server}, {when_and_how_much}").format(
        cause=words.cause(incident.cause),
        server=incident.server,
        when_and_how_much=incident_extent(incident, words),
    )


def incident_extent(incident: Incident, words: Words) -> str:
    """When an incident was, and how much it was."""
    say = words.say
    much = say.plural(
        "{number} ticket instead of about {expected}",
        "{number} tickets instead of about {expected}",
        incident.tickets,
    ).format(number=words.number(incident.tickets), expected=words.number(incident.expected))
    if incident.lasting:
        told = say("since {day} and not over when the export ends: {how_much}.")
        return told.format(day=words.day(incident.first), how_much=much)
    return say("{period}: {how_much}.").format(period=words.span(incident.first, incident.last), how_much=much)


def incidents_method(gathered: Gathered, words: Words) -> str:
    """How incidents are found, or why they can't be."""
    say = words.say
    if gathered.period is None:
        return say("The tickets have no dates, so incidents can't be found.")
    if not gathered.search.possible:
        return say("The export spans too few days to tell an incident: it takes at least two weeks of past.")
    return say(
        "Each server and cause is compared with its own eight weeks before: an incident is a run of 1 to 14 days with "
        "at least 5 tickets and twice the usual, so many that chance alone would bring one about in less than one "
        "export in a hundred (negative binomial, corrected for the {number} pairs of server and cause looked at)."
    ).format(number=words.number(gathered.search.pairs))


def time_notes(gathered: Gathered, words: Words) -> Iterator[str]:
    """What is missing over time."""
    say, period = words.say, gathered.period
    if period is None:
        yield say("The tickets have no dates, so nothing can be said about time.")
        return
    if period.undated:
        told = say.plural("{number} report has no date.", "{number} reports have no date.", period.undated)
        yield told.format(number=words.number(period.undated))
    if period.stray:
        told = say.plural(
            "{number} report dated far from all others is left out.",
            "{number} reports dated far from all others are left out.",
            period.stray,
        )
        yield told.format(number=words.number(period.stray))
    if gathered.timeline and gathered.timeline.unit != "day":
        yield say("The first and the last bar may stand for less time than the others.")
