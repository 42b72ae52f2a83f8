"""Feedback in the order in which it is read: the cause with the most of it first, then what helps most."""

from typing import NamedTuple

from mailwhy.chatbot.feedback.ordering import Tally, likely_to_help
from mailwhy.knowledge import KnowledgeBase

__all__ = ["Row", "summary"]


class Row(NamedTuple):
    """How often one resolution was tried against one cause and how often it helped, and its chance to help."""

    cause: str
    resolution: str
    tried: int
    helped: int
    likely: float


def summary(tally: Tally, kb: KnowledgeBase) -> list[Row]:
    """The rows of a tally. ``likely`` is what the order of resolutions follows, rounded to two places."""
    total: dict[str, int] = {}
    for (cause, _), count in tally.items():
        total[cause] = total.get(cause, 0) + count.tried
    rows = [
        Row(cause, name, *count, round(likely_to_help(_place(cause, name, kb), count), 2))
        for (cause, name), count in tally.items()
    ]
    return sorted(rows, key=lambda row: (-total[row.cause], row.cause, -row.likely, row.resolution))


def _place(cause: str, resolution: str, kb: KnowledgeBase) -> int:
    """The editors' place of a resolution; one that they took away counts as the last."""
    names = kb.causes[cause].resolutions if cause in kb.causes else ()
    return names.index(resolution) if resolution in names else len(names)
