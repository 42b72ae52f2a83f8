"""All that the report tells, read from the table of a run."""

from dataclasses import dataclass

import duckdb

from mailwhy.batch.report.figures import TOP_CAUSES, Figures, clean, fetch, read_figures
from mailwhy.batch.report.incidents import Search, find_incidents
from mailwhy.batch.report.replies import Group, Reply, group_replies
from mailwhy.batch.report.settings import Difference, read_differences
from mailwhy.batch.report.times import Period, Timeline, read_period, read_timeline
from mailwhy.knowledge import KnowledgeBase

__all__ = ["Gathered", "gather"]

_MOST_REPLIES = 10_000
"""Different replies that are grouped at most, the most frequent first; this bounds memory and time."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Figures, times, incidents and unknown replies of a run.

    Args:
        figures: what is counted.
        period: the days of the reports; None where none has a date.
        timeline: counts over the period.
        search: for incidents.
        differences: settings that differ from the providers'.
        groups: replies that nothing in the knowledge base matched.
    """

    figures: Figures
    period: Period | None
    timeline: Timeline | None
    search: Search
    differences: tuple[Difference, ...]
    groups: tuple[Group, ...]


def gather(connection: duckdb.DuckDBPyConnection, kb: KnowledgeBase) -> Gathered:
    """Reads all of it.

    Args:
        connection: to the tables ``rows`` (ROW_SCHEMA) and ``run`` (one row of facts).
        kb: the knowledge base that the rows were made with.
    """
    figures = read_figures(connection)
    period = read_period(connection)
    top = [cause.id for cause in figures.causes[:TOP_CAUSES]]
    return Gathered(
        figures=figures,
        period=period,
        timeline=read_timeline(connection, period, top) if period else None,
        search=find_incidents(connection, period),
        differences=read_differences(connection, kb),
        groups=tuple(group_replies(_unknown_replies(connection))),
    )


def _unknown_replies(connection: duckdb.DuckDBPyConnection) -> list[Reply]:
    found = fetch(
        connection,
        f"SELECT {clean('server_response')}, count(*) AS reports, mode(cause), "  # noqa: S608 - all from this package
        f"mode({clean('lower(coalesce(remote_host, server))')}) FROM rows "
        "WHERE reply_known = false AND server_response IS NOT NULL GROUP BY 1 ORDER BY reports DESC, 1 LIMIT ?",
        _MOST_REPLIES,
    )
    return [Reply(*row) for row in found]
