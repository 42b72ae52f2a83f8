"""Causes over time: the period of the rows, cut into days, weeks, months, quarters or years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import duckdb

from mailwhy.batch.report.figures import fetch

__all__ = ["Period", "Timeline", "read_period", "read_timeline"]

Unit = Literal["day", "week", "month", "quarter", "year"]
_DAYS: dict[Unit, float] = {"day": 1, "week": 7, "month": 30.44, "quarter": 91.3, "year": 365.25}
_MOST_BARS = 62
_STRAY = 0.005
_MUCH_LONGER = 2.0


@dataclass(frozen=True, slots=True)
class Period:
    """The days that the dates of the rows span.

    Args:
        first: the first day.
        last: the last day.
        dated: reports with a date in the period.
        undated: reports without one.
        stray: reports dated far before or after all others, which are left out: clocks and dates can be wrong.
    """

    first: date
    last: date
    dated: int
    undated: int
    stray: int

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """Reports in each unit of time, of all causes and of each of the most frequent."""

    unit: Unit
    starts: tuple[date, ...]
    all: tuple[int, ...]
    causes: dict[str, tuple[int, ...]]
    """Counts of some causes by id."""

    def place(self, day: date) -> int:
        """The bar that a day belongs to."""
        return max((place for place, start in enumerate(self.starts) if start <= day), default=0)


def read_period(connection: duckdb.DuckDBPyConnection) -> Period | None:
    """The period; None where no report has a date."""
    first, last, low, high, dated, every = fetch(
        connection,
        "SELECT min(created)::DATE, max(created)::DATE, quantile_disc(created, ?)::DATE, "
        "quantile_disc(created, ?)::DATE, count(created), count(*) FROM rows",
        _STRAY,
        1 - _STRAY,
    )[0]
    if not dated:
        return None
    usual = (high - low).days + 1
    if (last - first).days + 1 > _MUCH_LONGER * usual and dated > 1 / _STRAY:
        first, last = max(first, low - timedelta(days=usual // 4)), min(last, high + timedelta(days=usual // 4))
    within = fetch(connection, "SELECT count(*) FROM rows WHERE created::DATE BETWEEN ? AND ?", first, last)[0][0]
    return Period(first, last, within, every - dated, dated - within)


def read_timeline(connection: duckdb.DuckDBPyConnection, period: Period, causes: Sequence[str]) -> Timeline:
    """Counts by time: in the smallest unit that gives a chart few enough bars.

    Args:
        connection: to the table ``rows``.
        period: what to cut up.
        causes: ids of the causes to count one by one.
    """
    unit: Unit = next((unit for unit, days in _DAYS.items() if period.days / days <= _MOST_BARS), "year")
    starts = [
        row[0]
        for row in fetch(
            connection,
            f"SELECT unnest(generate_series(date_trunc('{unit}', ?::DATE), ?::DATE, INTERVAL 1 {unit}))::DATE",
            period.first,
            period.last,
        )
    ]
    counted: dict[str, dict[date, int]] = {cause: {} for cause in causes}
    every: dict[date, int] = {}
    for start, cause, reports in fetch(
        connection,
        f"SELECT date_trunc('{unit}', created)::DATE, coalesce(cause, 'unknown'), count(*) FROM rows "  # noqa: S608
        "WHERE created::DATE BETWEEN ? AND ? GROUP BY 1, 2",
        period.first,
        period.last,
    ):
        every[start] = every.get(start, 0) + reports
        if cause in counted:
            counted[cause][start] = reports
    return Timeline(
        unit,
        tuple(starts),
        tuple(every.get(start, 0) for start in starts),
        {cause: tuple(found.get(start, 0) for start in starts) for cause, found in counted.items()},
    )
