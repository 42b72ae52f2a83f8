"""Errors as problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from mailwhy.chatbot.models import Problem

__all__ = ["MEDIA_TYPE", "problem"]

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, code: str, detail: str, *, errors: Sequence[str] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """An error answer.

    Args:
        status: HTTP status.
        code: what was wrong, for programs.
        detail: what was wrong and what to do, for people.
        errors: each fault, where there are several.
        headers: further headers, such as Retry-After.
    """
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=tuple(errors))
    return Response(
        body.model_dump_json(exclude_defaults=True), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )
