"""``GET`` of what is known: a code, a cause, a search."""

from typing import Annotated

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer
from mailwhy.chatbot.brief import brief_explanation
from mailwhy.chatbot.http.answers import answered, wish_of
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.models import Detail, SearchAnswer
from mailwhy.diagnosis.models import Cause, CodeExplanation

__all__ = ["LocaleQuery", "add_routes"]

LocaleQuery = Annotated[
    str | None, Query(max_length=35, description="Language of the answer (BCP 47); else Accept-Language decides.")
]
_Code = Annotated[
    str,
    Path(
        min_length=1,
        max_length=100,
        description="The code as it was printed, such as 0x800CCC79, -2146644871, 550, 5.7.1 or 10060.",
        examples=["0x800CCC79"],
    ),
]
_CauseId = Annotated[str, Path(min_length=1, max_length=100, description="Id of the cause.", examples=["relay_denied"])]
_Query = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        description="Words, in English or French.",
        examples=["my mail stays in the outbox"],
    ),
]
_Limit = Annotated[int, Query(ge=1, le=50, description="The most finds to give.")]


def add_routes(app: FastAPI, answerer: Answerer) -> None:
    """Adds the routes that read the knowledge base."""

    @app.get(
        "/v1/codes/{code}",
        tags=["knowledge"],
        operation_id="explain_mail_error_code",
        summary="What an error code means",
        description=purposes.EXPLAIN,
        response_model=CodeExplanation,
        responses=PROBLEMS,
    )
    async def explain(request: Request, code: _Code, locale: LocaleQuery = None, detail: Detail = "full") -> Response:
        wish = wish_of(request, locale)
        explanation = answerer.explain(code, wish)
        if detail == "brief":
            explanation = brief_explanation(explanation)
        return answered(explanation, explanation.locale, wish)

    @app.get(
        "/v1/causes/{cause}",
        tags=["knowledge"],
        operation_id="describe_mail_failure_cause",
        summary="All about one cause",
        description="What a cause of failure is, who has to act, and what to do, step by step in each mail program. "
        "The ids are those that a diagnosis gives.",
        response_model=Cause,
        responses=PROBLEMS,
    )
    async def describe(request: Request, cause: _CauseId, locale: LocaleQuery = None) -> Response:
        wish = wish_of(request, locale)
        return answered(answerer.cause(cause, wish), wish.or_english, wish)

    @app.get(
        "/v1/search",
        tags=["knowledge"],
        operation_id="search_mail_knowledge",
        summary="Search by words",
        description=purposes.SEARCH,
        response_model=SearchAnswer,
        responses=PROBLEMS,
    )
    async def search(request: Request, q: _Query, locale: LocaleQuery = None, limit: _Limit = 10) -> Response:
        wish = wish_of(request, locale)
        found = answerer.search(q, wish, limit)
        return answered(found, found.locale, wish)
