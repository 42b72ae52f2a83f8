"""What helped so far, in memory, so that no answer waits for the database."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailwhy.chatbot.feedback.ordering import Count, Tally
from mailwhy.chatbot.models import Feedback

if TYPE_CHECKING:
    from mailwhy.chatbot.feedback.store import FeedbackStore

__all__ = ["CurrentTally"]


class CurrentTally:
    """The tally of a store as it was last read, with what came in here since.

    A tally is replaced, never changed, so that a thread that is reading one keeps it whole.
    """

    def __init__(self, store: "FeedbackStore", today: Callable[[], dt.date]) -> None:
        self._store = store
        self._today = today
        self._counts: Tally = store.tally()

    def __call__(self) -> Tally:
        """The counts as they stand."""
        return self._counts

    def add(self, feedback: Feedback) -> None:
        """Stores one word of feedback and counts it."""
        self._store.add(feedback, self._today())
        key = (feedback.cause, feedback.resolution)
        tried, helped = self._counts.get(key, Count(0, 0))
        self._counts = {**self._counts, key: Count(tried + 1, helped + feedback.helped)}

    def refresh(self) -> None:
        """Reads the store again: other processes may write to it."""
        self._counts = self._store.tally()

    def close(self) -> None:
        """Closes the store."""
        self._store.close()
