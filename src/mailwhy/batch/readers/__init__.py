"""Readers: one module a family of formats, each from bytes to tickets, one at a time."""

from collections.abc import Callable, Iterator
from importlib import import_module

from mailwhy.batch.columns import Mapper
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item

__all__ = ["Reader", "read_source"]

Reader = Callable[[Source, Mapper, str | None], Iterator[Item]]

_MODULES = {
    "csv": "table",
    "json": "json_array",
    "jsonl": "json_lines",
    "xlsx": "sheets",
    "ods": "sheets",
    "xls": "sheets",
    "parquet": "parquet",
    "xml": "xml_records",
    "mbox": "mail",
    "eml": "mail",
}


def read_source(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:
    """The tickets of a source, and what in it can't be read.

    Args:
        source: the file.
        mapper: knows which columns hold what.
        encoding: the encoding of a text file, where the user told it.

    Raises:
        BatchError: nothing of the file, or nothing from some place on, can be read.
    """
    # A reader's own library (Arrow, calamine) is only loaded where there is such a file.
    reader: Reader = import_module(f"mailwhy.batch.readers.{_MODULES[source.format]}").read
    yield from reader(source, mapper, encoding)
