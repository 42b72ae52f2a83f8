"""The worker processes of a run, as the process sees them that feeds them.

They are fresh interpreters that import nothing of the caller's program, so a run works from a script, a notebook or
a test alike, and they end by themselves when the process that started them is killed.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import chain, islice
from typing import Any, NamedTuple, Self

from mailwhy.batch.errors import BatchError
from mailwhy.batch.options import Options
from mailwhy.batch.wire import Outcome, receive, send
from mailwhy.i18n import N_

__all__ = ["Pool", "Work"]

_LAST_BREATH = 5
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
    """Of all that was read for it."""


class Pool:
    """Processes, each served by a thread that waits for it.

    Args:
        options: of the diagnosis.
        jobs: how many processes; None means one for each processor.
        at_once: how many of them start now, while the caller still loads what it needs, and reads.
    """

    def __init__(self, options: Options, jobs: int | None, *, at_once: int = 0) -> None:
        self._given = options
        self._jobs = max(1, jobs or _processors())
        self._at_once = min(at_once, self._jobs) if self._jobs > 1 else 0
        self._options = json.dumps(asdict(options)).encode()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._free: deque[subprocess.Popen[bytes]] = deque()
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(self._jobs)

    def __enter__(self) -> Self:
        try:
            self._free.extend(self._start() for _ in range(self._at_once))
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            # Ctrl-C or a failure: nobody wants the answers any more.
            for process in self._processes:
                process.kill()
        self.close()

    def close(self) -> None:
        """Ends the processes, when they have done what they were given."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What is left in the buffer has no reader where the process died.
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()

    def outcomes(self, work: Iterator[Work]) -> Iterator[tuple[Work, Outcome]]:
        """The outcome of each chunk, in order.

        Work of a single chunk is done in this process, unless others run already: it is quicker than starting them.

        Raises:
            BatchError: a process died.
        """
        first = [] if self._processes else list(islice(work, 2))
        if self._jobs > 1 and (self._processes or len(first) > 1):
            yield from self._by_processes(chain(first, work))
        elif first:
            yield from self._by_this_process(chain(first, work))

    def _by_this_process(self, work: Iterator[Work]) -> Iterator[tuple[Work, Outcome]]:
        from mailwhy.batch.workers import Worker

        worker = Worker(self._given)
        for one in work:
            yield one, worker.diagnosed(one.payload)

    def _by_processes(self, work: Iterator[Work]) -> Iterator[tuple[Work, Outcome]]:
        waiting: deque[tuple[Work, Future[Outcome]]] = deque()
        for one in work:
            waiting.append((one, self._threads.submit(self._ask, one.payload)))
            while waiting and (len(waiting) > 2 * self._jobs or waiting[0][1].done()):
                yield _waited(waiting)
        while waiting:
            yield _waited(waiting)
        self.close()  # what they need of memory, the writing of the output can use

    def _ask(self, payload: bytes) -> Outcome:
        process: subprocess.Popen[bytes] | None = getattr(self._own, "process", None)
        if process is None:
            try:
                process = self._own.process = self._free.popleft()
            except IndexError:
                process = self._own.process = self._start()
        try:
            send(process.stdin, payload)
            answer = receive(process.stdout)
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
        return Outcome(answer[1], facts["reports"], facts["tickets"], facts["rejected"], facts["left_out"])

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _BOOT, json.dumps(sys.path)]
        environment = {"PYDANTIC_DISABLE_PLUGINS": "__all__", **os.environ}  # looking for them takes 15 ms
        process = subprocess.Popen(  # noqa: S603 - our own words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the process that feeds them
        )
        self._processes.append(process)
        with contextlib.suppress(OSError):  # it has died; who asks it will be told
            # Not on the command line, which everybody on the machine can read: they hold the key of the pseudonyms.
            send(process.stdin, self._options)
        return process


def _waited(waiting: deque[tuple[Work, "Future[Outcome]"]]) -> tuple[Work, Outcome]:
    one, future = waiting.popleft()
    return one, future.result()


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
