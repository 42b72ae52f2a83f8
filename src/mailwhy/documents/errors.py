"""What can be wrong with a file."""

from mailwhy.i18n import SpokenError

__all__ = ["DocumentError"]


class DocumentError(SpokenError):
    """A file that can't be read: not there, too large, of a kind that mailwhy doesn't know, or broken."""
