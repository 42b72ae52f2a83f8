"""What there is to read: the files that were named, those in folders, and those in archives."""

import contextlib
import gzip
import io
import sys
import zipfile
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from mailwhy.batch.errors import BatchError
from mailwhy.batch.feeding import Feed, Guard, seekable
from mailwhy.batch.inputs import PASSED_OVER, STDIN, files_of
from mailwhy.batch.sniffing import format_of, zip_format
from mailwhy.i18n import N_

__all__ = ["Position", "Source", "sources"]

_DEEPEST = 3
_BUFFER = 1 << 20
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")
_SEEKERS = frozenset({"parquet", "xlsx", "ods", "xls", "zip"})


class Position:
    """How many bytes of the files that were named have been read."""

    def __init__(self) -> None:
        self.done = 0


class _Counted:
    """A file whose reading is counted."""

    def __init__(self, inner: BinaryIO, position: Position) -> None:
        self.inner = inner
        self._position = position

    def read(self, size: int = -1) -> bytes:
        block = self.inner.read(size)
        self._position.done += len(block)
        return block


@dataclass(slots=True)
class Source:
    """One file to read.

    ``stream`` is read from its beginning; it can seek where the format needs that.
    """

    name: str
    format: str
    stream: IO[bytes]
    head: bytes
    alone: bool
    """Whether it was named itself; a file found in a folder or an archive is passed over if it is no export."""
    problem: BatchError | None = None


def sources(
    inputs: Sequence[str | Path],
    position: Position,
    form: str | None = None,
    passed_over: Collection[Path] = (),
) -> Generator[Source, None, None]:
    """Each file to read, in a fixed order; a source is used up before the next one is asked for.

    Args:
        inputs: files, folders, or "-" for standard input.
        position: counts the bytes.
        form: the format, where the user told it.
        passed_over: files that are not read where they lie in a folder: what the run itself writes.

    Raises:
        BatchError: a file that was named is not there, may not be read, or is nothing that mailwhy reads.
    """
    opener = _Opener(form)
    for given in inputs:
        if str(given) == STDIN:
            if sys.stdin is None:
                raise BatchError(N_("there is no standard input; name a file"))
            yield from opener.open(_Counted(sys.stdin.buffer, position), "stdin", alone=True)
            continue
        path = Path(given)
        alone = not path.is_dir()
        for file in files_of(path):
            if not alone and file.resolve() in passed_over:
                continue
            name = path.name if alone else f"{path.name}/{file.relative_to(path).as_posix()}"
            try:
                stream = file.open("rb")
            except OSError as error:
                told = BatchError(N_("{file} can't be read: {reason}"), file=file, reason=error.strerror)
                if alone:
                    raise told from None
                yield Source(name, "", io.BytesIO(), b"", alone, told)
                continue
            with stream:
                yield from opener.open(_Counted(stream, position), name, alone=alone)


class _Opener:
    """Finds what is in a file: tickets, or further files.

    Args:
        form: the format, where the user told it.
    """

    def __init__(self, form: str | None) -> None:
        self._form = form

    def open(
        self, stream: _Counted | IO[bytes], name: str, *, alone: bool, guard: Guard | None = None, depth: int = 0
    ) -> Iterator[Source]:
        """The source that a stream is, or those that it holds.

        Raises:
            BatchError: it was named itself (``alone``), and is nothing that mailwhy reads.
        """
        feed = Feed(stream, name, guard)
        try:
            head = feed.head()
            kind = self._kind(head, name, depth)
            if kind == "gz":
                yield from self._unzipped(feed, stream, name, alone=alone, depth=depth)
                return
            if kind not in _SEEKERS:
                yield Source(name, kind, cast("IO[bytes]", io.BufferedReader(feed, _BUFFER)), head, alone)
                return
            file = _on_disk(feed, stream, name)
            if kind == "zip":
                kind = zip_format(file, name)
        except BatchError as error:
            if alone:
                raise
            yield Source(name, "", io.BytesIO(), b"", alone, error)
            return
        with contextlib.ExitStack() as cleanup:
            if not isinstance(stream, _Counted) or file is not stream.inner:
                cleanup.enter_context(file)
            if kind == "zip":
                yield from self._members(file, name, alone=alone, depth=depth)
            else:
                file.seek(0)
                yield Source(name, kind, file, b"", alone)

    def _kind(self, head: bytes, name: str, depth: int) -> str:
        archive = format_of(head, name) if head.startswith(_ARCHIVES) else ""
        kind = archive if archive and self._form not in _SEEKERS else self._form or format_of(head, name)
        if depth >= _DEEPEST and kind in ("zip", "gz"):
            raise BatchError(N_("{file}: an archive in an archive in an archive is not opened"), file=name)
        return kind

    def _unzipped(
        self, feed: Feed, stream: _Counted | IO[bytes], name: str, *, alone: bool, depth: int
    ) -> Iterator[Source]:
        plain = name[:-3] if name.lower().endswith(".gz") else name
        with gzip.GzipFile(fileobj=feed) as inner:
            guard = Guard(name, _size(stream))
            yield from self.open(inner, plain, alone=alone, guard=guard, depth=depth + 1)  # type: ignore[arg-type]

    def _members(self, file: IO[bytes], name: str, *, alone: bool, depth: int) -> Iterator[Source]:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                inside = f"{name}/{member.filename}"
                if member.is_dir() or member.filename.startswith(PASSED_OVER[0]) or _hidden(member.filename):
                    continue
                try:
                    opened = archive.open(member)
                except (RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
                    told = BatchError(N_("{file} can't be opened: {reason}"), file=inside, reason=error)
                    if alone:
                        raise told from None
                    yield Source(inside, "", io.BytesIO(), b"", alone, told)
                    continue
                with opened:
                    guard = Guard(name, member.compress_size)
                    yield from self.open(opened, inside, alone=False, guard=guard, depth=depth + 1)


def _on_disk(feed: Feed, stream: _Counted | IO[bytes], name: str) -> IO[bytes]:
    """The file itself where it lies on disk, else a copy of it that does."""
    if isinstance(stream, _Counted) and stream.inner.seekable():
        return stream.inner
    return seekable(feed, name)


def _size(stream: _Counted | IO[bytes]) -> int | None:
    if not isinstance(stream, _Counted) or not stream.inner.seekable():
        return None
    here = stream.inner.tell()
    size = stream.inner.seek(0, io.SEEK_END)
    stream.inner.seek(here)
    return size


def _hidden(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.startswith(".") or last in PASSED_OVER
