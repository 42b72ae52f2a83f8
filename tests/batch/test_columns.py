"""Profiles of ticket systems, and dates as they write them."""
# ruff: noqa: DTZ001 - the moments have no zone: they are as the exports have them

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from mailwhy.batch import Selection
from mailwhy.batch.columns import Mapper, Profile, load_profiles
from mailwhy.batch.dates import iso_date, read_date
from mailwhy.batch.errors import Rejected
from mailwhy.batch.profiles import profile_names

RECOGNISED = [(name, names) for name, profile in load_profiles().items() for names in profile.recognise]


def chosen(names: list[str], **selection: Any) -> set[str]:
    return {label for _, label in Mapper(Selection(**selection)).plan(names).texts}


def test_every_profile_is_whole() -> None:
    assert set(load_profiles()) == set(profile_names())
    for name, profile in load_profiles().items():
        assert TypeAdapter(Profile).validate_json(json.dumps(asdict(profile)), strict=True) == profile
        assert profile.ticket, name
        assert bool(profile.text) == bool(profile.recognise) == (name != "generic"), name


@pytest.mark.parametrize(("name", "names"), RECOGNISED)
def test_a_profile_is_found_by_its_header(name: str, names: list[str]) -> None:
    text = load_profiles()[name].text[0]
    header = [*names, text, "Internal remark"]
    assert chosen(header) == chosen(header, profile=name)
    assert "Internal remark" not in chosen(header)


def test_names_are_compared_without_case_accents_and_underscores() -> None:
    plan = Mapper(Selection()).plan(["Numéro de ticket", "CREATED_AT", "Texte libre"])
    assert (plan.ticket, plan.created, plan.texts) == (0, 1, [(2, "Texte libre")])


def test_a_profile_without_its_text_columns_looks_everywhere() -> None:
    assert chosen(["Ticket Number", "From Email", "Problem"], profile="osticket") == {"From Email", "Problem"}


def test_an_export_that_was_cut_is_told() -> None:
    mapper = Mapper(Selection(profile="servicenow"))
    plan = mapper.plan(["number", "description"])
    item = mapper.ticket(9, plan, ["", "Export stopped due to excessive size. Use filters"])
    assert isinstance(item, Rejected)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T14:05:09Z", datetime(2026, 11, 24, 14, 5, 9)),
        ("2026-11-24T14:05:09.123+02:00", datetime(2026, 11, 24, 12, 5, 9)),
        ("2026-11-24", datetime(2026, 11, 24)),
        ("24/11/2026 14:05", datetime(2026, 11, 24, 14, 5)),
        ("4/5/2026", datetime(2026, 5, 4)),
        ("11/24/2026 2:05 PM", datetime(2026, 11, 24, 14, 5)),
        ("24.11.26, 14:05:09", datetime(2026, 11, 24, 14, 5, 9)),
        ("24/Nov/26 12:05 AM", datetime(2026, 11, 24, 0, 5)),
        ("24 août 2026 14h05", datetime(2026, 8, 24, 14, 5)),
        ("Tue, 24 Nov 2026 14:05:00 +0100", datetime(2026, 11, 24, 13, 5)),
        ("31/02/2026", None),
        ("99999999999999999999", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, moment: datetime | None) -> None:
    assert read_date(text) == moment


def test_systems_that_write_the_month_first() -> None:
    assert iso_date("04/05/2026 14:05") == "2026-04-05T14:05:00"
    assert iso_date("open") == "open"
