"""What goes wrong with a store, known to those who have no database library."""

__all__ = ["StoreError"]


class StoreError(RuntimeError):
    """The store can't be opened, read or written; the message names no password and no text of a ticket."""
