"""No text stops the service: whatever takes too long is ended, and the next one goes on."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from mailwhy.chatbot import working
from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.working import TookTooLongError, Workers
from mailwhy.knowledge import KnowledgeBase

NEVER = ("(x+x+)+y", "x" * 60)
"""A pattern and a text that it does not come to an end with, whatever is tried from Python."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a scenario with workers that search for a pattern instead of reading a report."""

    def run(scenario: Callable[[Workers], Awaitable[None]]) -> None:
        monkeypatch.setattr(working, "_diagnose", re.findall)
        answerer: Any = SimpleNamespace(diagnose=re.findall, kb=SimpleNamespace(overlays=()), ordered=list)
        workers = Workers(answerer, 1, 1.0)
        try:
            asyncio.run(scenario(workers))  # type: ignore[arg-type]
        finally:
            workers.close()

    return run


def test_what_never_ends_is_ended_and_the_next_goes_on(run: Callable[..., Any]) -> None:
    async def scenario(workers: Workers) -> None:
        for _ in range(2):
            hanging = asyncio.create_task(workers.diagnose(*NEVER))
            others = 0
            while not hanging.done():
                await asyncio.sleep(0.05)
                others += 1
            with pytest.raises(TookTooLongError):
                await hanging
            assert others > 3  # the event loop went on meanwhile
            found: Any = await workers.diagnose("b", "abc")
            assert found == ["b"]

    run(scenario)


def test_who_goes_away_takes_his_work_along(run: Callable[..., Any]) -> None:
    async def scenario(workers: Workers) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(workers.diagnose(*NEVER), 0.6)
        found: Any = await workers._apart("b", "abc")
        assert found == ["b"]

    run(scenario)


def test_memory_of_a_worker_is_bounded(run: Callable[..., Any]) -> None:
    async def scenario(workers: Workers) -> None:
        with pytest.raises(TookTooLongError):
            await workers._apart("(?=(.*))", "x" * 100_000)  # wants five gigabytes
        found: Any = await workers._apart("b", "abc")
        assert found == ["b"]

    run(scenario)


def test_workers_say_what_is_said_on_the_spot(kb: KnowledgeBase, report: str) -> None:
    answerer = Answerer(kb)

    async def scenario() -> None:
        workers = Workers(answerer, 1, 30.0)
        try:
            assert await workers._apart(report, Wish("fr")) == answerer.diagnose(report, Wish("fr"))
            with pytest.raises(ValueError, match="limit") as refused:
                await workers._apart("x" * 3_000_000, Wish("fr"))
            assert type(refused.value).__name__ == "TextTooLargeError"
        finally:
            workers.close()

    asyncio.run(scenario())
