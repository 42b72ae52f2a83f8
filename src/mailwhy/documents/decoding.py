"""Turns the bytes of a file or a pipe into text, or says how to: one place for a whole file and for a stream.

A byte order mark tells the encoding, else the zero bytes that UTF-16 has between Western letters, else UTF-8 where the
bytes are UTF-8 but for a few, else what charset-normalizer (https://charset-normalizer.readthedocs.io) finds likeliest
among the code pages of old mail programs.
"""

import codecs

from mailwhy.i18n import N_, SpokenError

__all__ = ["FALLBACK", "UndecodableError", "decode", "decoded", "marked_encoding", "sample_encoding"]

FALLBACK = "mailwhy-western"
"""Name of the error handler for bytes that don't belong into the encoding: they are Windows-1252, or Latin-1."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_SAMPLE_OF_LETTERS = 64 * 1024
_CODE_PAGES = ["cp1252", "cp1250", "cp1251", "cp932", "gb18030"]
_FEW_LETTERS = 3
"""Bytes beyond ASCII that are too few to tell code pages apart; Windows-1252 is the commonest."""
_CONTROLS = bytes(sorted(frozenset(range(1, 32)) - {8, 9, 10, 11, 12, 13, 26, 27}))
_HIGH = bytes(range(0x80, 0x100))


class UndecodableError(SpokenError):
    """The bytes are no text in any encoding that can be told from them, or not in the one that was named."""


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 are Windows-1252, or Latin-1 where that has no letter: exports glue pieces together."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
    return (text if error.encoding in ("utf-8", "cp1252", "charmap") else "\ufffd"), error.end


codecs.register_error(FALLBACK, _western)


def decode(content: bytes, encoding: str | None = None) -> str:
    """The text of the bytes; a stray byte or NUL among them does no harm.

    Args:
        content: a whole file.
        encoding: a codec name, or None to find it out.

    Raises:
        UndecodableError: with the remedy.
    """
    if encoding is not None:
        return _as_named(content, encoding)
    found = sample_encoding(content[:_SAMPLE_OF_LETTERS])
    if found is None:
        raise UndecodableError(
            N_("this is no text (it has binary bytes); save the message as plain text, or copy and paste it")
        )
    text = content.decode(found, errors=FALLBACK)
    return text.replace("\x00", "") if "\x00" in text else text


def decoded(content: bytes, encoding: str | None = None) -> str:
    """Bytes as text, in the encoding that is named or told from them; never an error where none is named."""
    try:
        return decode(content, encoding)
    except UndecodableError:
        if encoding is not None:
            raise
        return content.decode("utf-8", "replace")


def sample_encoding(sample: bytes) -> str | None:
    """The encoding of a file that begins with these bytes; None if they are no text."""
    if marked := marked_encoding(sample):
        return marked
    if wide := _utf16_order(sample[:_SAMPLE]):
        return wide
    if _is_binary(sample):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # a letter cut in two at the end is no fault
    except UnicodeDecodeError:
        return "utf-8" if _mostly_utf8(sample) else _code_page(sample)
    return "utf-8"


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


def _is_binary(sample: bytes) -> bool:
    """Whether there are more control characters and zeros than damage brings along: one among fifty bytes."""
    odd = len(sample) - len(sample.translate(None, _CONTROLS)) + sample.count(0)
    return odd > max(1, len(sample) // 50)


def _mostly_utf8(sample: bytes) -> bool:
    """Whether the letters beyond ASCII are UTF-8 but for a few stray bytes."""
    right = len(sample.decode("utf-8", errors="ignore").encode("ascii", errors="ignore"))
    decoded = sample.decode("utf-8", errors="ignore")
    letters = len(decoded) - right
    wrong = len(sample) - len(decoded.encode("utf-8"))
    return letters > 2 * wrong


def _code_page(sample: bytes) -> str:
    if len(sample) - len(sample.translate(None, _HIGH)) <= _FEW_LETTERS:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_CODE_PAGES).best()
    return best.encoding if best else "cp1252"


def _utf16_order(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte of Western text is zero, always on the same side."""
    pairs = len(sample) // 2
    if pairs < 4:
        return None
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > 0.4 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None
