"""The reader: prefilter, normalizing, grammar and assembly put together, for one folder of parser data."""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path

from lark import Lark

from mailwhy.parsing.assemble import assemble
from mailwhy.parsing.compiled import Tables, default_tables, load_tables
from mailwhy.parsing.drafts import Draft, is_report, merge_printings
from mailwhy.parsing.grammar import build_parser
from mailwhy.parsing.lexer import Source
from mailwhy.parsing.normalize import Normalized, normalize
from mailwhy.parsing.phrases import PhraseFinder
from mailwhy.parsing.plausible import Vocabulary
from mailwhy.parsing.prefilter import Prefilter
from mailwhy.parsing.report import Report
from mailwhy.parsing.results import Origin, reports_of
from mailwhy.places import cache_folder

__all__ = ["Reader", "default_reader"]


class Reader:
    """Reads reports with the words of one lexicon. What it read before makes no difference to a text."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._finder = PhraseFinder(tables.lexicon)
        self._vocabulary = Vocabulary(tables.lexicon)
        self._prefilter = Prefilter(tables.beginnings)

    @classmethod
    def from_folder(cls, folder: Path) -> "Reader":
        """The reader of a folder with ``report.lark`` and ``languages/*.yaml``."""
        return cls(load_tables(folder))

    @cached_property
    def _parser(self) -> Lark:
        return build_parser(self._tables.grammar, cache_folder())

    def could_hold_report(self, text: str) -> bool:
        """A quick look: False means that ``read`` would find nothing."""
        return self._prefilter.could_hold_report(text)

    def read(self, text: str) -> list[Report]:
        """Every failure report of ``text``, in order, each with its span."""
        reports: list[Report] = []
        for start, end in self._prefilter.candidate_spans(text):
            normalized = normalize(text[start:end])
            parts = self._parser.parse(Source(normalized.text, self._finder))
            drafts = assemble(parts, normalized.text, self._vocabulary)  # type: ignore[arg-type]
            reports += _reports(start, normalized, drafts)
        return reports

    def read_all(self, texts: Sequence[str]) -> list[list[Report]]:
        """The failure reports of each text."""
        return [self.read(text) for text in texts]


def _reports(offset: int, normalized: Normalized, drafts: list[Draft]) -> Iterator[Report]:
    """The reports of a stretch of text that starts at ``offset``."""
    origin = Origin(normalized.text, lambda position: offset + normalized.to_original(position))
    plausible = merge_printings([draft for draft in drafts if is_report(draft)])
    floors = [0, *(draft.end for draft in plausible)]
    limits = [*(draft.start for draft in plausible[1:]), len(normalized.text)]
    for draft, floor, limit in zip(plausible, floors, limits, strict=False):
        yield from reports_of(draft, origin, floor, limit)


@cache
def default_reader() -> Reader:
    """The reader of this installation's own data."""
    return Reader(default_tables())
