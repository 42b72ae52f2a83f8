"""The reader: lexicon, grammar and interpretation put together, for one folder of parser data."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.finish import Source, finish
from mailwhy.parsing.interpret import interpret
from mailwhy.parsing.locate import Locator
from mailwhy.parsing.marking import Marked, Marker
from mailwhy.parsing.plausible import Vocabulary, is_report
from mailwhy.parsing.report import Report
from mailwhy.parsing.tables import Tables, default_tables, load_tables
from mailwhy.parsing.undamage import Repaired, repair

__all__ = ["Engine", "default_engine"]


class Engine:
    """Reads reports with the words of one lexicon. What it read before makes no difference to a text."""

    def __init__(self, tables: Tables) -> None:
        self._lexicon = tables.lexicon
        self._parser = tables.parser
        self._marker = Marker(tables.lexicon)
        self._vocabulary = Vocabulary(tables.lexicon)
        self._locator = Locator(tables.beginnings)

    @classmethod
    def from_folder(cls, folder: Path) -> "Engine":
        """The engine of a folder with ``report.lark`` and ``languages/*.yaml``."""
        return cls(load_tables(folder))

    def could_hold_report(self, text: str) -> bool:
        """A quick look: False means that ``read`` would find nothing."""
        return self._locator.could_hold_report(text)

    def read(self, text: str) -> list[Report]:
        """Every failure report of ``text``, in order."""
        (reports,) = self.read_all([text])
        return reports

    def read_all(self, texts: Sequence[str]) -> list[list[Report]]:
        """The failure reports of each text.

        All texts go through one step before any goes through the next, whose code and tables then stay in the
        processor's cache: of many texts at a time, each takes a fifth less.
        """
        places = [
            (number, start, text[start:end])
            for number, text in enumerate(texts)
            for start, end in self._locator.stretches(text)
        ]
        repaired = [repair(stretch) for _, _, stretch in places]
        marked = [self._marker.mark(one.text) for one in repaired]
        items = [self._parser.read(one.text) for one in marked]
        drafts = [
            interpret(self._parser, self._lexicon, self._vocabulary, one, found)
            for one, found in zip(marked, items, strict=True)
        ]
        reports: list[list[Report]] = [[] for _ in texts]
        for (number, offset, _), way_back, one, read in zip(places, repaired, marked, drafts, strict=True):
            reports[number] += _finished(offset, way_back, one, read)
        return reports


def _finished(offset: int, repaired: Repaired, marked: Marked, drafts: list[Draft]) -> Iterator[Report]:
    """The reports of a stretch of text that starts at ``offset``."""

    def to_original(position: int) -> int:
        return offset + repaired.to_original(marked.offsets.to_original(position))

    def plain(start: int, end: int) -> str:
        return repaired.text[marked.offsets.to_original(start) : marked.offsets.to_original(end)]

    source = Source(marked.text, to_original, plain)
    plausible = [draft for draft in drafts if is_report(draft)]
    floors = [0, *(draft.end for draft in plausible)]
    limits = [*(draft.start for draft in plausible[1:]), len(marked.text)]
    for draft, floor, limit in zip(plausible, floors, limits, strict=False):
        yield from finish(draft, source, floor, limit)


@cache
def default_engine() -> Engine:
    """The engine of this installation's own data."""
    return Engine(default_tables())
