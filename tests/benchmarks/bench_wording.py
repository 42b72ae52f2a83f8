"""Time of matching one reply against all wordings: ``python tests/benchmarks/bench_wording.py``.

Printed for the built-in knowledge base and for one with ten times as many entries, whose further wordings are made of
the same words in other orders: what counts is that the time stays.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.wording import WordingEntry, WordingIndex
from mailwhy.knowledge.wording_text import phrase_fragments

TIMES = 10


@dataclass(frozen=True)
class Copy:
    """An entry made of the words of another one."""

    id: str
    match: Sequence[str]
    unless: Sequence[str]
    codes: Sequence[str]
    where: Literal["reply", "notice", "any"]


def microseconds(action: Callable[[], object], times: int = 15) -> float:
    """Least time of an action in microseconds: the least disturbed one."""
    measured = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        measured.append(time.perf_counter() - start)
    return min(measured) * 1e6


def load(text: str) -> WordingIndex:
    """The index from its JSON text."""
    return WordingIndex.from_json(json.loads(text))


def shuffled(entry: WordingEntry, number: int, order: random.Random) -> Copy:
    """A copy of an entry with the words of each wording in another order and one of them new."""
    wordings = []
    for wording in entry.match:
        words = [word for part in phrase_fragments(wording) for word in part if not word.isdigit()] or ["word"]
        order.shuffle(words)
        words.insert(order.randrange(len(words) + 1), f"{order.choice(words).strip('*')}{number}")
        wordings.append(" ".join(words))
    return Copy(f"{entry.id}-{number}", wordings, entry.unless, entry.codes, entry.where)


def main() -> None:
    """Print the table."""
    entries = list(KnowledgeBase.load().replies.values())
    replies = [example for entry in entries if entry.where != "notice" for example in entry.examples]
    order = random.Random(1)
    copies = [shuffled(entry, number, order) for number in range(1, TIMES) for entry in entries]
    more: list[WordingEntry] = [*entries, *copies]
    print(
        f"{'entries':>8} {'wordings':>9} {'median us':>10} {'p95 us':>8} {'build ms':>9} {'load ms':>8} {'JSON KB':>8}"
    )
    for some in (list[WordingEntry](entries), more):
        start = time.perf_counter()
        index = WordingIndex.build(some)
        built = (time.perf_counter() - start) * 1e3
        text = json.dumps(index.to_json(), ensure_ascii=False, separators=(",", ":"))
        loaded = microseconds(partial(load, text), 3) / 1e3
        times = sorted(microseconds(partial(index.match, reply, "reply", ["550"])) for reply in replies)
        print(
            f"{len(some):>8} {sum(len(entry.match) for entry in some):>9} {statistics.median(times):>10.1f} "
            f"{times[len(times) * 95 // 100]:>8.1f} {built:>9.0f} {loaded:>8.1f} {len(text) / 1024:>8.0f}"
        )


if __name__ == "__main__":
    main()
