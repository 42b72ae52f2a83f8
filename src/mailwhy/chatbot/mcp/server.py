"""The tools and resources of the MCP server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from mailwhy import __version__
from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer, UnknownCauseError, wish_for
from mailwhy.chatbot.brief import brief_answer, brief_explanation
from mailwhy.chatbot.models import Answer, Detail, Locale, SearchAnswer
from mailwhy.diagnosis.api import UnknownAnswerError, UnknownCodeError, translator_for
from mailwhy.diagnosis.dialogue import DialogueState
from mailwhy.diagnosis.models import CodeExplanation
from mailwhy.knowledge.vocabulary import SteppedClient
from mailwhy.parsing import TextTooLargeError
from mailwhy.rendering.formats import FORMATS

__all__ = ["mcp_server"]

_Locale = Annotated[
    Locale | None,
    Field(description="Language to answer in: the user's own (en or fr). Left out: the language of the message."),
]
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def mcp_server(answerer: Answerer) -> MCPServer[Any]:
    """A server that answers from one knowledge base; it is stateless, and keeps and sends nothing."""
    server: MCPServer[Any] = MCPServer(
        "mailwhy", title="mailwhy", instructions=purposes.SERVICE, version=__version__, log_level="WARNING"
    )
    _add_diagnosis(server, answerer)
    _add_knowledge(server, answerer)
    _add_dialogue(server, answerer)
    _add_resources(server, answerer)
    return server


def _add_diagnosis(server: MCPServer[Any], answerer: Answerer) -> None:
    @server.tool("diagnose_mail_failure", "Diagnose a mail failure", purposes.DIAGNOSE, annotations=_READS)
    def diagnose_mail_failure(
        text: Annotated[str, Field(min_length=1, description="The error message, bounce or ticket, unchanged.")],
        locale: _Locale = None,
        answers: Annotated[
            dict[str, str] | None,
            Field(description="Answers to questions of earlier calls about this text: option id by question id."),
        ] = None,
        program: Annotated[
            SteppedClient | None, Field(description="The mail program or device that the user has, for its steps.")
        ] = None,
        detail: Annotated[
            Detail, Field(description="brief: the answer; full: every fact, reason and remedy too.")
        ] = "brief",
    ) -> Annotated[CallToolResult, Answer]:
        with _told():
            answer = answerer.diagnose(text, wish_for(locale), answers, program)
        full, say = detail == "full", translator_for(answer.locale, answerer.kb)
        shown = FORMATS["markdown"].render(answer.diagnoses, answer.suggestions, say, full=full)
        return _result(answer if full else brief_answer(answer), shown)


def _add_knowledge(server: MCPServer[Any], answerer: Answerer) -> None:
    @server.tool("explain_mail_error_code", "Explain a mail error code", purposes.EXPLAIN, annotations=_READS)
    def explain_mail_error_code(
        code: Annotated[str, Field(min_length=1, max_length=100, description="The code alone, such as 0x800CCC79.")],
        locale: _Locale = None,
    ) -> CodeExplanation:
        with _told():
            return brief_explanation(answerer.explain(code, wish_for(locale)))

    @server.tool("search_mail_knowledge", "Search what is known", purposes.SEARCH, annotations=_READS)
    def search_mail_knowledge(
        query: Annotated[str, Field(min_length=1, max_length=500, description="The user's words.")],
        locale: _Locale = None,
        limit: Annotated[int, Field(ge=1, le=20, description="The most finds to give.")] = 5,
    ) -> SearchAnswer:
        return answerer.search(query, wish_for(locale), limit)


def _add_dialogue(server: MCPServer[Any], answerer: Answerer) -> None:
    @server.tool("relay_check", "Check whether a message will be relayed", purposes.DIALOGUE, annotations=_READS)
    def relay_check(
        answers: Annotated[
            dict[str, str] | None,
            Field(description="All answers so far, by question id: an option id, or the address that was typed."),
        ] = None,
        locale: _Locale = None,
    ) -> DialogueState:
        with _told():
            return answerer.dialogue("relay", wish_for(locale), answers)


def _add_resources(server: MCPServer[Any], answerer: Answerer) -> None:
    def read(cause: str, locale: str | None) -> str:
        try:
            return answerer.cause(cause, wish_for(locale)).model_dump_json()
        except UnknownCauseError as error:
            raise ResourceNotFoundError(str(error)) from None

    about = "All about one cause of failure: what it is, who has to act, every remedy step by step in each mail program"

    @server.resource("mailwhy://cause/{id}", name="cause", description=about, mime_type="application/json")
    def cause(id: str) -> str:  # noqa: A002 - the name in the address
        return read(id, None)

    @server.resource(
        "mailwhy://cause/{id}/{locale}",
        name="cause-in-language",
        description=f"{about}; in a language (en, fr)",
        mime_type="application/json",
    )
    def cause_in_language(id: str, locale: str) -> str:  # noqa: A002
        return read(id, locale)


@contextmanager
def _told() -> Iterator[None]:
    """Tells the model what was wrong with its call, so that it can mend it."""
    try:
        yield
    except (TextTooLargeError, UnknownAnswerError, UnknownCodeError) as error:
        raise ToolError(str(error)) from None


def _result(structured: BaseModel, shown: str) -> CallToolResult:
    """Data for the program around the model, and a text that the model can pass on."""
    return CallToolResult(
        content=[TextContent(type="text", text=shown)], structured_content=structured.model_dump(mode="json")
    )
