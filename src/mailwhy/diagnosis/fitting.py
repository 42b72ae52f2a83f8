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

from mailwhy.diagnosis.evidence import Finding, collect
from mailwhy.diagnosis.ranking import FROM_THE_CLIENT, FROM_THE_SERVER, UNKNOWN
from mailwhy.knowledge import KnowledgeBase, builtin
from mailwhy.knowledge.vocabulary import EVIDENCE_KINDS
from mailwhy.parsing import parse

__all__ = ["ELSEWHERE", "Sample", "Weights", "fit", "main", "read_samples", "sample", "sharpness", "to_yaml"]

Feature = tuple[str, int]
"""A kind of evidence, and the greatest strength with which it speaks for a cause."""

STRENGTHS = 5
_ROUNDS = 400
_RATE = 0.05
_PENALTY = 0.02
_DOUBT = 0.02
"""Share of the labels taken for chance: fixtures are cleaner than life, and confidence must hold in life."""

_LEAST_STEP = 0.05
_UNSEEN = 0.01
"""Share of answers that are right on fixtures and would be wrong on texts that nobody has seen.

The knowledge base and the fixtures grew together; on blind tests, the leading cause was right in 0.93 to 0.98.
"""

_FACTORS = [step / 20 for step in range(12, 61)]
_SECOND_BEST = 0.2
"""How much of a label goes to further acceptable causes together."""

_START: dict[str, tuple[float, ...]] = {
    "reply": (0.8, 1.6, 2.6, 4.0, 5.5),
    "notice": (0.6, 1.2, 2.0, 3.0, 4.2),
    "words": (0.9, 1.5, 2.3, 3.1, 3.9),
    "smtp-enhanced": (0.4, 0.9, 1.6, 2.4, 3.4),
    "hresult": (0.3, 0.7, 1.2, 1.9, 3.0),
    "winsock": (0.4, 0.9, 1.6, 2.6, 3.6),
    "smtp-reply": (0.2, 0.5, 0.9, 1.4, 2.2),
    "settings": (0.2, 0.5, 0.9, 1.4, 2.0),
    "symptom": (0.5, 1.0, 1.8, 2.8, 4.0),
}
_START_UNKNOWN = 1.5
_START_ELSEWHERE = 0.0
ELSEWHERE = "elsewhere"
"""Stands for all causes that nothing in a text speaks for."""

_UNKNOWN: Feature = (UNKNOWN, 0)
_ELSEWHERE: Feature = (ELSEWHERE, 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """The evidence of one labelled report by cause, and the share of the label that each cause has."""

    features: dict[str, tuple[Feature, ...]]
    label: dict[str, float]


@dataclass(slots=True)
class Weights:
    """Log-odds by kind and strength, and the scores of a text that says too little and of causes without evidence."""

    values: dict[Feature, float]

    @classmethod
    def start(cls) -> "Weights":
        """The values that experience suggests."""
        values: dict[Feature, float] = {
            (kind, place): value for kind in EVIDENCE_KINDS for place, value in enumerate(_START[kind], 1)
        }
        return cls({**values, _UNKNOWN: _START_UNKNOWN, _ELSEWHERE: _START_ELSEWHERE})

    def scale(self, kind: str) -> list[float]:
        """The log-odds of one kind, by strength."""
        return [self.values[kind, strength] for strength in range(1, STRENGTHS + 1)]

    def belief(self, sample: Sample, factor: float = 1.0) -> dict[str, float]:
        """The probability of each cause that has evidence, of "the text says too little", and of all other causes."""
        scores = {cause: sum(self.values[feature] for feature in found) for cause, found in sample.features.items()}
        scores[UNKNOWN] = self.values[_UNKNOWN]
        scores[ELSEWHERE] = self.values[_ELSEWHERE]
        top = max(scores.values())
        odds = {cause: math.exp(factor * (score - top)) for cause, score in scores.items()}
        total = sum(odds.values())
        return {cause: odd / total for cause, odd in odds.items()}


def fit(samples: Sequence[Sample], rounds: int = _ROUNDS) -> Weights:
    """The weights that make the labels of the samples likeliest, by gradient ascent with Adam's step sizes."""
    weights, start = Weights.start(), Weights.start()
    means = dict.fromkeys(weights.values, 0.0)
    squares = dict.fromkeys(weights.values, 0.0)
    for turn in range(1, rounds + 1):
        slope = _slope(samples, weights)
        for key, now in weights.values.items():
            gradient = slope.get(key, 0.0) / len(samples) - _PENALTY * (now - start.values[key])
            means[key] = 0.9 * means[key] + 0.1 * gradient
            squares[key] = 0.999 * squares[key] + 0.001 * gradient * gradient
            step = means[key] / (1 - 0.9**turn) / (math.sqrt(squares[key] / (1 - 0.999**turn)) + 1e-8)
            weights.values[key] = now + _RATE * step
        for kind in EVIDENCE_KINDS:
            rising = _rising(weights.scale(kind))
            weights.values.update({(kind, strength): value for strength, value in enumerate(rising, 1)})
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
                        yield sample(collect(report, kb).evidence, wanted["causes"])


def sample(findings: Iterable[Finding], causes: Sequence[str]) -> Sample:
    """The evidence of one report, and the causes that are accepted for it, the best one first."""
    strongest: dict[str, dict[str, int]] = {}
    server_spoke = False
    for finding in findings:
        server_spoke = server_spoke or finding.kind in FROM_THE_SERVER
        for cause, strength in finding.causes.items():
            kinds = strongest.setdefault(cause, {})
            kinds[finding.kind] = max(strength, kinds.get(finding.kind, 0))
    if server_spoke:
        for kinds in strongest.values():
            _one_witness(kinds)
    features = {cause: tuple(sorted(kinds.items())) for cause, kinds in strongest.items()}
    best, *others = causes
    label = {best: 1.0 if not others else 1 - _SECOND_BEST, **{other: _SECOND_BEST / len(others) for other in others}}
    return Sample(features, label)


def _one_witness(kinds: dict[str, int]) -> None:
    """Leaves of the client's own kinds the weightier, as the ranking does where the server's answer is printed."""
    told = sorted((_START[kind][kinds[kind] - 1], kind) for kind in FROM_THE_CLIENT & kinds.keys())
    for _, kind in told[:-1]:
        del kinds[kind]


def _slope(samples: Iterable[Sample], weights: Weights) -> dict[Feature, float]:
    """The gradient of the log-likelihood."""
    slope: dict[Feature, float] = {}
    for sample in samples:
        belief = weights.belief(sample)
        wanted = dict.fromkeys(belief, _DOUBT / len(belief))
        for cause, share in sample.label.items():
            wanted[cause if cause in belief else ELSEWHERE] += (1 - _DOUBT) * share
        for cause, believed in belief.items():
            push = wanted[cause] - believed
            own = {UNKNOWN: (_UNKNOWN,), ELSEWHERE: (_ELSEWHERE,)}.get(cause) or sample.features[cause]
            for feature in own:
                slope[feature] = slope.get(feature, 0.0) + push
    return slope


def sharpness(samples: Sequence[Sample], rounds: int = _ROUNDS) -> float:
    """The factor on all scores that makes confidence honest: of the answers given at 0.9, nine in ten are acceptable.

    It is measured on samples that the weights were not fitted to (every second one, in turn), by the log-loss of the
    leading cause being an acceptable one. Weights fitted to the best label alone would be too modest, since a second
    acceptable cause takes some of the probability.
    """
    held_out = [
        (sample, weights)
        for fold in (0, 1)
        for weights in [fit(samples[1 - fold :: 2], rounds)]
        for sample in samples[fold::2]
    ]
    return min(_FACTORS, key=lambda factor: sum(_loss(sample, weights, factor) for sample, weights in held_out))


def _loss(sample: Sample, weights: Weights, factor: float) -> float:
    belief = weights.belief(sample, factor)
    leading = max((cause for cause in belief if cause != ELSEWHERE), key=lambda cause: belief[cause])
    chance = min(max(belief[leading], 1e-6), 1 - 1e-6)
    right = 1 - _UNSEEN if leading in sample.label else _UNSEEN
    return -right * math.log(chance) - (1 - right) * math.log(1 - chance)


def _rising(scale: Iterable[float]) -> list[float]:
    """Pools neighbours until every stronger finding counts more than the weaker ones, and none against its cause."""
    blocks: list[list[float]] = []
    for value in scale:
        blocks.append([max(value, 0.0)])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    pooled = [_mean(block) for block in blocks for _ in block]
    return list(itertools.accumulate(pooled, lambda weaker, stronger: max(stronger, weaker + _LEAST_STEP)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> int:
    """Prints the weights as YAML."""
    parser = argparse.ArgumentParser(prog="python -m mailwhy.diagnosis.fitting", description=__doc__)
    parser.add_argument("fixtures", nargs="+", type=Path, help="folders or files of labelled reports")
    arguments = parser.parse_args()
    sys.stdout.write(to_yaml(list(read_samples(arguments.fixtures, builtin()))))
    return 0


def to_yaml(samples: Sequence[Sample], unseen: Sequence[Sample] = ()) -> str:
    """The weights fitted to the samples and to ``unseen`` ones, as ``weights.yaml``.

    The sharpness is that of the samples: ``unseen`` ones are of servers that nothing is known about, which are rare.
    """
    weights = fit([*samples, *unseen])
    lines = [
        "# What evidence of each kind and strength (1 to 5) adds to a cause, in log-odds. Fitted, not written:",
        f"# `make weights` over {len(samples)} labelled reports and {len(unseen)} replies kept aside; docs/ranking.md explains the model.",
        f"unknown: {weights.values[_UNKNOWN]:.2f}",
        f"elsewhere: {weights.values[_ELSEWHERE]:.2f}",
        f"sharpness: {sharpness(samples):.2f}",
        "evidence:",
        *(f"  {kind}: [{', '.join(f'{value:.2f}' for value in weights.scale(kind))}]" for kind in EVIDENCE_KINDS),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
