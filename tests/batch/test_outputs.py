"""What is written: the same rows in every format, harmless cells, pseudonyms."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from mailwhy import Report
from mailwhy.batch import ROW_SCHEMA, run
from mailwhy.batch.writers import harmless


@pytest.fixture
def export(tmp_path: Path, texts: Any, csv_text: Callable[..., str]) -> Path:
    path = tmp_path / "export.csv"
    rows = [
        *texts.rows,
        ["=1+1", "", f"-- {texts.relay}", ""],
        ["5", "", "Account: '@SUM(A1)', Error Number: 0x800CCC0E", ""],
    ]
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    return path


def test_the_schema_has_every_field_of_a_report() -> None:
    names = set(ROW_SCHEMA.names) - {"span_start", "span_end"}
    assert set(Report.model_fields) - {"span"} <= names


def test_every_format_holds_the_same(tmp_path: Path, export: Path, diagnose: Callable[..., Any]) -> None:
    ran = diagnose(export)
    assert len(ran.rows) == 4
    for ending in ("csv", "parquet", "xlsx", "duckdb"):
        assert run([export], tmp_path / f"out.{ending}", jobs=1).reports == 4
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema.equals(ROW_SCHEMA)
    rows = [{**row, "created": row["created"] and row["created"].isoformat()} for row in table.to_pylist()]
    assert rows == ran.rows
    with duckdb.connect(str(tmp_path / "out.duckdb"), read_only=True) as base:
        assert base.table("rows").columns == ROW_SCHEMA.names
        found = base.execute("SELECT ticket, cause, confidence, ssl, languages FROM rows").fetchall()
        assert found == [
            tuple(row[name] for name in ("ticket", "cause", "confidence", "ssl", "languages")) for row in ran.rows
        ]
        assert base.execute(
            "SELECT tickets, with_report, without_report, reports, rejected, locale FROM run"
        ).fetchall() == [(5, 4, 1, 4, 0, "en")]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.reader(file))
    sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    assert cells[0] == sheet[0] == ROW_SCHEMA.names
    for place, row in enumerate(ran.rows, 1):
        for column, name in enumerate(ROW_SCHEMA.names):
            value = row[name]
            if isinstance(value, str):
                assert cells[place][column] == sheet[place][column] == harmless(value)
            elif value is None:
                assert cells[place][column] == sheet[place][column] == ""
            elif isinstance(value, int | float) and not isinstance(value, bool):
                assert float(cells[place][column]) == sheet[place][column] == value


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "xlsx"])
def test_two_runs_write_the_same_bytes(ending: str, tmp_path: Path, export: Path) -> None:
    one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
    run([export], one, jobs=1)
    run([export], two, jobs=2)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cells_are_no_formulas(start: str) -> None:
    assert harmless(f"{start}cmd") == f"'{start}cmd"
    assert harmless(f"a{start}") == f"a{start}"


def test_titles_are_in_the_language_that_was_asked_for(export: Path, diagnose: Callable[..., Any]) -> None:
    english, french = diagnose(export).rows[0], diagnose(export, locale="fr-CA").rows[0]
    assert english["cause"] == french["cause"] == "relay_denied"
    assert english["cause_title"] != french["cause_title"]
    assert english["resolution"] == french["resolution"]
    assert english["resolution_title"] != french["resolution_title"]


def test_the_table_is_shown_before_the_output_has_its_name(tmp_path: Path, export: Path) -> None:
    for ending in ("jsonl", "duckdb"):
        output = tmp_path / f"out.{ending}"
        seen: list[Any] = []

        def show(base: duckdb.DuckDBPyConnection, output: Path = output, seen: list[Any] = seen) -> None:
            seen.append((output.exists(), base.execute("SELECT count(*) FROM rows").fetchone()))
            seen.append(base.execute("SELECT reports FROM run").fetchone())

        run([export], output, jobs=1, with_table=show)
        assert seen == [(False, (4,)), (4,)]
        assert output.exists()


PERSONAL = """Bonjour, rappelez-moi au 06 12 34 56 78 ou au +33 1 23 45 67 89.
Subject 'Devis Dupont', Account: 'Cabinet Dupont', Server: 'smtp.orange.fr', Protocol: SMTP,
Server Response: '554 5.7.1 <jean.dupont@wanadoo.fr>: Relay access denied for Cabinet Dupont from
host-82-64-12-7.example.net [82.64.12.7] [2a01:e0a:1:2::7] to <marie@dupont-avocats.fr>, call +44 20 5550 1234',
Port: 25, Secure(SSL): No, Server Error: 554, Error Number: 0x800CCC79
"""


def test_personal_data_becomes_pseudonyms(
    tmp_path: Path, diagnose: Callable[..., Any], csv_text: Callable[..., str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(csv_text([["id", "text"], ["1", PERSONAL], ["2", PERSONAL + "Please hurry."]]), encoding="utf-8")
    ran = diagnose(path)
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    for secret in ("dupont", "marie", "Devis", "Cabinet", "82.64.12.7", "82-64-12-7", "2a01:", "5550 1234", "0612"):
        assert secret.lower() not in written.lower(), secret
    first, second = ran.rows
    assert first["server"] == "smtp.orange.fr"
    assert re.search(r"<user-[0-9a-f]{10}@wanadoo\.fr>: Relay access denied", first["server_response"])
    assert re.search(r"<user-[0-9a-f]{10}@domain-[0-9a-f]{10}\.invalid>", first["server_response"])
    for name in ("account", "subject", "server_response", "rejected_address"):
        assert first[name] == second[name], "the same thing has the same pseudonym"
    assert first["cause"] == "relay_denied"
    assert first["provider"] == "orange"


def test_a_key_of_ones_own_makes_other_pseudonyms(tmp_path: Path, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.json"
    path.write_text('[{"id": 1, "text": "Account: \'office\', Error Number: 0x800CCC0E"}]', encoding="utf-8")
    accounts = {
        diagnose(path, **options).rows[0]["account"] for options in ({}, {"redact_key": "secret"}, {"redact": False})
    }
    assert len(accounts) == 3
    assert "office" in accounts


def test_numbers_of_errors_are_no_telephone_numbers(tmp_path: Path, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.json"
    reply = (
        "554 5.7.1 Service unavailable; see 0x800CCC0F, RFC 5321.4.5 and id 20260105-101112-000123, 2026-01-05 10:11:12"
    )
    path.write_text(
        f'[{{"id": 1, "text": "Server Response: \'{reply}\', Error Number: 0x800CCC0F"}}]', encoding="utf-8"
    )
    assert diagnose(path).rows[0]["server_response"] == reply
