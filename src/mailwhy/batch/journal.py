"""What a run has done so far, on disk: it can be killed at any moment and go on where it was.

The journal is a header and one frame for each chunk, in order. A frame that was cut short by the kill fails its
checksum, and the run goes on from the frame before it.
"""

import json
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_

__all__ = ["Frame", "Journal", "kept_key"]

_MAGIC = b"mailwhy journal 1\n"
_SIZES = struct.Struct("<III")


@dataclass(frozen=True, slots=True)
class Frame:
    """The outcome of one chunk.

    Args:
        facts: counts, rejected rows and the checksum of what was read (JSON).
        rows: the rows of its reports, as an Arrow IPC stream.
    """

    facts: dict[str, Any]
    rows: bytes

    def batch(self) -> pa.RecordBatch:
        """The rows."""
        with pa.ipc.open_stream(self.rows) as stream:
            return stream.read_next_batch()


class Journal:
    """The journal of one output file.

    Args:
        path: where it is kept: beside the output.
        run: what a run depends on; a journal of another run is not gone on with.
    """

    def __init__(self, path: Path, run: dict[str, Any]) -> None:
        self._path = path
        self._run = json.dumps(run, sort_keys=True).encode()
        self._file: BinaryIO | None = None
        self._start = len(_MAGIC)

    def open(self, *, resume: bool) -> list[dict[str, Any]]:
        """Starts a new journal, or goes on with the one there is; gives the facts of the chunks that are done.

        Raises:
            BatchError: the journal belongs to a run with other options, or can't be written.
        """
        try:
            file = self._file = self._locked()
            if resume and file.read(1):
                file.seek(0)
                return self._go_on(file)
            file.truncate(0)
            file.seek(0)
            self._file.write(_MAGIC)
            self._file.write(_frame(self._run, b""))
            self._file.flush()
        except OSError as error:
            raise BatchError(N_("{file} can't be written: {reason}"), file=self._path, reason=error.strerror) from None
        return []

    def add(self, frame: Frame) -> None:
        """Writes down a chunk that is done.

        Raises:
            BatchError: the disk is full.
        """
        file = self._opened()
        try:
            file.write(_frame(json.dumps(frame.facts, sort_keys=True, ensure_ascii=False).encode(), frame.rows))
            file.flush()
        except OSError as error:
            raise BatchError(N_("{file} can't be written: {reason}"), file=self._path, reason=error.strerror) from None

    def frames(self) -> Iterator[Frame]:
        """All chunks, from the first."""
        with self._path.open("rb") as file:
            file.seek(len(_MAGIC))
            _read(file)
            while (found := _read(file)) is not None:
                yield Frame(json.loads(found[0]), found[1])

    def flush(self) -> None:
        """Writes down all that was added; the file stays locked."""
        self._opened().flush()

    def close(self) -> None:
        """Closes the file and keeps it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Removes the file, while it is still locked: the run is over."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
        self.close()

    def _locked(self) -> BinaryIO:
        """The file, which no other run has: that follows no link, and that only its owner may read."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(self._path, flags, 0o600), "r+b")
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                told = N_("another run is writing {file}; wait for it, or name another output")
                raise BatchError(told, file=self._path.with_suffix("")) from None
        return file

    def _go_on(self, file: BinaryIO) -> list[dict[str, Any]]:
        head = file.read(len(_MAGIC))
        run = _read(file) if head == _MAGIC else None
        if run is None:
            # Killed before the header was whole: nothing was done.
            self.close()
            return self.open(resume=False)
        if run[0] != self._run:
            self.close()
            told = N_(
                "{file} belongs to a run with other files or options; repeat those, or start again without --resume"
            )
            raise BatchError(told, file=self._path)
        done = []
        end = file.tell()
        while (found := _read(file)) is not None:
            done.append(json.loads(found[0]))
            end = file.tell()
        file.truncate(end)
        file.seek(end)
        return done

    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the journal is not open")
        return self._file


def kept_key(path: Path) -> str | None:
    """The key of the pseudonyms with which the run of a journal began; None where there is none."""
    try:
        with path.open("rb") as file:
            run = _read(file) if file.read(len(_MAGIC)) == _MAGIC else None
    except OSError:
        return None
    return json.loads(run[0]).get("key") if run is not None else None


def _frame(facts: bytes, rows: bytes) -> bytes:
    body = facts + rows
    return _SIZES.pack(len(facts), len(rows), zlib.crc32(body)) + body


def _read(file: BinaryIO) -> tuple[bytes, bytes] | None:
    head = file.read(_SIZES.size)
    if len(head) < _SIZES.size:
        return None
    facts, rows, checksum = _SIZES.unpack(head)
    body = file.read(facts + rows)
    if len(body) < facts + rows or zlib.crc32(body) != checksum:
        return None
    return body[:facts], body[facts:]
