"""The figures of a run: counted by DuckDB over the tables ``rows`` and ``run``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

__all__ = ["CauseFigure", "Count", "Figures", "ServerFigure", "Totals", "read_figures"]

MOST_ROWS = 10
TOP_CAUSES = 5
_UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class Totals:
    """The run as a whole."""

    version: str
    redacted: bool
    tickets: int
    with_report: int
    reports: int
    rejected: int
    left_out: int
    """Tickets that only tell a failure in own words, where those are no rows."""
    unsure: int
    """Reports whose likeliest cause is less likely than not."""
    replies: int
    unknown_replies: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many reports have a value; ``key`` None stands for "not told"."""

    key: Any
    reports: int


@dataclass(frozen=True, slots=True)
class CauseFigure:
    """A cause, and where its reports come from."""

    id: str
    reports: int
    title: str | None
    """As the rows have it, for causes of an organisation's own."""
    resolution: str | None
    """What the rows advise most often first."""
    client: str | None
    """The program that printed most of them."""
    servers: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class ServerFigure:
    """A server, and the cause that most of its reports have."""

    name: str
    reports: int
    cause: str
    cause_reports: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page and the summary tell."""

    totals: Totals
    causes: tuple[CauseFigure, ...]
    responsible: tuple[Count, ...]
    servers: tuple[ServerFigure, ...]
    ports: tuple[Count, ...]
    """Keys are (port, whether SSL is on or None)."""
    providers: tuple[Count, ...]
    recipients: tuple[Count, ...]
    errors: tuple[Count, ...]
    """Keys are (kind, code): of the program's error number, or of Winsock."""
    replies: tuple[Count, ...]
    """Keys are (kind, code): of the enhanced status code, or of the reply code where there is no other."""
    clients: tuple[Count, ...]


def read_figures(connection: duckdb.DuckDBPyConnection) -> Figures:
    """Counts.

    Args:
        connection: to the tables ``rows`` (ROW_SCHEMA) and ``run`` (one row of facts).
    """
    causes = _causes(connection)
    return Figures(
        totals=_totals(connection),
        causes=causes,
        responsible=_counts(connection, "responsible"),
        servers=_servers(connection),
        ports=_counts(connection, "port, ssl", where="port IS NOT NULL OR ssl IS NOT NULL"),
        providers=_counts(connection, "provider", where="provider IS NOT NULL"),
        recipients=_counts(connection, "recipient_provider", where="recipient_provider IS NOT NULL"),
        errors=_counts(
            connection,
            "CASE WHEN error_number IS NULL THEN 'winsock' WHEN error_number LIKE '0x%' THEN 'hresult' "
            "ELSE 'outlook-mac' END, coalesce(error_number, socket_error::VARCHAR)",
            where="error_number IS NOT NULL OR socket_error IS NOT NULL",
        ),
        replies=_counts(
            connection,
            "CASE WHEN enhanced_code IS NULL THEN 'smtp-reply' ELSE 'smtp-enhanced' END, "
            "coalesce(enhanced_code, smtp_code::VARCHAR)",
            where="enhanced_code IS NOT NULL OR smtp_code IS NOT NULL",
        ),
        clients=_counts(connection, "client"),
    )


def fetch(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return connection.execute(query, list(values)).fetchall()


def _totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    of_run = fetch(connection, "SELECT mailwhy, redacted, tickets, with_report, reports, rejected, left_out FROM run")[
        0
    ]
    unsure, replies, unknown = fetch(
        connection,
        "SELECT count(*) FILTER (cause IS NULL OR cause = 'unknown' OR confidence < ?), count(reply_known), "
        "count(*) FILTER (reply_known = false) FROM rows",
        _UNSURE,
    )[0]
    return Totals(*(*of_run, unsure, replies, unknown))


def _counts(connection: duckdb.DuckDBPyConnection, columns: str, where: str = "true") -> tuple[Count, ...]:
    """The most frequent values of a column, or of several together; the rest are told by what is missing."""
    query = (
        f"SELECT {columns}, count(*) AS reports FROM rows WHERE {where} "  # noqa: S608 - all from this module
        f"GROUP BY ALL ORDER BY reports DESC, {columns} LIMIT {MOST_ROWS}"
    )
    return tuple(Count(row[0] if len(row) == 2 else row[:-1], row[-1]) for row in fetch(connection, query))


def _causes(connection: duckdb.DuckDBPyConnection) -> tuple[CauseFigure, ...]:
    found = fetch(
        connection,
        "SELECT coalesce(cause, 'unknown') AS cause, count(*) AS reports, any_value(cause_title), mode(resolution), "
        "mode(client) FROM rows GROUP BY 1 ORDER BY reports DESC, 1",
    )
    return tuple(
        CauseFigure(cause, reports, title, resolution, client, servers)
        for place, (cause, reports, title, resolution, client) in enumerate(found)
        for servers in (_servers_of(connection, cause) if place < TOP_CAUSES else (),)
    )


def _servers_of(connection: duckdb.DuckDBPyConnection, cause: str) -> tuple[Count, ...]:
    query = (
        f"SELECT {SERVER} AS name, count(*) AS reports FROM rows WHERE coalesce(cause, 'unknown') = ? "  # noqa: S608
        "AND name IS NOT NULL GROUP BY 1 ORDER BY reports DESC, 1 LIMIT 3"
    )
    return tuple(Count(*row) for row in fetch(connection, query, cause))


def _servers(connection: duckdb.DuckDBPyConnection) -> tuple[ServerFigure, ...]:
    query = (
        f"WITH pairs AS (SELECT {SERVER} AS name, coalesce(cause, 'unknown') AS cause, count(*) AS reports FROM rows "  # noqa: S608
        "WHERE name IS NOT NULL GROUP BY 1, 2) "
        "SELECT name, sum(reports)::BIGINT AS total, first(cause ORDER BY reports DESC, cause), max(reports) "
        f"FROM pairs GROUP BY name ORDER BY total DESC, name LIMIT {MOST_ROWS}"
    )
    return tuple(ServerFigure(*row) for row in fetch(connection, query))


def clean(column: str) -> str:
    """SQL for a text without signs that steer a terminal or turn the direction of writing."""
    return rf"regexp_replace({column}, '[\p{{Cc}}\p{{Cf}}]', ' ', 'g')"


SERVER = clean("lower(coalesce(server, remote_host))")
"""A report's server: the account's, or where a notice came instead of an error, the host that answered."""


def share(part: int, whole: int) -> float:
    """A part of a whole, 0 where there is nothing."""
    return part / whole if whole else 0.0


def total(counts: Sequence[Count]) -> int:
    """The reports of all values together."""
    return sum(count.reports for count in counts)
