"""Workbooks: XLSX, XLS and ODS; every sheet that has a header and rows."""

import zipfile
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import BatchError, Rejected
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]

_MOST_UNPACKED = 2 * 1024**3
_SWELLING = 300
_HARMLESS = 64 * 1024 * 1024


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a reader's signature
    """The rows of all sheets, numbered as the sheets show them."""
    if source.format != "xls":
        _check_size(source)
    source.stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(source.stream)
        names = workbook.sheet_names
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        told = N_("{file} is no workbook, or it is damaged: {reason}")
        raise BatchError(told, file=source.name, reason=error) from None
    for name in names:
        try:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, ValueError) as error:
            yield Rejected(0, N_("the sheet {sheet} can't be read: {reason}"), {"sheet": name, "reason": str(error)})
            continue
        yield from _sheet(rows, mapper)


def _sheet(rows: list[list[Any]], mapper: Mapper) -> Iterator[Item]:
    """Rows below the first one with more than one cell, which is the header."""
    header: list[str] = []
    plan = None
    for number, row in enumerate(rows, 1):
        cells = list(map(_text, row))
        if not any(cells):
            continue
        if plan is None:
            if sum(map(bool, cells)) > 1 or len(cells) == 1:
                header = [cell.strip() for cell in cells]
                plan = mapper.plan(header)
            continue
        yield mapper.ticket(number, plan, cells)


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
