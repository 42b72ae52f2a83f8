"""Where in a text a report could be: a cheap look that ordinary text costs next to nothing.

A report gives itself away by an HRESULT, by a reply code or status code where a reply starts, or by one of the client's
or the server's own sentences. Numbers are sought first, in what is left of the text without its letters; the beginnings
of sentences, in all languages, are two patterns, compiled when a text without such numbers first needs them: one for
those with a capital, which are sought several times faster in a text of mostly small letters, and one for the rest.
"""

import re
from collections.abc import Iterator
from functools import cached_property

__all__ = ["ANY_SIGNS", "Locator"]

SHORT = 2_000
"""Texts up to this length are read as a whole."""

_AROUND = 1_500
_OPENERS = r"\n\"'«“‘„‚(\[<:>=;*|#"
# Behind the first digit: the rest of a code with a status behind it, or of a status, anywhere ...
_ANYWHERE = r"(?<![\w.,/-].)(?:\d\d(?:[ \-\n](?:#?[245]\.\d|<)| ?: |, ?b?['\"])|\.\d{1,3}\.\d{1,3}(?![\w.]*\d))"
_REST = r"\d\d(?:[ \-:\n]|[.,] )"
# ... or the rest of a code, where a reply can start. The first character is in one set, for which a search is fast.
_CODE = re.compile(
    rf"[245](?:{_ANYWHERE}|(?:(?<=[{_OPENERS}].)|(?<=[{_OPENERS}]\s.)|(?<=\s\s.)|(?<![\s\S].)){_REST})", re.DOTALL
)
# The same in a text without small letters but x, where blanks have drawn together, and where all characters beyond
# Latin-1 (curly quotes) have become question marks. It may find more, never less.
_BYTE_CODE = re.compile(
    (
        rf"[245\n](?:(?<=\n)[ \t]+[245]{_REST}|(?<=[245])(?:{_ANYWHERE}"
        rf"|(?:(?<=[\n\"'\xab?(\[<:>=;*|#].)|(?<=[\n\"\xab?(\[<:>=;*|#]\s.)|(?<![\s\S].)){_REST}))"
    ).encode("latin-1"),
    re.DOTALL,
)
_LETTERS = bytes([*range(0x61, 0x78), 0x79, 0x7A, *range(0xC0, 0xD7), *range(0xD8, 0x100)])
_SIGNS = ("0x8", "-ERR", "0×8")
_BYTE_SIGNS = tuple(sign.encode("latin-1") for sign in _SIGNS)
_SHORT_SIGNS = ("stat=", "in reply to", ">:", "OFR", "LPN")
ANY_SIGNS = (*_SIGNS, *_SHORT_SIGNS)
"""Strings that are looked for as they stand."""
_BELOW_ADDRESS = re.compile(r"@[^\s<>@]{1,100}(?:<br>)?\s*\n\s*\S")


class Locator:
    """Finds the stretches of a text that are worth reading.

    Args:
        beginnings: the patterns that ``beginnings_patterns`` made of the lexicon.
    """

    def __init__(self, beginnings: list[str]) -> None:
        self._beginnings = beginnings

    @cached_property
    def _sentences(self) -> re.Pattern[str]:
        """A line that begins with the beginning of a sentence, heading or label of the lexicon."""
        return re.compile(r"\n[^\w\n]{0,12}(?:" + "|".join(self._beginnings) + ")")

    @cached_property
    def _anywhere(self) -> list[re.Pattern[str]]:
        return list(map(re.compile, self._beginnings))

    def could_hold_report(self, text: str) -> bool:
        """Whether anything in ``text`` looks like a part of a report."""
        return next(self._signs(text), None) is not None

    def stretches(self, text: str) -> list[tuple[int, int]]:
        """Parts of ``text``, in order, that hold every report in it; they start and end at line breaks."""
        if not self.could_hold_report(text):
            return []
        if len(text) <= SHORT:
            return [(0, len(text))]
        merged: list[tuple[int, int]] = []
        for position in sorted(self._all_signs(text)):
            start = text.rfind("\n", 0, max(0, position - _AROUND)) + 1
            start = max(start, position - 2 * _AROUND)
            if merged and start <= merged[-1][1]:
                start, end = merged.pop()
            end = text.find("\n", position + _AROUND)
            end = min(end if end >= 0 else len(text), position + 2 * _AROUND)
            merged.append((start, min(end, len(text))))
        return merged

    def _signs(self, text: str) -> Iterator[int]:
        """Positions of signs, the cheap ones first; not in order."""
        unlettered = text.encode("latin-1", "replace").translate(None, _LETTERS)
        signs = [sign for sign, raw in zip(_SIGNS, _BYTE_SIGNS, strict=True) if raw in unlettered]
        for sign in (*signs, *_SHORT_SIGNS) if len(text) <= SHORT else signs:
            position = text.find(sign)
            if position >= 0:
                yield position
        if _BYTE_CODE.search(unlettered):
            match = _CODE.search(text)
            if match:
                yield match.start()
        if len(text) <= SHORT:
            match = _first(pattern.search(text) for pattern in (*self._anywhere, _BELOW_ADDRESS))
        else:
            match = self._sentences.search(text) or _first(pattern.match(text) for pattern in self._anywhere)
        if match:
            yield match.start()

    def _all_signs(self, text: str) -> Iterator[int]:
        for sign in _SIGNS:
            position = text.find(sign)
            while position >= 0:
                yield position
                position = text.find(sign, position + _AROUND // 2)
        for pattern in (_CODE, self._sentences):
            behind = 0
            for match in pattern.finditer(text):
                if match.start() >= behind:
                    yield match.start()
                    behind = match.start() + _AROUND // 4


def _first(matches: Iterator[re.Match[str] | None]) -> re.Match[str] | None:
    return next((match for match in matches if match), None)
