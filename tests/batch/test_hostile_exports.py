"""Exports made to hurt: each is refused or listed with its place, in bounded memory, and the next file is read."""

import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

pytestmark = pytest.mark.slow  # minutes: each export is run in a process of its own, with its memory measured

REPORT = "550 5.7.1 <anna@example.net>... Relaying denied"
MOST = 400 * 1024


def far_cell(cell: str) -> bytes:
    """A workbook whose only odd cell stands far away, or nowhere."""
    plain, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet()
        for row in range(3):
            sheet.write_row(row, 0, ["number", "text"])
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'r="B3"', f'r="{cell}"'.encode())
                number = "".join(filter(str.isdigit, cell))
                content = content.replace(b'<row r="3"', f'<row r="{number}"'.encode())
            new.writestr(name, content)
    return changed.getvalue()


def repeated(value: str, times: int) -> bytes:
    """A Parquet file of one value that stands there many times, in next to no bytes."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([value]))
    out = io.BytesIO()
    pq.write_table(pa.table({"number": pa.array(range(times)), "text": column}), out, compression="zstd")
    return out.getvalue()


def nested_zip(members: int, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"{number}.csv", (b"a" * 300 + b",b\n") * (size // 304))
    return out.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "far cell": ("a.xlsx", lambda: far_cell("XFD1048576")),
    "cell that there isn't": ("a.xlsx", lambda: far_cell("ZZZZZZ4294967295")),
    "cell with a huge number": ("a.xlsx", lambda: far_cell("A99999999999999999999")),
    "stray quotation marks": ("a.csv", lambda: b"number,text\n" + b'x"y,"z\n' * 1_000_000),
    "one endless cell": ("a.csv", lambda: b'number,text\n1,"' + b"x\n" * 150_000),
    "endless attributes": (
        "a.xml.gz",
        lambda: gzip.compress(b"<r><t " + b" ".join(b'a%d=""' % n for n in range(2_000_000)) + b"/></r>"),
    ),
    "many attributes": (
        "a.xml.gz",
        lambda: gzip.compress(b"<r><t>" + b'<b a="" c="" d="" e=""/>' * 3_000_000 + b"</t></r>"),
    ),
    "an array in a record": ("a.json", lambda: b'[{"a": [' + b"[]," * 12_000_000 + b"[]]}]"),
    "an array in a line": ("a.jsonl", lambda: b'{"a": [' + b"[]," * 10_000_000 + b"[]]}"),
    "one value a million times": ("a.parquet", lambda: repeated("x" * 500_000, 20_000)),
    "a bomb of gz": ("a.csv.gz", lambda: gzip.compress((b"a" * 300 + b",b\n") * 800_000, 9)),
    "a bomb of zip": ("a.zip", lambda: nested_zip(3, 120_000_000)),
    "a number of 5,000 digits": ("a.json", lambda: b'[{"number": ' + b"7" * 5000 + b', "text": "x"}]'),
    "a line with 5,000 digits": ("a.jsonl", lambda: b'{"number": ' + b"7" * 5000 + b"}"),
    "an encoding that expat lacks": ("a.xml", lambda: b'<?xml version="1.0" encoding="big5"?><r><t>x</t></r>'),
    "an encoding that is none": ("a.xml", lambda: b'<?xml version="1.0" encoding="idna"?><r><t>x</t></r>'),
    "no workbook": ("a.xlsx", lambda: b"PK\x03\x04" + b"\x00" * 1000),
    "no old workbook": ("a.xls", lambda: b"\xd0\xcf\x11\xe0" + b"\xff" * 5000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_is_refused_in_bounded_memory_and_the_next_file_is_read(tmp_path: Path, kind: str) -> None:
    name, made = HOSTILE[kind]
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / name).write_bytes(made())
    (folder / "z.csv").write_text(f"number,text\n1,{REPORT}\n", encoding="utf-8")
    output = tmp_path / "out.jsonl"
    program = (
        "import resource, sys; from mailwhy.cli import main; code = main(sys.argv[1:]);"
        "print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)));"
        "sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "batch", str(folder), "-o", str(output), "--jobs", "1", "--lang", "en"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (120, 120)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert int(done.stdout.split()[-1]) < MOST * 1.5  # shared libraries and what children inherit count as well
    rows = list(map(json.loads, output.read_text(encoding="utf-8").splitlines()))
    assert [row["source"] for row in rows] == ["exports/z.csv"]


@pytest.mark.parametrize("encoding", ["idna", "punycode", "undefined", "base64", "unicode_escape", "nosuch", "a\0b"])
def test_encodings_of_no_file(tmp_path: Path, encoding: str) -> None:
    from mailwhy.batch import BatchError, run

    export = tmp_path / "a.csv"
    export.write_text(f"number,text\n1,é {REPORT}\n", encoding="utf-8")
    with pytest.raises(BatchError, match="encoding"):
        run(export, tmp_path / "out.jsonl", encoding=encoding, jobs=1)
