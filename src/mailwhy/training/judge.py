"""Trains the judge: composes texts from parser/judge/*.yaml and the knowledge base, fits two linear models, writes them.

The same sources give the same file, bit by bit: texts are composed by a seeded generator, the solver is deterministic,
weights are rounded.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from mailwhy.knowledge import KnowledgeBase, builtin
from mailwhy.parsing.judge import FORM_SCALE, MODEL, features, form, tokens
from mailwhy.places import data_folder

__all__ = ["main", "train"]

_SEED = 2026
_COMPOSED = 24_000
_DESCRIBED = 9_000
_PLACES = 2
_LEAST_WEIGHT = 0.03
_MAIL_WORDS = ("mail", "smtp", "imap", "pop3", "message", "server", "outlook", "thunderbird")


def train(out: Path | None = None) -> Path:
    """Fit the models and write them; gives the file."""
    path = out or data_folder("parser") / MODEL
    dice = random.Random(_SEED)  # noqa: S311 - composes texts, no secrets
    source = _Source(data_folder("parser") / "judge", builtin(), dice)
    texts, labels = zip(*(source.text() for _ in range(_COMPOSED)), strict=True)
    failure = _binary(list(texts), list(labels))
    told, causes = zip(*(source.description() for _ in range(_DESCRIBED)), strict=True)
    document = {
        "failure": failure,
        "causes": _multiple(list(told), list(causes)),
        "signs": {"words": list(source.signs)},
    }
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    return path


def main(_: list[str]) -> int:
    """Train, and say where the models are."""
    sys.stdout.write(f"{train()}\n")
    return 0


class _Source:
    """Composes texts."""

    def __init__(self, folder: Path, kb: KnowledgeBase, dice: random.Random) -> None:
        self._dice = dice
        self._languages = {
            name: yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in ("en", "fr", "languages")
        }
        self._documents: dict[str, list[str]] = yaml.safe_load((folder / "documents.yaml").read_text("utf-8"))
        self._machines: dict[str, list[str]] = yaml.safe_load((folder / "machines.yaml").read_text("utf-8"))
        entries = [kb.replies[name] for name in sorted(kb.replies)]
        self._replies = [example for entry in entries if entry.where != "notice" for example in entry.examples]
        self._notices = [example for entry in entries if entry.where == "notice" for example in entry.examples]
        self.signs: list[str] = yaml.safe_load((folder / "signs.yaml").read_text("utf-8"))["signs"]

    def text(self) -> tuple[str, bool]:
        """A text, and whether it is about a failed mail."""
        language = self._language()
        make, failed = self._dice.choices(
            (
                (lambda: self._around(self._told(language)[0], language), True),
                (lambda: self._around(self._machine(), language), True),
                (self._machine, True),
                (lambda: self._dice.choice(self._notices), True),
                (lambda: self._around(self._dice.choice(self._notices), language), True),
                (self._other_machine, False),
                (lambda: self._around(self._other_machine(), language), False),
                (lambda: self._around(self._others(language), language), False),
                (self._document, False),
            ),
            (17, 15, 8, 5, 7, 10, 6, 24, 14),
        )[0]
        return make(), failed

    def _others(self, language: str) -> str:
        return self._pick(language, "other", self._dice.choices((1, 2, 3, 5, 8), (4, 4, 3, 2, 1))[0])

    def _document(self) -> str:
        """Documentation, source code or a list of changes: lines of one kind, now and then with a machine's words."""
        lines = self._documents[self._dice.choice(sorted(self._documents))]
        chosen = self._dice.sample(lines, min(len(lines), self._dice.choice((1, 1, 2, 3, 5, 8))))
        if self._dice.random() < 0.3:
            chosen.insert(self._dice.randrange(len(chosen)), self._other_machine())
        return "\n".join(chosen)

    def description(self) -> tuple[str, str]:
        """A failure told in own words, and its cause."""
        language = self._language()
        words, cause = self._told(language)
        return self._around(words, language), cause

    def _language(self) -> str:
        return self._dice.choices(("en", "fr", "languages"), (5, 3, 3))[0]

    def _told(self, language: str) -> tuple[str, str]:
        told: dict[str, list[str]] = self._languages[language]["told"]
        cause = self._dice.choices(list(told), [len(lines) ** 0.7 for lines in told.values()])[0]
        return self._dice.choice(told[cause]), cause

    def _pick(self, language: str, kind: str, number: int) -> str:
        lines: list[str] = self._languages[language][kind]
        return " ".join(self._dice.sample(lines, min(number, len(lines))))

    def _machine(self) -> str:
        frame = self._dice.choice(self._machines["mail"])
        pool = self._machines["connection"] if "{host}" in frame and self._dice.random() < 0.6 else self._replies
        words = self._dice.choice(pool)
        host = self._dice.choice(("smtp.shop.example", "mail.home.example", "smtp.gmail.com", "smtp.office365.com"))
        port = self._dice.choice(("25", "465", "587"))
        return frame.replace("{words}", words).replace("{host}", host).replace("{port}", port)

    def _other_machine(self) -> str:
        frame = self._dice.choice(self._machines["other"])
        return frame.replace("{connection}", self._dice.choice(self._machines["connection"]))

    def _around(self, words: str, language: str) -> str:
        before = self._pick(language, "context", self._dice.randint(0, 3))
        behind = self._pick(language, "context", self._dice.randint(0, 2))
        opener, closer = self._pick(language, "openers", 1), self._pick(language, "closers", 1)
        joint = self._dice.choice((" ", "\n", "\n\n"))
        return joint.join(piece for piece in (opener, before, words, behind, closer) if piece)


def _rows(texts: list[str]) -> list[dict[str, float]]:
    found = [features(tokens(text)) for text in texts]
    rows = [dict.fromkeys(sorted(seen), 1 / max(len(seen), 1) ** 0.5) for seen in found]
    for row, text in zip(rows, texts, strict=True):
        row.update(dict.fromkeys(form(text), FORM_SCALE))
    return rows


def _matrix(texts: list[str]) -> tuple[Any, list[str]]:
    from sklearn.feature_extraction import DictVectorizer

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(_rows(texts))
    # The solvers take indices of 32 bits only.
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    return matrix, list(vectorizer.get_feature_names_out())


def _binary(texts: list[str], labels: list[bool]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    matrix, names = _matrix(texts)
    model = LogisticRegression(C=3.0, max_iter=400, solver="liblinear", random_state=0).fit(matrix, labels)
    return {"bias": round(float(model.intercept_[0]), 3), "scale": 1.0, "weights": dict(_kept(names, model.coef_[0]))}


def _kept(names: list[str], weights: Any) -> Iterator[tuple[str, float]]:
    for name, weight in zip(names, weights, strict=True):
        rounded = round(float(weight), _PLACES)
        if abs(rounded) >= _LEAST_WEIGHT * 3:
            yield name, rounded


def _multiple(texts: list[str], causes: list[str]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    matrix, names = _matrix(texts)
    model = LogisticRegression(C=3.0, max_iter=300, random_state=0).fit(matrix, causes)
    weights = {
        name: [round(float(weight), _PLACES) for weight in row]
        for name, row in zip(names, model.coef_.T, strict=True)
        if max(map(abs, row)) >= 0.4
    }
    return {
        "names": [str(name) for name in model.classes_],
        "bias": [round(float(one), 3) for one in model.intercept_],
        "weights": weights,
    }
