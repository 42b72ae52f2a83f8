"""Fits the weights of the evidence to labelled reports: ``python -m mailwhy.diagnosis.fitting FIXTURES``.

The labelled reports are fixtures of the form of ``tests/fixtures/reports``; an organisation can use its own. The
program prints a ``weights.yaml``. It draws no random numbers: the same fixtures give the same weights.

The model is that of :mod:`mailwhy.diagnosis.ranking`. What is maximised is the probability of the labelled causes, less
a penalty for leaving the values that experience suggests, under two conditions: a stronger finding always counts more
than a weaker one of its kind, and no weight is negative.
"""

import argparse
import itertools
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from mailwhy.diagnosis.api import builtin
from mailwhy.diagnosis.evidence import Finding, collect
from mailwhy.diagnosis.ranking import UNKNOWN
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import EVIDENCE_KINDS
from mailwhy.parsing import parse

__all__ = ["Sample", "Weights", "fit", "read_samples"]

Feature = tuple[str, int]
"""A kind of evidence, and the greatest strength with which it speaks for a cause."""

STRENGTHS = 5
_ROUNDS = 400
_RATE = 0.05
_PENALTY = 0.02
_DOUBT = 0.04
"""Share of the labels taken for chance: fixtures are cleaner than life, and confidence must hold in life."""

_LEAST_STEP = 0.05
_SECOND_BEST = 0.4
"""How much of a label goes to further acceptable causes together."""

_START: dict[str, tuple[float, ...]] = {
    "reply": (0.8, 1.6, 2.6, 4.0, 5.5),
    "notice": (0.6, 1.2, 2.0, 3.0, 4.2),
    "smtp-enhanced": (0.4, 0.9, 1.6, 2.4, 3.4),
    "hresult": (0.3, 0.7, 1.2, 1.9, 3.0),
    "winsock": (0.4, 0.9, 1.6, 2.6, 3.6),
    "smtp-reply": (0.2, 0.5, 0.9, 1.4, 2.2),
    "settings": (0.2, 0.5, 0.9, 1.4, 2.0),
    "symptom": (0.5, 1.0, 1.8, 2.8, 4.0),
}
_START_UNKNOWN = 1.5


@dataclass(frozen=True, slots=True)
class Sample:
    """The evidence of one labelled report by cause, and the share of the label that each cause has."""

    features: dict[str, tuple[Feature, ...]]
    label: dict[str, float]


@dataclass(slots=True)
class Weights:
    """Log-odds by kind and strength, and the score of a text that says too little."""

    evidence: dict[str, list[float]]
    unknown: float

    @classmethod
    def start(cls) -> "Weights":
        """The values that experience suggests."""
        return cls({kind: list(_START[kind]) for kind in EVIDENCE_KINDS}, _START_UNKNOWN)

    def belief(self, sample: Sample) -> dict[str, float]:
        """The probability of each cause that has evidence, and of none."""
        scores = {
            cause: sum(self.evidence[kind][strength - 1] for kind, strength in found)
            for cause, found in sample.features.items()
        }
        scores[UNKNOWN] = self.unknown
        top = max(scores.values())
        odds = {cause: math.exp(score - top) for cause, score in scores.items()}
        total = sum(odds.values())
        return {cause: odd / total for cause, odd in odds.items()}


def fit(samples: Sequence[Sample], rounds: int = _ROUNDS) -> Weights:
    """The weights that make the labels of the samples likeliest, by gradient ascent with Adam's step sizes."""
    weights = Weights.start()
    start = Weights.start()
    memory: dict[Feature, tuple[float, float]] = {}
    for turn in range(1, rounds + 1):
        slope = _slope(samples, weights)
        for key in [
            *((kind, strength) for kind in weights.evidence for strength in range(1, STRENGTHS + 1)),
            (UNKNOWN, 0),
        ]:
            now = weights.unknown if key[0] == UNKNOWN else weights.evidence[key[0]][key[1] - 1]
            first = start.unknown if key[0] == UNKNOWN else start.evidence[key[0]][key[1] - 1]
            gradient = slope.get(key, 0.0) / len(samples) - _PENALTY * (now - first)
            mean, square = memory.get(key, (0.0, 0.0))
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient * gradient
            memory[key] = mean, square
            step = _RATE * (mean / (1 - 0.9**turn)) / (math.sqrt(square / (1 - 0.999**turn)) + 1e-8)
            if key[0] == UNKNOWN:
                weights.unknown = now + step
            else:
                weights.evidence[key[0]][key[1] - 1] = now + step
        for scale in weights.evidence.values():
            _make_rising(scale)
    return weights


def read_samples(folders: Iterable[Path], kb: KnowledgeBase) -> Iterator[Sample]:
    """The labelled reports of fixture files; a text in which another number of reports is read is left out."""
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder]:
            for fixture in yaml.safe_load(path.read_text(encoding="utf-8")):
                expected = fixture["reports"]
                reports = parse(fixture["text"])
                if len(reports) != len(expected):
                    continue
                for report, wanted in zip(reports, expected, strict=True):
                    if wanted.get("causes"):
                        yield _sample(collect(report, kb).evidence, wanted["causes"])


def _sample(findings: Iterable[Finding], causes: Sequence[str]) -> Sample:
    strongest: dict[str, dict[str, int]] = {}
    for finding in findings:
        for cause, strength in finding.causes.items():
            kinds = strongest.setdefault(cause, {})
            kinds[finding.kind] = max(strength, kinds.get(finding.kind, 0))
    features = {cause: tuple(sorted(kinds.items())) for cause, kinds in strongest.items()}
    best, *others = causes
    label = {best: 1.0 if not others else 1 - _SECOND_BEST, **{other: _SECOND_BEST / len(others) for other in others}}
    return Sample(features, label)


def _slope(samples: Iterable[Sample], weights: Weights) -> dict[Feature, float]:
    """The gradient of the log-likelihood."""
    slope: dict[Feature, float] = {}
    for sample in samples:
        belief = weights.belief(sample)
        reachable = {cause: share for cause, share in sample.label.items() if cause in belief}
        total = sum(reachable.values())
        if not total:
            # Nothing speaks for the right cause: then the honest answer is that the text says too little.
            reachable, total = {UNKNOWN: 1.0}, 1.0
        for cause, believed in belief.items():
            wanted = (1 - _DOUBT) * reachable.get(cause, 0.0) / total + _DOUBT / len(belief)
            push = wanted - believed
            if cause == UNKNOWN:
                slope[UNKNOWN, 0] = slope.get((UNKNOWN, 0), 0.0) + push
            for feature in sample.features.get(cause, ()):
                slope[feature] = slope.get(feature, 0.0) + push
    return slope


def _make_rising(scale: list[float]) -> None:
    """Pools neighbours until every stronger finding counts more than the weaker ones, and none against its cause."""
    blocks: list[list[float]] = []
    for value in scale:
        blocks.append([max(value, 0.0)])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    pooled = [_mean(block) for block in blocks for _ in block]
    scale[:] = itertools.accumulate(pooled, lambda weaker, stronger: max(stronger, weaker + _LEAST_STEP))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> int:
    """Prints the weights as YAML."""
    parser = argparse.ArgumentParser(prog="python -m mailwhy.diagnosis.fitting", description=__doc__)
    parser.add_argument("fixtures", nargs="+", type=Path, help="folders or files of labelled reports")
    arguments = parser.parse_args()
    samples = list(read_samples(arguments.fixtures, builtin()))
    weights = fit(samples)
    sys.stdout.write(
        "# What evidence of each kind and strength (1 to 5) adds to a cause, in log-odds. Fitted, not written:\n"
        f"# `make weights` over {len(samples)} labelled reports; docs/ranking.md explains the model.\n"
        f"unknown: {weights.unknown:.2f}\ntemperature: 1.0\nprior: {{}}\nevidence:\n"
    )
    for kind, scale in weights.evidence.items():
        sys.stdout.write(f"  {kind}: [{', '.join(f'{value:.2f}' for value in scale)}]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
