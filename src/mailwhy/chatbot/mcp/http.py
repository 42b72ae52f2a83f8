"""The MCP server over streamable HTTP, within the same bounds as the HTTP service."""

from typing import Any

from mcp.server import MCPServer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mailwhy.chatbot.guarding import Guard
from mailwhy.chatbot.problems import problem
from mailwhy.chatbot.settings import Settings

__all__ = ["PATH", "guarded_app"]

PATH = "/mcp"


def guarded_app(server: MCPServer[Any], settings: Settings, host: str) -> ASGIApp:
    """An application that answers at ``/mcp``, and at ``/healthz`` for those who watch over it.

    Stateless: each call stands for itself, so that any number of processes can answer.

    Args:
        server: the tools.
        settings: the bounds.
        host: the address that it listens at; on this machine's own, only its own names are let in, so that no web
            page can reach it by rebinding a name (DNS rebinding).
    """

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ready"})

    server.custom_route("/healthz", methods=["GET"])(health)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=settings.most_bytes,
        host=host,
    )
    return Guard(_calls_only(app), settings)


def _calls_only(app: ASGIApp) -> ASGIApp:
    """Refuses the streams that a client may open for messages from the server: this one never sends any."""

    async def calls(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] != "POST":
            refused = problem(405, "method-not-allowed", "Send calls with POST.", headers={"Allow": "POST"})
            await refused(scope, receive, send)
            return
        await app(scope, receive, send)

    return calls
