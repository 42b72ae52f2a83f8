"""The files that were named, and those in folders that were."""

from collections.abc import Sequence
from pathlib import Path

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_

__all__ = ["PASSED_OVER", "STDIN", "files_of", "total_size"]

STDIN = "-"
PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
"""What systems leave in folders and archives, by the beginning of its name."""


def total_size(inputs: Sequence[str | Path]) -> int | None:
    """The bytes that there are to read; None where standard input is among them."""
    if STDIN in map(str, inputs):
        return None
    return sum(path.stat().st_size for name in inputs for path in files_of(Path(name)))


def files_of(path: Path) -> list[Path]:
    """A file, or the files in a folder, in a fixed order.

    Raises:
        BatchError: there is no such file.
    """
    if path.is_dir():
        boxes = [path / "cur", path / "new"]
        if all(box.is_dir() for box in boxes):  # a Maildir: its tmp holds mails that are still being written
            return sorted((file for box in boxes for file in box.iterdir()), key=lambda file: file.name)
        found = (file for file in path.rglob("*") if not any(p.startswith(".") for p in file.relative_to(path).parts))
        return sorted(file for file in found if file.is_file() and file.name not in PASSED_OVER)
    if not path.exists():
        raise BatchError(N_("there is no file {file}"), file=path)
    return [path]
