"""The judge: is a text about a mail that could not be sent, delivered or fetched, and if told in own words, why?

A linear model over the words of the text, their adjacent pairs and the meanings that follow each other. ``make models``
learns it from ``parser/judge/*.yaml`` and writes ``parser/judge.json``; nothing here knows a word of any language.
"""

import json
import math
import re
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from mailwhy.parsing.folding import fold
from mailwhy.places import data_folder

__all__ = ["Judge", "tokens"]

_CHUNK = re.compile(r"[\w@][\w@.:/+-]*")  # nothing follows the repeat, so that no input makes it go back
_REPLY = re.compile(r"[245]\d\d")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LONGEST = 100_000  # characters looked at: what a text is about stands in the first pages
_WINDOW = 24  # words: about two sentences
_STEP = 4
_APART = 5  # words between two meanings that belong together
_REMEMBERED = 20_000  # words whose meaning is kept
_EAST_ASIAN = "\u3040"


@lru_cache(maxsize=20_000)
def _mask(chunk: str) -> tuple[str, ...]:  # noqa: PLR0911 - one kind of chunk after another
    """The tokens of a chunk that is not one plain word: names and numbers give way to their kind."""
    if any(character >= _EAST_ASIAN for character in chunk):  # unspaced writing: pairs of characters
        return tuple(a + b for a, b in pairwise(chunk)) or (chunk,)
    if "://" in chunk:
        return ("<url>",)
    if "@" in chunk:
        return ("<address>",)
    if _REPLY.match(chunk) and not chunk[3:4].isalnum():
        return (f"<{chunk[0]}xx>",) if len(chunk) == 3 or not _STATUS.search(chunk) else (f"<{chunk[0]}xx>", "<status>")
    if _STATUS.fullmatch(chunk):
        return (f"<{chunk[0]}.x.x>",)
    if chunk[0].isdigit():
        return ("<hex>",) if chunk.startswith("0x") else ("<number>",)
    if "." in chunk:
        last = chunk.rpartition(".")[2]
        return (last,) if last.isalpha() and len(last) >= 9 else ("<host>",)
    return tuple(part for part in re.split(r"[:/+]", chunk) if part)


def tokens(text: str) -> list[str]:
    """The words of a text as the model counts them: folded, numbers and addresses replaced by their kind."""
    found: list[str] = []
    for chunk in _CHUNK.findall(fold(text[:_LONGEST])):
        if chunk.isalpha() and chunk < _EAST_ASIAN:
            found.append(chunk)
        elif stripped := chunk.rstrip(".:/+-"):
            found.extend((stripped,) if stripped.isalpha() and stripped < _EAST_ASIAN else _mask(stripped))
    return found


class Concepts:
    """Words of one meaning in every language: which meanings follow each other within a few words.

    Form: ``table`` is ``parser/judge/concepts.yaml``: meaning to words, ``*`` for any ending of at least four letters.
    """

    def __init__(self, table: dict[str, list[str]]) -> None:
        entries = [(word, name) for name, words in table.items() for word in words]
        self._exact: dict[str, str] = {word: name for word, name in entries if not word.endswith("*")}
        self._stems: dict[str, str] = {word[:-1]: name for word, name in entries if word.endswith("*")}
        self._lengths = sorted({len(stem) for stem in self._stems}, reverse=True)
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """The meaning of a word, or an empty string."""
        if word in self._exact:
            return self._exact[word]
        return next((self._stems[word[:n]] for n in self._lengths if word[:n] in self._stems), "")

    def found(self, words: list[str]) -> dict[str, int]:
        """Pairs and triples of neighbouring meanings, with the place of their last word."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        known = self._known
        found: dict[str, int] = {}
        before, last, earlier, place = "", -_APART, "", -_APART
        for at, word in enumerate(words):
            meaning = known.get(word)
            if meaning is None:
                meaning = known[word] = self.of(word)
            if not meaning or (meaning == before and at - last < _APART):
                continue
            if at - last <= _APART:
                found.setdefault(f"{before}>{meaning}", at)
                if last - place <= _APART and earlier:
                    found.setdefault(f"{earlier}>{before}>{meaning}", at)
            earlier, place, before, last = before, last, meaning, at
        return found


def features(words: list[str], concepts: Concepts) -> set[str]:
    """Words, adjacent pairs, and meanings near each other, each once."""
    return {*words, *map(" ".join, pairwise(words)), *concepts.found(words)}


def probability(score: float) -> float:
    """The logistic function, safe for any number."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


class Judge:
    """The trained model.

    Form: ``data`` is the object in ``parser/judge.json``: ``words`` (feature to weight), ``calibration`` (weights
    of the whole text, of its best two sentences, and the constant), ``causes`` (name to constant), ``cause_words`` (feature to
    the index of a cause to weight), ``concepts`` (see `Concepts`) and
    ``quick`` (patterns of which a text must hold one).
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self._words: dict[str, float] = data["words"]
        self._calibration: list[float] = data["calibration"]
        self._causes: list[str] = list(data["causes"])
        self._constants: list[float] = list(data["causes"].values())
        self._cause_words: dict[str, dict[str, float]] = data["cause_words"]
        self._concepts = Concepts(data["concepts"])
        self._sharpness: float = data["sharpness"]
        #: A pattern that RE2 and ``re`` read alike, without flags: what it does not find in is hopeless.
        self.quick_pattern: str = "(?i:" + "|".join(data["quick"]) + ")"
        self._quick = re.compile(self.quick_pattern)

    @classmethod
    def load(cls) -> "Judge":
        """The shipped model, read once.

        Raises:
            FileNotFoundError: the installation lacks it.
        """
        return _load(data_folder("parser") / "judge.json")

    def quick(self, text: str) -> bool:
        """Whether the text has any word that a mail failure is told with; False means that it is hopeless."""
        return self._quick.search(text) is not None

    def parts(self, words: list[str]) -> tuple[float, float]:
        """The score of the whole text and of its best window, before calibration."""
        weight = self._words.get
        singles = {word: weight(word, 0.0) for word in words}
        pairs = set(pairwise(words))
        pair_weights = {pair: weight(f"{pair[0]} {pair[1]}", 0.0) for pair in pairs}
        meanings = self._concepts.found(words)
        total = sum(singles.values()) + sum(pair_weights.values()) + sum(weight(meaning, 0.0) for meaning in meanings)
        whole = total / math.sqrt(len(singles) + len(pairs) + len(meanings) + 1)
        if len(words) <= _WINDOW:
            return whole, whole
        each = [singles[word] for word in words]
        each[1:] = [one + pair_weights[pair] for one, pair in zip(each[1:], pairwise(words), strict=True)]
        for meaning, place in meanings.items():
            each[place] += weight(meaning, 0.0)
        sums = list(accumulate(each, initial=0.0))
        starts = range(0, len(words) - _WINDOW + _STEP, _STEP)
        best = max(sums[min(start + _WINDOW, len(words))] - sums[start] for start in starts)
        return whole, best / math.sqrt(2 * _WINDOW)

    def failure(self, text: str) -> float:
        """The probability that the text is about a mail that could not be sent, delivered or fetched, 0 to 1."""
        words = tokens(text)
        if not words:
            return 0.0
        whole, window = self.parts(words)
        a, b, constant = self._calibration
        return probability(a * whole + b * window + constant)

    def cause(self, text: str) -> list[tuple[str, float]]:
        """The causes that a failure told in own words may have, likeliest first, with probabilities that sum to 1.

        ``unknown`` stands among them where the text says too little.
        """
        found = features(tokens(text), self._concepts)
        scale = self._sharpness / math.sqrt(len(found) + 1)
        scores = [0.0] * len(self._causes)
        for feature in sorted(found & self._cause_words.keys()):  # sorted: the same sum in every process
            for index, weight in self._cause_words[feature].items():
                scores[int(index)] += weight
        scores = [score * scale + constant for score, constant in zip(scores, self._constants, strict=True)]
        highest = max(scores)
        shares = [math.exp(score - highest) for score in scores]
        total = sum(shares)
        ranked = sorted(zip(self._causes, shares, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return [(cause, share / total) for cause, share in ranked]


@lru_cache(maxsize=4)
def _load(path: Path) -> Judge:
    return Judge(json.loads(path.read_text(encoding="utf-8")))
