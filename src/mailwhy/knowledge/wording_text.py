"""Text as the wording index sees it: a sequence of folded words with their places in the original.

Case, accents, punctuation and white space don't count. Reply codes repeated in front of every line of a reply
("550-5.1.1") are left out, so that a wording may run over them. An address, a dotted number and each sign of
a script written without spaces is one word.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

__all__ = ["ADDRESS", "MIN_WILD", "Words", "fold", "in_name", "phrase_fragments", "split_words"]

MIN_WILD = 3
"""Letters that a word with a ``*`` must name at least: the look-up of such words is by so many letters."""

_REPEATED_CODE = (
    r"(?P<code>(?<![\w.#])(?:(?:[245]\d\d[ -])?\#?[245]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)|[245]\d\d[- ](?=\D)))"
)
# Bounded, because a run of address characters without an @ is read again from each of its words.
ADDRESS = r"[\w.+%=/-]{1,64}@[\w-][\w.-]{0,254}"
"""Pattern of a mail address: one word."""
_NUMBER = r"\d+(?:\.\d+)+"
_UNSPACED = "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_LETTER = r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_WORD = rf"{_LETTER}+(?:[\u0300-\u036f]+{_LETTER}*)*"

_PLAIN = re.compile(rf"{_REPEATED_CODE}|{_NUMBER}|[a-z0-9]+", re.ASCII)
_GAP = re.compile(r"(?:^|\s)\*(?=\s|$)")
_NAME = re.compile(r"[\w./?=&-]*")
_NAME_REACH = 80
_DOTTED = re.compile(r"\w\.\w")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})


# Classes of all letters there are take 10 ms to compile, which a command that reads plain letters need not wait for.
@cache
def _full() -> re.Pattern[str]:
    return re.compile(rf"{_REPEATED_CODE}|{ADDRESS}|{_NUMBER}|{_UNSPACED}|{_WORD}")


@cache
def _phrase_word() -> re.Pattern[str]:
    return re.compile(rf"{_REPEATED_CODE}|{ADDRESS}|{_NUMBER}|\*?{_UNSPACED}\*?|\*?{_WORD}\*?")


class Words(NamedTuple):
    """The words of a text, folded, and where each of them starts and ends in it."""

    words: list[str]
    spans: list[tuple[int, int]]


def fold(word: str) -> str:
    """Return ``word`` in lower case, without accents and with full-width signs and ligatures taken apart."""
    if word.isascii():
        return word.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return bare.casefold().translate(_LETTERS)


def split_words(text: str) -> Words:
    """Split ``text`` into folded words; linear in its length."""
    if text.isascii() and "@" not in text:
        found = [match for match in _PLAIN.finditer(text.lower()) if match.lastgroup is None]
        return Words([match[0] for match in found], [match.span() for match in found])
    found = [match for match in _full().finditer(text) if match.lastgroup is None]
    return Words([fold(match[0]).rstrip(".-") for match in found], [match.span() for match in found])


def in_name(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is part of a host's name, a file's or a link: "relay" in "relay2.example.org"."""
    before = _NAME.match(text[max(0, start - _NAME_REACH) : start][::-1])
    after = _NAME.match(text[end : end + _NAME_REACH])
    name = (before[0][::-1] if before else "") + text[start:end] + (after[0] if after else "")
    return _DOTTED.search(name) is not None


def phrase_fragments(phrase: str) -> list[tuple[str, ...]]:
    """Split a wording of the knowledge base into its fragments between gaps, each a sequence of folded words.

    Raises:
        ValueError: ``phrase`` holds no word, or one that the index can't look up; the text says what to do.
    """
    fragments = [_fragment(phrase, part) for part in _GAP.split(phrase)]
    fragments = [fragment for fragment in fragments if fragment]
    if not fragments:
        raise ValueError(f"The wording {phrase!r} has no word. Write the words that the server prints.")
    return fragments


def _fragment(phrase: str, part: str) -> tuple[str, ...]:
    words = []
    for found in _phrase_word().finditer(part):
        if found.lastgroup is not None:
            raise ValueError(f"The wording {phrase!r} holds the code {found[0].strip()!r}. Name it in 'codes' instead.")
        word = fold(found[0]).rstrip(".-")
        if word.startswith("*") and word.endswith("*"):
            raise ValueError(f"The wording {phrase!r} has a * at both ends of one word. Keep one of them.")
        if "*" in word and len(word) <= MIN_WILD:
            raise ValueError(f"The wording {phrase!r} has a * beside fewer than {MIN_WILD} letters. Give more.")
        words.append(word)
    return tuple(words)
