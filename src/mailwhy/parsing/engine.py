"""The reader: lexicon, grammar and interpretation put together, for one folder of parser data."""

from functools import cache
from pathlib import Path

from mailwhy.parsing.finish import Source, finish
from mailwhy.parsing.interpret import interpret
from mailwhy.parsing.locate import Locator
from mailwhy.parsing.marking import Marker
from mailwhy.parsing.plausible import Vocabulary, is_report
from mailwhy.parsing.report import Report
from mailwhy.parsing.tables import Tables, load_tables
from mailwhy.parsing.undamage import repair

__all__ = ["Engine", "default_engine"]


class Engine:
    """Reads reports with the words of one lexicon. It holds no state between texts."""

    def __init__(self, tables: Tables) -> None:
        self._lexicon = tables.lexicon
        self._parser = tables.parser
        self._marker = Marker(tables.lexicon)
        self._vocabulary = Vocabulary(tables.lexicon)
        self._locator = Locator(tables.beginnings)
        self.sieve = tables.sieve

    @classmethod
    def from_folder(cls, folder: Path) -> "Engine":
        """The engine of a folder with ``report.lark`` and ``languages/*.yaml``."""
        return cls(load_tables(folder))

    def could_hold_report(self, text: str) -> bool:
        """A quick look: False means that ``read`` would find nothing."""
        return self._locator.could_hold_report(text)

    def read(self, text: str) -> list[Report]:
        """Every failure report of ``text``, in order."""
        return [
            report
            for start, end in self._locator.stretches(text)
            for report in self._read_stretch(text[start:end], start)
        ]

    def _read_stretch(self, text: str, offset: int) -> list[Report]:
        repaired = repair(text)
        marked = self._marker.mark(repaired.text)
        items = self._parser.read(marked.text)
        drafts = interpret(self._parser, self._lexicon, self._vocabulary, marked, items)

        def to_original(position: int) -> int:
            return offset + repaired.to_original(marked.offsets.to_original(position))

        def plain(start: int, end: int) -> str:
            return repaired.text[marked.offsets.to_original(start) : marked.offsets.to_original(end)]

        source = Source(marked.text, to_original, plain)
        reports = [draft for draft in drafts if is_report(draft)]
        floors = [0, *(draft.end for draft in reports)]
        limits = [*(draft.start for draft in reports[1:]), len(marked.text)]
        return [
            report
            for draft, floor, limit in zip(reports, floors, limits, strict=False)
            for report in finish(draft, source, floor, limit)
        ]


@cache
def default_engine() -> Engine:
    """The engine of this installation's own data."""
    return Engine(load_tables())
