"""Where in a text a report could be: a cheap look that ordinary text costs next to nothing.

A report gives itself away by an HRESULT, by a reply code or status code where a reply starts, or by one of the client's
or the server's own sentences. Numbers are sought first, in what is left of the text without its letters; the beginnings
of sentences, in all languages, are two patterns, compiled when a text without such numbers first needs them.
:func:`column_pattern` is the same look for engines of tables, which have RE2 and look at a text in 1 us.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from mailwhy.parsing.kinds import BEGINNINGS, SOFT
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.normalize import fold

__all__ = ["Prefilter", "beginnings_patterns", "column_pattern"]

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


class Prefilter:
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

    def candidate_spans(self, text: str) -> list[tuple[int, int]]:
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


# ---- beginnings
_LENGTH = 18
_ENOUGH = 8


def beginnings_patterns(lexicon: Lexicon) -> list[str]:
    """Patterns for the beginnings of sentences, headings and telling labels: those with a capital, and the others."""
    telling = telling_beginnings(lexicon)
    capitals = [text for text in telling if not text[0].islower()]
    return [factored(words, _letter) or r"(?!)" for words in (capitals, [t for t in telling if t[0].islower()])]


def telling_beginnings(lexicon: Lexicon) -> list[str]:
    """The beginnings themselves, 18 letters or up to an accent; a blank stands for anything between two words."""
    beginnings = {_beginning(spelling) for kind, spelling in lexicon.spellings if kind in BEGINNINGS}
    # What programs print stands anywhere in a line, in any case.
    printed = {_beginning(spelling) for kind, spelling in lexicon.spellings if kind in BEGINNINGS & SOFT}
    beginnings |= {text[0].swapcase() + text[1:] for text in printed}
    beginnings = {text for text in beginnings if not (text[:1].islower() and accented(text[0]))}
    initials = {fold(text[0]).upper() + text[1:] for text in beginnings if text and accented(text[0])}
    return sorted(text for text in beginnings | initials if len(text) > 5 or not text.isascii())


def _beginning(spelling: str) -> str:
    """The first letters of a spelling, up to an accent if it comes late enough: accents are what damage hits first."""
    words = re.sub(r"[\W_]+", lambda gap: "'" if "'" in gap.group() else " ", spelling)[:_LENGTH].strip(" '")
    late = next((index for index, letter in enumerate(words) if index >= _ENOUGH and accented(letter)), len(words))
    return words[:late].rstrip(" '")


def accented(letter: str) -> bool:
    """Whether a letter is a plain one with a mark."""
    return not letter.isascii() and fold(letter).isascii()


def factored(words: list[str], letter: Callable[[str], str]) -> str:
    """One pattern for all ``words``, with common beginnings shared; ``letter`` gives the pattern of a character."""
    tree: dict[str, dict[str, object]] = {}
    for word in words:
        node: dict[str, object] = tree  # type: ignore[assignment]
        for character in word:
            node = node.setdefault(character, {})  # type: ignore[assignment]
        node.clear()
        node[""] = {}
    return _pattern(tree, letter)  # type: ignore[arg-type]


def _pattern(node: dict[str, object], letter: Callable[[str], str]) -> str:
    if "" in node or not node:
        return ""
    branches = [letter(character) + _pattern(following, letter) for character, following in node.items()]  # type: ignore[arg-type]
    return branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"


def _letter(character: str) -> str:
    if character == " ":
        return r"\W{1,8}"
    if character == "'":
        return r"(?:\W|&#?\w{2,7};){1,4}"
    if accented(character) and character.islower():
        return rf"(?:{character}|\S{{1,8}}?)"
    return re.escape(character)  # initials stay plain, so that the pattern has a set of first letters to skip by


# ---- columns
# Eight letters tell prose from sentences of clients well enough, but where they are a whole word ("delivery"); RE2
# compiles the pattern on every use.
_COLUMN_LENGTH = 8
_SECOND_WORD = 4
_BLANK = r"[\s\v\x1c-\x1f\x{85}\pZ]"
_OPENER = r"[\n\"'«“‘„‚(\[<:>=;*|#]"
_COLUMN_CODES = (
    rf"(?:^|{_OPENER}{_BLANK}?|{_BLANK}{_BLANK})[245]\pN\pN(?:[ \-:\n]|[.,] )"
    r"|[245]\pN\pN(?:[ \-\n](?:#?[245]\.\pN|<)| ?: |, ?b?['\"])|[245]\.\pN+\.\pN"
)
_COLUMN_BELOW_ADDRESS = rf"@[^\s<>@]+(?:<br>)?{_BLANK}*\n"


def column_pattern(lexicon: Lexicon) -> str:
    """The pattern, in RE2's syntax, for texts in which a report could be."""
    beginnings = sorted({_column_beginning(text) for text in telling_beginnings(lexicon)})
    signs = map(re.escape, ANY_SIGNS)
    return "|".join((*signs, _COLUMN_CODES, _COLUMN_BELOW_ADDRESS, factored(beginnings, _column_letter)))


def _column_beginning(text: str) -> str:
    word = text.partition(" ")[0]
    whole = word != text and _COLUMN_LENGTH - 1 <= len(word) <= _COLUMN_LENGTH
    return text[: len(word) + _SECOND_WORD if whole else _COLUMN_LENGTH].rstrip(" '")


def _column_letter(character: str) -> str:
    if character == " ":
        return r"\W+"
    if character == "'":
        return r"(?:\W|&[^;]{2,8};)+"
    if accented(character) and character.islower():
        return r"\S+"
    return re.escape(character)
