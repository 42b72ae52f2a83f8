"""XML: Jira's feed, ServiceNow's tables, and whatever else repeats one element for each ticket.

Read as a stream. Entities and document types are refused: an export needs none, and they are how XML bombs are made.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from mailwhy.batch.columns import Mapper, record_elements
from mailwhy.batch.errors import BatchError
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]

_BLOCK: Final = 256 * 1024
_LARGEST_RECORD: Final = 16 * 1024 * 1024
_LONGEST_TAG: Final = 2 * 1024 * 1024
"""Bytes of one tag or comment, which the parser keeps until it is whole."""
_PAIR: Final = 100
"""Bytes that a pair takes beside its text."""
_DEEPEST: Final = 200
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_TO_BLANK = bytes(32 if byte in _CONTROLS else byte for byte in range(256))
_CHARACTER = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,9}));")
_ENTITY_TAIL = 16


class _RefusedError(Exception):
    """The document holds what no export needs."""


class _Records:
    """Collects the leaves of each record while expat reads.

    A record is an element that a profile names, else a child of the root.
    """

    def __init__(self) -> None:
        self.done: list[tuple[int, list[tuple[str, str]]]] = []
        self._parser: expat.XMLParserType
        self._path: list[str] = []
        self._start = 0
        self._pairs: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._line = 0
        self._size = 0
        self._named = False

    def attach(self, parser: expat.XMLParserType) -> None:
        """Makes the parser report to this."""
        self._parser = parser
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise _RefusedError

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise _RefusedError
        named = name in record_elements()
        if not self._start or (named and not self._named):
            # An element that a profile names, deeper down than a child of the root, is the better record.
            if named or len(self._path) == 2:
                self._start, self._named = len(self._path), named
                self._pairs, self._size, self._line = [], 0, self._parser.CurrentLineNumber
        else:
            self._count(sum(map(len, attributes.values())) + _PAIR * len(attributes))
            self._pairs.extend((f"{self._here()}@{key}", value) for key, value in attributes.items())
        self._text.clear()

    def _close(self, name: str) -> None:
        if self._start:
            text = "".join(self._text)
            if text.strip():
                self._count(_PAIR)
                self._pairs.append((self._here() or name, text))
            if len(self._path) == self._start:
                if self._pairs:
                    self.done.append((self._line, self._pairs))
                self._start, self._pairs = 0, []
        self._text.clear()
        self._path.pop()

    def _characters(self, text: str) -> None:
        if self._start:
            self._count(len(text))
            self._text.append(text)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > _LARGEST_RECORD:
            raise _RefusedError

    def _here(self) -> str:
        return ".".join(self._path[self._start :])


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:
    """The records of an XML document, numbered by the line on which they begin."""
    records = _Records()
    parser = expat.ParserCreate(encoding)
    records.attach(parser)
    single_bytes = not source.head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in source.head[:4]
    rest = b""
    ended = False
    fed = 0
    while not ended:
        block = source.stream.read(_BLOCK)
        ended = not block
        data, rest = _tidied(rest + block, final=ended) if single_bytes else (block, b"")
        try:
            parser.Parse(data, ended)
            fed += len(data)
            if fed - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                raise _RefusedError  # noqa: TRY301 - told with its line below
        except expat.ExpatError as error:
            told = N_("{file} can't be read from line {line} on: {reason}")
            reason = expat.ErrorString(error.code)
            raise BatchError(told, file=source.name, line=error.lineno, reason=reason) from None
        except (LookupError, ValueError) as error:  # an encoding that there isn't, or that expat does not take
            told = N_("{file} can't be read from line {line} on: {reason}")
            raise BatchError(told, file=source.name, line=1, reason=error) from None
        except _RefusedError:
            told = N_(
                "{file} is not read: it declares a document type or entities, is nested very deeply, or has an endless "
                "record (line {line}), as XML bombs do"
            )
            raise BatchError(told, file=source.name, line=parser.CurrentLineNumber) from None
        for line, pairs in records.done:
            names = [name for name, _ in pairs]
            yield mapper.ticket(line, mapper.plan(names, strict=False), [value for _, value in pairs])
        records.done.clear()


def _tidied(data: bytes, *, final: bool) -> tuple[bytes, bytes]:
    """Without the control characters that XML forbids and exports hold all the same; the tail waits for the rest."""
    cut = len(data)
    if not final and (mark := data.rfind(b"&", max(0, cut - _ENTITY_TAIL))) >= 0:
        cut = mark
    return _CHARACTER.sub(_allowed, data[:cut].translate(_TO_BLANK)), data[cut:]


def _allowed(match: re.Match[bytes]) -> bytes:
    number = int(match[1], 16) if match[1] else int(match[2])
    good = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    return match[0] if good else b" "
