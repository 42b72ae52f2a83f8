"""Reads workbooks and Parquet in a process of its own, whose memory is bounded.

What such a file becomes can't be told from its size: a cell in the last row, or a value that stands a million times,
asks for gigabytes, and the libraries end the process that they run in. Here that is a refusal.
"""

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any, cast

__all__ = ["ApartError", "blocks"]

_MEMORY = 400 << 20
_SECONDS = 600
"""Bytes of data, and seconds of the processor, that reading one file may take."""
_ROWS = 200
_LENGTH = struct.Struct("<Q")


class ApartError(Exception):
    """The file can't be read; the text says why, "" where it asked for too much memory or time."""


def blocks(stream: IO[bytes], form: str) -> Iterator[Any]:
    """What the other process reads: ``(sheet, first row, rows)`` of a workbook, Arrow batches of Parquet.

    Raises:
        ApartError: it can't be read, or not within the bounds.
    """
    stream.seek(0)
    if sys.platform == "win32":
        yield from map(pickle.loads, _read(stream, form))
        return
    file = stream.fileno()
    arguments = [sys.executable, "-m", "mailwhy.batch.readers.apart", form, str(file)]
    with subprocess.Popen(  # noqa: S603 - our own module
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(file,)
    ) as process:
        out = cast("IO[bytes]", process.stdout)
        try:
            whole = False
            while head := out.read(_LENGTH.size):
                block = pickle.loads(out.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - our own process wrote it
                if isinstance(block, str):
                    raise ApartError(block)
                whole = block is None
                if not whole:
                    yield block
        except (struct.error, EOFError, pickle.UnpicklingError):
            whole = False
        finally:
            process.kill()
    if not whole:
        raise ApartError("")


def _read(stream: IO[bytes], form: str) -> Iterator[bytes]:
    for block in _batches(stream) if form == "parquet" else _sheets(stream):
        yield pickle.dumps(block, pickle.HIGHEST_PROTOCOL)


def _batches(stream: IO[bytes]) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    yield from pq.ParquetFile(stream).iter_batches(batch_size=_ROWS, use_threads=False)


def _sheets(stream: IO[bytes]) -> Iterator[tuple[str, int, list[list[Any]] | str]]:
    """The rows of each sheet, a few at a time; what is wrong with it in place of them."""
    from python_calamine import CalamineError, CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(stream)
    for name in workbook.sheet_names:
        try:
            first = 1
            for row in workbook.get_sheet_by_name(name).iter_rows():
                yield name, first, [row]
                first += 1
        except (CalamineError, ValueError) as error:
            yield name, 0, str(error)


def _main(form: str, file: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer

    def put(block: bytes) -> None:
        out.write(_LENGTH.pack(len(block)) + block)

    with os.fdopen(file, "rb") as stream:
        try:
            for block in _read(stream, form):
                put(block)
            put(pickle.dumps(None))
        except MemoryError:
            put(pickle.dumps(""))
        except Exception as error:  # noqa: BLE001 - whatever the libraries raise on a damaged file
            put(pickle.dumps("" if "malloc" in str(error) else str(error).partition("\n")[0] or type(error).__name__))
    out.flush()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
