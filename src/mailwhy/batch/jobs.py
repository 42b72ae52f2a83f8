"""What a run on one machine is to do, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailwhy.batch.errors import BatchError
from mailwhy.batch.inputs import STDIN
from mailwhy.batch.options import Options
from mailwhy.batch.selection import Selection
from mailwhy.i18n import N_

__all__ = ["LocalJob", "Progress"]


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

    @property
    def rejected_output(self) -> Path:
        """The file of the rows that can't be read."""
        return Path(f"{self.output}.rejected.jsonl")

    def check(self) -> None:
        """Tells before hours of work what can be wrong, not after them.

        Raises:
            BatchError: the inputs can't be read, or the output not be written.
        """
        if not self.inputs:
            raise BatchError(N_("there is nothing to read; name the exports"))
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
                if self.output.exists() and path.samefile(self.output):
                    raise BatchError(N_("{file} would be written over itself; name another output"), file=name)
