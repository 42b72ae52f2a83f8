"""Chooses the question whose answer would tell most, and takes answers into account."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mailwhy.diagnosis.ranking import UNKNOWN, Ranked
from mailwhy.i18n import N_, SpokenError
from mailwhy.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import QuestionEntry

__all__ = ["UnknownAnswerError", "effects_of", "next_question"]

_LEAST_GAIN = 0.04
"""Expected information, in nats, below which a question is not worth a person's time."""


class UnknownAnswerError(SpokenError):
    """An answer names a question, or an option of one, that the knowledge base does not have."""


def effects_of(answers: Mapping[str, str], kb: KnowledgeBase) -> dict[str, float]:
    """The log-odds that answers add to each cause.

    Args:
        answers: option id by question id.
        kb: the knowledge base that the ids are of.

    Raises:
        UnknownAnswerError: an id is not known; the message names those that are.
    """
    total: dict[str, float] = {}
    for question, option in answers.items():
        if question not in kb.questions:
            template = N_("there is no question “{question}”; use the id that the diagnosis gave")
            raise UnknownAnswerError(template, question=question)
        options = {entry.id: entry for entry in kb.questions[question].options}
        if option not in options:
            template = N_("the question “{question}” has no option “{option}”; it has {options}")
            raise UnknownAnswerError(template, question=question, option=option, options=", ".join(options))
        for cause, effect in options[option].effects.items():
            total[cause] = total.get(cause, 0.0) + effect
    return total


def next_question(ranked: Sequence[Ranked], kb: KnowledgeBase, answered: Mapping[str, str]) -> str | None:
    """The id of the question that is expected to tell most about the leading causes, or None if none tells enough.

    Where nothing is known yet there is nothing to weigh: then the questions of "the text says too little" are asked in
    their order.
    """
    belief = {cause.cause: cause.confidence for cause in ranked}
    if ranked and ranked[0].cause != UNKNOWN and _entropy(belief.values()) < _LEAST_GAIN:
        return None  # no answer can tell more than is still open
    candidates = dict.fromkeys(
        question
        for cause in belief
        if cause in kb.causes
        for question in kb.causes[cause].questions
        if question not in answered and question in kb.questions
    )
    gains = {question: _information(kb.questions[question], belief) for question in candidates}
    best = max(gains, key=lambda question: gains[question], default=None)
    if best is not None and gains[best] >= _LEAST_GAIN:
        return best
    if ranked and ranked[0].cause == UNKNOWN:
        return next(iter(candidates), None)
    return None


def _entropy(belief: Iterable[float]) -> float:
    return -sum(chance * math.log(chance) for chance in belief)


def _information(question: QuestionEntry, belief: Mapping[str, float]) -> float:
    """Mutual information, in nats, between the answer and the cause (the options' effects read as likelihoods)."""
    likelihood = {cause: _likelihoods(question, cause) for cause in belief}
    total = sum(belief.values())
    gain = 0.0
    for place in range(len(question.options)):
        chance = sum(belief[cause] * likelihood[cause][place] for cause in belief) / total
        for cause, believed in belief.items():
            given = likelihood[cause][place]
            gain += believed / total * given * math.log(given / chance)
    return gain


def _likelihoods(question: QuestionEntry, cause: str) -> list[float]:
    odds = [math.exp(option.effects.get(cause, 0.0)) for option in question.options]
    total = sum(odds)
    return [odd / total for odd in odds]
