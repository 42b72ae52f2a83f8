"""The journal of a run: what is whole is gone on with, what is damaged is done again."""

from pathlib import Path

import pytest

from mailwhy.batch.journal import Frame, Journal
from mailwhy.batch.writers import harmless

RUN = {"inputs": ["export.csv"], "version": 1}


def written(path: Path, chunks: int) -> Path:
    journal = Journal(path, RUN)
    assert journal.open(resume=False) == []
    for number in range(chunks):
        journal.add(Frame({"chunk": number}, b"rows of a chunk"))
    journal.close()
    return path


def test_a_damaged_byte_ends_what_is_gone_on_with(tmp_path: Path) -> None:
    path = written(tmp_path / "journal", 3)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    again = Journal(path, RUN)
    assert [facts["chunk"] for facts in again.open(resume=True)] == [0, 1]
    again.add(Frame({"chunk": 2}, b"done again"))
    assert [(frame.facts["chunk"], frame.rows) for frame in again.frames()][-1] == (2, b"done again")
    again.close()


@pytest.mark.parametrize("cut", [1, 10, 20])
def test_a_frame_that_was_cut_short_is_done_again(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path / "journal", 2)
    path.write_bytes(path.read_bytes()[:-cut])
    again = Journal(path, RUN)
    assert [facts["chunk"] for facts in again.open(resume=True)] == [0]
    again.close()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["550 5.1.1", "", "a=b", 5, None, True])
def test_other_cells_stay(cell: object) -> None:
    assert harmless(cell) is cell
