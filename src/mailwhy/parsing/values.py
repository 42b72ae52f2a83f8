"""Reading the value behind a label: quotes of any kind, mismatched, nested or lost; numbers, addresses, host names."""

import re

from mailwhy.parsing.folding import fold

__all__ = ["closing_quote", "find_address", "find_host", "read_hresult", "read_number", "read_value"]

_LEAD = re.compile(r"[\s:;=,、：，]*")
_QUOTES = "'\""
_CLOSES = re.compile(r"[\s,;.:)\]}»*_]*(?:$|\n|[,;.)(}])|\s*$")
# Letters, digits, blanks and full stops are neither quotes nor brackets, but for two letters that look like quotes.
_EDGE = re.compile(r"[^\w\s.,]|[\u02bc\u02b9]").match
_BRACKETS = {"<": ">", "(": ")", "[": "]", "{": "}"}
_TRAILING = " \t\r\n,;.、，。；"
_NOT_IN_ADDRESS = r"\s<>@\"'«»“”„‟‘’‚‹›「」『』《》`:;,，、：；。()（）\[\]{}|"
_ADDRESS = re.compile(rf"[^{_NOT_IN_ADDRESS}=]{{1,128}}@@?[^{_NOT_IN_ADDRESS}]{{1,255}}")
_MAILTO = re.compile(r"mailto:|smtp\\?:", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)+", re.IGNORECASE)
_HEX = re.compile(r"(?:0[xX×] ?)?([0-9a-fA-F]{8})(?![0-9a-fA-F])")
_DECIMAL = re.compile(r"-?\d{10}(?!\d)")
_INTEGER = re.compile(r"\d{1,10}")
_WORD = re.compile(r"[^\W_]")


def closing_quote(folded: str, start: int, quote: str, *, last: bool) -> int:
    """Position of the quote that closes what ``quote`` opened before ``start`` in a folded text, or -1.

    An apostrophe between two letters closes nothing. A quote of the other kind closes only where the right kind is
    missing. ``last`` takes the last candidate of the text instead of the first.
    """
    for mark in (quote, "'" if quote == '"' else '"'):
        candidate = -1
        index = folded.rfind(mark, start) if last else folded.find(mark, start)
        while index >= 0:
            if not (folded[index - 1 : index].isalnum() and folded[index + 1 : index + 2].isalnum()):
                if _CLOSES.match(folded, index + 1):
                    return index
                candidate = index if candidate < 0 else candidate
            index = folded.rfind(mark, start, index) if last else folded.find(mark, index + 1)
        if candidate >= 0:
            return candidate
    return -1


def read_value(text: str, *, bounded: bool, last: bool = False) -> tuple[str | None, int]:
    """The value at the beginning of ``text`` and where it ends there; None if nothing but punctuation is there.

    Args:
        text: what follows a label.
        bounded: a label follows ``text``, so all of it is the value; otherwise the value is the quoted part, or the
            first line.
        last: the value may hold quotes of its own and reaches to the last one.
    """
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    folded = fold(text)
    quote = folded[start : start + 1]
    if quote and quote in _QUOTES:
        end = closing_quote(folded, start + 1, quote, last=last)
        if end >= 0:
            value = text[start + 1 : end]
            if not _WORD.search(value) and folded[end + 1 : end + 2].isalnum():
                return _tidy(text[end + 1 :]), len(text)
            return _tidy(value), end + 1
        start += 1
    line_end = len(text)
    if not bounded or text[:line_end].rstrip(" \t").endswith("\n"):
        newline = text.find("\n", start)
        line_end = newline if newline >= 0 else line_end
    plain = text[start:line_end].rstrip(_TRAILING)
    if plain[:1] == "(" and plain[-1:] == ")":
        plain = plain[1:-1]
    return _tidy(plain), line_end


def _tidy(value: str) -> str | None:
    """Without the quotes, brackets and separators around it, on one line; None if no letter or digit is left."""
    if not _WORD.search(value):
        return None
    value = " ".join(value.split()).strip(_TRAILING)
    inner = _inside(value)
    while inner != value:
        value = inner
        inner = _inside(value)
    return value or None


def _inside(value: str) -> str:
    """``value`` without its outermost quotes or brackets, or the half of a pair that is left at one end."""
    if not (_EDGE(value) or _EDGE(value, len(value) - 1)):
        return value
    folded = fold(value)
    first, final = folded[:1], folded[-1:]
    quoted = len(value) > 1 and first in _QUOTES and final in _QUOTES
    enclosed = len(value) > 1 and first in "<[{" and final == _BRACKETS[first] and first not in folded[1:]
    if quoted or enclosed:
        return value[1:-1].strip()
    if first and ((first in _QUOTES and first not in folded[1:]) or (first == "<" and ">" not in folded)):
        return value[1:].strip()
    if final and ((final in _QUOTES and final not in folded[:-1]) or (final == ">" and "<" not in folded)):
        return value[:-1].strip()
    return value


def find_address(text: str, start: int = 0) -> tuple[str, int, int] | None:
    """The first mail address of ``text`` from ``start`` on, with its place; without ``mailto:`` and closing dots."""
    at = text.find("@", start)
    if at < 0:
        return None
    match = _ADDRESS.search(text, max(start, text.rfind(" ", start, at)))  # an address holds no blank
    if match is None:
        return None
    address = match.group().rstrip(".!?*")
    return address, match.start(), match.start() + len(address)


def find_host(text: str) -> tuple[str, int] | None:
    """The host name or IP address at the beginning of ``text`` (quotes and blanks may precede it), and its end."""
    lead = re.match(r"[\s'\"«“„‘<(\u00a0]*", text)
    match = _HOST.match(text, lead.end() if lead else 0)
    return (match.group(), match.end()) if match else None


def read_number(text: str) -> int | None:
    """The first whole number of ``text``."""
    match = _INTEGER.search(text)
    return int(match.group()) if match else None


def read_hresult(text: str) -> str | None:
    """An HRESULT as ``0x`` and eight capital digits, from hexadecimal or from signed or unsigned decimal."""
    decimal = _DECIMAL.search(text)
    if decimal is not None and "x" not in text.lower() and "×" not in text:
        number = int(decimal.group())
        return f"0x{number & 0xFFFFFFFF:08X}" if -0x80000000 <= number <= 0xFFFFFFFF else None
    match = _HEX.search(text)
    return f"0x{match[1].upper()}" if match else None
