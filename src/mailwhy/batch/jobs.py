"""What a run is to do, how far it is, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mailwhy
from mailwhy.batch.errors import BatchError
from mailwhy.batch.inputs import STDIN
from mailwhy.batch.options import Options
from mailwhy.batch.selection import Selection
from mailwhy.i18n import N_

__all__ = ["ENDINGS", "LocalJob", "Progress", "Totals"]

ENDINGS = (".jsonl", ".csv", ".parquet", ".xlsx", ".duckdb")
"""Of the output: they tell its format."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    tickets: int
    reports: int
    seconds: float
    done: int
    """Bytes of the inputs that have been read."""
    total: int | None
    """Bytes of the inputs; None where standard input is among them."""


@dataclass(slots=True)
class Totals:
    """What has come of a run so far."""

    tickets: int = 0
    with_report: int = 0
    reports: int = 0
    rejected: int = 0
    left_out: int = 0
    """Tickets that only tell a failure in own words, where those are no rows."""

    def add(self, facts: dict[str, Any]) -> None:
        """Adds what came of a chunk."""
        self.tickets += facts["tickets"]
        self.with_report += facts["with_report"]
        self.reports += facts["reports"]
        self.left_out += facts["left_out"]
        self.rejected += len(facts["rejected"])

    def facts(self, options: Options) -> dict[str, Any]:
        """The facts of the run, as its table keeps them."""
        return {
            "mailwhy": mailwhy.__version__,
            "locale": options.locale,
            "redacted": options.redact,
            **asdict(self),
            "without_report": self.tickets - self.with_report,
        }


_OWN_ENDINGS = ("", ".journal", ".partial", ".rejected.jsonl", ".rejected.jsonl.partial")


@dataclass(frozen=True, slots=True)
class LocalJob:
    """A run on one machine, as its user wants it; ``mailwhy.batch.run`` says what each of these is."""

    inputs: Sequence[str | Path]
    output: Path
    selection: Selection
    options: Options
    form: str | None
    encoding: str | None
    resume: bool
    random_key: bool = False
    """Whether nobody gave the key of the pseudonyms: the journal keeps it until the run is over."""

    @property
    def rejected_output(self) -> Path:
        """The file of the rows that can't be read."""
        return Path(f"{self.output}.rejected.jsonl")

    @property
    def own_paths(self) -> tuple[Path, ...]:
        """Every file that the run writes or removes, the output first."""
        return tuple(Path(f"{self.output}{ending}") for ending in _OWN_ENDINGS)

    def check(self) -> None:  # noqa: C901 - one case a thing that can be wrong
        """Tells before hours of work what can be wrong, not after them.

        Raises:
            BatchError: the inputs can't be read, or the output not be written.
        """
        if not self.inputs:
            raise BatchError(N_("there is nothing to read; name the exports"))
        if self.output.suffix.lower() not in ENDINGS:
            told = N_("the ending of {file} tells no format; use one of {endings}")
            raise BatchError(told, file=self.output, endings=", ".join(ENDINGS))
        self.selection.check()
        if not self.output.parent.is_dir():
            raise BatchError(N_("there is no folder {folder}"), folder=self.output.parent)
        if self.output.is_dir():
            raise BatchError(N_("{file} is a folder; name a file"), file=self.output)
        for name in self.inputs:
            if str(name) != STDIN:
                path = Path(name)
                if not path.exists():
                    raise BatchError(N_("there is no file {file}"), file=name)
                for own in self.own_paths:
                    if own.exists() and path.samefile(own):
                        raise BatchError(N_("{file} would be written over itself; name another output"), file=name)
        for own in self.own_paths[1:]:
            if own.is_symlink():
                raise BatchError(N_("{file} leads to another file; remove it, or name another output"), file=own)
