"""``POST /v1/diagnose``."""

from typing import Any

import anyio
from fastapi import FastAPI, Request
from starlette.responses import Response

from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.brief import brief_answer
from mailwhy.chatbot.http.answers import JSON, answered, wish_of
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.http.observing import Metrics
from mailwhy.chatbot.models import Answer, DiagnoseRequest
from mailwhy.diagnosis.api import translator_for
from mailwhy.rendering.formats import FORMATS

__all__ = ["add_routes"]

_SHORT = 8192
"""Characters that are diagnosed on the spot: in a millisecond or two, less than a thread would cost."""

_THREADS = 2
"""Long texts that are read at once; Python runs one at a time anyway, and short ones must come between."""


def add_routes(app: FastAPI, answerer: Answerer, metrics: Metrics) -> None:
    """Adds the route that does the main job."""
    threads = anyio.CapacityLimiter(_THREADS)
    forms: dict[str, dict[str, Any]] = {
        form.media_type: {"schema": {"type": "string" if form.media_type.startswith("text/") else "object"}}
        for form in FORMATS.values()
        if form.media_type != JSON
    }

    async def diagnosed(asked: DiagnoseRequest, wish: Wish) -> Answer:
        if len(asked.text) <= _SHORT:
            return answerer.diagnose(asked.text, wish, asked.answers, asked.program)
        # Abandoned where the caller's time is up: the answer goes nowhere, and the text's own limit ends the work.
        return await anyio.to_thread.run_sync(
            answerer.diagnose,
            asked.text,
            wish,
            asked.answers,
            asked.program,
            abandon_on_cancel=True,
            limiter=threads,
        )

    @app.post(
        "/v1/diagnose",
        tags=["diagnosis"],
        operation_id="diagnose_mail_failure",
        summary="Why was this mail not sent, and what to do",
        description=purposes.DIAGNOSE,
        response_model=Answer,
        responses={**PROBLEMS, 200: {"description": "The diagnoses, in the form asked for.", "content": forms}},
    )
    async def diagnose(asked: DiagnoseRequest, request: Request) -> Response:
        wish = wish_of(request, asked.locale)
        answer = await diagnosed(asked, wish)
        metrics.texts.labels("report" if answer.diagnoses else "none").inc()
        for diagnosis in answer.diagnoses:
            metrics.causes.labels(diagnosis.causes[0].id if diagnosis.causes else "none").inc()
        if asked.format == "json":
            if asked.detail == "brief":
                answer = brief_answer(answer)
            return answered(answer, answer.locale, wish)
        form = FORMATS[asked.format]
        say = translator_for(answer.locale, answerer.kb)
        conversation = {"text": asked.text, "answers": asked.answers}
        full = asked.detail == "full"
        shown = form.render(answer.diagnoses, answer.suggestions, say, **conversation, full=full)
        return answered(shown, answer.locale, wish, form.media_type)
