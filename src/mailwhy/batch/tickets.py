"""The values that travel from a reader to a worker."""

from typing import NamedTuple

from mailwhy.batch.errors import Rejected

__all__ = ["Item", "Ticket"]


class Ticket(NamedTuple):
    """One ticket, or one mail, as an export holds it."""

    row: int
    """Line of a text file, row of a sheet, or number of the record, from 1."""
    id: str | None
    created: str | None
    """When it was opened, in the words of the export."""
    parts: list[tuple[str, str]]
    """The texts to look into, each with the name of its column."""


Item = Ticket | Rejected
