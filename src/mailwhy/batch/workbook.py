"""Writes a table as XLSX, row by row."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxFileError

__all__ = ["write_workbook"]

_MOST_ROWS: Final = 1_048_576
_LONGEST_CELL: Final = 32_767


def write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes texts and numbers; what doesn't fit into a sheet goes into a further one, with the header again.

    Args:
        path: the file.
        header: names of the columns.
        rows: texts, numbers and None; a text is never taken for a formula, a link or a number.

    Raises:
        OSError: the file can't be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = Workbook(path, options)
        try:
            _fill(book, header, rows)
            book.close()
        except XlsxFileError as error:
            raise OSError(0, str(error)) from error
        finally:
            for sheet in book.worksheets():
                # The library leaves the file of its rows open where it fails.
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()


def _fill(book: Any, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    # A fixed date makes two runs over the same tickets write the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the format has no zone
    bold = book.add_format({"bold": True})
    sheet, number = _new_sheet(book, header, bold), 1
    for row in rows:
        if number >= _MOST_ROWS:
            sheet, number = _new_sheet(book, header, bold), 1
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value[:_LONGEST_CELL])
            elif value is not None:
                sheet.write_number(number, column, value)
        number += 1


def _new_sheet(book: Any, header: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
    return sheet
