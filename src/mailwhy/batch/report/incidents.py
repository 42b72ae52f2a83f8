"""Incidents: a cause that struck much more tickets on a server than it used to there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import duckdb

from mailwhy.batch.report.figures import SERVER, clean, fetch
from mailwhy.batch.report.jumps import FEWEST, LENGTHS, SHORTEST_PAST, Jump, find_jumps
from mailwhy.batch.report.times import Period

__all__ = ["Example", "Incident", "Search", "find_incidents"]

_MOST_DAYS = 1100
_EXAMPLES = 3
_SHOWN_BEFORE = 28
_SHOWN_AFTER = 14
_MOST_SHOWN = 120
_MOST_INCIDENTS = 12

_PAIRS = f"""
    SELECT * FROM (
        SELECT {SERVER} AS name, coalesce(cause, 'unknown') AS cause, created::DATE AS day,
               count(DISTINCT (source, "row")) AS tickets
        FROM rows WHERE {SERVER} IS NOT NULL AND created::DATE BETWEEN ? AND ? GROUP BY 1, 2, 3
    ) QUALIFY sum(tickets) OVER (PARTITION BY name, cause) >= {FEWEST} ORDER BY name, cause, day
"""  # noqa: S608 - all from this package
_OF_PAIR = f"{SERVER} = ? AND coalesce(cause, 'unknown') = ? AND created::DATE BETWEEN ? AND ?"


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket of an incident, as the rows have it."""

    ticket: str | None
    created: datetime
    words: str | None
    """The server's reply, or where it gave none, the program's message or its number."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A jump of one cause on one server.

    Args:
        server: its name.
        cause: id of the cause.
        first: the first day.
        last: the last day.
        lasting: whether it had not ended where the export does.
        tickets: how many had it.
        expected: how many would have had it as before.
        accounts: how many accounts were struck.
        shown_from: the first day of ``daily``.
        daily: tickets a day, around the incident.
        examples: some of the tickets.
    """

    server: str
    cause: str
    first: date
    last: date
    lasting: bool
    tickets: int
    expected: float
    accounts: int
    shown_from: date
    daily: tuple[int, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking for incidents."""

    possible: bool
    """Whether the dates reach back far enough."""
    pairs: int
    incidents: tuple[Incident, ...]
    """Those with most tickets above what was to be expected first."""
    more: int = 0
    """Smaller ones, left out."""


class _Found(NamedTuple):
    server: str
    cause: str
    counts: list[int]
    jump: Jump


def find_incidents(connection: duckdb.DuckDBPyConnection, period: Period | None) -> Search:
    """The incidents of the rows; each ticket counts once, however often it quotes a report."""
    if period is None or period.days <= SHORTEST_PAST:
        return Search(possible=False, pairs=0, incidents=())
    first = max(period.first, period.last - timedelta(days=_MOST_DAYS - 1))
    days = (period.last - first).days + 1
    rows = fetch(connection, _PAIRS, first, period.last)
    pairs = len({(name, cause) for name, cause, _, _ in rows})
    tests = pairs * days * len(LENGTHS)
    found = []
    for server, cause, counts in _series(rows, first, days):
        found += [_Found(server, cause, counts, jump) for jump in find_jumps(counts, tests)]
    found.sort(key=lambda pair: (pair.jump.expected - pair.jump.observed, pair.server, pair.cause))
    incidents = tuple(_incident(connection, pair, first) for pair in found[:_MOST_INCIDENTS])
    return Search(possible=True, pairs=pairs, incidents=incidents, more=len(found) - len(incidents))


def _series(rows: list[tuple[Any, ...]], first: date, days: int) -> Iterator[tuple[str, str, list[int]]]:
    """Server, cause and tickets a day, pair after pair."""
    for (server, cause), found in groupby(rows, key=lambda row: (row[0], row[1])):
        counts = [0] * days
        for _, _, day, tickets in found:
            counts[(day - first).days] = tickets
        yield server, cause, counts


def _incident(connection: duckdb.DuckDBPyConnection, pair: _Found, origin: date) -> Incident:
    server, cause, counts, jump = pair
    begin, end = origin + timedelta(days=jump.start), origin + timedelta(days=jump.end)
    where: tuple[Any, ...] = (server, cause, begin, end)
    accounts = fetch(connection, f"SELECT count(DISTINCT account) FROM rows WHERE {_OF_PAIR}", *where)[0][0]  # noqa: S608
    # Different replies before more of the same.
    examples = fetch(
        connection,
        f"SELECT {clean('ticket')}, created, words FROM ("  # noqa: S608 - all from this package
        f"SELECT *, {clean('coalesce(server_response, client_message, error_number)')} AS words, "
        'row_number() OVER (PARTITION BY words ORDER BY created, source, "row") AS again '
        f"FROM rows WHERE {_OF_PAIR}) ORDER BY again, created, ticket LIMIT {_EXAMPLES}",
        *where,
    )
    shown = max(0, jump.start - _SHOWN_BEFORE)
    until = min(len(counts), jump.end + 1 + _SHOWN_AFTER, shown + _MOST_SHOWN)
    return Incident(
        server=server,
        cause=cause,
        first=begin,
        last=end,
        lasting=jump.lasting,
        tickets=jump.observed,
        expected=jump.expected,
        accounts=accounts,
        shown_from=origin + timedelta(days=shown),
        daily=tuple(counts[shown:until]),
        examples=tuple(Example(*row) for row in examples),
    )
