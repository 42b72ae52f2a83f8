"""From the bytes of an export to text, whatever they are in: ``documents.decoding`` for streams."""

import codecs
import io
from typing import IO

from mailwhy.batch.errors import BatchError
from mailwhy.documents.decoding import FALLBACK, sample_encoding
from mailwhy.i18n import N_

__all__ = ["encoding_of", "text_stream"]

_NO_FILES = ("idna", "punycode", "undefined", "unicode", "raw")
"""Beginnings of the names of encodings for domains and source code; they raise on the first letter of a file."""


def encoding_of(head: bytes, name: str) -> str:
    """The encoding of a file that begins with these bytes.

    Raises:
        BatchError: the bytes are no text.
    """
    found = sample_encoding(head)
    if found is None:
        raise BatchError(N_("{file} is no ticket export that mailwhy can read: it holds binary data"), file=name)
    return found


def text_stream(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """The stream as text; bytes that don't belong into the encoding become the likeliest letters.

    Raises:
        BatchError: there is no such encoding.
    """
    try:
        known = not codecs.lookup(encoding).name.startswith(_NO_FILES)
        return io.TextIOWrapper(stream, encoding=encoding if known else "none", errors=FALLBACK, newline="")
    except (LookupError, ValueError):  # an encoding that is of no text, such as base64; a name with a zero in it
        raise BatchError(
            N_("there is no encoding {name!r}; try utf-8, cp1252, latin-1 or utf-16"), name=encoding
        ) from None
