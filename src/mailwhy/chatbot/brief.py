"""Answers cut to what somebody needs at once, for callers to whom length is dear, such as language models.

The rest is a call away: all about a cause stands under its id.
"""

from collections.abc import Sequence

from mailwhy.chatbot.models import Answer
from mailwhy.diagnosis.models import Cause, CodeExplanation, Resolution

__all__ = ["brief_answer", "brief_explanation"]

_CAUSES = 3
_RESOLUTIONS = 4
_LESS_LIKELY = 1
"""Resolutions of each cause but the first."""


def brief_answer(answer: Answer) -> Answer:
    """The answer with its likeliest causes, and their first remedies for the reader's own client."""
    diagnoses = tuple(
        diagnosis.model_copy(update={"causes": _causes(diagnosis.causes)}) for diagnosis in answer.diagnoses
    )
    return answer.model_copy(update={"diagnoses": diagnoses})


def brief_explanation(explanation: CodeExplanation) -> CodeExplanation:
    """The explanation of a code with its likeliest causes and their first remedies."""
    return explanation.model_copy(update={"causes": _causes(explanation.causes)})


def _causes(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    return tuple(_cause(cause, _LESS_LIKELY if place else _RESOLUTIONS) for place, cause in enumerate(causes[:_CAUSES]))


def _cause(cause: Cause, resolutions: int) -> Cause:
    kept = tuple(_resolution(resolution) for resolution in cause.resolutions[:resolutions])
    return cause.model_copy(update={"details": None, "resolutions": kept})


def _resolution(resolution: Resolution) -> Resolution:
    return resolution.model_copy(update={"other_instructions": (), "references": ()})
