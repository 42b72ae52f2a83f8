"""Turns the bytes of a file or a pipe into text, or says how to."""

import codecs

from mailwhy.i18n import N_, SpokenError

__all__ = ["UndecodableError", "decode", "decoded", "marked_encoding"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_CONTROLS = frozenset(range(32)) - {8, 9, 10, 11, 12, 13, 26, 27}


class UndecodableError(SpokenError):
    """The bytes are no text in any encoding that can be told from them, or not in the one that was named."""


def decode(content: bytes, encoding: str | None = None) -> str:
    """The text of the bytes.

    Args:
        content: a whole file.
        encoding: a codec name, or None to tell by the byte order mark, then by the zero bytes that UTF-16 has
            between Western letters, then UTF-8, then Windows-1252, which is what old mail programs in English and
            French write.

    Raises:
        UndecodableError: with the remedy.
    """
    if encoding is not None:
        return _as_named(content, encoding)
    if marked := marked_encoding(content):
        return _as_named(content, marked)
    sample = content[:_SAMPLE]
    if wide := _utf16_order(sample):
        return _as_named(content, wide)
    if any(byte in _CONTROLS for byte in sample):
        raise UndecodableError(
            N_("this is no text (it has binary bytes); save the message as plain text, or copy and paste it")
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UndecodableError(
            N_(
                "the encoding can't be told (byte {place} is neither UTF-8 nor Windows-1252); "
                "name it, for instance with --encoding=cp1250 or --encoding=latin-1"
            ),
            place=error.start + 1,
        ) from None


def decoded(content: bytes, encoding: str | None = None) -> str:
    """Bytes as text, in the encoding that is named or told from them; never an error where none is named."""
    try:
        return decode(content, encoding)
    except UndecodableError:
        if encoding is not None:
            raise
        return content.decode("utf-8", "replace")


def marked_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark tells; None where there is no mark."""
    return next((name for mark, name in _BOMS if content.startswith(mark)), None)


def _as_named(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        template = N_("there is no encoding {name}; try utf-8, cp1252, latin-1 or utf-16")
        raise UndecodableError(template, name=encoding) from None
    except UnicodeError as error:
        template = N_("this is not {name} ({reason}); try --encoding=latin-1 or another one")
        raise UndecodableError(template, name=encoding, reason=error) from None


def _utf16_order(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte of Western text is zero, always on the same side."""
    pairs = len(sample) // 2
    if pairs < 4:
        return None
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None
