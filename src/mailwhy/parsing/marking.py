"""Marking: every phrase of the lexicon that stands in a text becomes one character of the private use area.

What is left for the grammar is the same in all languages: marks, and the text between them. The lexicon is walked word
by word, so that the time does not grow with the number of languages.
"""

import re
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from mailwhy.parsing.folding import fold
from mailwhy.parsing.labels import FIELDS, Found, is_label, is_quoted_or_path, outside_replies
from mailwhy.parsing.lexicon import INSERTED, KINDS, Lexicon, Phrase
from mailwhy.parsing.offsets import OffsetMap, rewritten

__all__ = ["MARKS", "Marked", "Marker"]

MARKS: dict[str, str] = {kind: chr(0xE000 + number) for number, kind in enumerate(KINDS)}
"""The mark of each kind of phrase."""

_MOST_PHRASES = 25_000
"""Far more than a ticket has; what goes on is made to cost time."""

_WORD = re.compile(r"([^\W_]+)")
_PLAIN_WORD = re.compile("([a-z0-9]+)")
_GAP = re.compile(r"'\s?|[\s()\[\]/\-°=]{1,40}").fullmatch
_LEAST_LEFT = 4
_LOST = re.compile("[?\ufffd]")
_LOST_LETTER = re.compile("[?\ufffd](?=[a-z])|[a-z][?\ufffd]")
_LOST_WORD = re.compile(
    "(?<![a-z?\ufffd])(?=[a-z?\ufffd]{0,60}[a-z]{2})[a-z]{0,20}(?:[?\ufffd][a-z]{0,20}){1,3}(?![a-z?\ufffd])"
)
_IN_HOST_NAME = re.compile(r"\.[^\W_]").match
_ADJACENT = re.compile(r"[\s:='\"]{0,10}").fullmatch
_FOREIGN_MARKS = re.compile("[\ue000-\ue0ff]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]").search


class Marked(NamedTuple):
    """A text with its phrases turned into marks, the way back, and the phrases in order of their marks."""

    text: str
    offsets: OffsetMap
    found: list[Found]


class Marker:
    """Finds the phrases of one lexicon in texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = lexicon.phrases
        self._tree = lexicon.tree
        self._unspaced = lexicon.unspaced

    @cached_property
    def _unspaced_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._unspaced, key=len, reverse=True)
        return re.compile("|".join(r"\s*".join(map(re.escape, phrase)) for phrase in longest_first) or r"(?!)")

    def mark(self, text: str) -> Marked:
        """Turn the phrases of ``text`` into marks."""
        if not text.isascii():
            text = _FOREIGN_MARKS.sub("\ufffd", text)
        found = self.find(text)
        marks: list[tuple[int, int, str]] = []
        end = -1
        for start, phrase_end, phrase, _ in found:
            mark = MARKS[phrase.kind]
            # Every mark is followed by at least one character, so that a label always has a value, be it a blank.
            mark = " " + mark if start == end else mark
            end = start if phrase.kind in INSERTED else phrase_end
            marks.append((start, end, mark))
        if end == len(text):
            marks.append((end, end, " "))
        return Marked(*rewritten(text, marks), found)

    def find(self, text: str) -> list[Found]:
        """The phrases of ``text`` in order; they don't overlap."""
        folded = fold(text)
        if ("?" in folded or "\ufffd" in folded) and _LOST_LETTER.search(folded):
            folded = self._restore(folded)
        found = self._find_spaced(folded)
        if self._unspaced and _UNSPACED(folded):
            found = self._merge(found, folded)
        return outside_replies(folded, found)

    @cached_property
    def _vocabulary(self) -> dict[int, str]:
        """All words of the lexicon that are long enough to be told by the letters they have left, by their length."""
        words: set[str] = set()
        nodes: list[dict[str, Any]] = [self._tree]
        while nodes:
            node = nodes.pop()
            words.update(word for word in node if len(word) >= _LEAST_LEFT)
            nodes.extend(following for word, following in node.items() if word)
        by_length: dict[int, list[str]] = {}
        for word in sorted(words):
            by_length.setdefault(len(word), []).append(word)
        return {length: "\n".join(alike) for length, alike in by_length.items()}

    def _restore(self, folded: str) -> str:
        """The text with words of the lexicon whose accented letters became question marks put right."""
        known: dict[str, str] = {}

        def restored(match: re.Match[str]) -> str:
            damaged = match.group()
            if damaged not in known:
                letters = re.compile("^" + _LOST.sub(r"[^\\n?]", damaged) + "$", re.MULTILINE)
                word = letters.search(self._vocabulary.get(len(damaged), ""))
                known[damaged] = word.group() if word else damaged
            return known[damaged]

        return _LOST_WORD.sub(restored, folded)

    def _find_spaced(self, folded: str) -> list[Found]:
        found: list[Found] = []
        known = self._tree.get
        split = _PLAIN_WORD.split if folded.isascii() else _WORD.split
        pieces = split(folded)  # what stands between words, and the words: gap, word, gap, ..., word, gap
        ends = list(accumulate(map(len, pieces)))
        pieces.append(" ")  # behind the last word, no word
        behind = 0
        for index in range(1, len(ends), 2):
            node = known(pieces[index])
            if node is None or not (pieces[index + 2] in node or "" in node) or ends[index - 1] < behind:
                continue
            if found and found[-1].phrase.kind == "protocol" and _ADJACENT(folded, found[-1].end, ends[index - 1]):
                continue  # "Protocol: SMTP" names no "SMTP server"
            place = self._walk(folded, pieces, ends, index, node)
            if place is not None:
                found.append(place)
                # A sentence may hold a label or another sentence; a label holds nothing.
                behind = place.start + 1 if place.phrase.kind in INSERTED else place.end
                if len(found) >= _MOST_PHRASES:
                    break
        return found

    def _walk(self, folded: str, pieces: list[str], ends: list[int], index: int, node: dict[str, Any]) -> Found | None:
        """The longest phrase that starts with the word ``pieces[index]``, which leads to ``node``."""
        endings: list[tuple[int, list[int]]] = []
        at = index
        while True:
            ending = node.get("")
            if ending is not None:
                endings.append((at, ending))
            at += 2
            following = node.get(pieces[at])
            if following is None or (pieces[at - 1] != " " and not _GAP(pieces[at - 1])):
                break
            node = following
        while endings:
            last, numbers = endings.pop()
            for number in reversed(numbers):
                words = (last - index) // 2 + 1
                if found := self._accept(folded, ends[index - 1], ends[last], self._phrases[number], words):
                    return found
        return None

    def _accept(self, folded: str, start: int, end: int, phrase: Phrase, words: int) -> Found | None:
        kind = phrase.kind
        if phrase.follow:
            return _with_sign(folded, start, end, phrase, words)
        if kind in INSERTED:
            return Found(start, end, phrase, words)
        if (folded.startswith(".", end) and _IN_HOST_NAME(folded, end)) or not is_label(kind, folded, start, end):
            return None
        if kind in FIELDS and is_quoted_or_path(folded, start, end):
            return None
        # The phrase takes its closing bracket with it: "Secure (SSL) ): No" leaves ": No".
        if folded.startswith(")", end) and "(" in folded[start:end]:
            end += 1
        return Found(start, end, phrase, words)

    def _merge(self, found: list[Found], folded: str) -> list[Found]:
        places = []
        for match in self._unspaced_pattern.finditer(folded):
            key = re.sub(r"\s+", "", match.group())
            phrase = self._phrases[self._unspaced[key]]
            if is_label(phrase.kind, folded, match.start(), match.end()):
                places.append(Found(match.start(), match.end(), phrase, len(key) // 2))
        merged: list[Found] = []
        for place in sorted([*found, *places], key=lambda p: (p.start, -p.end)):
            if not merged or place.start >= merged[-1].end:
                merged.append(place)
        return merged


def _with_sign(folded: str, start: int, end: int, phrase: Phrase, words: int) -> Found | None:
    """A phrase that is one only with a certain sign behind it."""
    if folded[start - 1 : start] == "_":
        return None
    while folded[end : end + 1] in {" ", "\n"}:
        end += 1
    if folded[end : end + 1] != phrase.follow:
        return None
    return Found(start, end + (phrase.follow != ":"), phrase, words)
