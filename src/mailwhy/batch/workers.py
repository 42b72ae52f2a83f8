"""Worker processes: each reads chunks from its standard input and answers on its standard output.

They are fresh interpreters that import nothing of the caller's program, so a run works from a script, a notebook or
a test alike, and they end by themselves when the process that started them is killed.
"""

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.compute as pc

from mailwhy.batch.diagnosing import Diagnoser, Options
from mailwhy.batch.errors import BatchError
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.i18n import N_

if TYPE_CHECKING:
    from mailwhy.batch.chunks import Chunk  # a worker has no use for the readers

    _Work = tuple[Chunk, bytes]

__all__ = ["Outcome", "outcomes", "processors", "serve"]

_LAST_BREATH = 5
_SIZE = struct.Struct("<II")
# What a library may print must not get among the answers: they go to what was standard output before.
_BOOT = (
    "import json, os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); answers = os.dup(1); os.dup2(2, 1); "
    "sys.path[:] = json.loads(sys.argv[1]); from mailwhy.batch.workers import serve; serve(answers)"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a chunk."""

    rows: bytes
    """Its reports' rows, an Arrow IPC stream of ROW_SCHEMA; b"" where there are none."""
    reports: int
    tickets: int
    """Tickets with at least one report."""
    rejected: list[dict[str, Any]]


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes(work: Iterator["_Work"], options: Options, jobs: int) -> Iterator[tuple["Chunk", bytes, Outcome]]:
    """The outcome of each chunk, in order.

    Args:
        work: chunks and their payloads.
        options: of the diagnosis.
        jobs: processes; work of a single chunk is done in this one, which is quicker than starting others.

    Raises:
        BatchError: a process died.
    """
    first = list(islice(work, 2))
    if jobs <= 1 or len(first) < 2:
        diagnoser = Diagnoser(options)
        for chunk, payload in first:
            yield chunk, payload, diagnosed(diagnoser, payload)
        for chunk, payload in work:
            yield chunk, payload, diagnosed(diagnoser, payload)
        return
    waiting: deque[tuple[Chunk, bytes, Future[Outcome]]] = deque()
    with _Pool(options, jobs) as pool:
        for chunk, payload in _chain(first, work):
            waiting.append((chunk, payload, pool.submit(payload)))
            while waiting and (len(waiting) > 2 * jobs or waiting[0][2].done()):
                yield _waited(waiting)
        while waiting:
            yield _waited(waiting)


def _chain(
    first: list[tuple["Chunk", bytes]], rest: Iterator[tuple["Chunk", bytes]]
) -> Iterator[tuple["Chunk", bytes]]:
    while first:
        yield first.pop(0)
    yield from rest


def _waited(waiting: deque[tuple["Chunk", bytes, Future[Outcome]]]) -> tuple["Chunk", bytes, Outcome]:
    chunk, payload, future = waiting.popleft()
    return chunk, payload, future.result()


def diagnosed(diagnoser: Diagnoser, payload: bytes) -> Outcome:
    """The outcome of a chunk's payload."""
    with pa.ipc.open_stream(payload) as stream:
        result = diagnoser.diagnose(stream.read_next_batch())
    failed = pc.is_valid(result["problem"])
    rejected = [
        {key: value for key, value in (("source", row["source"]), ("line", row["row"]), ("ticket", row["ticket"]),
                                       ("part", row["part"]), ("reason", row["problem"])) if value is not None}
        for row in result.filter(failed).to_pylist()
    ]  # fmt: skip
    rows = result.filter(pc.invert(failed)) if rejected else result
    if not rows.num_rows:
        return Outcome(b"", 0, 0, rejected)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, ROW_SCHEMA) as stream:
        stream.write_batch(rows.select(ROW_SCHEMA.names))
    tickets = pc.sum(pc.equal(rows["report"], 1)).as_py()
    return Outcome(sink.getvalue().to_pybytes(), rows.num_rows, tickets, rejected)


class _Pool:
    """Processes, each served by a thread that waits for it."""

    def __init__(self, options: Options, jobs: int) -> None:
        self._options = json.dumps(asdict(options)).encode()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            # Ctrl-C or a failure: nobody wants the answers any more.
            for process in self._processes:
                process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What is left in the buffer has no reader where the process died.
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()

    def submit(self, payload: bytes) -> Future[Outcome]:
        """Has a payload diagnosed."""
        return self._threads.submit(self._ask, payload)

    def _ask(self, payload: bytes) -> Outcome:
        process: subprocess.Popen[bytes] | None = getattr(self._own, "process", None)
        new = process is None
        process = process or self._start()
        try:
            if new:
                # Not on the command line, which everybody on the machine can read: they hold the key of the pseudonyms.
                _send(process.stdin, self._options, b"")
            _send(process.stdin, payload, b"")
            answer = _receive(process.stdout)
        except OSError:
            answer = None
        if answer is None:
            told = N_(
                "a worker process ended unexpectedly (exit code {code}), perhaps for lack of memory; "
                "go on with --resume, and fewer processes (--jobs 1)"
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LAST_BREATH)
            raise BatchError(told, code=process.returncode)
        facts = json.loads(answer[0])
        return Outcome(answer[1], facts["reports"], facts["tickets"], facts["rejected"])

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _BOOT, json.dumps(sys.path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own words
        self._own.process = process
        self._processes.append(process)
        return process


def serve(answers: int) -> None:
    """The main function of a worker process: answers chunks until there are no more.

    Args:
        answers: descriptor to answer on. Standard input gives the options (JSON), then the chunks.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    first = _receive(sys.stdin.buffer)
    if first is None:
        return
    values = json.loads(first[0])
    diagnoser = Diagnoser(Options(**{**values, "kb": tuple(values["kb"])}))
    with os.fdopen(answers, "wb") as pipe:
        while (payload := _receive(sys.stdin.buffer)) is not None:
            outcome = diagnosed(diagnoser, payload[0])
            facts = {"reports": outcome.reports, "tickets": outcome.tickets, "rejected": outcome.rejected}
            _send(pipe, json.dumps(facts).encode(), outcome.rows)


def _send(pipe: Any, first: bytes, second: bytes) -> None:
    pipe.write(_SIZE.pack(len(first), len(second)))
    pipe.write(first)
    pipe.write(second)
    pipe.flush()


def _receive(pipe: Any) -> tuple[bytes, bytes] | None:
    stream: BinaryIO = pipe
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    first, second = _SIZE.unpack(head)
    body = stream.read(first + second)
    return (body[:first], body[first:]) if len(body) == first + second else None
