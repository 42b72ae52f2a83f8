"""Fits the models of ``mailwhy.parsing.judge`` to the composed texts. Needs scikit-learn (extra ``dev``).

The same sources give the same file: texts are composed by seeded generators, the solvers are deterministic, weights are
rounded.
"""

import json
import warnings
from collections import Counter
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from mailwhy.parsing.judge import FORM_SCALE, MODEL, Concepts, features, form, tokens
from mailwhy.places import data_folder
from mailwhy.training.composing import Text, compose, sources

__all__ = ["main", "train"]

_STRENGTH = 1.0  # of the fit to the composed texts: more learns their sentences by heart
_RAREST = 3  # sentences that a feature must occur with, so that none is learnt by heart
_SMALLEST = 0.2  # weights below it are not shipped
_SMALLEST_CAUSE = 0.6
_OFTENER = 4
_WORDS_OF_A_LANGUAGE = 60


def main(_: list[str]) -> int:
    """Write ``parser/judge.json`` anew."""
    (data_folder("parser") / MODEL).write_text(train(), encoding="utf-8")
    return 0


def train() -> str:
    """The models as the text of ``parser/judge.json``, the same on every run."""
    texts = list(compose())
    concepts = _data("concepts")
    known = Concepts(concepts)
    found = [features(tokens(text.text), known) for text in texts]
    pairs = {(feature, text.source) for text, one in zip(texts, found, strict=True) for feature in one}
    counts = Counter(feature for feature, _ in pairs)
    marks = [form(text.text) for text in texts]
    names = sorted(
        {feature for feature, count in counts.items() if count >= _RAREST} | {m for one in marks for m in one}
    )
    matrix = _matrix(found, marks, names)
    failed = np.array([text.cause is not None for text in texts])
    model = LogisticRegression(C=_STRENGTH, max_iter=300, solver="liblinear", random_state=1).fit(matrix, failed)
    weights = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    data: dict[str, Any] = {
        "bias": round(float(model.intercept_[0]), 3),
        "words": {name: weight for name, weight in weights.items() if abs(weight) >= _SMALLEST},
        "concepts": concepts,
        "quick": _data("quick"),
        "languages": _languages(),
        **_causes(matrix[failed], [text for text in texts if text.cause], names),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def _languages() -> dict[str, list[str]]:
    """The words that tell a language from the others: the commonest that it has several times as often as they."""
    counts: dict[str, Counter[str]] = {}
    for language in sources():
        lines = [*language.neutral, *language.others, *(line for some in language.failures.values() for line in some)]
        counts[language.name] = Counter(word for line in lines for word in tokens(line) if word.isalpha())
    counts.pop("programs")
    shares = {name: {w: n / max(found.total(), 1) for w, n in found.items()} for name, found in counts.items()}
    return {
        name: [
            word
            for word, share in sorted(shares[name].items(), key=lambda pair: (-pair[1], pair[0]))
            if all(share > _OFTENER * others.get(word, 0.0) for other, others in shares.items() if other != name)
        ][:_WORDS_OF_A_LANGUAGE]
        for name in sorted(shares)
    }


def _data(name: str) -> dict[str, Any]:
    path = data_folder("parser") / "judge" / f"{name}.yaml"
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return content


def _matrix(found: list[set[str]], marks: list[list[str]], names: list[str]) -> csr_matrix:
    index = {name: number for number, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, (one, signs) in enumerate(zip(found, marks, strict=True)):
        known = sorted(one & index.keys())
        rows += [row] * (len(known) + len(signs))
        columns += [index[feature] for feature in (*known, *signs)]
        values += [1 / np.sqrt(len(one) + 1)] * len(known) + [FORM_SCALE] * len(signs)
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(names)))


def _causes(matrix: csr_matrix, texts: list[Text], names: list[str]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped on purpose: enough for the best cause
        model = LogisticRegression(C=5.0, max_iter=60).fit(matrix, [text.cause for text in texts])
    words: dict[str, dict[str, float]] = {}
    for name, column in zip(names, model.coef_.T, strict=True):
        weights = {str(row): round(float(weight), 1) for row, weight in enumerate(column)}
        words[name] = {row: weight for row, weight in weights.items() if abs(weight) >= _SMALLEST_CAUSE}
    constants = {str(cause): round(float(c), 2) for cause, c in zip(model.classes_, model.intercept_, strict=True)}
    return {"causes": constants, "cause_words": {name: row for name, row in words.items() if row}}
