"""Puts resolutions in the order in which they help, as far as people have told."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mailwhy.diagnosis.models import Cause, Diagnosis, Resolution

__all__ = ["Count", "Tally", "likely_to_help", "reordered"]

_FIRST = 0.5
_STEP = 0.8
_WEIGHT = 10.0


class Count(NamedTuple):
    """How often a resolution was tried against a cause, and how often it helped."""

    tried: int
    helped: int


Tally = Mapping[tuple[str, str], Count]
"""Counts by cause id and resolution id."""


def likely_to_help(place: int, count: Count) -> float:
    """The chance that a resolution helps (0 to 1): the mean of a beta distribution.

    The editors' order is the prior, worth ten reports: their first choice is taken to help half of the people, each
    further one four fifths as many as the one before. So a handful of reports moves nothing far, and a hundred decide.

    Args:
        place: the place in the editors' order, from 0.
        count: what people have told.
    """
    expected = _FIRST * _STEP**place
    return (count.helped + _WEIGHT * expected) / (count.tried + _WEIGHT)


def reordered(diagnosis: Diagnosis, tally: Tally) -> Diagnosis:
    """The diagnosis with the resolutions of each cause by their chance to help, best first; nothing else changes."""
    causes = tuple(_cause(cause, tally) for cause in diagnosis.causes)
    return diagnosis if causes == diagnosis.causes else diagnosis.model_copy(update={"causes": causes})


def _cause(cause: Cause, tally: Tally) -> Cause:
    ordered = _ordered(cause.id, cause.resolutions, tally)
    return cause if ordered == cause.resolutions else cause.model_copy(update={"resolutions": ordered})


def _ordered(cause: str, resolutions: Sequence[Resolution], tally: Tally) -> tuple[Resolution, ...]:
    chances = {
        resolution.id: likely_to_help(place, tally.get((cause, resolution.id), Count(0, 0)))
        for place, resolution in enumerate(resolutions)
    }
    return tuple(sorted(resolutions, key=lambda resolution: -chances[resolution.id]))


class FeedbackMismatchError(ValueError):
    """Feedback names a resolution that the cause does not have."""
