"""Workbooks: XLSX, XLS and ODS; every sheet that has a header and rows."""

import zipfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import BatchError, Rejected
from mailwhy.batch.readers.apart import ApartError, blocks
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["TOO_MUCH", "read"]

TOO_MUCH = N_(
    "{file} asks for more memory or time than any ticket export of its size; export the tickets again, as CSV"
)

_MOST_UNPACKED = 2 * 1024**3
_SWELLING = 300
_HARMLESS = 64 * 1024 * 1024


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a reader's signature
    """The rows of all sheets, numbered as the sheets show them."""
    if source.format != "xls":
        _check_size(source)
    try:
        for _, found in groupby(blocks(source.stream, source.format), itemgetter(0)):
            yield from _sheet(found, mapper)
    except ApartError as error:
        told = N_("{file} is no workbook, or it is damaged: {reason}") if str(error) else TOO_MUCH
        raise BatchError(told, file=source.name, reason=error) from None


def _sheet(found: Iterator[tuple[str, int, list[list[Any]] | str]], mapper: Mapper) -> Iterator[Item]:
    """Rows below the first one with more than one cell, which is the header."""
    plan = None
    for name, first, rows in found:
        if isinstance(rows, str):
            yield Rejected(0, N_("the sheet {sheet} can't be read: {reason}"), {"sheet": name, "reason": rows})
            continue
        for number, row in enumerate(rows, first):
            cells = list(map(_text, row))
            if not any(cells):
                continue
            if plan is not None:
                yield mapper.ticket(number, plan, cells)
            elif sum(map(bool, cells)) > 1 or len(cells) == 1:
                plan = mapper.plan([cell.strip() for cell in cells])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        iso: str = value.isoformat()
        return iso
    return str(value)


def _check_size(source: Source) -> None:
    source.stream.seek(0)
    try:
        with zipfile.ZipFile(source.stream) as archive:
            packed = sum(member.compress_size for member in archive.infolist())
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        told = N_("{file} is no workbook, or it is damaged: {reason}")
        raise BatchError(told, file=source.name, reason=error) from None
    if unpacked > _MOST_UNPACKED or unpacked > max(_HARMLESS, packed * _SWELLING):
        told = N_("{file} unpacks to {size} MiB, which no ticket export of its size does; export the tickets as CSV")
        raise BatchError(told, file=source.name, size=unpacked >> 20)
