"""Cuts what the readers give into chunks of work: the same chunks on every run over the same files."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import BatchError, Rejected, hidden_values
from mailwhy.batch.readers import read_source
from mailwhy.batch.redaction import Redactor
from mailwhy.batch.schema import INPUT_SCHEMA
from mailwhy.batch.selection import Selection
from mailwhy.batch.sifting import worth_reading
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item, Ticket
from mailwhy.i18n import Translator

__all__ = ["Chunk", "chunks"]

_TICKETS = 4000
_CHARACTERS = 4 * 1024 * 1024


@dataclass(slots=True)
class Chunk:
    """Some tickets on their way to a worker."""

    tickets: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    """Their texts with what belongs to each, in the order of INPUT_SCHEMA."""
    size: int = 0

    def add(self, source: str | None, ticket: Ticket) -> None:
        """Takes a ticket in."""
        self.tickets += 1
        row, number, created, parts = ticket
        for part, text in parts:
            self.rows.append((source, row, number, created, part, text))
            self.size += len(text)

    def batch(self) -> pa.RecordBatch:
        """The texts in which a report could be, in INPUT_SCHEMA."""
        return self._sifted(_array([row[-1] for row in self.rows], pa.string()))

    def payload(self) -> tuple[bytes, int]:
        """The same as an Arrow IPC stream, and a checksum of all that was read, what is left out as well."""
        texts = _array([row[-1] for row in self.rows], pa.string())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, INPUT_SCHEMA) as stream:
            stream.write_batch(self._sifted(texts))
        content: bytes = sink.getvalue().to_pybytes()
        places = [self.rows[at][1] for at in (0, -1)] if self.rows else []
        checksum = zlib.crc32(content, zlib.crc32(repr((self.tickets, self.rejected, places)).encode()))
        for buffer in texts.buffers():
            checksum = zlib.crc32(buffer, checksum) if buffer else checksum
        return content, checksum

    def _sifted(self, texts: pa.Array) -> pa.RecordBatch:
        found = worth_reading(texts)
        rows = [row for row, kept in zip(self.rows, found.to_pylist(), strict=True) if kept]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(INPUT_SCHEMA)
        fields = list(INPUT_SCHEMA)[:-1]
        arrays = [_array(list(values), field.type) for values, field in zip(columns, fields, strict=False)]
        return pa.RecordBatch.from_arrays([*arrays, texts.filter(found)], schema=INPUT_SCHEMA)


def chunks(
    found: Iterator[Source],
    selection: Selection,
    encoding: str | None,
    say: Translator,
    hide: Redactor | None = None,
) -> Iterator[Chunk]:
    """The chunks of all sources, in order; a chunk may span small sources, such as mails.

    Raises:
        BatchError: a source that was named can't be read, or none of those in a folder or an archive.
    """
    chunk = Chunk()
    read, failed = 0, None
    for source in found:
        if source.problem is not None:
            chunk.rejected.append(_refused(source.name, Rejected(0, "{reason}", {"reason": source.problem}), say, hide))
            continue
        try:
            for item in _items(source, selection, encoding):
                if isinstance(item, Rejected):
                    chunk.rejected.append(_refused(source.name, item, say, hide))
                    chunk.size += 100
                else:
                    chunk.add(source.name, item)
                    read += 1
                if chunk.tickets >= _TICKETS or chunk.size >= _CHARACTERS:
                    yield chunk
                    chunk = Chunk()
        except BatchError as error:
            if source.alone:
                raise
            # One damaged file among many is listed, and the others are read.
            failed = failed or error
            chunk.rejected.append(_refused(source.name, Rejected(0, "{reason}", {"reason": error}), say, hide))
    if failed is not None and not read:
        raise failed
    if chunk.tickets or chunk.rejected:
        yield chunk


def _items(source: Source, selection: Selection, encoding: str | None) -> Iterator[Item]:
    mapper = Mapper(selection)
    yield from read_source(source, mapper, encoding)
    mapper.check()


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can spell and UTF-8 can't.
        return pa.array([value and value.encode("utf-8", "replace").decode("utf-8") for value in values], kind)


def _refused(source: str, item: Rejected, say: Translator, hide: Redactor | None) -> dict[str, Any]:
    if hide is not None:
        item = item._replace(ticket=hide.ticket(item.ticket), values=hidden_values(item.values, hide.value))
    place: dict[str, Any] = {"source": source if hide is None else hide.source(source), "line": item.row}
    if item.last_row is not None and item.last_row > item.row:
        place["last_line"] = item.last_row
    if item.ticket is not None:
        place["ticket"] = item.ticket
    reason = item.reason(say)
    return {**place, "reason": reason if hide is None else hide.text(reason)}
