"""What ends a run, and what is said about a row that can't be used: English templates that any language can fill."""

from collections.abc import Callable
from typing import NamedTuple

from mailwhy.i18n import Translator

__all__ = ["BatchError", "NoColumnError", "Rejected", "hidden_values"]


class BatchError(Exception):
    """A run can't go on; the message says what was wrong, where, and what to do.

    Args:
        template: the English message, marked with ``N_`` where it stands.
        values: what its placeholders stand for; an error among them is told in the same language.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self._template = template
        self._values = values

    def hidden(self, hide: Callable[[str, object], object]) -> "BatchError":
        """The same error with other values: what ``hide`` makes of each, by its name."""
        return type(self)(self._template, **hidden_values(self._values, hide))

    def told(self, say: Translator) -> str:
        """The message in a language."""
        return _filled(self._template, self._values, say)


class NoColumnError(BatchError):
    """A file lacks a column that the user named."""


class Rejected(NamedTuple):
    """A row that could not be read, so that nothing is lost silently."""

    row: int
    """Line of a text file, row of a sheet, or number of the record, from 1; 0 where a whole file is meant."""
    template: str
    values: dict[str, object]
    ticket: str | None = None
    last_row: int | None = None
    """Last line of the row where it has several."""

    def reason(self, say: Translator) -> str:
        """Why, in a language."""
        return _filled(self.template, self.values, say)


def hidden_values(values: dict[str, object], hide: Callable[[str, object], object]) -> dict[str, object]:
    """The values of a message as ``hide`` makes them; within an error among them as well."""
    return {
        name: value.hidden(hide) if isinstance(value, BatchError) else hide(name, value)
        for name, value in values.items()
    }


def _filled(template: str, values: dict[str, object], say: Translator) -> str:
    told = {name: value.told(say) if isinstance(value, BatchError) else value for name, value in values.items()}
    return say(template).format(**told)
