"""``POST /v1/feedback``: did it help?"""

from functools import partial

import anyio
from fastapi import FastAPI
from starlette.responses import Response

from mailwhy.chatbot.answering import Answerer
from mailwhy.chatbot.feedback.current import CurrentTally
from mailwhy.chatbot.feedback.errors import StoreError
from mailwhy.chatbot.feedback.ordering import FeedbackMismatchError
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.models import Feedback
from mailwhy.diagnosis.questions import UnknownAnswerError

__all__ = ["add_routes"]


_MOST_WAITING = 10
"""Feedbacks that wait for a slow database; more would take the places of those who ask for a diagnosis."""


def add_routes(app: FastAPI, answerer: Answerer, tally: CurrentTally, limiter: anyio.CapacityLimiter) -> None:
    """Adds the route that takes feedback; called only where the operator named a store."""

    @app.post(
        "/v1/feedback",
        tags=["feedback"],
        operation_id="give_feedback",
        summary="Say whether a resolution helped",
        description="Call it when the user says that a resolution helped, or did not. Only the ids, the answer and the "
        "day are kept: no text of anybody.",
        status_code=204,
        response_class=Response,
        responses=PROBLEMS,
    )
    async def give(given: Feedback) -> Response:
        kb = answerer.kb
        if given.cause not in kb.causes or given.resolution not in kb.resolutions:
            raise UnknownAnswerError("there is no such cause, or no such resolution; use the ids of a diagnosis")
        if given.resolution not in kb.causes[given.cause].resolutions:
            raise FeedbackMismatchError(
                f"the cause “{given.cause}” has no resolution “{given.resolution}”; use the ids of a diagnosis"
            )
        if limiter.statistics().tasks_waiting >= _MOST_WAITING:
            raise StoreError("the feedback store is too slow: feedback is refused until it catches up")
        await anyio.to_thread.run_sync(partial(tally.add, given), limiter=limiter)
        return Response(status_code=204)
