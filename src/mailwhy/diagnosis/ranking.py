"""Weighs the evidence: findings -> causes with calibrated confidence. Knows no report and no wording.

The model is a log-linear one. Each kind of evidence adds its strongest finding for a cause, in log-odds that
``kb/weights.yaml`` holds; the scores of all causes, and of "the text says too little", become probabilities by a
softmax. What is left to 1 is the chance of a cause that nothing in the text speaks for. docs/ranking.md explains it,
and how the weights are fitted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailwhy.diagnosis.evidence import Finding

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import WeightsFile

__all__ = ["FROM_THE_CLIENT", "FROM_THE_SERVER", "RETOLD", "UNKNOWN", "Ranked", "rank"]

UNKNOWN = "unknown"
"""The cause that stands for a text that says too little."""

FROM_THE_SERVER = frozenset({"reply", "smtp-enhanced", "smtp-reply", "words"})
"""Kinds of evidence that come from the server's own answer."""

FROM_THE_CLIENT = frozenset({"notice", "hresult"})
"""Kinds of evidence in which the client retells what happened."""

RETOLD = 0.5
"""What the client's number and sentence count where the server's own words say why: "a recipient was rejected" is
printed for whatever a server answers at that point."""

_CLEAR_REPLY, _CLEAR_WORDS = 4, 3
_LEAST_CONFIDENCE = 0.02
_MOST_CAUSES = 5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cause with its probability and the findings that speak for it, each with its log-odds, weightiest first."""

    cause: str
    confidence: float
    evidence: tuple[tuple[Finding, float], ...]


def rank(
    findings: Iterable[Finding],
    weights: WeightsFile,
    known_causes: Iterable[str] | Mapping[str, object],
    effects: Mapping[str, float] | None = None,
) -> list[Ranked]:
    """The causes by descending confidence; those of less than 2 % are left out.

    Args:
        findings: the evidence.
        weights: log-odds by kind and strength.
        known_causes: ids that may be answered; evidence for others (switched off) is ignored.
        effects: log-odds to add to causes, from answers to questions.
    """
    scales, prior = weights.evidence, weights.prior
    found: dict[str, list[tuple[Finding, float]]] = {}
    retold = 1.0
    server_spoke = False
    for finding in findings:
        server_spoke = server_spoke or finding.kind in FROM_THE_SERVER
        if _says_why(finding):
            retold = RETOLD
        scale = scales[finding.kind]
        for cause, strength in finding.causes.items():
            if cause in known_causes:
                weight = scale[strength - 1] if finding.weight is None else finding.weight
                found.setdefault(cause, []).append((finding, weight))
    added = effects or {}
    scores = {
        cause: _score(evidence, server_spoke, retold) + prior.get(cause, 0.0) + added.get(cause, 0.0)
        for cause, evidence in found.items()
    }
    for cause, effect in added.items():
        # An answer alone may bring a cause up that the text did not name.
        if effect > 0 and cause not in scores and cause in known_causes:
            scores[cause] = prior.get(cause, 0.0) + effect
    scores[UNKNOWN] = max(scores.get(UNKNOWN, -math.inf), weights.unknown)
    ranked = [
        Ranked(cause, confidence, tuple(sorted(found.get(cause, ()), key=_by_weight, reverse=True)))
        for cause, confidence in _softmax(scores, weights.elsewhere, weights.sharpness)
        if confidence >= _LEAST_CONFIDENCE
    ]
    return ranked[:_MOST_CAUSES]


def _says_why(finding: Finding) -> bool:
    """Whether it is the server's own words that name a cause."""
    clear = {"reply": _CLEAR_REPLY, "words": _CLEAR_WORDS}.get(finding.kind)
    return clear is not None and max(finding.causes.values()) >= clear


def _score(evidence: Sequence[tuple[Finding, float]], server_spoke: bool, retold: float) -> float:
    """The sum over the witnesses of the strongest finding: two wordings of one reply are one witness, not two.

    Where the server's own answer is printed, the client's number and the client's sentence are one witness too: both
    only retell that answer, and less exactly; they count for less still where the answer's words say why.
    """
    strongest: dict[str, float] = {}
    for finding, weight in evidence:
        witness = "client" if server_spoke and finding.kind in FROM_THE_CLIENT else finding.kind
        counted = weight * retold if witness == "client" else weight
        strongest[witness] = max(counted, strongest.get(witness, -math.inf))
    return sum(strongest.values())


def _softmax(scores: Mapping[str, float], elsewhere: float, sharpness: float) -> list[tuple[str, float]]:
    top = max(scores.values())
    odds = {cause: math.exp(sharpness * (score - top)) for cause, score in scores.items()}
    total = sum(odds.values()) + math.exp(sharpness * (elsewhere - top))
    return sorted(((cause, odd / total) for cause, odd in odds.items()), key=lambda pair: (-pair[1], pair[0]))


def _by_weight(pair: tuple[Finding, float]) -> float:
    return pair[1]
