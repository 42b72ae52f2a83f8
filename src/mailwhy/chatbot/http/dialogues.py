"""``/v1/dialogues``: questions that lead to an outcome."""

from typing import Annotated

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer
from mailwhy.chatbot.http.answers import answered, wish_of
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.http.knowledge import LocaleQuery
from mailwhy.chatbot.models import DialogueRequest
from mailwhy.diagnosis.dialogue import DialogueState

__all__ = ["add_routes"]

_DialogueId = Annotated[str, Path(min_length=1, max_length=100, description="Id of the dialogue.", examples=["relay"])]


def add_routes(app: FastAPI, answerer: Answerer) -> None:
    """Adds the routes that lead through a dialogue."""

    @app.get(
        "/v1/dialogues/{dialogue}",
        tags=["dialogues"],
        operation_id="start_dialogue",
        summary="The first question",
        description=f"Begins a dialogue. relay: {purposes.DIALOGUE}",
        response_model=DialogueState,
        responses=PROBLEMS,
    )
    async def start(request: Request, dialogue: _DialogueId, locale: LocaleQuery = None) -> Response:
        wish = wish_of(request, locale)
        state = answerer.dialogue(dialogue, wish)
        return answered(state, state.locale, wish)

    @app.post(
        "/v1/dialogues/{dialogue}",
        tags=["dialogues"],
        operation_id="continue_dialogue",
        summary="The next question, or the outcome",
        description="Goes on in a dialogue. Nothing is remembered between calls: send all answers so far.",
        response_model=DialogueState,
        responses=PROBLEMS,
    )
    async def go_on(request: Request, dialogue: _DialogueId, given: DialogueRequest) -> Response:
        wish = wish_of(request, given.locale)
        state = answerer.dialogue(dialogue, wish, given.answers)
        return answered(state, state.locale, wish)
