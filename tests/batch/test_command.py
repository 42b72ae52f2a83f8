"""``mailwhy batch`` as people type it."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import ENDINGS, FORMATS
from mailwhy.batch.columns import load_profiles
from mailwhy.batch.engines import ENGINES
from mailwhy.cli import main
from mailwhy.i18n import translator


@pytest.fixture
def export(tmp_path: Path, texts: Any, csv_text: Callable[..., str]) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(csv_text([*texts.rows, ["one cell too few"]]), encoding="utf-8", newline="")
    return path


def test_it_says_what_it_found(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    assert main(["batch", str(export), "-o", str(output)]) == 0
    told = capsys.readouterr()
    assert "Read: 3 tickets, in " in told.out
    assert "Found: 2 failure reports, in 2 of them." in told.out
    assert "1 row could not be read" in told.out
    assert str(output) in told.out
    assert told.err == "", "progress is for terminals"


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "1 ticket tells a failure in somebody's own words only"), ("fr", "1 ticket raconte un échec")],
)
def test_failures_in_own_words_are_counted_apart(
    tmp_path: Path, texts: Any, capsys: pytest.CaptureFixture[str], lang: str, told: str
) -> None:
    own = "Thunderbird can no longer send mail since the password of my mailbox was changed: could not sign in. Help!"
    export, output, page = (tmp_path / name for name in ("export.csv", "out.csv", "page.html"))
    export.write_text(f'id,text\n1,"{own * 2}"\n2,"{texts.relay}"\n', encoding="utf-8")
    command = ["batch", str(export), "-o", str(output), "--lang", lang]
    assert main([*command, "--report", str(page), "--summary"]) == 0
    assert told in capsys.readouterr().out
    assert "--described" in page.read_text(encoding="utf-8")
    assert "described" not in output.read_text(encoding="utf-8")
    assert main([*command, "--described"]) == 0
    assert "own words" not in capsys.readouterr().out
    assert ",described," in output.read_text(encoding="utf-8")


def test_nothing_found_is_exit_code_1(tmp_path: Path, texts: Any) -> None:
    export = tmp_path / "export.txt"
    export.write_text(f"text\n{texts.nothing}\n", encoding="utf-8")
    assert main(["batch", str(export), "-o", str(tmp_path / "out.csv")]) == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("source,row,ticket,part,report,created,client")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["none.csv", "-o", "out.csv"], "there is no file none.csv"),
        (["export.csv", "-o", "out.doc"], "use one of .jsonl, .csv, .parquet, .xlsx, .duckdb"),
        (["export.csv"], "-o"),
        (["export.csv", "-o", "out.csv", "--jobs", "0"], "'0' is no number from 1 on"),
        (["export.csv", "-o", "out.csv", "--text-column", "body"], "there is no column 'body'; there are: id, created"),
        (["export.csv", "-o", "out.csv", "--profile", "sap"], "there is no profile 'sap'"),
        (["export.csv", "-o", "out.csv", "--engine", "spark", "--resume"], "--engine local only"),
        (["export.csv", "-o", "out.csv", "--cluster", "spark://host:7077"], "--engine spark"),
        (["export.csv", "-o", "out.csv", "--kb", "none"], "none"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    words: list[str], told: str, export: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(export.parent)
    assert main(["batch", *words]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_errors_are_in_the_language(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "none.csv", "-o", str(tmp_path / "out.csv"), "--lang", "fr"]) == 2
    english = "there is no file {file}"
    french = translator("fr")(english)
    assert french != english
    assert french.format(file="none.csv") in capsys.readouterr().err
    assert main(["batch", str(export), "-o", str(tmp_path / "out.csv"), "--lang", "fr"]) == 0
    assert "3 tickets" in capsys.readouterr().out


def test_help_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--help"]) == 0
    told = capsys.readouterr().out
    for name in (*FORMATS, *ENDINGS, *ENGINES, *(set(load_profiles()) - {"generic"})):
        assert name in told


def test_help_needs_no_library() -> None:
    program = "import sys; from mailwhy.cli import main; main(['batch', '--help']); print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    for name in (b"'pyarrow'", b"'duckdb'", b"'pydantic'", b"'lark'"):
        assert name not in modules


def test_a_missing_library_names_the_extra(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.delitem(sys.modules, "mailwhy.batch.table", raising=False)
    assert main(["batch", str(export), "-o", str(tmp_path / "out.duckdb")]) == 2
    assert "pip install 'mailwhy[batch]'" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of Unix")
def test_progress_is_shown_on_a_terminal(tmp_path: Path, texts: Any) -> None:
    export = tmp_path / "export.csv"
    rows = "".join(f"{number},{texts.nothing.replace(',', ';')}\n" for number in range(9000))
    export.write_text(f'id,text\n{rows}1,"{texts.timeout}"\n', encoding="utf-8")
    ours, theirs = pty.openpty()
    words = ["batch", str(export), "-o", str(tmp_path / "out.jsonl"), "--jobs", "1", "--lang", "en"]
    program = "import sys; from mailwhy.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen([sys.executable, "-c", program, *words], stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    shown = io.BytesIO()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while True:
            try:
                block = terminal.read(1000)
            except OSError:  # Linux says so when the other side has gone
                break
            if not block:
                break
            shown.write(block)
    assert process.wait() == 0
    assert b"tickets, " in shown.getvalue()
    assert b" a second, " in shown.getvalue()
    assert shown.getvalue().endswith(b"\r\x1b[K"), "the line is erased at the end"
