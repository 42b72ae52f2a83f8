"""HTML as the text that a reader would see; addresses in angle brackets stay."""

import html
import re

__all__ = ["html_text", "looks_like_html"]

_NAMES = (
    "a abbr address article b big blockquote body br button center code del div em font footer h[1-6] head header hr "
    "html i img ins label li link main meta nav o:p ol p pre s section small span strike strong style sub sup table "
    "tbody td tfoot th thead title tr tt u ul"
).replace(" ", "|")
_ATTRIBUTES = r"(?:\s[^<>]{0,4000})?"
# A tag needs its own name: "<user@example.net>" and "<b@example.net>" are addresses, which must stay.
_TAG = re.compile(rf"</?(?:{_NAMES}){_ATTRIBUTES}/?>", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    rf"<(?:br|p|div|span|html|body|table|td|li|b|strong|font|pre|a){_ATTRIBUTES}/?>", re.IGNORECASE
)
_HIDDEN = re.compile(r"<(style|script|head)\b", re.IGNORECASE)
_BREAKING = re.compile(
    r"</?(?:br|p|div|tr|li|ul|ol|table|h[1-6]|blockquote|pre|hr|section|article|center|title)\b", re.IGNORECASE
)
_CELL = re.compile(r"</?t[dh]\b", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Whether a text has tags of HTML in it."""
    return "<" in text and _LOOKS_LIKE_HTML.search(text) is not None


def html_text(text: str) -> str:
    """The text of an HTML document or fragment; a text without tags as it is."""
    if not looks_like_html(text):
        return text
    plain = _TAG.sub(_replacement, _without_hidden(text))
    return "\n".join(line for line in map(str.strip, html.unescape(plain).splitlines()) if line)


def _replacement(tag: re.Match[str]) -> str:
    if _BREAKING.match(tag.group()):
        return "\n"
    return " " if _CELL.match(tag.group()) else ""


def _without_hidden(text: str) -> str:
    """Without comments, declarations, styles and scripts.

    Each end is looked for once from left to right, so that openings without an end cost no more than their length.
    """
    kept = []
    position = 0
    lower = text.lower()
    ends: dict[str, int] = {}
    while (start := text.find("<", position)) >= 0:
        kept.append(text[position:start])
        if text.startswith("<!--", start):
            closing = "-->"
        elif text.startswith("<!", start):
            closing = ">"
        elif hidden := _HIDDEN.match(text, start, start + 8):
            closing = f"</{hidden[1].lower()}"
        else:
            kept.append("<")
            position = start + 1
            continue
        end = ends.get(closing, start)
        if end != -1 and end <= start:
            end = ends[closing] = lower.find(closing, start + 1)
        if end < 0:  # never closed: what follows is shown
            position = start + 4 if closing == "-->" else start + 1
            continue
        position = end + len(closing)
        if closing.startswith("</"):
            position = (text.find(">", position) + 1) or len(text)
    kept.append(text[position:])
    return "".join(kept)
