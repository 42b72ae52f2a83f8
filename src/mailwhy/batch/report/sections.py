"""The sections of the page: lists, times, incidents."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from mailwhy.batch.report.charts import bar, columns
from mailwhy.batch.report.figures import share
from mailwhy.batch.report.gathering import Gathered
from mailwhy.batch.report.incidents import Incident
from mailwhy.batch.report.phrases import incident_extent, incident_text, incidents_method, time_notes
from mailwhy.batch.report.rankings import Ranking, cause_ranking, client_ranking, rankings, responsible_ranking
from mailwhy.batch.report.settings import port_text, published_text
from mailwhy.batch.report.times import Timeline
from mailwhy.batch.report.words import Words
from mailwhy.i18n import N_
from mailwhy.rendering.blocks import clip
from mailwhy.rendering.html import Html, element

__all__ = ["causes_section", "figures_sections", "incidents_section", "joined", "over_time_section", "section"]

_CAUSES_SHOWN = 10
_LONGEST_EXAMPLE = 260
_PAIRED = {
    ("servers", "ports"): N_("Servers, ports and encryption"),
    ("providers", "recipients"): N_("Providers"),
    ("errors", "replies"): N_("Error numbers and reply codes"),
}


def joined(parts: Iterable[str | None]) -> Html:
    """Elements one after the other."""
    return Html("".join(part for part in parts if part))


def section(id_: str, title: str, *parts: str | None) -> Html:
    """A section with its heading."""
    return element("section", element("h2", title), *parts, id=id_)


def causes_section(gathered: Gathered, words: Words) -> Html:
    """Causes, who has to act, and what printed the reports."""
    causes = cause_ranking(gathered.figures, words, _CAUSES_SHOWN)
    others = (responsible_ranking(gathered.figures, words), client_ranking(gathered.figures, words))
    beside = [part for other in others for part in (element("h3", other.title), _table(other, words))]
    return section(
        causes.id, causes.title, element("div", _table(causes, words), element("div", *beside), class_="pair")
    )


def figures_sections(gathered: Gathered, words: Words) -> Iterator[Html]:
    """Servers, ports, providers, codes; lists that belong together side by side."""
    found = {ranking.id: ranking for ranking in rankings(gathered.figures, words)}
    for names, title in _PAIRED.items():
        halves = [found[name] for name in names if name in found]
        more = _differences(gathered, words) if "ports" in names else None
        if len(halves) == 1:
            yield section(halves[0].id, halves[0].title, *_half(halves[0], words), more)
        elif halves:
            lists = (element("div", element("h3", half.title), *_half(half, words), id=half.id) for half in halves)
            yield section("-".join(names), words.say(title), element("div", *lists, class_="pair"), more)


def _half(ranking: Ranking, words: Words) -> tuple[Html | None, Html]:
    return element("p", ranking.intro, class_="muted") if ranking.intro else None, _table(ranking, words)


def _table(ranking: Ranking, words: Words) -> Html:
    """A list with bars, numbers and shares."""
    longest = max((line.reports for line in ranking.lines), default=1)
    rows = []
    for line in ranking.lines:
        name = element("code", line.name) if line.code else line.name
        note = element("small", line.note) if line.note else None
        rows.append(
            element(
                "tr",
                element("th", name, bar(line.reports / longest), note, scope="row"),
                element("td", words.number(line.reports), class_="n"),
                element("td", words.percent(share(line.reports, ranking.of)), class_="n"),
            )
        )
    return element("table", element("tbody", *rows), class_="ranking")


def _differences(gathered: Gathered, words: Words) -> Html | None:
    """Settings that the providers publish otherwise."""
    if not gathered.differences:
        return None
    say = words.say
    head = element(
        "tr",
        element("th", say("Server"), scope="col"),
        element("th", say("In the reports"), scope="col"),
        element("th", say("Published by the provider"), scope="col"),
        element("th", say("Reports"), scope="col", class_="n"),
    )
    rows = (
        element(
            "tr",
            element("th", element("code", found.server), scope="row"),
            element("td", port_text(found.port, found.ssl, say), data_label=say("In the reports")),
            element(
                "td",
                f"{found.provider} – {published_text(found.wanted, say)}",
                data_label=say("Published by the provider"),
            ),
            element("td", words.number(found.reports), class_="n"),
        )
        for found in gathered.differences
    )
    table = element("table", element("thead", head), element("tbody", *rows), class_="ruled stack")
    title = element("h3", say("Settings that differ from the provider's"))
    return joined([title, table])


def over_time_section(gathered: Gathered, words: Words) -> Html:
    """All reports over time, then each of the frequent causes on a scale of their own."""
    say, timeline = words.say, gathered.timeline
    notes = joined(element("p", note, class_="muted") for note in time_notes(gathered, words))
    if timeline is None:
        return section("time", say("Over time"), notes)
    highest = max((max(counts) for counts in timeline.causes.values()), default=0)
    strips = []
    for cause, counts in timeline.causes.items():
        chart = _timeline_chart(timeline, counts, words.cause(cause), words, highest=highest, height=56, cause=cause,
                                incidents=gathered.search.incidents)  # fmt: skip
        strips.append(element("div", element("h3", words.cause(cause)), chart))
    units = {
        "day": say("Failure reports a day"),
        "week": say("Failure reports a week"),
        "month": say("Failure reports a month"),
        "quarter": say("Failure reports a quarter"),
        "year": say("Failure reports a year"),
    }
    title = units[timeline.unit]
    told = say("The {number} most frequent causes, on one scale; ▼ marks where incidents of the list below begin.")
    return section(
        "time",
        say("Over time"),
        element("h3", title),
        _timeline_chart(timeline, timeline.all, title, words, height=130),
        element("p", told.format(number=words.number(len(strips))), class_="muted") if strips else None,
        element("div", *strips, class_="strips"),
        _timeline_table(timeline, words),
        notes,
    )


def _timeline_chart(  # noqa: PLR0913
    timeline: Timeline,
    counts: tuple[int, ...],
    name: str,
    words: Words,
    *,
    height: int,
    highest: int | None = None,
    cause: str | None = None,
    incidents: tuple[Incident, ...] = (),
) -> Html:
    marks: dict[int, str] = {}
    for number, incident in enumerate(incidents, 1):
        if incident.cause == cause:
            place = timeline.place(incident.first)
            marks[place] = f"{marks[place]}, {number}" if place in marks else f"▼{number}"
    names = [words.bar_name(timeline.unit, start) for start in timeline.starts]
    peak = max(range(len(counts)), key=counts.__getitem__)
    told = words.say("{name}: {number} in all, most in {when}: {most}").format(
        name=name, number=words.number(sum(counts)), when=names[peak], most=words.number(counts[peak])
    )
    return columns(
        counts,
        names,
        [words.bar(timeline.unit, start) for start in timeline.starts],
        told=told,
        highest=highest,
        height=height,
        marks=marks,
        numbers=[words.number(count) for count in counts],
    )


def _timeline_table(timeline: Timeline, words: Words) -> Html:
    """The same in figures, for those who don't see the charts or want to copy."""
    heads = [words.say("From"), words.say("All causes"), *map(words.cause, timeline.causes)]
    head = element("tr", *(element("th", text, scope="col", class_="n" if place else None)
                           for place, text in enumerate(heads)))  # fmt: skip
    rows = (
        element(
            "tr",
            element("th", words.day(start), scope="row"),
            *(
                element("td", words.number(counts[place]), class_="n")
                for counts in (timeline.all, *timeline.causes.values())
            ),
        )
        for place, start in enumerate(timeline.starts)
    )
    table = element("table", element("thead", head), element("tbody", *rows), class_="ruled")
    return element(
        "details",
        element("summary", words.say("The same in figures")),
        element("div", table, class_="scroll"),
        class_="screen",
    )


def incidents_section(gathered: Gathered, words: Words) -> Html:
    """Each incident with its days and some of its tickets."""
    say, search = words.say, gathered.search
    parts: list[Html] = []
    if search.incidents:
        key = Html('<svg class="key" aria-hidden="true"><rect class="column marked" width="100%" height="100%"/></svg>')
        parts.append(
            element("p", key, say("Hatched: the days of the incident. Bars are tickets a day."), class_="muted")
        )
    elif search.possible:
        parts.append(element("p", say("No incident: no server and cause rose above their own past.")))
    parts += [_incident(number, incident, words) for number, incident in enumerate(search.incidents, 1)]
    if search.more:
        told = say.plural(
            "{number} smaller incident is left out.", "{number} smaller incidents are left out.", search.more
        )
        parts.append(element("p", told.format(number=words.number(search.more))))
    parts.append(element("p", incidents_method(gathered, words), class_="muted"))
    return section("incidents", say("Incidents"), *parts)


def _incident(number: int, incident: Incident, words: Words) -> Html:
    say = words.say
    days = [incident.shown_from + timedelta(days=place) for place in range(len(incident.daily))]
    first, last = (incident.first - incident.shown_from).days, (incident.last - incident.shown_from).days
    chart = columns(
        incident.daily,
        [words.day(day) for day in days],
        [words.bar("day", day) for day in days],
        told=incident_text(incident, words),
        height=60,
        marked=range(first, last + 1),
        numbers=[words.number(count) for count in incident.daily],
    )
    title = words.say("{cause} on {server}").format(cause=words.cause(incident.cause), server=incident.server)
    told = incident_extent(incident, words)
    told = told[:1].upper() + told[1:]
    if incident.accounts > 1:
        struck = say("Accounts that had it: {number}.")
        told = f"{told} {struck.format(number=words.number(incident.accounts))}"
    examples = [
        element(
            "li",
            words.moment(example.created),
            ", " + say("ticket {ticket}").format(ticket=example.ticket) if example.ticket else None,
            joined([Html(" – "), element("code", clip(example.words, _LONGEST_EXAMPLE))]) if example.words else None,
        )
        for example in incident.examples
    ]
    return element(
        "div",
        element("h3", element("span", str(number), class_="number"), " ", title),
        element("p", told),
        chart,
        element("p", say("Examples"), class_="muted"),
        element("ul", *examples),
        class_="incident",
    )
