"""From a text to the failure reports in it.

The engine is loaded with the first text: importing this package alone, for its decoder or its sieve, costs little.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mailwhy.i18n import N_, SpokenError

if TYPE_CHECKING:
    from mailwhy.parsing.report import Report

__all__ = [
    "DEFAULT_MAX_LENGTH",
    "Report",
    "TextTooLargeError",
    "could_hold_report",
    "parse",
    "parse_all",
    "sieve_pattern",
]

DEFAULT_MAX_LENGTH = 1024 * 1024


class TextTooLargeError(SpokenError):
    """A text is longer than the limit."""

    def __init__(self, length: int, max_length: int) -> None:
        super().__init__(
            N_(
                "the text is {length} characters long and the limit is {limit}; "
                "give only the part with the error message"
            ),
            length=length,
            limit=max_length,
        )


def parse(text: str, *, max_length: int = DEFAULT_MAX_LENGTH) -> "list[Report]":
    """Every failure report in ``text``, in order; an empty list if there is none.

    Time and memory grow with the length of the text and are bounded: of a text that holds thousands of reports, the
    first ones are read.

    Args:
        text: anything a person pastes: a dialog, a notice, a whole ticket or log, with any damage.
        max_length: refuse a longer text.

    Raises:
        TextTooLargeError: ``text`` has more than ``max_length`` characters.
    """
    (reports,) = parse_all([text], max_length=max_length)
    return reports


def parse_all(texts: Sequence[str], *, max_length: int = DEFAULT_MAX_LENGTH) -> "list[list[Report]]":
    """What ``parse`` finds in each of ``texts``, in less time.

    Args:
        texts: some hundreds at a time; all that is read of them is in memory together.
        max_length: refuse a longer text.

    Raises:
        TextTooLargeError: one of them has more than ``max_length`` characters.
    """
    from mailwhy.parsing.reader import default_reader

    for text in texts:
        if len(text) > max_length:
            raise TextTooLargeError(len(text), max_length)
    return default_reader().read_all(texts)


def could_hold_report(text: str) -> bool:
    """A quick look: False means that ``parse`` would find nothing; True that it is worth asking."""
    from mailwhy.parsing.reader import default_reader

    return default_reader().could_hold_report(text)


def sieve_pattern() -> str:
    """A pattern in RE2's syntax for the texts in which a report could be, for engines that look through columns.

    It lets a little more through than ``could_hold_report``, never less, and takes a tenth of its time.
    """
    from mailwhy.parsing.compiled import default_tables

    return default_tables().columns


def __getattr__(name: str) -> Any:
    if name == "Report":
        from mailwhy.parsing.report import Report

        return Report
    raise AttributeError(f"module 'mailwhy.parsing' has no attribute {name!r}")
