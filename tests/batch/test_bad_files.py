"""Files that are broken, or made to break something: a clear error, and nothing under the output's name."""

import gzip
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mailwhy.batch import BatchError, Selection, run

Diagnose = Callable[..., Any]


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def parquet(texts: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "text": [texts.relay]}), sink)
    return sink.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><item><description>&i;</description></item></channel></rss>"
)

BROKEN: dict[str, tuple[str, Callable[[Any], bytes], str]] = {
    "zip bomb": ("a.zip", lambda _: zipped("a.csv", b"id,text\n1," + b"a" * 90_000_000), "may be a bomb"),
    "gzip bomb": ("a.csv.gz", lambda _: gzip.compress(b"id,text\n1," + b"a" * 90_000_000), "may be a bomb"),
    "workbook bomb": (
        "a.xlsx",
        lambda _: zipped("xl/workbook.xml", b" " * 90_000_000),
        "which no ticket export of its size does",
    ),
    "XML entities": ("a.xml", lambda _: LAUGHS.encode(), "as XML bombs do"),
    "XML nesting": ("a.xml", lambda _: b"<?xml version='1.0'?>" + b"<a>" * 100_000, "as XML bombs do"),
    "an XML in Klingon": ("a.xml", lambda _: b"<?xml version='1.0' encoding='klingon'?><a/>", "klingon"),
    "half an XML": ("a.xml", lambda _: b"<?xml version='1.0'?><r><t><text>hello</te", "from line 1 on"),
    "half a JSON": ("a.json", lambda _: b'[{"id": 1, "text": "a"}, {"id": 2, "te', "from line 1 on"),
    "half a Parquet": ("a.parquet", lambda texts: parquet(texts)[:-30], "not complete"),
    "half a zip": ("a.zip", lambda texts: zipped("a.csv", texts.relay.encode())[:-20], "damaged or not complete"),
    "half a gzip": ("a.csv.gz", lambda texts: gzip.compress(texts.relay.encode())[:-12], "to its end"),
    "no Parquet": ("a.parquet", lambda _: b"id,text\n1,hello\n", "is no PARQUET file"),
    "no workbook": ("a.xlsx", lambda _: b"id,text\n1,hello\n", "is no XLSX file"),
    "no JSON": ("a.json", lambda _: b"id,text\n1,hello\n", "is no JSON file"),
    "a picture": ("a.csv", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary data"),
    "a text document": ("a.docx", lambda _: zipped("[Content_Types].xml", b"<Types/>"), "without a sheet"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_an_error(what: str, tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    name, make, told = BROKEN[what]
    path = tmp_path / name
    path.write_bytes(make(texts))
    with pytest.raises(BatchError, match=told) as error:
        diagnose(path)
    assert name.removesuffix(".gz") in str(error.value)
    assert not (tmp_path / "out.jsonl").exists()
    assert not (tmp_path / "out.jsonl.partial").exists()


def test_nested_archives_have_an_end(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    content = zipped("a.csv", texts.relay.encode())
    for _ in range(5):
        content = zipped("a.zip", content)
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    ran = diagnose(path)
    assert "in an archive" in ran.rejected[0]["reason"]


def test_one_damaged_file_among_many_is_listed(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_text(f'id,text\n1,"{texts.timeout}"\n', encoding="utf-8")
    (folder / "b.parquet").write_bytes(b"PAR1 half a file")
    (folder / "c.csv").write_text(f'id,text\n2,"{texts.relay}"\n', encoding="utf-8")
    ran = diagnose(folder)
    assert ran.tickets == ["1", "2"]
    assert [row["source"] for row in ran.rejected] == ["exports/b.parquet"]
    for good in ("a.csv", "c.csv"):
        (folder / good).unlink()
    with pytest.raises(BatchError, match=r"b\.parquet"):
        diagnose(folder)


def test_no_file_and_no_output(tmp_path: Path, texts: Any) -> None:
    export = tmp_path / "a.csv"
    export.write_text("id,text\n", encoding="utf-8")
    for inputs, output, told in (
        ([tmp_path / "none.csv"], "out.csv", "there is no file"),
        ([export], "none/out.csv", "there is no folder"),
        ([export], "out.doc", "tells no format; use one of .jsonl, .csv, .parquet, .xlsx, .duckdb"),
        ([export], "a.csv", "written over itself"),
        ([], "out.csv", "nothing to read"),
    ):
        with pytest.raises(BatchError, match=told):
            run(inputs, tmp_path / output)
    with pytest.raises(BatchError, match="no profile 'sap'"):
        run([export], tmp_path / "out.csv", selection=Selection(profile="sap"))
    with pytest.raises(BatchError, match="no encoding 'klingon'"):
        run([export], tmp_path / "out.csv", encoding="klingon")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path, diagnose: Diagnose) -> None:
    path = tmp_path / "a.csv"
    path.touch(mode=0)
    with pytest.raises(BatchError, match="can't be read: Permission denied"):
        diagnose(path)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "xlsx", "duckdb"])
def test_no_room_for_the_output(ending: str, tmp_path: Path, texts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the output's temporary name that can't be replaced stands for the full disk, in every library."""
    export, output = tmp_path / "a.csv", tmp_path / f"out.{ending}"
    export.write_text(f'id,text\n1,"{texts.timeout}"\n', encoding="utf-8")
    blocked = tmp_path / f"out.{ending}.partial"
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    blocked.mkdir()
    with pytest.raises(BatchError, match=r"can't be written: .* go on with --resume"):
        run([export], output, jobs=1)
    assert not output.exists()
    monkeypatch.undo()
    blocked.rmdir()
    assert run([export], output, jobs=1, resume=True).reports == 1
    assert output.exists()


def test_a_full_disk_leaves_nothing_under_the_name(tmp_path: Path, texts: Any) -> None:
    pytest.importorskip("resource")
    export = tmp_path / "a.csv"
    quoted = texts.relay.replace('"', "")
    export.write_text("id,text\n" + "".join(f'{n},"{n} {quoted}"\n' for n in range(200)), encoding="utf-8")
    program = (
        "import resource, signal, sys; from mailwhy.cli import main; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); sys.exit(main(sys.argv[1:]))"
    )
    output = tmp_path / "out.jsonl"
    ran = subprocess.run(
        [sys.executable, "-c", program, "batch", str(export), "-o", str(output)],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert ran.returncode == 2, ran.stderr
    assert "can't be written: File too large" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not output.exists()
