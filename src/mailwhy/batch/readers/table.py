"""CSV and its relatives, with the traps that ticket systems lay."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from mailwhy.batch.columns import Mapper, Plan
from mailwhy.batch.encodings import encoding_of, text_stream
from mailwhy.batch.errors import Rejected
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_
from mailwhy.parsing import parse

__all__ = ["read"]

_DELIMITERS = (",", ";", "\t", "|", "^", "`")
_LONGEST_LINE: Final = 16 * 1024 * 1024
_LONGEST_ROW: Final = 8 * 1024 * 1024
_MOST_LINES: Final = 50_000
"""Characters and lines that one row may have; a stray quotation mark would make one row of the whole file."""
_SAMPLE_ROWS = 300
_LONGEST_HEADER = 200
_DIGIT = re.compile(r"\d").search
_REREAD = 1000
_TITLE_LINES = 20


class _Shape(NamedTuple):
    """How a delimited text is made."""

    delimiter: str
    width: int
    titles: int
    """Rows before the header."""


class _LongLineError(Exception):
    """A line is longer than any cell may be."""


class _Lines:
    """The lines of a text, with those of the row at hand kept so that they can be read again."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._readline = stream.readline
        self._again: deque[str] = deque()
        self.row: list[str] = []
        self.size = 0
        self.number = 0
        """Line that was read last, from 1."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= _LONGEST_LINE and line[-1] not in "\r\n":
            while (rest := self._readline(_LONGEST_LINE)) and rest[-1] not in "\r\n":
                pass
            raise _LongLineError
        self.row.append(line)
        self.size += len(line)
        if self.size > _LONGEST_ROW or len(self.row) > _MOST_LINES:
            raise _LongLineError
        return line

    def read_again(self) -> None:
        """Puts all lines of the row at hand but its first back."""
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:
    """The rows of a delimited text; titles before the header and empty rows are passed over."""
    encoding = encoding or encoding_of(source.head, source.name)
    with text_stream(source.stream, encoding) as stream:
        sample = source.head.decode(encoding, "replace").removeprefix("\ufeff")
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_LINE))
        yield from _Table(_Lines(stream), _shape(sample, source.name), mapper).items()


class _Table:
    """The rows of a delimited text, as tickets.

    Args:
        lines: the text.
        shape: see there.
        mapper: knows which columns hold what.
    """

    def __init__(self, lines: _Lines, shape: _Shape, mapper: Mapper) -> None:
        self._lines = lines
        self._reader = csv.reader(lines, delimiter=shape.delimiter)
        self._shape = shape
        self._mapper = mapper
        self._width = 0
        self._plan: Plan | None = None
        self._skipped = shape.titles
        self._reread = 0

    def items(self) -> Iterator[Item]:
        """A ticket or a rejection for each row that is not empty."""
        lines, reader = self._lines, self._reader
        while True:
            lines.row.clear()
            lines.size = 0
            first = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _LongLineError:
                reader = csv.reader(lines, delimiter=self._shape.delimiter)
                told = N_("the line has more than {size} million characters")
                yield Rejected(first, told, {"size": _LONGEST_LINE >> 20}, None, lines.number)
                continue
            except csv.Error as error:
                lines.read_again()
                yield Rejected(first, N_("the row can't be read: {reason}"), {"reason": str(error)})
                continue
            item = self._item(first, cells)
            if item is not None:
                yield item

    def _item(self, first: int, cells: list[str]) -> Item | None:
        if self._skipped:
            self._skipped -= 1
            return None
        if self._plan is None:
            names, is_data = _header(cells, self._shape.width)
            self._width = len(names)
            self._plan = self._mapper.plan(names)
            if not is_data:
                return None
        count = len(cells)
        complete = count == self._width or (max(self._plan.least, 2) <= count < self._width)
        if complete or (count > self._width and not any(cells[self._width :])):
            return self._mapper.ticket(first, self._plan, cells)
        if not any(map(str.strip, cells)):
            return None
        if 1 < len(self._lines.row) <= _REREAD and self._reread < self._lines.number + _REREAD:
            # A stray quotation mark swallowed the rows that follow: they are read on their own.
            self._reread += len(self._lines.row)
            self._lines.read_again()
        told = N_("the row has {count} cells where the header has {width}")
        return Rejected(first, told, {"count": count, "width": self._width}, None, self._lines.number)


def _header(cells: list[str], width: int) -> tuple[list[str], bool]:
    """The names of the columns; made up ones where the first row is a ticket already."""
    cells = [cell.removeprefix("\ufeff").strip() for cell in cells]
    if any(len(cell) > _LONGEST_HEADER or (_DIGIT(cell) and parse(cell)) for cell in cells):
        return [f"column {number}" for number in range(1, max(width, len(cells)) + 1)], True
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells, False


def _shape(sample: str, name: str) -> _Shape:
    """The delimiter, the number of columns, and the rows before the header."""
    first, _, rest = sample.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        delimiter = first.strip()[4]
        usual = _widths(rest, delimiter).most_common(1)
        return _Shape(delimiter, usual[0][0] if usual else 1, 1)
    best, most = _Shape(",", 1, 0), 0.0
    tabs_first = name.lower().endswith((".tsv", ".tab"))
    for delimiter in sorted(_DELIMITERS, key=lambda mark: mark != "\t") if tabs_first else _DELIMITERS:
        widths = _widths(sample, delimiter)
        wide = Counter({width: count for width, count in widths.items() if width > 1})
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
        # Rows of one width speak for a delimiter, and a little the number of its columns.
        score = count / sum(widths.values()) + min(width, 20) / 100
        if score > most:
            best, most = _Shape(delimiter, width, _titles(sample, delimiter, width)), score
    return best


def _widths(sample: str, delimiter: str) -> Counter[int]:
    return Counter(len(row) for row in _sample_rows(sample, delimiter) if any(row))


def _titles(sample: str, delimiter: str, width: int) -> int:
    """Rows before the first one of the usual width."""
    for place, row in enumerate(_sample_rows(sample, delimiter)):
        if len(row) == width and sum(map(bool, row)) > 1:
            return place
        if place >= _TITLE_LINES:
            break
    return 0


def _sample_rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for place, row in enumerate(rows):
            if place >= _SAMPLE_ROWS:
                return
            yield row
    except csv.Error:
        return
