"""The report of a run on an engine is made from the files that the engine wrote."""

from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import BatchError, Selection, run, run_on_engine
from mailwhy.batch.engines import ENGINES
from mailwhy.batch.engines.gathering import show_table
from mailwhy.batch.engines.work import Job
from mailwhy.batch.options import Options
from mailwhy.batch.table import open_table

FACTS = {"mailwhy": "1", "tickets": 3}


def export(folder: Path, texts: Any) -> Path:
    path = folder / "export.csv"
    cells = (texts.relay.replace("Account: 'office'", "Account: '=2+5 GmbH'"), texts.nothing, texts.timeout, "-" * 40)
    lines = [f'{number},2026-01-0{number} 10:00,"{text}"' for number, text in enumerate(cells, 1)]
    path.write_text("\n".join(("id,created,description", *lines)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv"])
def test_the_table_is_that_of_a_local_run(form: str, tmp_path: Path, texts: Any) -> None:
    source = export(tmp_path, texts)
    run([source], tmp_path / "local.duckdb", redact=False)
    with open_table(tmp_path / "local.duckdb") as connection:
        expected = connection.execute("SELECT * FROM rows ORDER BY ticket").fetchall()
        kinds = connection.execute("DESCRIBE rows").fetchall()
    output = tmp_path / f"out.{form}"
    output.mkdir()
    # An engine's own files have these formats, too; what it writes beside them is passed over.
    run([source], output / f"part-0.{form}", redact=False)
    if form == "jsonl":
        (output / "part-0.jsonl").rename(output / "part-0.json")
    (output / "_SUCCESS").touch()
    (output / f".part-0.{form}.crc").write_bytes(b"\x00")
    shown: list[Any] = []

    def show(connection: Any) -> None:
        shown.append(connection.execute("SELECT * FROM rows ORDER BY ticket").fetchall())
        shown.append(connection.execute("DESCRIBE rows").fetchall())
        shown.append(connection.execute("SELECT tickets FROM run").fetchall())

    show_table(Job((str(source),), str(output), Selection(), Options(), None), FACTS, show)
    assert shown == [expected, kinds, [(3,)]]
    assert len(expected) == 2


def test_an_output_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.mkdir()
    shown: list[Any] = []
    job = Job(("in.csv",), str(output), Selection(), Options(), None)
    show_table(job, FACTS, lambda connection: shown.append(connection.execute("SELECT count(*) FROM rows").fetchone()))
    assert shown == [(0,)]


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    output = tmp_path / "out.parquet"
    output.mkdir()
    (output / "part-0.parquet").write_bytes(b"PAR1 nothing")
    job = Job(("in.csv",), str(output), Selection(), Options(), None)
    with pytest.raises(BatchError, match="is written, but can't be read"):
        show_table(job, FACTS, lambda _: None)


def test_an_output_elsewhere_is_told_before_the_engine_starts() -> None:
    with pytest.raises(BatchError, match="needs an output on this machine"):
        run_on_engine("spark", ["in.parquet"], "s3://bucket/out.parquet", with_table=lambda _: None)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=(getattr(pytest.mark, n), pytest.mark.filterwarnings("ignore"))) for n in ENGINES]
)
def test_the_page_of_an_engine_s_run(name: str, tmp_path: Path, texts: Any) -> None:
    pytest.importorskip({"spark": "pyspark"}.get(name, name), reason=f"the extra [{name}] is not installed")
    from mailwhy.cli import main

    folder = tmp_path / "tickets.csv"
    folder.mkdir()
    export(folder, texts)
    page = tmp_path / "page.html"
    words = ["batch", str(folder), "-o", str(tmp_path / "out.parquet"), "--engine", name, "--report", str(page)]
    assert main(words) == 0
    told = page.read_text(encoding="utf-8")
    assert "smtp." in told or "mail." in told
    assert "<svg" in told
