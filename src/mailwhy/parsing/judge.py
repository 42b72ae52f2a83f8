"""Is a text about a mail that could not be sent, delivered or fetched? And if told in the person's own words, why?

Two linear models over the words of the text, their pairs, meanings that follow each other in any language, and the form
of the text. ``make models`` (mailwhy.training.judge) learns them from ``parser/judge/*.yaml`` and the knowledge base's
wordings and writes ``parser/judge.json``; nothing here knows a word of any language.
"""

import json
import math
import re
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from mailwhy.parsing.normalize import fold
from mailwhy.places import data_folder

__all__ = ["FORM_SCALE", "MODEL", "SHORT", "Concepts", "Judge", "features", "form", "tokens"]

MODEL = "judge.json"
"""The file of the models, in the folder ``parser``."""

SHORT = 200
"""Characters up to which a text may be a bare reply ("User unknown"), which has no word of mail in it."""

FORM_SCALE = 0.3
"""What a mark of the form counts beside the words, whose features are scaled to unit length."""

_MAX_TEXT = 16_384
_WINDOW = 60
"""Words of the window that a longer text is also judged by: a report in a long ticket counts as in a short one."""
_STEP = 15
_LANGUAGE_TEXT = 2_000
_LANGUAGE_HITS = 2
_APART = 5  # words between two meanings that belong together
_MAX_MEANINGS = 20_000  # words whose meaning is kept

_TOKEN = re.compile(
    r"(?P<address>[^\s<>@\"'();,:]{1,64}@[\w.-]{1,255})"
    r"|(?P<link>https?://\S{1,300})"
    r"|(?P<hresult>0x[0-9a-f]{8})"
    r"|(?P<status>[245]\.\d{1,3}\.\d{1,3}(?![\w.]))"
    r"|(?P<mailhost>(?:smtp|imap|pop3?|mail|mx|outlook|mx\d)[\w-]{0,30}(?:\.[\w-]{1,60}){1,5}(?::\d{2,5})?)"
    r"|(?P<host>[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}(?::\d{2,5})?)"
    r"|(?P<number>\d[\d.,:]*)"
    r"|(?P<unspaced>[\u3040-\u30ff\u3400-\u9fff])"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?"
)
"""ann@example.org; https://example.org; 0x800ccc79; 5.7.1; smtp.example.org:587; www.example.org; 550; 件; can't"""
_REPLY_CODES = frozenset(
    [
        "421",
        "432",
        "450",
        "451",
        "452",
        "454",
        "500",
        "501",
        "502",
        "503",
        "504",
        "521",
        "530",
        "534",
        "535",
        "538",
        "541",
        "550",
        "551",
        "552",
        "553",
        "554",
        "556",
        "557",
        "571",
    ]
)
_PORTS = frozenset(["25", "465", "587", "2525", "110", "143", "993", "995"])
_CODE_ENDS = (";", "{", "}")
_CODE_STARTS = ("*", "//", "#", "@", "$")
_CODE = ("=>", "->", "::", "def ", "function ", "return ", "class ")
"""Source code: ``return refused;`` ``$mail->Port``"""
_MARKUP_STARTS = ("# ", "## ", "### ", "#### ", "|", "=", "* ", "- ")
_MARKUP = ("**", "](", "`")
"""Documentation in Markdown or POD: ``## Codes`` ``| 550 | ...`` ``[link](...)``"""
_EDGES = ".,;:!?()[]\"'*"


def tokens(text: str) -> list[str]:
    """The words of a text as the models see them: folded, what differs from text to text by its kind only."""
    found: list[str] = []
    for piece in fold(text[:_MAX_TEXT]).split():
        word = piece.strip(_EDGES)
        if word.isascii() and word.isalpha():  # most words; the pattern would find the same
            found.append(word)
        else:
            found.extend(map(_token, _TOKEN.finditer(piece)))
    return found


def _token(match: re.Match[str]) -> str:
    word, kind = match.group(), match.lastgroup
    if kind is None or kind == "unspaced":
        return word
    if kind == "number":
        return word if word in _PORTS else "#code" if word in _REPLY_CODES else "#"
    return f"#{kind}"


def form(text: str) -> list[str]:
    """Marks of source code and of documentation in a text, few or many for its length: ``@code1``, ``@markup4``."""
    text = text[:_MAX_TEXT]
    lines = [line.strip() for line in text.split("\n")]
    code = sum(map(text.count, _CODE)) + sum(
        line.endswith(_CODE_ENDS) + line.startswith(_CODE_STARTS) for line in lines
    )
    markup = sum(map(text.count, _MARKUP)) // 2 + sum(line.startswith(_MARKUP_STARTS) for line in lines)
    size = 1 + len(text) / 400
    counts = (("code", code), ("markup", markup))
    return [f"@{name}{step}" for name, count in counts for step in (1, 2, 4) if count >= step * size]


class Concepts:
    """Words of one meaning in every language: which meanings follow each other within a few words.

    Form: ``table`` is ``parser/judge/concepts.yaml``: meaning to words; a ``*`` stands for any ending.
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
        """Pairs and triples of neighbouring meanings, with the index of their last word."""
        if len(self._known) > _MAX_MEANINGS:
            self._known.clear()
        known = self._known
        found: dict[str, int] = {}
        before, last, earlier, index = "", -_APART - 1, "", -_APART - 1
        for at, word in enumerate(words):
            meaning = known.get(word)
            if meaning is None:
                meaning = known[word] = self.of(word)
            if not meaning or (meaning == before and at - last < _APART):
                continue
            if at - last <= _APART:
                found.setdefault(f"{before}>{meaning}", at)
                if last - index <= _APART and earlier:
                    found.setdefault(f"{earlier}>{before}>{meaning}", at)
            earlier, index, before, last = before, last, meaning, at
        return found


def features(words: list[str], concepts: Concepts) -> set[str]:
    """Words, adjacent pairs, and meanings near each other, each once."""
    return {*words, *map(" ".join, pairwise(words)), *concepts.found(words)}


class Judge:
    """The trained models.

    Form: ``data`` is the object in ``parser/judge.json``: ``bias`` and ``words`` (feature to weight), ``causes`` (name
    to constant), ``cause_words`` (feature to the index of a cause to weight), ``concepts`` (see `Concepts`), ``quick``
    (lists of pieces of words; a text must have one of each) and ``languages`` (words that tell each language).
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self._bias: float = data["bias"]
        self._words: dict[str, float] = data["words"]
        self._pairs: dict[tuple[str, ...], float] = {
            tuple(name.split(" ")): weight for name, weight in self._words.items() if " " in name
        }
        self._causes: list[str] = list(data["causes"])
        self._constants: list[float] = list(data["causes"].values())
        self._cause_words: dict[str, dict[str, float]] = data["cause_words"]
        self._concepts = Concepts(data["concepts"])
        self._languages = {name: frozenset(words) for name, words in data["languages"].items()}
        self._signs: list[list[str]] = list(data["quick"].values())

    @classmethod
    def load(cls) -> "Judge":
        """The shipped models, read once.

        Raises:
            FileNotFoundError: the installation lacks them.
        """
        return _load(data_folder("parser") / MODEL)

    def quick(self, text: str) -> bool:
        """Whether the text is short or has a word of mail and one of failure; False means hopeless."""
        return len(text) <= SHORT or self.has_signs(text)

    def has_signs(self, text: str) -> bool:
        """Whether the text has a word of mail and one of failure, in any language."""
        text = text[:_MAX_TEXT].lower()  # folding takes longer than all the rest
        return all(any(map(text.__contains__, words)) for words in self._signs)

    def failure(self, text: str) -> float:
        """How sure it is, from 0 to 1, that the text is about a mail that could not be sent, delivered or fetched."""
        score = self.score(text)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def score(self, text: str) -> float:
        """The same in log-odds: the mean of the whole text's and of its best window's, and what the form says."""
        words = tokens(text)
        weight = self._words.get
        singles = {word: weight(word, 0.0) for word in words}
        neighbours = list(pairwise(words))
        pairs = {pair: self._pairs.get(pair, 0.0) for pair in neighbours}
        meanings = self._concepts.found(words)
        total = sum(singles.values()) + sum(pairs.values()) + sum(weight(name, 0.0) for name in meanings)
        whole = best = total / math.sqrt(len(singles) + len(pairs) + len(meanings) + 1)
        if len(words) > _WINDOW + _STEP:
            each = [singles[word] for word in words]
            each[1:] = [one + pairs[pair] for one, pair in zip(each[1:], neighbours, strict=True)]
            for meaning, index in meanings.items():
                each[index] += weight(meaning, 0.0)
            sums = list(accumulate(each, initial=0.0))
            starts = range(0, len(words) - _WINDOW + _STEP, _STEP)
            window = max(sums[min(start + _WINDOW, len(words))] - sums[start] for start in starts)
            best = max(whole, window / math.sqrt(2 * _WINDOW))
        return self._bias + (whole + best) / 2 + FORM_SCALE * sum(weight(mark, 0.0) for mark in form(text))

    def language(self, text: str) -> str | None:
        """The language that a person writes in (BCP 47), or None where its commonest words do not tell."""
        found = tokens(text[:_LANGUAGE_TEXT])
        hits = {name: sum(word in known for word in found) for name, known in self._languages.items()}
        best = max(hits, key=lambda name: (hits[name], name), default=None)
        return best if best is not None and hits[best] >= _LANGUAGE_HITS else None

    def cause(self, text: str) -> list[tuple[str, float]]:
        """The causes that a failure told in own words may have, likeliest first, with probabilities that sum to 1.

        ``unknown`` stands among them where the text says too little.
        """
        found = features(tokens(text), self._concepts)
        scale = 1 / math.sqrt(len(found) + 1)
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
