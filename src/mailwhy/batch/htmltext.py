"""Cells that hold HTML become the text that a reader would see."""

import html
import re

__all__ = ["plain_text"]

_TAGS = (
    "a abbr address article b blockquote body br center code div em font h[1-6] head hr html i img li link meta ol p "
    "pre section small span strong strike sub sup table tbody td tfoot th thead title tr tt u ul o:p s del ins big"
).replace(" ", "|")
# A tag needs its own name: "<user@example.net>" and "<b@example.net>" are addresses, which must stay.
_TAG = re.compile(rf"<(?:/(?:{_TAGS})\s*|(?:{_TAGS})(?:\s[^<>]*)?/?)>", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:br|p|div|span|html|body|table|td|li|b|strong|font|pre|a\s+href)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
# What is never closed goes on to the end, as in a browser: looking for its end again and again would be quadratic.
_DROPPED = re.compile(
    r"<(style|script)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<!doctype[^<>]*>", re.IGNORECASE | re.DOTALL
)
_BREAK = re.compile(
    r"<(?:br|/?(?:p|div|tr|li|ul|ol|table|h[1-6]|blockquote|pre|hr|section|article|center|title))(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CELL = re.compile(r"</?t[dh](?:\s[^<>]*)?>", re.IGNORECASE)


def plain_text(cell: str) -> str:
    """The text of an HTML cell; any other cell as it is."""
    if "<" not in cell or not _LOOKS_LIKE_HTML.search(cell):
        return cell
    text = _DROPPED.sub(" ", cell) if "<!" in cell or "<s" in cell or "<S" in cell else cell
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    lines = (line.strip(" \t") for line in html.unescape(_TAG.sub("", text)).split("\n"))
    return "\n".join(filter(None, lines)).strip()
