"""Byte streams that may be looked into before they are read, and that stop when they swell beyond reason."""

import io
import tempfile
import zlib
from typing import IO, Protocol

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_

__all__ = ["Feed", "Guard", "seekable"]

_HEAD = 256 * 1024
_BLOCK = 1024 * 1024
_SWELLING = 100
"""Times its size that compressed text may have; real exports reach 20 to 60, a bomb 1,000."""
_HARMLESS = 16 * 1024 * 1024
_MOST_SPOOLED = 8 * 1024**3


class Guard:
    """Watches what a compressed file becomes.

    Args:
        name: the file, for the message.
        packed: its size in bytes; None where it isn't known.
    """

    def __init__(self, name: str, packed: int | None) -> None:
        self._name = name
        self._most = max(_HARMLESS, (packed or 0) * _SWELLING)
        self._unpacked = 0

    def add(self, count: int) -> None:
        """Counts bytes that came out.

        Raises:
            BatchError: there are too many of them for what went in.
        """
        self._unpacked += count
        if self._unpacked > self._most:
            told = N_(
                "{file} unpacks to more than {size} MiB, which no ticket export of its size does; it may be a bomb. "
                "If you trust it, unpack it yourself and read what comes out"
            )
            raise BatchError(told, file=self._name, size=self._most >> 20)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Feed(io.RawIOBase):
    """A stream whose beginning can be read twice.

    Args:
        inner: where the bytes come from.
        name: the file, for messages.
        guard: watches the bytes of a compressed file.
    """

    def __init__(self, inner: _Readable, name: str, guard: Guard | None = None) -> None:
        self._inner = inner
        self._name = name
        self._guard = guard
        self._head: bytes = b""
        self._ended = False

    def head(self) -> bytes:
        """The first bytes (256 KiB, or all of a shorter file); they are read again afterwards."""
        while len(self._head) < _HEAD and not self._ended:
            block = self._take(_HEAD - len(self._head))
            self._ended = not block
            self._head += block
        return self._head

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next bytes: those looked at first."""
        size = len(target)
        if self._head:
            block, self._head = self._head[:size], self._head[size:]
        else:
            block = b"" if self._ended else self._take(size)
        target[: len(block)] = block
        return len(block)

    def _take(self, size: int) -> bytes:
        try:
            block = self._inner.read(size)
        except (EOFError, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            # zipfile says BadZipFile (a ValueError's cousin), RuntimeError for a password; gzip says EOFError.
            raise BatchError(N_("{file} can't be read to its end: {reason}"), file=self._name, reason=error) from None
        if self._guard is not None:
            self._guard.add(len(block))
        return block


def seekable(feed: Feed, name: str) -> IO[bytes]:
    """A file on disk with the feed's content, which goes away when it is closed.

    Raises:
        BatchError: there is more than 8 GiB of it, or no room.
    """
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the reader closes it
    try:
        _copy(feed, spool, name)
    except OSError as error:
        spool.close()
        raise BatchError(N_("{file} can't be unpacked: {reason}"), file=name, reason=error.strerror or error) from None
    except BatchError:
        spool.close()
        raise
    return spool


def _copy(feed: Feed, spool: IO[bytes], name: str) -> None:
    size = 0
    while block := feed.read(_BLOCK):
        size += len(block)
        if size > _MOST_SPOOLED:
            raise BatchError(N_("{file} is too large to be unpacked here; unpack it yourself"), file=name)
        spool.write(block)
    spool.seek(0)
