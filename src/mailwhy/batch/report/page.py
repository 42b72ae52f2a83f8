"""The report as one page of HTML: nothing in it is loaded from elsewhere, and it holds no script."""

from collections.abc import Iterator
from importlib.resources import files

from mailwhy.batch.report.charts import HATCHING
from mailwhy.batch.report.figures import TOP_CAUSES, CauseFigure, share
from mailwhy.batch.report.gathering import Gathered
from mailwhy.batch.report.phrases import in_short, period_text, title_text, totals
from mailwhy.batch.report.rankings import rankings
from mailwhy.batch.report.replies import Group, draft_entry, draft_file
from mailwhy.batch.report.sections import (
    causes_section,
    figures_sections,
    incidents_section,
    joined,
    over_time_section,
    section,
)
from mailwhy.batch.report.words import Words
from mailwhy.rendering.blocks import clip
from mailwhy.rendering.html import Html, element, resolution_html

__all__ = ["page_html"]

_MOST_GROUPS = 20
_LONGEST_REPLY = 300
_MOST_OTHERS = 4
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_html(gathered: Gathered, words: Words) -> str:
    """The page.

    Args:
        gathered: what there is to tell.
        words: the language to tell it in.
    """
    title = title_text(gathered, words)
    style = files("mailwhy.batch.report").joinpath("report.css").read_text(encoding="utf-8")
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex">{element("title", title)}<style>{style}</style>'
    )
    sections = list(_sections(gathered, words))
    body = joined([HATCHING, _header(title, gathered, words), element("main", *sections), _footer(gathered, words)])
    return f'<!doctype html>\n<html lang="{words.say.locale}"><head>{head}</head><body>{body}</body></html>\n'


def _header(title: str, gathered: Gathered, words: Words) -> Html:
    say = words.say
    tiles = [
        element("div", element("dt", name, element("small", note) if note else None), element("dd", number))
        for number, name, note in totals(gathered, words)
    ]
    bullets = [element("li", sentence) for sentence in in_short(gathered, words)]
    return element(
        "header",
        element("h1", title),
        element("p", say("Period of the reports: {period}").format(period=period_text(gathered, words)), class_="muted")
        if gathered.period is None
        else None,
        element("dl", *tiles, class_="tiles"),
        element("div", element("h2", say("In short")), element("ul", *bullets, class_="short"), class_="card"),
        _contents(gathered, words),
    )


def _contents(gathered: Gathered, words: Words) -> Html | None:
    if not gathered.figures.totals.reports:
        return None
    say = words.say
    entries = (
        ("causes", say("Causes")),
        ("time", say("Over time")),
        ("incidents", say("Incidents")),
        ("remedies", say("What to do")),
        ("servers", say("Servers")),
        ("ports", say("Ports and encryption")),
        ("providers", say("Providers")),
        ("errors", say("Error numbers")),
        ("unknown", say("Unknown replies")),
    )
    there = {"causes", "time", "incidents", "remedies", "unknown"}
    there.update(ranking.id for ranking in rankings(gathered.figures, words))
    links = (element("li", element("a", text, href=f"#{id_}")) for id_, text in entries if id_ in there)
    return element("nav", element("ul", *links), aria_label=say("Contents"))


def _sections(gathered: Gathered, words: Words) -> Iterator[Html]:
    if not gathered.figures.totals.reports:
        return
    yield causes_section(gathered, words)
    yield over_time_section(gathered, words)
    yield incidents_section(gathered, words)
    yield _remedies_section(gathered, words)
    yield from figures_sections(gathered, words)
    yield _replies_section(gathered, words)


def _remedies_section(gathered: Gathered, words: Words) -> Html:
    """What to tell people about the most frequent causes."""
    figures, say = gathered.figures, words.say
    known = [cause for cause in figures.causes[:TOP_CAUSES] if cause.id != "unknown"]
    cards = (_remedy(place, cause, figures.totals.reports, words) for place, cause in enumerate(known, 1))
    title = say("What to do about the most frequent causes")
    told = element("p", say("In words for those who have the problem."), class_="muted")
    return section("remedies", title, told, *cards)


def _remedy(place: int, figure: CauseFigure, reports: int, words: Words) -> Html:
    say, text = words.say, words.cause_text(figure)
    much = say.plural("{number} report ({share})", "{number} reports ({share})", figure.reports)
    told = much.format(number=words.number(figure.reports), share=words.percent(share(figure.reports, reports)))
    if figure.servers:
        servers = ", ".join(f"{count.key} ({words.number(count.reports)})" for count in figure.servers)
        told += " · " + say("mainly on {servers}").format(servers=servers)
    if text is not None and text.temporary:
        told += " · " + say("This may pass by itself.")
    parts: list[Html | None] = [
        element("h3", f"{place}. {words.cause(figure.id)}"),
        element("p", told, class_="muted"),
    ]
    if text is not None:
        parts.append(element("p", text.summary))
        first, others = text.resolutions[:1], text.resolutions[1:]
        for resolution in first:
            parts += [element("h4", resolution.title), resolution_html(resolution, say)]
        if others:
            titles = " · ".join(resolution.title for resolution in others[:_MOST_OTHERS])
            parts.append(element("p", element("strong", say("If that does not help:")), f" {titles}"))
    return element("div", *parts, class_="remedy")


def _replies_section(gathered: Gathered, words: Words) -> Html:
    """Replies that the knowledge base lacks, and drafts of entries for them."""
    say, groups = words.say, gathered.groups
    title = say("Replies that the knowledge base does not know")
    if not groups:
        return section("unknown", title, element("p", say("None: every reply of a server was recognised.")))
    shown = groups[:_MOST_GROUPS]
    intro = say.plural(
        "{number} wording; what differs from reply to reply stands in braces.",
        "{number} wordings, the most frequent first; what differs from reply to reply stands in braces.",
        len(groups),
    )
    head = element(
        "tr",
        element("th", say("Wording"), scope="col"),
        element("th", say("Reports"), scope="col", class_="n"),
    )
    rows = element("tbody", *(_group(group, words) for group in shown))
    table = element("table", element("thead", head), rows, class_="ruled")
    return section(
        "unknown", title, element("p", intro.format(number=words.number(len(groups)))), table, _drafts(shown, words)
    )


def _group(group: Group, words: Words) -> Html:
    say = words.say
    servers = sorted(group.servers, key=lambda name: (-group.servers[name], name))[:3]
    guess = group.likely_cause
    notes = [
        say("For example: {reply}").format(reply=clip(group.example, _LONGEST_REPLY)),
        say("From: {servers}").format(servers=", ".join(servers)) if servers else None,
        say("Taken for, by its codes: {cause}").format(cause=words.cause(guess)) if guess else None,
    ]
    told = (element("div", note, class_="note") for note in notes if note)
    return element(
        "tr",
        element("td", element("code", group.template), *told),
        element("td", words.number(group.reports), class_="n"),
    )


def _drafts(groups: tuple[Group, ...], words: Words) -> Html | None:
    entries = [entry for entry in map(draft_entry, groups) if entry is not None]
    if not entries:
        return None
    say = words.say
    told = say(
        "Drafts for the knowledge base: save them as replies/drafts.yaml in your own folder, fill in a cause for each "
        "(mailwhy kb list causes names them), remove those you can't tell, and check with: mailwhy kb check FOLDER"
    )
    return joined([element("h3", say("Drafts")), element("p", told), element("pre", draft_file(entries), tabindex=0)])


def _footer(gathered: Gathered, words: Words) -> Html:
    say, run = words.say, gathered.figures.totals
    hidden = (
        say("Addresses, accounts and IP addresses are pseudonyms.")
        if run.redacted
        else say("This page holds personal data: addresses and accounts are shown as they are.")
    )
    made = say("Made by mailwhy {version}.").format(version=run.version)
    return element("footer", element("p", hidden), element("p", made))
