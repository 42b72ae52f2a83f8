"""Worker processes: each reads chunks from its standard input and answers on its standard output.

They are fresh interpreters that import nothing of the caller's program, so a run works from a script, a notebook or
a test alike, and they end by themselves when the process that started them is killed.
"""

import contextlib
import gc
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
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self

import pyarrow as pa

from mailwhy.batch.errors import BatchError
from mailwhy.batch.options import Options
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.i18n import N_

if TYPE_CHECKING:
    from mailwhy.batch.diagnosing import Diagnoser  # the process that feeds workers has no use for it

__all__ = ["Outcome", "Work", "outcomes", "processors", "serve"]

_LAST_BREATH = 5
_MANY_OBJECTS = 20_000
_SIZE = struct.Struct("<II")
# What a library may print must not get among the answers: they go to what was standard output before.
_BOOT = (
    "import json, os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); answers = os.dup(1); os.dup2(2, 1); "
    "sys.path[:] = json.loads(sys.argv[1]); from mailwhy.batch.workers import serve; serve(answers)"
)


class Work(NamedTuple):
    """A chunk on its way to a worker."""

    payload: bytes
    """The texts in which a report could be, an Arrow IPC stream of INPUT_SCHEMA."""
    tickets: int
    """All of the chunk's."""
    rejected: list[dict[str, Any]]
    """Its rows that could not be read."""
    checksum: int
    """Of all its texts."""


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


def outcomes(
    work: Iterator[Work], options: Options, jobs: int, *, much: bool = False
) -> Iterator[tuple[Work, Outcome]]:
    """The outcome of each chunk, in order.

    Args:
        work: the chunks.
        options: of the diagnosis.
        jobs: processes; work of a single chunk is done in this one, which is quicker than starting others.
        much: whether there is sure to be more than one chunk, so that processes can start while the first is read.

    Raises:
        BatchError: a process died.
    """
    first = [] if much and jobs > 1 else list(islice(work, 2))
    if jobs <= 1 or len(first) == 1:
        from mailwhy.batch.diagnosing import Diagnoser

        diagnoser = Diagnoser(options)
        for one in chain(first, work):
            yield one, diagnosed(diagnoser, one.payload)
        return
    if not first and not much:
        return
    waiting: deque[tuple[Work, Future[Outcome]]] = deque()
    with _Pool(options, jobs, at_once=much) as pool:
        for one in chain(first, work):
            waiting.append((one, pool.submit(one.payload)))
            while waiting and (len(waiting) > 2 * jobs or waiting[0][1].done()):
                yield _waited(waiting)
        while waiting:
            yield _waited(waiting)


def _waited(waiting: deque[tuple[Work, "Future[Outcome]"]]) -> tuple[Work, Outcome]:
    one, future = waiting.popleft()
    return one, future.result()


def diagnosed(diagnoser: "Diagnoser", payload: bytes) -> Outcome:
    """The outcome of a chunk's payload."""
    with pa.ipc.open_stream(payload) as stream:
        result = diagnoser.diagnose(stream.read_next_batch())
    rejected = []
    if result["problem"].null_count < result.num_rows:
        failed = result["problem"].is_valid()
        rejected = [
            {key: value for key, value in (("source", row["source"]), ("line", row["row"]), ("ticket", row["ticket"]),
                                           ("part", row["part"]), ("reason", row["problem"])) if value is not None}
            for row in result.filter(failed).to_pylist()
        ]  # fmt: skip
        result = result.filter(result["problem"].is_null())
    if not result.num_rows:
        return Outcome(b"", 0, 0, rejected)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, ROW_SCHEMA) as stream:
        stream.write_batch(result.select(ROW_SCHEMA.names))
    tickets = result["report"].to_pylist().count(1)
    return Outcome(sink.getvalue().to_pybytes(), result.num_rows, tickets, rejected)


class _Pool:
    """Processes, each served by a thread that waits for it."""

    def __init__(self, options: Options, jobs: int, *, at_once: bool) -> None:
        self._options = json.dumps(asdict(options)).encode()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(jobs)
        self._free = deque(self._start() for _ in range(jobs if at_once else 0))

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
        if process is None:
            process = self._own.process = self._free.popleft() if self._free else self._start()
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
        environment = {"PYDANTIC_DISABLE_PLUGINS": "__all__", **os.environ}  # looking for them takes 15 ms
        process = subprocess.Popen(  # noqa: S603 - our own words
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._processes.append(process)
        return process


def serve(answers: int) -> None:
    """The main function of a worker process: answers chunks until there are no more.

    Args:
        answers: descriptor to answer on. Standard input gives the options (JSON), then the chunks.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    from mailwhy.batch.diagnosing import Diagnoser

    first = _receive(sys.stdin.buffer)
    if first is None:
        return
    values = json.loads(first[0])
    diagnoser = Diagnoser(Options(**{**values, "kb": tuple(values["kb"])}))
    gc.freeze()  # what is loaded now stays; what comes holds few cycles
    gc.set_threshold(_MANY_OBJECTS)
    with os.fdopen(answers, "wb") as pipe:
        while (payload := _receive(sys.stdin.buffer)) is not None:
            outcome = diagnosed(diagnoser, payload[0])
            facts = {"reports": outcome.reports, "tickets": outcome.tickets, "rejected": outcome.rejected}
            _send(pipe, json.dumps(facts).encode(), outcome.rows)
    os._exit(0)  # there is nothing left to tidy up, which Python would take a while for


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
