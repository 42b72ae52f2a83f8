"""Turns the errors of the application into problems. None of them tells of a path or a traceback."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from mailwhy.chatbot.answering import UnknownCauseError
from mailwhy.chatbot.feedback.errors import StoreError
from mailwhy.chatbot.feedback.ordering import FeedbackMismatchError
from mailwhy.chatbot.problems import problem
from mailwhy.chatbot.working import TookTooLongError
from mailwhy.diagnosis.api import UnknownAnswerError, UnknownCodeError
from mailwhy.diagnosis.dialogue import UnknownDialogueError
from mailwhy.parsing import TextTooLargeError

__all__ = ["add_handlers"]

_log = logging.getLogger("mailwhy.service")

_KNOWN: dict[type[Exception], tuple[int, str]] = {
    TextTooLargeError: (413, "text-too-large"),
    TookTooLongError: (503, "took-too-long"),
    UnknownAnswerError: (422, "unknown-answer"),
    UnknownCodeError: (404, "not-a-code"),
    UnknownCauseError: (404, "unknown-cause"),
    UnknownDialogueError: (404, "unknown-dialogue"),
    FeedbackMismatchError: (409, "not-of-this-cause"),
}
"""What the questions of mailwhy raise: the status, and the code for programs."""

_DETAILS = {
    404: "There is nothing at this address; /openapi.json lists what there is.",
    405: "This address does not take that method; the header Allow names those that it takes.",
}


def add_handlers(app: FastAPI) -> None:
    """Makes every error of the application a problem."""
    for error in _KNOWN:
        app.add_exception_handler(error, _known)
    app.add_exception_handler(StoreError, _not_kept)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _fault)


async def _known(_: Request, error: Exception) -> Response:
    status, code = _KNOWN[type(error)]
    return problem(status, code, str(error))


async def _not_kept(_: Request, error: Exception) -> Response:
    _log.error("%s", error)  # names the database, which is no caller's business
    return problem(503, "feedback-not-kept", "The feedback could not be kept; try again later.")


async def _refused(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: addresses, methods, bodies that are no text."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = HTTPStatus(status).phrase.lower().replace(" ", "-")
    if status == 400:
        return problem(400, "bad-json", "The body is no JSON text in UTF-8.")
    headers = {"Allow": ", ".join(_allowed(request))} if status == 405 else None
    return problem(status, code, _DETAILS.get(status, HTTPStatus(status).phrase), headers=headers)


def _allowed(request: Request) -> list[str]:
    """The methods of an address; the framework names those of one of its routes alone."""
    matching = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in matching for method in getattr(route, "methods", None) or ()})


async def _invalid(request: Request, error: Exception) -> Response:
    faults: Sequence[Mapping[str, Any]] = error.errors() if isinstance(error, RequestValidationError) else ()
    if any(fault["type"] == "json_invalid" for fault in faults):
        place = next(fault["loc"][-1] for fault in faults if fault["type"] == "json_invalid")
        return problem(400, "bad-json", f"The body is no valid JSON: see character {place}.")
    if any(fault["type"] == "missing" and fault["loc"] == ("body",) for fault in faults):
        return problem(422, "invalid-request", "The body is empty; send a JSON object.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if any(fault["loc"] == ("body",) for fault in faults) and not (kind.endswith("json")):
        return problem(415, "not-json", "Send the body as JSON, with the header Content-Type: application/json.")
    told = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults]
    return problem(422, "invalid-request", "The request does not have the form that /openapi.json describes.",
                   errors=told)  # fmt: skip


async def _fault(_: Request, error: Exception) -> Response:  # noqa: ARG001 - what went wrong is for the log alone
    return problem(500, "internal-error", "mailwhy failed on this request; its log tells the operator more.")
