"""Undoing what happens to a report on its way into a ticket, before it is read.

Each repair is tried only where a cheap search shows the need, and keeps the way back to the text as given.
"""

import html
import re
import unicodedata
from collections.abc import Callable

from mailwhy.parsing.offsets import OffsetMap, rewritten

__all__ = ["Repaired", "repair"]

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_TAG = re.compile(
    r"<(?:!--.{0,2000}?--|/?(?:a|abbr|b|blockquote|body|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li|o:p|ol|p|pre|s|small|span"
    r"|strong|table|tbody|td|th|tr|tt|u|ul|br)(?:\s[^<>]{0,2000})?/?|/[A-Za-z][\w-]{0,30})>",
    re.IGNORECASE | re.DOTALL,
)
_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|tr|h\d|blockquote|pre|table|hr)\b", re.IGNORECASE)
_SOFT_BREAK = re.compile(r"=\r?\n(?:[>|][> |]*)?")
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
_CARRIAGE = re.compile(r"\^M(?=\r?\n|$)|\r(?=\n)")
_ESCAPED = re.compile(r"\\(?=[<>*_\[\]#:.()\-'\"])")
_COMBINED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_MARK_ABOVE = re.compile("[\u0300-\u036f]")
_EMPTIED = re.compile(r"(?<=[\w;.])=\"\"(?=[\s;>])")
_MAILTO = re.compile(
    r"\s?<mailto:[^<>\s]{1,300}>|\]\(mailto:[^()\s]{1,300}\)"
    r"|\[(?=[^\s\[\]]{1,200}@[^\s\[\]]{1,200}\]\(mailto:)"
)


class Repaired:
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


def repair(text: str) -> Repaired:
    """Take the damage out of ``text``: markup, encodings, quoting, invisible characters."""
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
    return Repaired(text, maps)


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


def _unscrambled(found: str) -> str:
    """UTF-8 that was read as Windows-1252, put right; anything else stays."""
    if found == "\u00c2":
        return ""
    if found == "\u00c3 ":
        return "\u00e0"
    raw = bytearray()
    for character in found:
        try:
            raw += character.encode("cp1252")
        except UnicodeEncodeError:
            if ord(character) > 0xFF:
                return found
            raw.append(ord(character))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return found


_MARKUP = re.compile(f"{_ENTITY.pattern}|{_TAG.pattern}", re.IGNORECASE | re.DOTALL)
_REPAIRS: tuple[tuple[Callable[[str], object], re.Pattern[str], Callable[[str], str]], ...] = (
    (lambda t: "\r" in t or "^M" in t, _CARRIAGE, lambda _: ""),
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
