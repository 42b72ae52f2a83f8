"""Trains the model for words that no wording knows: ``python -m mailwhy.training wordings``.

It learns from what the knowledge base holds: the wordings and examples of ``kb/replies``, each with its causes, and the
sentences of ``kb/models/variants.yaml``, written for this alone. The same sources give the same model.
"""

import argparse
import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailwhy.diagnosis.wording_model import WordingModel, features
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.entries import ReplyEntry
from mailwhy.places import data_folder

__all__ = ["Sample", "main", "samples", "train"]

MAX_WEIGHTS = 20_000
_INVERSE_PENALTY = 10.0
_MIN_SHARE = 0.05
"""A cause that an entry speaks for less than this is none of its labels."""

_TRUST = {"wording": 0.6, "example": 1.0, "variant": 1.0}
"""A wording is only the kernel of what servers print; an example stands as they print it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with its causes (shares that add up to 1), how much it counts, and the entry that it is from."""

    text: str
    causes: Mapping[str, float]
    weight: float
    entry: str


def samples(kb: KnowledgeBase, variants: Path) -> list[Sample]:
    """All that there is to learn from."""
    found = [sample for key in sorted(kb.replies) for sample in _of_entry(key, kb.replies[key])]
    for cause, texts in yaml.safe_load(variants.read_text(encoding="utf-8")).items():
        found += [Sample(text, {cause: 1.0}, _TRUST["variant"], "") for text in texts]
    return found


def _of_entry(key: str, entry: ReplyEntry) -> Iterator[Sample]:
    # One step of strength makes a cause four times as likely: {a: 5, b: 3} is all but a.
    odds = {cause: 4.0**strength for cause, strength in entry.causes.items()}
    causes = {cause: odd / sum(odds.values()) for cause, odd in odds.items()}
    clear = max(entry.causes.values()) / 5
    yield from (Sample(text.replace("*", " "), causes, clear * _TRUST["wording"], key) for text in entry.match)
    yield from (Sample(text, causes, clear * _TRUST["example"], key) for text in entry.examples)


def train(learnt: Sequence[Sample], max_weights: int = MAX_WEIGHTS) -> dict[str, Any]:
    """The model as JSON: ``causes``, ``biases``, and ``weights`` as ``[cause, hundredths, cause, hundredths ...]``."""
    counts = Counter(feature for sample in learnt for feature in features(sample.text))
    known = sorted(counts)
    numbers = {feature: number for number, feature in enumerate(known)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    labels: list[str] = []
    trust: list[float] = []
    for sample in learnt:
        found = [numbers[feature] for feature in features(sample.text)]
        for cause, share in sample.causes.items():
            if found and share >= _MIN_SHARE:
                rows += [len(labels)] * len(found)
                columns += found
                values += [len(found) ** -0.5] * len(found)
                labels.append(cause)
                trust.append(sample.weight * share)
    table = csr_matrix((values, (rows, columns)), shape=(len(labels), len(known)))
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=300, tol=1e-4).fit(table, labels, sample_weight=trust)
    return _as_json(model, known, max_weights)


def _as_json(model: LogisticRegression, known: Sequence[str], max_weights: int) -> dict[str, Any]:
    """Keeps the heaviest weights."""
    hundredths = np.rint(model.coef_ * 100).astype(int)
    least = max(1, int(np.sort(np.abs(hundredths), axis=None)[-max_weights:][0]))
    weights: dict[str, list[int]] = {}
    for column, feature in enumerate(known):
        kept = [row for row in range(len(model.classes_)) if abs(hundredths[row, column]) >= least]
        if kept:
            weights[feature] = [int(number) for row in kept for number in (row, hundredths[row, column])]
    biases = [round(float(bias), 2) for bias in model.intercept_]
    return {"causes": [str(cause) for cause in model.classes_], "biases": biases, "weights": weights}


def without(learnt: Sequence[Sample], entries: Container[str]) -> list[Sample]:
    """The samples that are from none of these entries."""
    return [sample for sample in learnt if sample.entry not in entries]


def main(arguments: Sequence[str]) -> int:
    """Writes ``kb/models/wordings.json``."""
    parser = argparse.ArgumentParser(prog="python -m mailwhy.training wordings", description=__doc__)
    parser.add_argument("--kb", type=Path, default=data_folder("kb"), help="the folder of the knowledge base")
    folder: Path = parser.parse_args(arguments).kb / "models"
    learnt = samples(KnowledgeBase.load(), folder / "variants.yaml")
    trained = train(learnt)
    right = sum(_right(sample, WordingModel.from_json(trained)) for sample in learnt)
    text = json.dumps(trained, ensure_ascii=False, separators=(",", ":"))
    (folder / "wordings.json").write_text(text.replace('],"', '],\n"') + "\n", encoding="utf-8")
    weights = sum(len(kept) // 2 for kept in trained["weights"].values())
    print(f"{len(learnt)} texts, {weights} weights, {right / len(learnt):.3f} of the texts judged right")  # noqa: T201
    return 0


def _right(sample: Sample, model: WordingModel) -> bool:
    judged = model.judge(sample.text)
    return bool(judged) and judged[0].cause in sample.causes
