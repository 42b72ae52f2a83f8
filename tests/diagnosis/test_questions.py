"""The next question: the one whose answer parts the likeliest causes best."""

from types import SimpleNamespace
from typing import Any

import pytest

from mailwhy.diagnosis.questions import next_question
from mailwhy.diagnosis.ranking import UNKNOWN, Ranked
from mailwhy.knowledge.entries import QuestionEntry


def question(name: str, **effects: tuple[float, float]) -> QuestionEntry:
    """A question with two answers; ``effects`` holds the log-odds of both by cause."""
    return QuestionEntry.model_validate(
        {
            "id": name,
            "status": "stable",
            "question": "Which?",
            "options": [
                {"id": option, "label": option, "effects": {cause: pair[place] for cause, pair in effects.items()}}
                for place, option in enumerate(("one", "other"))
            ],
        }
    )


QUESTIONS = {
    "vague": question("vague", relay=(0.2, 0.0), full=(0.0, 0.2)),
    "parting": question("parting", relay=(3.0, -3.0), full=(-3.0, 3.0)),
    "beside": question("beside", moved=(4.0, -4.0), gone=(-4.0, 4.0)),
}


def asked(believed: dict[str, float], *answered: str, order: tuple[str, ...] = tuple(QUESTIONS)) -> str | None:
    kb: Any = SimpleNamespace(
        causes=dict.fromkeys((*believed, UNKNOWN), SimpleNamespace(questions=order)), questions=QUESTIONS
    )
    ranked = [Ranked(cause, chance, ()) for cause, chance in believed.items()]
    return next_question(ranked, kb, dict.fromkeys(answered, "one"))


@pytest.mark.parametrize("order", [("vague", "parting", "beside"), ("beside", "parting", "vague")])
def test_the_question_that_parts_the_likeliest_causes_is_asked(order: tuple[str, ...]) -> None:
    assert asked({"relay": 0.45, "full": 0.45}, order=order) == "parting"


def test_a_question_about_other_causes_tells_nothing() -> None:
    assert asked({"relay": 0.45, "full": 0.45}, "parting", "vague") is None


def test_one_that_was_answered_is_not_asked_again() -> None:
    assert asked({"relay": 0.45, "full": 0.45}, "parting") in {"vague", None}


def test_where_one_cause_is_certain_nothing_is_asked() -> None:
    assert asked({"relay": 0.99}) is None


def test_where_nothing_is_known_the_first_question_is_asked() -> None:
    assert asked({UNKNOWN: 0.7}) == "vague"
