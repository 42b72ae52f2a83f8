"""Judges words that no wording knows: a linear model over the words and word pairs of a reply -> causes.

The model is data (``kb/models/wordings.json``), learnt from the wordings and examples of the knowledge base by
``python -m mailwhy.training wordings``. Addresses, hosts, numbers and reply codes are masked, so that only what the
server or program says counts; its codes are evidence of their own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.wording_text import split_words

__all__ = [
    "MAX_TEXT",
    "Judgement",
    "NearestReplies",
    "WordingModel",
    "compile_nearest",
    "features",
    "nearest_replies",
    "wording_model",
]

MAX_TEXT = 600
"""Characters that are read at most: what a server says fits, and a longer text is not one reply."""

_MASKS = re.compile(
    r"(?P<link>https?://\S+)"
    r"|(?P<address>[\w.+%=/-]{1,64}@[\w.-]{1,255})"
    r"|(?P<id>(?<!\S)<?(?=[\w-]{0,100}\d[\w-]{7})[\w-]++(?:\.[\w-]++)*>?(?=[\s,;:.)\]]|$))"
    r"|(?P<host>(?<![\w.])(?:[a-z0-9_-]{1,63}\.){1,8}(?:com|net|org|info|fr|de|it|es|nl|eu|be|ch|uk|jp|cz|pl|ru|ne|co"
    r"|invalid|local|lan|test|example)(?![\w-]))"
    r"|(?P<number>(?<![\w.])[\d:.]{0,40}\d(?![\w.]))"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_MASK = {"link": " xxlink ", "address": " xxaddress ", "id": " xxid ", "host": " xxhost ", "number": " xxnumber "}
_REPLY_CODE = re.compile(
    r"(?<![\w.])[2-5]\d\d(?:[ -]?#?[245]\.\d{1,3}\.\d{1,3})?(?![\w.])|[245]\.\d{1,3}\.\d{1,3}(?![\w.])"
)


class Judgement(NamedTuple):
    """A cause, and how likely it is as far as the words tell."""

    cause: str
    probability: float


def features(text: str) -> Iterator[str]:
    """The words and word pairs of a text, each once, folded and with what differs from mail to mail masked."""
    plain = _MASKS.sub(_masked, _REPLY_CODE.sub(" ", text[:MAX_TEXT]))
    words = split_words(_HUMP.sub(" ", plain)).words
    yield from dict.fromkeys(words)
    yield from dict.fromkeys(f"{first} {second}" for first, second in pairwise(words))


def _masked(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind == "host":
        # Names of blocklists say something, and the others are in no vocabulary.
        return match[0].replace(".", " ") + _MASK[kind]
    return _MASK[kind]


class WordingModel:
    """The model as shipped: weights by feature and cause, in hundredths."""

    def __init__(self, causes: Sequence[str], biases: Sequence[float], weights: Mapping[str, Sequence[int]]) -> None:
        self._causes = causes
        self._biases = biases
        self._weights = weights

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "WordingModel":
        """Take a model back from what the training wrote."""
        return cls(data["causes"], data["biases"], data["weights"])

    def judge(self, text: str) -> list[Judgement]:
        """The causes by descending probability; empty where the model knows hardly a word of the text."""
        known = [weights for feature in features(text) if (weights := self._weights.get(feature))]
        if not known:
            return []
        share = 1 / (100 * math.sqrt(len(known)))
        scores = list(self._biases)
        for weights in known:
            for place in range(0, len(weights), 2):
                scores[weights[place]] += weights[place + 1] * share
        top = max(scores)
        odds = [math.exp(score - top) for score in scores]
        total = sum(odds)
        judged = [Judgement(cause, odd / total) for cause, odd in zip(self._causes, odds, strict=True)]
        return sorted(judged, key=lambda judgement: -judgement.probability)


class NearestReplies:
    """Finds the known reply whose words are most like those of a text, to show what a judgement rests on."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._entries: list[list[str]] = data["entries"]
        self._found_in: dict[str, list[int]] = data["found_in"]
        self._of_cause: dict[str, set[int]] = {}
        for place, (_, *causes) in enumerate(self._entries):
            for cause in causes:
                self._of_cause.setdefault(cause, set()).add(place)

    def nearest(self, text: str, cause: str) -> str | None:
        """The id of the entry for this cause that shares most with the text; rare words count more."""
        shared: dict[int, float] = {}
        wanted = self._of_cause.get(cause, ())
        for feature in features(text):
            places = self._found_in.get(feature, ())
            for place in places:
                if place in wanted:
                    shared[place] = shared.get(place, 0.0) + 1 / len(places)
        return self._entries[max(shared, key=lambda place: (shared[place], -place))][0] if shared else None


def compile_nearest(kb: KnowledgeBase) -> dict[str, Any]:
    """What :class:`NearestReplies` looks up, as JSON."""
    found_in: dict[str, list[int]] = {}
    entries = []
    of_servers = [(key, kb.replies[key]) for key in sorted(kb.replies) if kb.replies[key].where != "notice"]
    for place, (key, entry) in enumerate(of_servers):
        strongest = max(entry.causes.values())
        entries.append([key, *(cause for cause, strength in entry.causes.items() if strength == strongest)])
        texts = (*(phrase.replace("*", " ") for phrase in entry.match), *entry.examples)
        for feature in sorted({feature for text in texts for feature in features(text)}):
            found_in.setdefault(feature, []).append(place)
    return {"entries": entries, "found_in": found_in}


def wording_model(kb: KnowledgeBase) -> WordingModel | None:
    """The model of a knowledge base, or None where it has none."""
    return kb.made(_wording_model)


def _wording_model(kb: KnowledgeBase) -> WordingModel | None:
    return WordingModel.from_json(kb.wording_model) if kb.wording_model else None


def nearest_replies(kb: KnowledgeBase) -> NearestReplies:
    """The known replies of a knowledge base, with those of an organisation's overlays."""
    return kb.made(_nearest_replies)


def _nearest_replies(kb: KnowledgeBase) -> NearestReplies:
    return NearestReplies(kb.derived("nearest-replies", compile_nearest))
