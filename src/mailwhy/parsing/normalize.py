"""Normalizing a text: what happens to a report on its way into a ticket is undone, and each position finds back.

Three steps: :func:`normalize` repairs markup, encodings, quoting and invisible characters; :class:`OffsetMap` leads
from a position of the repaired text to the text as given; :func:`fold` makes spellings of a word look the same.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache

__all__ = ["Normalized", "OffsetMap", "fold", "normalize", "rewritten"]


class OffsetMap:
    """Maps positions of a rewritten text back to the original.

    Form: two rising lists of equal length; from ``new[i]`` on the text runs parallel to the original from ``old[i]``.
    """

    __slots__ = ("_length", "_new", "_old")

    def __init__(self, new: list[int], old: list[int], length: int) -> None:
        self._new = new
        self._old = old
        self._length = length

    def to_original(self, position: int) -> int:
        """The original position of ``position``; inside a replaced piece, not beyond that piece's end."""
        index = bisect_right(self._new, position) - 1
        found = self._old[index] + position - self._new[index]
        limit = self._old[index + 1] if index + 1 < len(self._old) else self._length
        return min(found, limit)


def rewritten(text: str, replacements: Iterable[tuple[int, int, str]]) -> tuple[str, OffsetMap]:
    """``text`` with other pieces in place of some of its own, and the way back.

    Args:
        text: the text.
        replacements: start and end of a piece and what to put there, in rising order; they don't overlap.
    """
    pieces: list[str] = []
    new, old = [0], [0]
    size = done = 0
    for start, end, by in replacements:
        pieces += (text[done:start], by)
        size += start - done
        new.append(size)
        old.append(start)
        size += len(by)
        new.append(size)
        old.append(end)
        done = end
    pieces.append(text[done:])
    return "".join(pieces), OffsetMap(new, old, len(text))


_ALIKE = {
    "'": "\u2018\u2019\u201a\u201b\u2039\u203a\u02bc\u02b9\u0060\u00b4\u2032\uff07",
    '"': "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u300c\u300d\u300e\u300f\u300a\u300b\u301d\u301e\u301f\uff02",
    " ": "\t\x0b\x0c\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\x85\u2028\u2029",
    ",": "\u3001\uff0c",
    ".": "\u3002\uff0e",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
    "x": "\u00d7",
    "l": "\u0141\u0142",
    "o": "\u00d8\u00f8",
    "d": "\u0110\u0111",
    "i": "\u0131",
}


class _FoldTable(dict[int, str]):
    """A table for ``str.translate`` that learns a character when it first meets it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not 0x3040 <= code < 0x3100:  # the voiced marks of kana tell words apart
            character = unicodedata.normalize("NFKD", character)[:1] or character
        folded = character.lower()
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_TABLE = _FoldTable({ord(variant): plain for plain, variants in _ALIKE.items() for variant in variants})
_BYTES = bytes(ord(folded) if (folded := _TABLE[code]) <= "\xff" else code for code in range(256))
_BEYOND = b"\xb5"
"""The micro sign, the only character of Latin-1 whose folded form (a Greek letter) is none."""

_TYPED = tuple((variant, _TABLE[ord(variant)]) for variant in "\u2019\u2018\u201c\u201d\u2013\u2014\u202f")
"""What programs put in place of what people type: curly quotes, dashes, narrow blanks."""


def fold(text: str) -> str:
    """``text`` in lower case, without accents, with plain quotes, blanks and punctuation; the same length."""
    if text.isascii():
        # Replacing what is mostly not there takes a fifth of the time of a translation.
        folded = text.lower().replace("`", "'").replace("\t", " ").replace("\r", " ")
        return folded.replace("\x0b", " ").replace("\x0c", " ")
    raw = _latin(text)
    if raw is None:
        for variant, plain in _TYPED:
            text = text.replace(variant, plain)
        raw = _latin(text)
    return text.translate(_TABLE) if raw is None else raw.translate(_BYTES).decode("latin-1")


def _latin(text: str) -> bytes | None:
    """The bytes of a text of Latin-1, which are translated ten times as fast as characters."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return None if _BEYOND in raw else raw


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_TAG = re.compile(
    r"<(?:!--(?:[^<-]|-(?!->)|<(?!!--)){0,2000}+--|/?(?:a|abbr|b|blockquote|body|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li|o:p|ol|p|pre|s|small|span"
    r"|strong|table|tbody|td|th|tr|tt|u|ul|br)(?:\s[^<>]{0,2000})?/?|/[A-Za-z][\w-]{0,30})>",
    re.IGNORECASE | re.DOTALL,
)
_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|tr|h\d|blockquote|pre|table|hr)\b", re.IGNORECASE)
# Not behind what a session encodes in Base64, where the next line is the other side's.
_SOFT_BREAK = re.compile(
    r"=\r?\n(?![ \t]*(?:<[-~*]|[-~]>|SMTP[<>]|SERVER|CLIENT|In:|Out:|[SC]: |\d{4}-\d\d|[A-Z][\w-]{2,30}: "
    r"|[2-5]\d\d[ -]))(?:[>|][> |]*)?"
)
_ENCODED = re.compile(r"(?:=[0-9A-F]{2})+")
_LOOKS_ENCODED = re.compile(
    r"=3D|=20(?=\n)|=(?:C[2-9A-F]|D[0-9A-F]|E[0-9A-F])=[89AB][0-9A-F]|=(?:A0|E[0-9A-F]|AB|BB|92)(?=[^=]|$)"
)
_QUOTING = re.compile(r"^[ \t]*(?:>(?!>> [A-Z]{4})[ \t]?)+|^//(?=\S)|^\|[ \t](?!\|)", re.MULTILINE)
_SIGN_FIRST = re.compile(r"[ \t]*[>/|]")
_SIGN_AHEAD = re.compile(r"\n[ \t]*[>/|]")
_CP1252_HIGH = bytes({*range(0x80, 0xA0)} - {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252")
_MOJIBAKE = re.compile(rf"(?:[\u00c2-\u00f4][\u0080-\u00bf{_CP1252_HIGH}]{{1,3}})+|\u00c3 (?=[^\W\d_ ]|\s)|\u00c2(?= )")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CARRIAGE = re.compile(r"\^M(?=\r?\n|$)|\r\n|\r")
_ESCAPED = re.compile(r"\\(?=[<>*_\[\]#:.()\-'\"])")
_COMBINED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_MARK_ABOVE = re.compile("[\u0300-\u036f]")
_EMPTIED = re.compile(r"(?<=[\w;.])=\"\"(?=[\s;>])")
_MAILTO = re.compile(
    r"\s?<mailto:[^<>\s]{1,300}>|\]\(mailto:[^()\s]{1,300}\)"
    r"|\[(?=[^\s\[\]]{1,200}@[^\s\[\]]{1,200}\]\(mailto:)"
)


class Normalized:
    """A repaired text, and for each of its positions the position in the text as given."""

    __slots__ = ("_maps", "text")

    def __init__(self, text: str, maps: list[OffsetMap]) -> None:
        self.text = text
        self._maps = maps

    def to_original(self, position: int) -> int:
        """The place in the text as given."""
        for offsets in reversed(self._maps):
            position = offsets.to_original(position)
        return position


def normalize(text: str) -> Normalized:
    """Undo the damage of ``text``: markup, encodings, quoting, invisible characters."""
    maps: list[OffsetMap] = []
    for needed, pattern, replacement in _REPAIRS:
        if not needed(text):
            continue
        for _ in range(3):  # an entity may be escaped twice, a quoted line quoted again
            repaired, offsets = _rewrite(text, pattern, replacement)
            if offsets is None:
                break
            text = repaired
            maps.append(offsets)
            if pattern is not _MARKUP or "&" not in text:
                break
    return Normalized(text, maps)


def _rewrite(text: str, pattern: re.Pattern[str], replacement: Callable[[str], str]) -> tuple[str, OffsetMap | None]:
    changes = [
        (match.start(), match.end(), by)
        for match in pattern.finditer(text)
        if (by := replacement(match.group())) != match.group()
    ]
    return rewritten(text, changes) if changes else (text, None)


def _plain_markup(found: str) -> str:
    if found.startswith("&"):
        return html.unescape(found)
    return "\n" if _BREAKING_TAG.match(found) else ""


def _decoded(found: str) -> str:
    raw = bytes.fromhex(found.replace("=", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


@lru_cache(maxsize=256)
def _unscrambled(found: str) -> str:
    """UTF-8 that was read as Windows-1252, once or twice, put right; anything else stays."""
    if found == "\u00c2":
        return ""
    if found == "\u00c3 ":
        return "\u00e0"
    from ftfy import fix_encoding  # takes 100 ms, so only where there are signs of it

    return fix_encoding(found)


_MARKUP = re.compile(f"{_ENTITY.pattern}|{_TAG.pattern}", re.IGNORECASE | re.DOTALL)
_REPAIRS: tuple[tuple[Callable[[str], object], re.Pattern[str], Callable[[str], str]], ...] = (
    (lambda t: "\r" in t or "^M" in t, _CARRIAGE, lambda found: "" if found == "^M" else "\n"),
    (lambda t: "=\n" in t, _SOFT_BREAK, lambda _: ""),
    (lambda t: "=" in t and _LOOKS_ENCODED.search(t), _ENCODED, _decoded),
    (lambda t: "&" in t or "<" in t, _MARKUP, _plain_markup),
    (lambda t: not t.isascii() and ("Ã" in t or "Â" in t or "â€" in t or "Ð" in t), _MOJIBAKE, _unscrambled),
    (lambda t: not t.isascii() and _MARK_ABOVE.search(t), _COMBINED, lambda found: unicodedata.normalize("NFC", found)),
    (lambda t: not t.isascii(), _INVISIBLE, lambda _: ""),
    (lambda t: _SIGN_FIRST.match(t) or _SIGN_AHEAD.search(t), _QUOTING, lambda _: ""),
    (lambda t: t.count('=""') >= 3, _EMPTIED, lambda _: ""),
    (lambda t: "\\" in t, _ESCAPED, lambda _: ""),
    (lambda t: "mailto:" in t, _MAILTO, lambda _: ""),
)
