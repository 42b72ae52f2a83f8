"""Diagnoses with a time limit that holds: no text stops the service, or goes on when its time or memory is up.

Short texts are read on the spot: in a millisecond, a fifth of what a worker process costs. An alarm breaks off the few
that take longer, even in the midst of a pattern; they, and long texts, are for a worker process, which can be ended.
"""

import asyncio
import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import TimeoutError as LateError
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from pebble import ProcessExpired, ProcessPool

from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.models import Answer
from mailwhy.i18n import available_locales
from mailwhy.knowledge import KnowledgeBase

__all__ = ["MEMORY", "TookTooLongError", "Workers"]

MEMORY = 1 << 30
"""Bytes of data that a worker may hold; it needs about a tenth of them."""
_SHORT = 8192
_AT_ONCE_SECONDS = 0.25
"""Characters that are read on the spot, and the longest that all others wait for it."""
_SAMPLE = "550 5.7.1 <bob@example.org>: Relay access denied"

_mine: list[Answerer] = []
"""In a worker: what answers."""


class TookTooLongError(Exception):
    """The worker was ended: a text needed more time or memory than it may."""

    def __init__(self) -> None:
        super().__init__("This text takes too long; send only the part with the error message.")


class Workers:
    """Diagnoses, with a pool of processes; one whose text takes too long is ended, and another takes its place.

    Args:
        answerer: answers on the spot.
        count: processes; 0 reads in threads, which nothing ends.
        seconds: the longest that a text may take.
        memory: the most bytes of data that a process may hold.
    """

    def __init__(self, answerer: Answerer, count: int, seconds: float, memory: int = MEMORY) -> None:
        self._answerer = answerer
        self._seconds = seconds
        self._pool = (
            None
            if not count
            else ProcessPool(
                max_workers=count,
                context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(answerer.kb.overlays, memory),
            )
        )

    async def diagnose(self, text: str, *others: Any) -> Answer:
        """What :meth:`Answerer.diagnose` says.

        Raises:
            TookTooLongError: it took too long, or too much memory.
        """
        if not self._pool:
            return await asyncio.to_thread(self._answerer.diagnose, text, *others)
        if len(text) <= _SHORT and _can_interrupt():
            try:
                with _alarm(_AT_ONCE_SECONDS):
                    return self._answerer.diagnose(text, *others)
            except _AlarmError:
                pass
        return self._answerer.ordered(await self._apart(text, *others))

    async def _apart(self, *arguments: Any) -> Answer:
        under_way = cast("ProcessPool", self._pool).schedule(_diagnose, args=arguments, timeout=self._seconds)
        try:
            # Where the caller goes away, or his time is up, this is cancelled, which ends the work as well.
            answer: Answer = await asyncio.wrap_future(under_way)
        except (LateError, ProcessExpired, MemoryError):
            raise TookTooLongError from None
        return answer

    async def warm_up(self) -> None:
        """Waits until the processes answer, so that the first caller does not."""
        if self._pool:
            await asyncio.gather(*(self._apart(_SAMPLE, Wish(locale)) for locale in available_locales()))

    def close(self) -> None:
        """Ends the processes."""
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()


class _AlarmError(BaseException):
    """The alarm rang; nothing that handles errors of a text handles this."""


def _can_interrupt() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Breaks off what runs in it after some seconds, again and again should something swallow the first alarm."""

    def ring(*_: object) -> None:
        raise _AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def _begin(overlays: tuple[Path, ...], memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the service ends its workers itself
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    _mine.append(Answerer(KnowledgeBase.load(*overlays)))


def _diagnose(*arguments: Any) -> Answer:
    return _mine[0].diagnose(*arguments)
