"""The Arrow function: a fixed schema, and the answers of ``mailwhy.diagnose``."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

import mailwhy
from mailwhy.batch import INPUT_SCHEMA, RESULT_SCHEMA, diagnose_batch
from mailwhy.documents.markup import html_text

FIXTURES = Path(__file__).parents[1] / "fixtures" / "reports"
TEXTS = [
    case["text"]
    for path in sorted(FIXTURES.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def test_it_says_what_diagnose_says() -> None:
    result = diagnose_batch(pa.RecordBatch.from_pydict({"text": TEXTS, "row": range(len(TEXTS))}), redact=False)
    rows = result.to_pylist()
    expected = [(place, answer) for place, text in enumerate(TEXTS) for answer in mailwhy.diagnose(text, "en")]
    expected = [found for found in expected if found[1].report.client != "described"]
    assert len(rows) == len(expected) > 400
    for row, (place, answer) in zip(rows, expected, strict=True):
        report = answer.report.model_dump(exclude={"span", "languages", "unread"})
        assert row["row"] == place
        assert {name: row[name] for name in report} == {**report, "recipients": list(report["recipients"])}
        if html_text(TEXTS[place]) == TEXTS[place]:  # of HTML, places are those in the text that a reader sees
            assert (row["span_start"], row["span_end"]) == answer.report.span
        assert row["languages"] == list(answer.report.languages)
        causes = [(cause.id, cause.confidence) for cause in answer.causes]
        told = [(row["cause"], row["confidence"]), (row["second_cause"], row["second_confidence"])]
        assert told[: len(causes)] == causes[:2]
        if answer.causes:
            best = answer.causes[0]
            assert (row["cause_title"], row["responsible"], row["temporary"]) == (
                best.title,
                best.responsible,
                best.temporary,
            )
            titles = [resolution.title for resolution in best.resolutions]
            assert row["resolution_title"] == (titles[0] if titles else None)


def test_failures_in_own_words_are_rows_where_they_are_asked_for() -> None:
    own = (
        "Thunderbird can no longer send mail since the password of my mailbox was changed, could you help me please? "
        * 2
    )
    (answer,) = mailwhy.diagnose(own, "en")
    assert answer.report.client == "described"
    batch = pa.RecordBatch.from_pydict({"text": [own, f"{own}\n550 5.1.1 User unknown"], "ticket": ["1", "2"]})
    asked = diagnose_batch(batch, described=True).to_pylist()
    assert [(row["ticket"], row["client"] == "described") for row in diagnose_batch(batch).to_pylist()] == [
        ("2", False)
    ]
    assert ("2", "recipient_unknown") in [(row["ticket"], row["cause"]) for row in asked]


def test_pseudonyms_stand_for_all_recipients() -> None:
    notice = (
        "Your message could not be delivered.\n\n<amy@example.com>: 550 5.1.1 User unknown\n\n"
        "<bob@example.com>: 550 5.1.1 User unknown\n"
    )
    for row in diagnose_batch(pa.RecordBatch.from_pydict({"text": [notice]})).to_pylist():
        assert "amy" not in str(row)
        assert "bob" not in str(row)


@pytest.mark.parametrize("texts", [[], [""], [None], ["nothing to see here"], ["Error Number: 0x800CCC0E"]])
def test_the_schema_is_the_same_whatever_the_batch_holds(texts: list[Any]) -> None:
    result = diagnose_batch(pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string())}))
    assert result.schema.equals(RESULT_SCHEMA)
    assert result.num_rows == (1 if texts == ["Error Number: 0x800CCC0E"] else 0)


def test_a_text_that_cannot_be_read_is_a_row_with_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = "Error Number: 0x800CCC0E " + "x" * (mailwhy.parsing.DEFAULT_MAX_LENGTH + 1)
    columns = {"ticket": ["1", "2"], "text": [huge, "Error Number: 0x800CCC0E"]}
    rows = diagnose_batch(pa.RecordBatch.from_pydict(columns)).to_pylist()
    assert [row["ticket"] for row in rows] == ["1", "2"]
    assert "characters long" in rows[0]["problem"]
    assert rows[0]["error_number"] is None
    assert (rows[1]["problem"], rows[1]["error_number"]) == (None, "0x800CCC0E")


def test_numbers_beyond_any_column_stop_nothing() -> None:
    text = "Server Error: 99999999999999999999999, Socket Error: 99999999999999999999999, Port: 99999999999999999999999"
    result = diagnose_batch(pa.RecordBatch.from_pydict({"text": [f"{text}, Error Number: 0x800CCC0E"]}))
    assert result.num_rows == 1


def test_the_input_schema_is_read() -> None:
    row = {"source": "a.csv", "row": 7, "ticket": "T", "created": "24/11/2026 14:05", "part": "body"}
    batch = pa.RecordBatch.from_pylist([{**row, "text": "Error Number: 0x800CCC0E"}], INPUT_SCHEMA)
    (found,) = diagnose_batch(batch).to_pylist()
    assert {name: found[name] for name in ("source", "row", "ticket", "part", "report")} == {
        "source": "a.csv", "row": 7, "ticket": "T", "part": "body", "report": 1,
    }  # fmt: skip
    assert found["created"].isoformat() == "2026-11-24T14:05:00"


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_texts_of_any_type(kind: pa.DataType) -> None:
    texts = pa.array(["Error Number: 0x800CCC0E", None, "nothing"]).cast(kind)
    numbers = pa.array(["1", "2", "3"], pa.string_view())
    rows = diagnose_batch(pa.RecordBatch.from_pydict({"text": texts, "ticket": numbers})).to_pylist()
    assert [(row["ticket"], row["error_number"]) for row in rows] == [("1", "0x800CCC0E")]


def test_bytes_that_are_no_text_stop_nothing() -> None:
    texts = pa.array([b"\xff\xfe Error Number: 0x800CCC0E \x80"])
    rows = diagnose_batch(pa.RecordBatch.from_pydict({"text": texts})).to_pylist()
    assert [row["error_number"] for row in rows] == ["0x800CCC0E"]


def test_a_long_text_that_could_hold_no_report_is_no_problem() -> None:
    long = "lorem ipsum dolor sit amet\n" * 40_000
    texts = [f"{long}abc OFR def", f"{long}Error Number: 0x800CCC0E"]
    rows = diagnose_batch(pa.RecordBatch.from_pydict({"text": texts, "ticket": ["1", "2"]})).to_pylist()
    assert [(row["ticket"], row["problem"] is None) for row in rows] == [("2", False)]
    (french,) = diagnose_batch(pa.RecordBatch.from_pydict({"text": texts[1:]}), locale="fr").to_pylist()
    assert "caractères" in french["problem"]
