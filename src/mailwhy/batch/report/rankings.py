"""The lists of the report: what is counted, by what name, and what is said beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailwhy.batch.report.figures import Count, Figures, share, total
from mailwhy.batch.report.settings import port_text
from mailwhy.batch.report.words import Words
from mailwhy.i18n import N_
from mailwhy.rendering.facts import client_name

__all__ = ["Line", "Ranking", "cause_ranking", "client_ranking", "rankings", "responsible_ranking"]

_RESPONSIBLE = {
    "sender": N_("The sender"),
    "provider": N_("The sender's provider"),
    "administrator": N_("An administrator"),
    "recipient": N_("The recipient's side"),
}
_NO_SSL = N_("Without SSL, mail and password cross the network readable, unless the program changes to STARTTLS.")


@dataclass(frozen=True, slots=True)
class Line:
    """One value, how many reports have it, and what is said beside it."""

    name: str
    reports: int
    note: str = ""
    code: bool = False
    """Whether the name is one of a machine: a server, a code."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A list, most frequent first.

    Args:
        id: its name in the page.
        title: what is counted.
        lines: the values.
        of: reports that a share is a share of.
        intro: what to know before reading it.
    """

    id: str
    title: str
    lines: tuple[Line, ...]
    of: int
    intro: str = ""


def cause_ranking(figures: Figures, words: Words, most: int) -> Ranking:
    """The causes, the rare ones together."""
    lines = [Line(words.cause(cause.id), cause.reports) for cause in figures.causes[:most]]
    rest = figures.causes[most:]
    if rest:
        told = words.say.plural("{number} other cause", "{number} other causes", len(rest))
        lines.append(Line(told.format(number=words.number(len(rest))), sum(cause.reports for cause in rest)))
    return Ranking("causes", words.say("Causes"), tuple(lines), figures.totals.reports)


def responsible_ranking(figures: Figures, words: Words) -> Ranking:
    """Who has to act, always in the same order."""
    found = {count.key: count.reports for count in figures.responsible}
    lines = [Line(_capital(words.say(name)), found[who]) for who, name in _RESPONSIBLE.items() if who in found]
    if found.get(None):
        lines.append(Line(words.say("not known"), found[None]))
    return Ranking("responsible", words.say("Who has to act"), tuple(lines), figures.totals.reports)


def client_ranking(figures: Figures, words: Words) -> Ranking:
    """Which programs, and which kinds of notice."""
    lines = tuple(_clients(figures, words))
    return Ranking("clients", words.say("Where the reports come from"), lines, figures.totals.reports)


def rankings(figures: Figures, words: Words) -> Iterator[Ranking]:
    """Servers, ports, providers and codes; a list without a line is left out."""
    say, reports = words.say, figures.totals.reports
    for ranking in (
        Ranking("servers", say("Servers"), tuple(_servers(figures, words)), reports, _servers_intro(words)),
        Ranking("ports", say("Ports and encryption"), tuple(_ports(figures, words)), reports, say(_NO_SSL)),
        Ranking("providers", say("Providers of the senders"), _providers(figures.providers, words), reports),
        Ranking("recipients", say("Providers of the recipients"), _providers(figures.recipients, words), reports),
        Ranking("errors", say("Error numbers"), _codes(figures.errors, words), reports),
        Ranking("replies", say("Codes of the servers' replies"), _codes(figures.replies, words), reports),
    ):
        if ranking.lines:
            yield ranking


def _servers_intro(words: Words) -> str:
    return words.say("The account's server; where a notice came back instead, the host that refused.")


def _servers(figures: Figures, words: Words) -> Iterator[Line]:
    for server in figures.servers:
        told = words.say("mostly: {cause} ({share})")
        portion = words.percent(share(server.cause_reports, server.reports))
        yield Line(server.name, server.reports, told.format(cause=words.cause(server.cause), share=portion), code=True)


def _ports(figures: Figures, words: Words) -> Iterator[Line]:
    for count in figures.ports:
        port, ssl = count.key
        text = port_text(port, ssl, words.say)
        yield Line(_capital(text), count.reports)
    untold = figures.totals.reports - total(figures.ports)
    if figures.ports and untold > 0:
        yield Line(words.say("Other ports, or not told"), untold)


def _providers(counts: tuple[Count, ...], words: Words) -> tuple[Line, ...]:
    return tuple(Line(words.provider(count.key), count.reports) for count in counts)


def _codes(counts: tuple[Count, ...], words: Words) -> tuple[Line, ...]:
    return tuple(Line(count.key[1], count.reports, words.code(*count.key), code=True) for count in counts)


def _clients(figures: Figures, words: Words) -> Iterator[Line]:
    for count in figures.clients:
        name = client_name(count.key or "other", words.say)
        yield Line(_capital(name), count.reports)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
