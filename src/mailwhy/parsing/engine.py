"""The reader: lexicon, grammar and interpretation put together, for one folder of parser data."""

from functools import cache
from pathlib import Path

from lark import Lark

from mailwhy.parsing.finish import Source, finish
from mailwhy.parsing.grammar import build_parser, read_items
from mailwhy.parsing.interpret import Interpreter
from mailwhy.parsing.lexicon import Lexicon, load_lexicon
from mailwhy.parsing.marking import Marker
from mailwhy.parsing.plausible import Vocabulary, is_report
from mailwhy.parsing.report import Report
from mailwhy.parsing.undamage import repair
from mailwhy.places import data_folder

__all__ = ["Engine", "default_engine"]


class Engine:
    """Reads reports with the words of one lexicon. It holds no state between texts."""

    def __init__(self, lexicon: Lexicon, parser: Lark) -> None:
        self._lexicon = lexicon
        self._parser = parser
        self._marker = Marker(lexicon)
        self._vocabulary = Vocabulary(lexicon)

    @classmethod
    def from_folder(cls, folder: Path) -> "Engine":
        """The engine of a folder with ``report.lark`` and ``languages/*.yaml``."""
        source = (folder / "report.lark").read_text(encoding="utf-8")
        return cls(load_lexicon(folder / "languages"), build_parser(source))

    def read(self, text: str) -> list[Report]:
        """Every failure report of ``text``, in order."""
        repaired = repair(text)
        marked = self._marker.mark(repaired.text)
        items = read_items(self._parser, marked.text)
        drafts = Interpreter(self._parser, self._lexicon, self._vocabulary, marked, items).read()

        def to_original(position: int) -> int:
            return repaired.to_original(marked.offsets.to_original(position))

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
    return Engine.from_folder(data_folder("parser"))
