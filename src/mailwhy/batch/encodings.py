"""From the bytes of an export to text, whatever they are in."""

import codecs
import io
from typing import IO

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_
from mailwhy.parsing.decoding import UndecodableError, decode, marked_encoding

__all__ = ["encoding_of", "text_stream"]

_FALLBACK = "mailwhy-western"
_NO_FILES = ("idna", "punycode", "undefined", "unicode", "raw")
"""Beginnings of the names of encodings for domains and source code; they raise on the first letter of a file."""


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 are Windows-1252, or Latin-1 where that has no letter: exports glue pieces together."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
    return (text if error.encoding in ("utf-8", "cp1252", "charmap") else "\ufffd"), error.end


codecs.register_error(_FALLBACK, _western)


def encoding_of(head: bytes, name: str) -> str:
    """The encoding of a file that begins with these bytes: by its mark, else UTF-16 by its zeros, UTF-8, Windows-1252.

    Raises:
        BatchError: the bytes are no text.
    """
    if marked := marked_encoding(head):
        return marked
    pairs = len(head) // 2
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if pairs >= 4 and max(even, odd) > 0.4 * pairs and min(even, odd) < 0.1 * pairs:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        decode(head[:4096])
    except UndecodableError:
        if head[:4096].count(0) or not _mostly_text(head[:4096]):
            raise BatchError(
                N_("{file} is no ticket export that mailwhy can read: it holds binary data"), file=name
            ) from None
    try:
        # A letter cut in two at the end of the sample is no fault.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def text_stream(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """The stream as text; bytes that don't belong into the encoding become the likeliest letters.

    Raises:
        BatchError: there is no such encoding.
    """
    try:
        known = not codecs.lookup(encoding).name.startswith(_NO_FILES)
        return io.TextIOWrapper(stream, encoding=encoding if known else "none", errors=_FALLBACK, newline="")
    except (LookupError, ValueError):  # an encoding that is of no text, such as base64; a name with a zero in it
        raise BatchError(
            N_("there is no encoding {name!r}; try utf-8, cp1252, latin-1 or utf-16"), name=encoding
        ) from None


def _mostly_text(sample: bytes) -> bool:
    odd = sum(1 for byte in sample if byte < 32 and byte not in b"\t\n\r\f\v\x1a\x1b")
    return odd <= len(sample) // 50
