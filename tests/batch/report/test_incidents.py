"""Figures, times and incidents read from the table of a run."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mailwhy.batch.report.figures import read_figures
from mailwhy.batch.report.incidents import find_incidents
from mailwhy.batch.report.settings import read_differences
from mailwhy.batch.report.times import read_period, read_timeline
from mailwhy.knowledge import builtin


def test_the_jump_is_found_and_nothing_else(table: Callable[..., Any], rows: list[Any]) -> None:
    connection = table(rows)
    search = find_incidents(connection, read_period(connection))
    assert search.possible
    (incident,) = search.incidents
    assert (incident.server, incident.cause) == ("smtp.orange.fr", "ip_blocklisted")
    assert (incident.first, incident.last) == (date(2026, 8, 10), date(2026, 8, 16))
    assert not incident.lasting
    assert (incident.tickets, incident.accounts) == (56, 56)
    assert incident.expected < 1
    assert incident.examples[0].created.date() == incident.first
    assert incident.examples[0].words == "554 5.7.1 blocked using a list"
    shown = incident.daily[(incident.first - incident.shown_from).days :]
    assert shown[:8] == (8, 8, 8, 8, 8, 8, 8, 0)


def test_stable_rows_hold_no_incident(table: Callable[..., Any], rows: list[Any]) -> None:
    connection = table([one for one in rows if one["cause"] != "ip_blocklisted"])
    search = find_incidents(connection, read_period(connection))
    assert (search.possible, search.pairs, search.incidents) == (True, 12, ())


def test_a_ticket_with_many_reports_is_no_incident(table: Callable[..., Any], one: Callable[..., Any]) -> None:
    start = datetime.fromisoformat("2026-01-01")
    rows = [one(day, created=start + timedelta(days=day)) for day in range(0, 60, 9)]
    rows += [{**one(99, created=start + timedelta(days=50)), "report": number} for number in range(40)]
    connection = table(rows)
    assert find_incidents(connection, read_period(connection)).incidents == ()


def test_rows_without_dates_tell_no_time(table: Callable[..., Any], rows: list[Any]) -> None:
    connection = table([{**one, "created": None} for one in rows])
    assert read_period(connection) is None
    assert not find_incidents(connection, None).possible


def test_a_few_days_are_no_past(table: Callable[..., Any], one: Callable[..., Any]) -> None:
    connection = table(
        [one(n, created=datetime.fromisoformat("2026-03-01") + timedelta(days=n % 10)) for n in range(50)]
    )
    assert not find_incidents(connection, read_period(connection)).possible


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [(1, "day", 1), (60, "day", 60), (92, "week", 14), (500, "month", 17), (3000, "quarter", 33), (20000, "year", 56)],
)
def test_the_unit_of_time_fits_the_period(
    table: Callable[..., Any], one: Callable[..., Any], days: int, unit: str, bars: int
) -> None:
    last = date(2026, 7, 1) + timedelta(days=days - 1)
    connection = table([one(1), one(2, created=datetime.fromisoformat(last.isoformat()))])
    period = read_period(connection)
    assert period is not None
    assert period.days == days
    timeline = read_timeline(connection, period, ["relay_denied"])
    assert (timeline.unit, len(timeline.starts)) == (unit, bars)
    assert sum(timeline.all) == sum(timeline.causes["relay_denied"]) == 2
    assert timeline.place(last) == bars - 1


def test_a_stray_date_does_not_stretch_the_period(
    table: Callable[..., Any], rows: list[Any], one: Callable[..., Any]
) -> None:
    connection = table([*rows, one(9001, created=datetime.fromisoformat("1970-01-01")), one(9002, created=None)])
    period = read_period(connection)
    assert period is not None
    assert (period.first.year, period.last, period.stray, period.undated) == (2026, date(2026, 9, 30), 1, 1)
    assert period.dated == len(rows)


def test_figures_add_up(table: Callable[..., Any], rows: list[Any]) -> None:
    figures = read_figures(table(rows))
    assert figures.totals.reports == len(rows) == sum(cause.reports for cause in figures.causes)
    assert sum(count.reports for count in figures.responsible) == len(rows)
    assert figures.ports[0].key == (25, False)
    assert figures.errors[0].key == ("hresult", "0x800CCC79")
    assert figures.replies[0].key == ("smtp-enhanced", "5.7.1")
    assert figures.servers[0].name == "smtp.orange.fr"
    assert [cause.id for cause in figures.causes].count("ip_blocklisted") == 1


def test_settings_that_the_provider_publishes_otherwise(table: Callable[..., Any], one: Callable[..., Any]) -> None:
    rows = [one(n, server="smtp.orange.fr") for n in range(3)] + [one(9, server="smtp.orange.fr", port=465, ssl=True)]
    (found,) = read_differences(table(rows), builtin())
    assert (found.server, found.port, found.ssl, found.reports) == ("smtp.orange.fr", 25, False, 3)
    assert [entry.port for entry in found.wanted] == [465]
