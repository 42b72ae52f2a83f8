"""Is a text about a mail that could not be sent, delivered or fetched? And why, where only the person's words tell?

Two linear models over the words of the text, learnt from parser/judge/*.yaml and the wordings of the knowledge base
(``make models``, mailwhy.training.judge) and shipped as data. What they see of a text are its words and pairs of words,
folded, with what differs from text to text (addresses, hosts, numbers) masked.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path

from mailwhy.parsing.normalize import fold
from mailwhy.places import data_folder

__all__ = ["FORM_SCALE", "MODEL", "SHORT", "Judge", "default_judge", "features", "form", "tokens"]

MODEL = "judge.json"
"""The file of the models, in the folder ``parser``."""

SHORT = 200
"""Characters up to which a text may be a bare reply ("User unknown"), which has no word of mail in it."""

_MAX_TEXT = 16_384
FORM_SCALE = 0.3
_WINDOW = 60
"""Words of the window that a longer text is also judged by: a report in a long ticket counts as in a short one."""

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
_REPLY_CODES = frozenset({
    "421", "432", "450", "451", "452", "454", "500", "501", "502", "503", "504", "521", "530", "534", "535", "538", "541",
    "550", "551", "552", "553", "554", "556", "557", "571",
})  # fmt: skip
_PORTS = frozenset({"25", "465", "587", "2525", "110", "143", "993", "995"})


def tokens(text: str) -> list[str]:
    """The words of a text as the models see them."""
    found = []
    for match in _TOKEN.finditer(fold(text[:_MAX_TEXT])):
        word, kind = match.group(), match.lastgroup
        if kind is None or kind == "unspaced":
            found.append(word)
        elif kind == "number":
            found.append(word if word in _PORTS else "#code" if word in _REPLY_CODES else "#")
        else:
            found.append(f"#{kind}")
    return found


_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:\*|//|#|@\w|\$\w)|=>|->\w|::\w|\bdef |\bfunction\b|\breturn\b|\bclass \w", re.MULTILINE
)
_MARKUP = re.compile(r"^#{1,4} |\*\*\S|\]\(|^\|.*\||^---$|`[^`\n]{1,80}`|^=\w|^\* |^- ", re.MULTILINE)


def form(text: str) -> list[str]:
    """What the form of a text tells: marks of source code and of documentation, few or many for its length."""
    text = text[:_MAX_TEXT]
    size = 1 + len(text) / 400
    found = []
    for name, pattern in (("code", _CODE), ("markup", _MARKUP)):
        density = sum(1 for _ in pattern.finditer(text)) / size
        found += [f"@{name}{step}" for step in (1, 2, 4) if density >= step]
    return found


def features(words: list[str]) -> set[str]:
    """What the models see of words: each of them, and each pair of neighbours."""
    return {*words, *map(" ".join, zip(words, words[1:], strict=False))}


class Judge:
    """The two models.

    Args:
        document: ``failure`` (bias and weights by feature), ``causes`` (the same for each cause) and ``signs``, words
            without one of which no text is about a failed mail.
    """

    def __init__(self, document: Mapping[str, dict[str, object]]) -> None:
        failure: dict[str, float] = document["failure"]["weights"]  # type: ignore[assignment]
        self._weights = failure
        self._bias: float = document["failure"]["bias"]  # type: ignore[assignment]
        self._scale: float = document["failure"]["scale"]  # type: ignore[assignment]

        self._causes: list[str] = document["causes"]["names"]  # type: ignore[assignment]
        self._cause_bias: list[float] = document["causes"]["bias"]  # type: ignore[assignment]
        self._cause_weights: dict[str, list[float]] = document["causes"]["weights"]  # type: ignore[assignment]
        self._signs: list[str] = document["signs"]["words"]  # type: ignore[assignment]

    @cached_property
    def _sign(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self._signs)), re.IGNORECASE)

    @property
    def sign_pattern(self) -> str:
        """A pattern in RE2's syntax for ``quick``."""
        return "(?i:" + "|".join(map(re.escape, self._signs)) + ")"

    def quick(self, text: str) -> bool:
        """A cheap look: False means that ``failure`` would be low."""
        return len(text) <= SHORT or self._sign.search(text) is not None

    def failure(self, text: str) -> float:
        """The probability that the text is about a mail that could not be sent, delivered or fetched."""
        words = tokens(text)
        shape = sum(self._weights.get(one, 0.0) for one in form(text)) * FORM_SCALE
        best = self._score(words)
        if len(words) > 1.5 * _WINDOW:
            best = max(
                best,
                *(self._score(words[at : at + _WINDOW]) for at in range(0, len(words) - _WINDOW // 2, _WINDOW // 2)),
            )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, best + shape))))

    def cause(self, text: str) -> list[tuple[str, float]]:
        """The causes of a failure that is told in a person's own words, likeliest first, with their probabilities."""
        words = tokens(text)
        seen = features(words)
        scores = list(self._cause_bias)
        scale = _length_scale(seen)
        for feature in seen:
            weights = self._cause_weights.get(feature)
            if weights is not None:
                for number, weight in enumerate(weights):
                    scores[number] += scale * weight
        top = max(scores)
        odds = [math.exp(score - top) for score in scores]
        total = sum(odds)
        return sorted(zip(self._causes, (odd / total for odd in odds), strict=True), key=lambda pair: -pair[1])

    def _score(self, words: list[str]) -> float:
        seen = features(words)
        known = self._weights
        return self._scale * (self._bias + _length_scale(seen) * sum(known[one] for one in seen if one in known))


def _length_scale(seen: Iterable[str]) -> float:
    """What the features of a text are multiplied by: as for rows of unit length, so that long texts weigh as short."""
    return 1 / math.sqrt(max(len(set(seen)), 1))


@cache
def default_judge() -> Judge:
    """The models of this installation."""
    path: Path = data_folder("parser") / MODEL
    return Judge(json.loads(path.read_bytes()))
