"""A Teams bot that answers error messages with Adaptive Cards (Microsoft 365 Agents SDK for Python).

    pip install microsoft-agents-hosting-aiohttp
    mailwhy serve &
    python teams_agent.py

As it stands it asks for no credentials, and so serves the Agents Playground. For Teams take MsalConnectionManager
(microsoft-agents-authentication-msal) with those of your bot, and put its configuration into the web application, as
the SDK's quickstart does.
"""

import os
from typing import Any

from aiohttp import ClientSession, web
from microsoft_agents.activity import Activity, Attachment
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware, start_agent_process
from microsoft_agents.hosting.core import AgentApplication, MemoryStorage, TurnContext, TurnState
from microsoft_agents.hosting.core.authorization import (
    AgentAuthConfiguration,
    AnonymousTokenProvider,
    ConnectionManager,
)

MAILWHY = os.environ.get("MAILWHY_URL", "http://127.0.0.1:8625")

nobody = AgentAuthConfiguration(anonymous_allowed=True)
connections = ConnectionManager(lambda _: AnonymousTokenProvider(), {"SERVICE_CONNECTION": nobody})
adapter = CloudAdapter(connection_manager=connections)
agent = AgentApplication[TurnState](connection_manager=connections, storage=MemoryStorage())
texts: dict[str, str] = {}
"""The text that each conversation is about; keep it in the SDK's storage where several processes answer."""


async def diagnosed(text: str, answers: dict[str, str], locale: str | None, program: str | None) -> dict[str, Any]:
    """What mailwhy says, as an Adaptive Card."""
    asked = {"text": text, "answers": answers, "locale": locale, "program": program, "format": "adaptive-card"}
    async with (
        ClientSession(MAILWHY, raise_for_status=True) as session,
        session.post("/v1/diagnose", json=asked) as got,
    ):
        card: dict[str, Any] = await got.json(content_type=None)
        return card


@agent.activity("message")
async def on_message(context: TurnContext, _: TurnState) -> None:
    """Somebody wrote, or pressed a button of a card: diagnose, with the answers and the program that came along."""
    activity = context.activity
    conversation = activity.conversation.id
    sent = activity.value if isinstance(activity.value, dict) else {}
    answers = sent["mailwhy"]["answers"] if "mailwhy" in sent else {}
    if "mailwhy" not in sent:
        texts[conversation] = activity.text or ""
    program = sent.get("mailwhy_program") or None
    card = await diagnosed(texts.get(conversation) or "-", answers, activity.locale, program)
    attachment = Attachment(content_type="application/vnd.microsoft.card.adaptive", content=card)
    await context.send_activity(Activity(type="message", attachments=[attachment]))


async def messages(request: web.Request) -> web.StreamResponse:
    """Where Teams sends its activities."""
    return await start_agent_process(request, agent, adapter) or web.Response(status=202)


def application() -> web.Application:
    """The web application of the bot."""
    app = web.Application(middlewares=[jwt_authorization_middleware])
    app["agent_configuration"] = nobody
    app.router.add_post("/api/messages", messages)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(os.environ.get("PORT", "3978")))
