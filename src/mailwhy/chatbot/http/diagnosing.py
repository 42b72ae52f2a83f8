"""``POST /v1/diagnose``."""

from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer
from mailwhy.chatbot.brief import brief_answer
from mailwhy.chatbot.http.answers import JSON, answered, wish_of
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.http.observing import Metrics
from mailwhy.chatbot.models import Answer, DiagnoseRequest
from mailwhy.chatbot.working import Workers
from mailwhy.diagnosis.api import translator_for
from mailwhy.rendering.formats import FORMATS

__all__ = ["add_routes"]


def add_routes(app: FastAPI, answerer: Answerer, workers: Workers, metrics: Metrics) -> None:
    """Adds the route that does the main job."""
    forms: dict[str, dict[str, Any]] = {
        form.media_type: {"schema": {"type": "string" if form.media_type.startswith("text/") else "object"}}
        for form in FORMATS.values()
        if form.media_type != JSON
    }

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
        answer = await workers.diagnose(asked.text, wish, asked.answers, asked.program)
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
