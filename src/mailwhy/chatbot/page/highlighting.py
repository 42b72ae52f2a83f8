"""Shows a report as it was pasted, with the facts that were read marked where they stand."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mailwhy.i18n import Translator
from mailwhy.parsing.report import Report
from mailwhy.rendering.facts import field_label
from mailwhy.rendering.html import Html, element

__all__ = ["highlighted"]

_AROUND = 160
"""Characters shown before and after a report, to find one's way in a long ticket."""
_LONGEST = 3000
"""Characters of a value that are looked for; none that helps a reader is longer."""

_FIELDS = (
    "client_message",
    "server_response",
    "subject",
    "rejected_address",
    "server",
    "remote_host",
    "account",
    "error_number",
    "enhanced_code",
    "smtp_code",
    "server_error",
    "socket_error",
    "port",
    "protocol",
)
"""What is marked, the longest values first, since shorter ones may stand inside them."""
_SENTENCES = frozenset({"client_message", "server_response"})
"""Values that others may stand inside."""
_IN_REPLY = frozenset({"smtp_code", "enhanced_code"})
"""Values that are looked for in the server's reply first."""
_EXACT = frozenset({"protocol"})
"""Values in capitals, which is what tells them from the name of a server."""


_SEPARATORS = re.compile(r"[\s>|]+")


class _Mark(NamedTuple):
    start: int
    end: int
    field: str

    def holds(self, start: int, end: int) -> bool:
        return self.start <= start and end <= self.end

    def meets(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def highlighted(text: str, report: Report, say: Translator) -> Html:
    """The report's part of the text, with a little of what stands around it.

    Args:
        text: the text as it was given to the parser.
        report: a report of it.
        say: translator, for the names of the facts.
    """
    start, end = report.span
    first, last = _word_before(text, start - _AROUND), _word_after(text, end + _AROUND)
    marks = sorted(_marks(text, report), key=lambda mark: (mark.start, -mark.end))
    return element(
        "div",
        element("span", ("…" if first else "") + text[first:start], class_="around"),
        *_pieces(text, start, end, marks, say),
        element("span", text[end:last] + ("…" if last < len(text) else ""), class_="around"),
        class_="paste",
        role="group",
        tabindex=0,
        aria_label=say("Your text, with the facts that were found"),
    )


def _word_before(text: str, place: int) -> int:
    """The beginning of the word at a place."""
    return max(0, text.rfind(" ", 0, place), text.rfind("\n", 0, place)) if place > 0 else 0


def _word_after(text: str, place: int) -> int:
    """The end of the word at a place."""
    ends = (found for found in (text.find(" ", place), text.find("\n", place)) if found >= 0)
    return min(ends, default=len(text))


def _marks(text: str, report: Report) -> Iterator[_Mark]:
    taken: list[_Mark] = []
    for name in _FIELDS:
        value = getattr(report, name)
        if value is not None and (mark := _place(text, report.span, name, str(value)[:_LONGEST], taken)):
            taken.append(mark)
            yield mark


def _place(text: str, span: tuple[int, int], name: str, value: str, taken: Sequence[_Mark]) -> _Mark | None:
    """Where a value stands: preferably where nothing else was read, else inside a sentence that was."""
    free, inside = None, None
    pattern = _pattern(name, value)
    for found in pattern.finditer(text, *span) if pattern else ():
        start, end = found.span()
        met = [mark for mark in taken if mark.meets(start, end)]
        if not met:
            free = free or _Mark(start, end, name)
        elif all(mark.field in _SENTENCES and mark.holds(start, end) for mark in met):
            inside = inside or _Mark(start, end, name)
        if free and (inside or name not in _IN_REPLY):
            break
    return (inside or free) if name in _IN_REPLY else (free or inside)


def _pattern(name: str, value: str) -> re.Pattern[str] | None:
    """The value with any white space, or the marks of a quoted mail, between its words; None where it has no words.

    What separates words stands in none of them, and is never given back: else the time would double with each ``|``.
    """
    value = value.strip()
    within = value.rstrip(">|")
    words = r"[\s>|]++".join(map(re.escape, filter(None, _SEPARATORS.split(within))))
    if not words:
        return None
    flags = re.NOFLAG if name in _EXACT else re.IGNORECASE
    end = r"(?!\w)" if value[-1:].isalnum() else re.escape(value[len(within) :])
    return re.compile(rf"(?<!\w){words}{end}", flags)


def _pieces(text: str, start: int, end: int, marks: Sequence[_Mark], say: Translator) -> Iterator[str]:
    place = start
    for number, mark in enumerate(marks):
        if mark.start < place:
            continue  # stands inside the mark before, which has shown it
        yield text[place : mark.start]
        within = [other for other in marks[number + 1 :] if mark.holds(other.start, other.end)]
        yield element(
            "mark",
            *_pieces(text, mark.start, mark.end, within, say),
            title=field_label(mark.field, say),
            data_fact=mark.field,
        )
        place = mark.end
    yield text[place:end]
