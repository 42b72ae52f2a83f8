"""No run writes over what it reads, over another run's files, or through a link."""

import os
from pathlib import Path

import pytest

from mailwhy.batch import BatchError, run
from mailwhy.batch.journal import Journal
from mailwhy.batch.report import check_report

EXPORT = "number,text\n1,550 5.7.1 <anna@example.net>... Relaying denied\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", ["", ".journal", ".partial", ".rejected.jsonl", ".rejected.jsonl.partial"])
def test_an_input_is_none_of_its_files(tmp_path: Path, ending: str) -> None:
    given = tmp_path / f"out.csv{ending}"
    given.write_text(EXPORT, encoding="utf-8")
    with pytest.raises(BatchError, match="written over"):
        run(given, tmp_path / "out.csv", form="csv", jobs=1)
    assert given.read_text(encoding="utf-8") == EXPORT


def test_a_page_takes_the_place_of_no_file_of_the_run(tmp_path: Path, export: Path) -> None:
    output = tmp_path / "out.csv"
    link = tmp_path / "link.html"
    link.symlink_to(export)
    for page in (export, output, Path(f"{output}.journal"), Path(f"{output}.rejected.jsonl"), link):
        with pytest.raises(BatchError, match="written over"):
            check_report(page, output, [export])
    check_report(tmp_path / "page.html", output, [export])


@pytest.mark.parametrize("ending", [".journal", ".partial", ".rejected.jsonl", ".rejected.jsonl.partial"])
def test_links_are_refused(tmp_path: Path, export: Path, ending: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep", encoding="utf-8")
    (tmp_path / f"out.csv{ending}").symlink_to(precious)
    with pytest.raises(BatchError, match="another file"):
        run(export, tmp_path / "out.csv", jobs=1)
    assert precious.read_text(encoding="utf-8") == "keep"


def test_of_two_runs_with_one_output_the_second_is_refused(tmp_path: Path, export: Path) -> None:
    first = Journal(tmp_path / "out.csv.journal", {})
    first.open(resume=False)
    for resume in (False, True):
        with pytest.raises(BatchError, match="another run"):
            run(export, tmp_path / "out.csv", jobs=1, resume=resume)
    assert first._path.exists()
    first.remove()
    assert run(export, tmp_path / "out.csv", jobs=1).reports == 1


def test_a_journal_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        journal = Journal(tmp_path / "journal", {})
        journal.open(resume=False)
    finally:
        os.umask(before)
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0
    journal.remove()
