"""Fits the judge of ``mailwhy.parsing.judge`` to the composed texts. Needs scikit-learn (extra ``dev``)."""

import json
import zlib
from collections import Counter
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailwhy.parsing.judge import Concepts, Judge, features, tokens
from mailwhy.places import data_folder
from mailwhy.training.composing import Text, compose

__all__ = ["train"]

_RAREST = 3  # sentences that a feature must occur with, so that none is learnt by heart
_SMALLEST = 0.05  # weights below it are not shipped
_HELD_OUT = 5  # every fifth sentence is kept for the calibration, so that it is measured on sentences never seen


def train() -> str:
    """The model as the text of ``parser/judge.json``, the same on every run."""
    texts = list(compose())
    concepts = _data("concepts")
    known = Concepts(concepts)
    found = [features(tokens(text.text), known) for text in texts]
    pairs = {(feature, text.source) for text, one in zip(texts, found, strict=True) for feature in one}
    counts = Counter(feature for feature, _ in pairs)
    names = sorted(feature for feature, count in counts.items() if count >= _RAREST)
    matrix = _matrix(found, names)
    failed = np.array([text.cause is not None for text in texts])
    kept = np.array([zlib.crc32(text.source.encode()) % _HELD_OUT != 0 for text in texts])
    data: dict[str, Any] = {"words": {}, "calibration": [1.0, 0.0, 0.0], "causes": {}, "cause_words": {}}
    data |= {"sharpness": 1.0, "quick": _data("quick")["beginnings"], "concepts": concepts}
    data["words"] = _words(matrix[kept], failed[kept], names)
    judge = Judge({**data, "causes": {"unknown": 0.0}})
    parts = np.array([judge.parts(tokens(text.text)) for text, one in zip(texts, kept, strict=True) if not one])
    calibration = LogisticRegression(C=1.0).fit(parts, failed[~kept])
    a, b = calibration.coef_[0]
    data["calibration"] = [round(float(number), 3) for number in (a, b, calibration.intercept_[0])]
    data["words"] = _words(matrix, failed, names)
    data |= _causes(matrix[failed], [text for text in texts if text.cause], names)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def _data(name: str) -> dict[str, Any]:
    path = data_folder("parser") / "judge" / f"{name}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _matrix(found: list[set[str]], names: list[str]) -> csr_matrix:
    index = {name: number for number, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, one in enumerate(found):
        for feature in sorted(one & index.keys()):
            rows.append(row)
            columns.append(index[feature])
            values.append(1 / np.sqrt(len(one) + 1))
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(names)))


def _words(matrix: csr_matrix, failed: Any, names: list[str]) -> dict[str, float]:
    model = LogisticRegression(C=3.0, max_iter=300, solver="liblinear", random_state=1).fit(matrix, failed)
    weights = [round(float(weight), 2) for weight in model.coef_[0]]
    return {name: weight for name, weight in zip(names, weights, strict=True) if abs(weight) >= _SMALLEST}


def _causes(matrix: csr_matrix, texts: list[Text], names: list[str]) -> dict[str, Any]:
    labels = [text.cause for text in texts]
    model = LogisticRegression(C=5.0, max_iter=60).fit(matrix, labels)
    words: dict[str, dict[str, float]] = {}
    for column, name in enumerate(names):
        weights = {str(row): round(float(weight), 1) for row, weight in enumerate(model.coef_[:, column])}
        words[name] = {row: weight for row, weight in weights.items() if abs(weight) >= 0.6}
    constants = {str(cause): round(float(c), 2) for cause, c in zip(model.classes_, model.intercept_, strict=True)}
    return {"causes": constants, "cause_words": {name: row for name, row in words.items() if row}}
