"""Spark and Ray write the rows that a run on one machine writes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from mailwhy.batch import BatchError, Selection, run, run_on_engine
from mailwhy.batch.engines import ENGINES
from mailwhy.batch.engines.work import Worker
from mailwhy.batch.options import Options

ENGINE_MARKS = [
    # What the engines' own libraries warn of is no concern of ours.
    pytest.param(name, marks=(getattr(pytest.mark, name), pytest.mark.filterwarnings("ignore")))
    for name in ENGINES
]
FORMATS = ("parquet", "jsonl", "csv")


def installed(name: str) -> None:
    pytest.importorskip({"spark": "pyspark"}.get(name, name), reason=f"the extra [{name}] is not installed")


def tickets(texts: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{number:04}",
            "created": f"2026-01-{number % 28 + 1:02} 10:00:00",
            "description": (texts.nothing, f"Hi,\n{texts.relay}", texts.nothing, texts.timeout)[number % 4]
            + f"\n({number})",
            "state": "=open",
        }
        for number in range(60)
    ]


def write(rows: list[dict[str, Any]], folder: Path, form: str, csv_text: Callable[..., str]) -> Path:
    place = folder / f"tickets.{form}"
    place.mkdir()
    for part, some in enumerate((rows[: len(rows) // 2], rows[len(rows) // 2 :])):
        path = place / f"part-{part}.{form}"
        if form == "parquet":
            pq.write_table(pa.Table.from_pylist(some), path)
        elif form == "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
        else:
            table = [list(some[0]), *([str(value) for value in row.values()] for row in some)]
            path.write_text(csv_text(table), encoding="utf-8", newline="")
    return place


def read(folder: Path, form: str) -> list[tuple[Any, ...]]:
    """The rows of an output, a folder or a file; as texts, since CSV knows nothing else."""
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.rglob(f"*.{'json' if form == 'jsonl' else form}*")) if folder.is_dir() else [folder]:
        if path.name.startswith((".", "_")):
            continue
        if form == "parquet":
            rows += pq.ParquetFile(path).read().to_pylist()
        elif form == "jsonl":
            rows += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        else:
            lines = pyarrow.csv.ParseOptions(newlines_in_values=True)
            rows += pyarrow.csv.read_csv(path, parse_options=lines).to_pylist()
    found = []
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("row", "source")}
        created = values.pop("created")
        values["created"] = (created if isinstance(created, str) else created.isoformat()).replace(" ", "T")
        found.append(tuple(sorted((name, str(value)) for name, value in values.items() if value not in (None, "", []))))
    return sorted(found)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ENGINE_MARKS)
def test_equal_to_the_local_engine(
    name: str, form: str, tmp_path: Path, texts: Any, csv_text: Callable[..., str]
) -> None:
    installed(name)
    export = write(tickets(texts), tmp_path, form, csv_text)
    here, there = tmp_path / f"here.{form}", tmp_path / f"there.{form}"
    local = run([export], here, jobs=1, locale="fr")
    distributed = run_on_engine(name, [export], there, locale="fr")
    assert read(there, form) == read(here, form)
    assert len(read(there, form)) == 30
    for count in ("tickets", "with_report", "reports", "rejected"):
        assert getattr(distributed, count) == getattr(local, count), count


@pytest.mark.parametrize("name", ENGINE_MARKS)
def test_rows_that_cannot_be_read_are_listed(
    name: str, tmp_path: Path, texts: Any, csv_text: Callable[..., str]
) -> None:
    installed(name)
    rows = tickets(texts)[:8]
    rows[1]["description"] += "x" * (1 << 20)
    export = write([*rows, *rows], tmp_path, "parquet", csv_text)
    summary = run_on_engine(name, [export], tmp_path / "out.parquet")
    assert (summary.rejected, summary.reports) == (2, 6)
    assert summary.rejected_output is not None
    refused = [
        json.loads(line)
        for path in summary.rejected_output.glob("*.json")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert {row["ticket"] for row in refused} == {"0001"}
    assert all("characters long" in row["reason"] for row in refused)


@pytest.mark.parametrize("name", ENGINE_MARKS)
def test_a_column_that_is_not_there(name: str, tmp_path: Path, texts: Any, csv_text: Callable[..., str]) -> None:
    installed(name)
    export = write(tickets(texts), tmp_path, "parquet", csv_text)
    with pytest.raises(BatchError, match="there is no column 'body'"):
        run_on_engine(name, [export], tmp_path / "out.parquet", selection=Selection(text_columns=("body",)))


def test_the_workers_function_gives_what_a_run_gives(tmp_path: Path, texts: Any, csv_text: Callable[..., str]) -> None:
    rows = tickets(texts)
    export = write(rows, tmp_path, "parquet", csv_text)
    run([export], tmp_path / "here.parquet", jobs=1)
    found = Worker(Selection(), Options())(pa.Table.from_pylist(rows))
    pq.write_table(found.drop_columns("problem"), tmp_path / "there.parquet")
    assert read(tmp_path / "there.parquet", "parquet") == read(tmp_path / "here.parquet", "parquet")


def test_what_engines_do_not_read_is_told_before_they_start(tmp_path: Path) -> None:
    for inputs, output, told in (
        (["a.xlsx"], "out.parquet", "one of these formats: parquet, jsonl, csv"),
        (["a.csv", "b.parquet"], "out.parquet", "one of these formats"),
        (["a.csv"], "out.xlsx", "one of these endings: .parquet, .jsonl, .csv"),
        (["a.csv"], tmp_path, "is there already"),
        ([], "out.csv", "nothing to read"),
    ):
        with pytest.raises(BatchError, match=told):
            run_on_engine("spark", inputs, tmp_path / output)
