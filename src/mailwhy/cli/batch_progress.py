"""Shows on a terminal how far a batch is: one line that is written over."""

import time
from typing import TYPE_CHECKING, TextIO

from babel.numbers import format_decimal

from mailwhy.i18n import Translator

if TYPE_CHECKING:
    from mailwhy.batch import Progress

__all__ = ["ProgressLine", "decimal", "number"]

_PAUSE = 0.2
_FIRST_ESTIMATE = 2.0
_ERASE = "\r\x1b[K"


def number(value: int, say: Translator) -> str:
    """A number as the language writes it: 20,056 or 20 056."""
    text: str = format_decimal(value, locale=say.locale.replace("-", "_"))
    return text


def decimal(value: float, say: Translator) -> str:
    """A number with one decimal place: 5.2 or 5,2."""
    text: str = format_decimal(value, format="#,##0.0", locale=say.locale.replace("-", "_"))
    return text


class ProgressLine:
    """Writes the line; never more than five times a second.

    Args:
        stream: a terminal.
        say: the language.
    """

    def __init__(self, stream: TextIO, say: Translator) -> None:
        self._stream = stream
        self._say = say
        self._next = 0.0

    def __call__(self, progress: "Progress") -> None:
        """Shows where the run is."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        say, seconds = self._say, max(progress.seconds, 0.001)
        line = say("{tickets} tickets, {speed} a second, {reports} reports found").format(
            tickets=number(progress.tickets, say),
            speed=number(round(progress.tickets / seconds), say),
            reports=number(progress.reports, say),
        )
        if progress.total and progress.done and seconds > _FIRST_ESTIMATE:
            share = min(1.0, progress.done / progress.total)
            line += ", " + say("{time} left").format(time=_clock(seconds / share - seconds))
        self._stream.write(_ERASE + line)
        self._stream.flush()

    def erase(self) -> None:
        """Removes the line."""
        self._stream.write(_ERASE)
        self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
