"""JSON: an array of tickets, or an object around one; read piece by piece, so that its size doesn't matter."""

import io
import json
from collections.abc import Iterator
from typing import Any, Final

from mailwhy.batch.columns import Mapper, containers
from mailwhy.batch.encodings import encoding_of, text_stream
from mailwhy.batch.errors import BatchError, Rejected
from mailwhy.batch.readers.nested import ticket_of
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]

_BLOCK: Final = 1024 * 1024
_LARGEST_VALUE: Final = 8 * 1024 * 1024
_BLANKS = " \t\r\n"


class _Text:
    """A window that slides over a JSON text."""

    def __init__(self, stream: io.TextIOWrapper, name: str) -> None:
        self._stream = stream
        self._name = name
        self._decode = json.JSONDecoder(parse_int=str).raw_decode  # Python takes no number of 5,000 digits
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def peek(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _BLANKS + "\ufeff":
                    return self._buffer[self._at]
                self._at += 1
            if not self._more(_BLOCK):
                return ""

    def skip(self, wanted: str) -> None:
        """Passes over the character that must come next."""
        if self.peek() != wanted:
            raise self.fault(N_("{what} is missing"), what=f"'{wanted}'")
        self._at += 1

    def value(self) -> Any:
        """The next value."""
        self.peek()
        block = _BLOCK
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                # Not all of it may be in the window yet; doubling keeps a large value linear.
                if len(self._buffer) - self._at > _LARGEST_VALUE:
                    raise self.fault(N_("a value is larger than {size} MiB"), size=_LARGEST_VALUE >> 20) from None
                if not self._more(block):
                    raise self.fault(N_("it is not valid JSON: {reason}"), reason=error.msg) from None
                block *= 2
                continue
            except RecursionError:
                raise self.fault(N_("it is nested too deeply")) from None
            if end == len(self._buffer) and self._more(_BLOCK):
                continue  # a number may go on
            self._at = end
            return value

    def fault(self, template: str, **values: object) -> BatchError:
        """An error that tells the line."""
        line = self._line + self._buffer.count("\n", 0, self._at)
        reason = BatchError(template, **values)
        return BatchError(
            N_("{file} can't be read from line {line} on: {reason}"), file=self._name, line=line, reason=reason
        )

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        block = self._stream.read(size)
        self._ended = not block
        self._line += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + block
        self._at = 0
        return bool(block)


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:
    """The objects of a JSON array, wherever the systems put it."""
    encoding = encoding or encoding_of(source.head, source.name)
    with text_stream(source.stream, encoding) as stream:
        text = _Text(stream, source.name)
        if text.peek() == "[":
            yield from _array(text, mapper, 0)
        elif text.peek():
            yield from _object(text, mapper)


def _array(text: _Text, mapper: Mapper, number: int) -> Iterator[Item]:
    text.skip("[")
    while text.peek() != "]":
        record = text.value()
        number += 1
        if isinstance(record, dict):
            yield ticket_of(number, record, mapper)
        else:
            yield Rejected(number, N_("the record is no JSON object"), {})
        if text.peek() != "]":
            text.skip(",")
    text.skip("]")


def _object(text: _Text, mapper: Mapper) -> Iterator[Item]:
    """An object that holds the array among other things, or is itself the only ticket."""
    text.skip("{")
    rest: dict[str, Any] = {}
    number = 0
    found = False
    while text.peek() != "}":
        key = text.value()
        text.skip(":")
        if key in containers() and text.peek() == "[":
            found = True
            for item in _array(text, mapper, number):
                number = item.row
                yield item
        else:
            rest[str(key)] = text.value()
        if text.peek() != "}":
            text.skip(",")
    if not found and rest:
        yield ticket_of(1, rest, mapper)
