"""Answers as HTTP responses. What was validated once is not validated again: the models are dumped as they are."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from mailwhy.chatbot.answering import Wish, wish_for

__all__ = ["JSON", "answered", "wish_of"]

JSON = "application/json"


def wish_of(request: Request, locale: str | None) -> Wish:
    """The language that a request asks for, by name or by its Accept-Language."""
    return wish_for(locale, request.headers.get("accept-language"))


def answered(content: BaseModel | str, locale: str, wish: Wish, media_type: str = JSON) -> Response:
    """A good answer in its language.

    Args:
        content: a model, dumped as JSON, or what a rendering made.
        locale: the language that the answer is in.
        wish: what was asked for; where it fell back, the header Mailwhy-Notice says so.
        media_type: of the content.
    """
    body = content if isinstance(content, str) else content.model_dump_json()
    headers = {"Content-Language": locale, "Vary": "Accept-Language"}
    if wish.notices:
        headers["Mailwhy-Notice"] = ", ".join(notice.code for notice in wish.notices)
    return Response(body, media_type=media_type, headers=headers)
