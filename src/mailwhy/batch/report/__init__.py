"""The report of a run: one HTML page, and the same as text for the terminal.

Both are read from the DuckDB table that a run shows its ``with_table`` callback.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_, negotiate

if TYPE_CHECKING:
    import duckdb

    from mailwhy.batch.report.gathering import Gathered
    from mailwhy.batch.report.words import Words
    from mailwhy.knowledge import KnowledgeBase
    from mailwhy.rendering.text import Style

__all__ = ["check_report", "summary", "write_report"]


def check_report(path: Path, output: Path, inputs: Sequence[str | Path] = ()) -> None:
    """Says what is wrong with the name of a page before hours of work, not after them.

    Args:
        path: the page's.
        output: that of the table.
        inputs: files and folders that are read.

    Raises:
        BatchError: there is no such folder, or the page would take the place of something else.
    """
    if not path.parent.is_dir():
        raise BatchError(N_("there is no folder {folder}"), folder=path.parent)
    if path.is_dir():
        raise BatchError(N_("{file} is a folder; name a file"), file=path)
    taken = [output, *(Path(f"{output}{ending}") for ending in (".journal", ".partial", ".rejected.jsonl"))]
    if path.is_symlink() or path.resolve() in {other.resolve() for other in (*taken, *map(Path, inputs))}:
        raise BatchError(N_("{file} would be written over itself; name another output"), file=path)


def write_report(
    connection: "duckdb.DuckDBPyConnection",
    path: str | Path,
    locale: str | None = None,
    kb: "KnowledgeBase | None" = None,
) -> None:
    """Writes the page; it appears under its name when it is whole.

    Args:
        connection: to the tables ``rows`` (ROW_SCHEMA) and ``run`` (one row of facts).
        path: the file to write.
        locale: language of the page (BCP 47); English where it is None or not spoken.
        kb: the knowledge base that the rows were made with; None means the built-in one.

    Raises:
        BatchError: the file can't be written.
    """
    from mailwhy.batch.report.page import page_html

    target = Path(path)
    partial = target.with_name(f"{target.name}.partial")
    page = page_html(*_told(connection, locale, kb))
    try:
        partial.unlink(missing_ok=True)
        partial.touch(0o600)
        partial.write_text(page, encoding="utf-8", newline="\n")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BatchError(N_("{file} can't be written: {reason}"), file=target, reason=error.strerror or error) from None


def summary(
    connection: "duckdb.DuckDBPyConnection",
    style: "Style",
    locale: str | None = None,
    kb: "KnowledgeBase | None" = None,
) -> str:
    """The same as text.

    Args:
        connection: as for :func:`write_report`.
        style: of the terminal: its width and whether it has colours.
        locale: as for :func:`write_report`.
        kb: as for :func:`write_report`.
    """
    from mailwhy.batch.report.terminal import summary_text

    return summary_text(*_told(connection, locale, kb), style)


def _told(
    connection: "duckdb.DuckDBPyConnection", locale: str | None, kb: "KnowledgeBase | None"
) -> "tuple[Gathered, Words]":
    """What there is to tell, and the language to tell it in."""
    from mailwhy.batch.report.gathering import gather
    from mailwhy.batch.report.words import Words
    from mailwhy.knowledge import builtin

    base = kb or builtin()
    gathered = gather(connection, base)
    return gathered, Words(base, negotiate(locale) or "en", gathered.figures.causes)
