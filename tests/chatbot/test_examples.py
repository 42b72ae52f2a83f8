"""The examples of docs/examples run, against a real mailwhy and stand-ins that speak the real payloads of the others."""

import asyncio
import hashlib
import hmac
import importlib.util
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from starlette.testclient import TestClient

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
AMBIGUOUS = "Error Number: 0x800CCC79"
Call = tuple[str, dict[str, Any]]


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class StandIn:
    """An HTTP service that notes what it is sent and answers as it is told."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        self.calls: queue.Queue[Call] = queue.Queue()
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                if "json" in self.headers.get("Content-Type", ""):
                    body = json.loads(raw or "{}")
                else:
                    body = {name: values[0] for name, values in parse_qs(raw).items()}
                told = json.dumps(answer(self.path, body)).encode()
                calls.put((self.path, body))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            do_GET = do_POST  # noqa: N815 - the name that the base class looks for

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def next_call(self, ending: str) -> dict[str, Any]:
        """The body of the next call to an address that ends so."""
        while True:
            path, body = self.calls.get(timeout=10)
            if path.endswith(ending):
                return body

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def stand_in() -> Iterator[Callable[..., StandIn]]:
    made: list[StandIn] = []

    def make(answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> StandIn:
        made.append(StandIn(answer))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def mailwhy_url(start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> str:
    url: str = start("serve", "--no-access-log").url
    monkeypatch.setenv("MAILWHY_URL", url)
    return url


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_slack(mailwhy_url: str, stand_in: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("slack_bolt", reason="the extra [examples] is not installed")
    from slack_bolt import BoltRequest

    # What the Events API sends: addresses are links, and & < > are escaped.
    pasted = "&lt;<mailto:bob@example.org|bob@example.org>&gt;: Error Number: 0x800CCC79"

    def slack(path: str, _: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("auth.test"):
            return {"ok": True, "user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T0TEAM", "user": "mailwhy"}
        if path.endswith("conversations.replies"):
            return {"ok": True, "messages": [{"type": "message", "user": "U1", "text": pasted, "ts": "1.0"}]}
        return {"ok": True, "ts": "2.0", "channel": "C1"}

    service = stand_in(slack)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-stand-in")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    monkeypatch.setenv("SLACK_API_URL", f"{service.url}/api/")
    bot = example("slack_handler")

    def post(body: str, kind: str) -> None:
        stamp = str(int(time.time()))
        digest = hmac.new(b"secret", f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers: dict[str, Any] = {
            "content-type": [kind],
            "x-slack-request-timestamp": [stamp],
            "x-slack-signature": [f"v0={digest}"],
        }
        assert bot.app.dispatch(BoltRequest(body=body, headers=headers)).status == 200

    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": pasted, "ts": "1.0"}
    envelope = {"type": "event_callback", "team_id": "T0TEAM", "api_app_id": "A1", "event_id": "Ev1", "event": event}
    post(json.dumps(envelope), "application/json")
    told = service.next_call("chat.postMessage")
    assert (told["channel"], told["thread_ts"]) == ("C1", "1.0")
    blocks = told["blocks"] if isinstance(told["blocks"], list) else json.loads(told["blocks"])
    buttons = [button for block in blocks if block["type"] == "actions" for button in block["elements"]]
    assert told["text"]
    assert buttons

    pressed = {
        "type": "block_actions",
        "team": {"id": "T0TEAM"},
        "user": {"id": "U1"},
        "api_app_id": "A1",
        "channel": {"id": "C1"},
        "message": {"ts": "2.0", "thread_ts": "1.0"},
        "actions": [{**buttons[0], "action_ts": "3.0", "block_id": "b"}],
    }
    post(urlencode({"payload": json.dumps(pressed)}), "application/x-www-form-urlencoded")
    further = service.next_call("chat.postMessage")
    assert further["thread_ts"] == "1.0"
    assert further["blocks"] != told["blocks"]


@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_teams(mailwhy_url: str, stand_in: Callable[..., StandIn]) -> None:
    pytest.importorskip("microsoft_agents.hosting.aiohttp", reason="the extra [examples] is not installed")
    from aiohttp.test_utils import TestClient as BotClient
    from aiohttp.test_utils import TestServer

    service = stand_in(lambda _path, _body: {"id": "1"})
    bot = example("teams_agent")

    def activity(**changes: object) -> dict[str, Any]:
        return {
            "type": "message",
            "id": "1",
            "channelId": "msteams",
            "serviceUrl": service.url,
            "locale": "fr-FR",
            "from": {"id": "29:user", "name": "Anna"},
            "recipient": {"id": "28:bot", "name": "mailwhy"},
            "conversation": {"id": "a:conversation", "conversationType": "personal"},
            **changes,
        }

    async def scenario() -> None:
        async with BotClient(TestServer(bot.application())) as teams:
            asked = await teams.post("/api/messages", json=activity(text=AMBIGUOUS))
            assert asked.status in (200, 202), await asked.text()
            card = await asyncio.to_thread(shown)
            submits = [action for action in actions(card) if action["type"] == "Action.Submit"]
            assert card["type"] == "AdaptiveCard"
            assert submits
            pressed = await teams.post("/api/messages", json=activity(value=submits[0]["data"]))
            assert pressed.status in (200, 202)
            assert await asyncio.to_thread(shown) != card

    def shown() -> dict[str, Any]:
        while (sent := service.next_call(""))["type"] == "typing":
            pass
        (attachment,) = sent["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        card: dict[str, Any] = attachment["content"]
        return card

    asyncio.run(scenario())


def actions(part: Any) -> list[dict[str, Any]]:
    """Every action of a card, wherever it stands."""
    if isinstance(part, list):
        return [found for item in part for found in actions(item)]
    if not isinstance(part, dict):
        return []
    own = [part] if str(part.get("type", "")).startswith("Action.") else []
    return own + [found for value in part.values() for found in actions(value)]


def test_rasa() -> None:
    rasa = TestClient(example("rasa_actions").app)
    assert rasa.get("/health").json() == {"status": "ok"}

    def call(slots: dict[str, Any], **message: object) -> dict[str, Any]:
        tracker = {
            "sender_id": "anna",
            "slots": slots,
            "latest_message": {"intent": {"name": "report_error", "confidence": 0.9}, "entities": [], **message},
            "events": [{"event": "action", "name": "action_listen"}],
            "paused": False,
            "latest_input_channel": "rest",
            "active_loop": {},
        }
        asked = {"next_action": "action_mailwhy", "sender_id": "anna", "tracker": tracker, "domain": {}, "version": "3"}
        answer = rasa.post("/webhook", json=asked)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    first = call({"mailwhy_text": None, "mailwhy_answers": None, "mailwhy_locale": "fr"}, text=AMBIGUOUS)
    slots = {event["name"]: event["value"] for event in first["events"] if event["event"] == "slot"}
    assert slots["mailwhy_text"] == AMBIGUOUS
    (button, *_) = next(response["buttons"] for response in first["responses"] if response.get("buttons"))
    intent, _, entities = button["payload"].removeprefix("/").partition("{")
    pressed = [{"entity": name, "value": value} for name, value in json.loads("{" + entities).items()]
    second = call({**slots, "mailwhy_locale": "fr"}, text=button["payload"], intent={"name": intent}, entities=pressed)
    kept = {event["name"]: event["value"] for event in second["events"]}
    assert kept["mailwhy_text"] == AMBIGUOUS
    assert len(kept["mailwhy_answers"]) == 1
    assert second["responses"] != first["responses"]


def test_llm_agent(stand_in: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

    def model(_: str, asked: dict[str, Any]) -> dict[str, Any]:
        """A model that calls the tool which fits the question, then answers with what it was told."""
        last = asked["messages"][-1]
        if last["role"] == "user":
            arguments = json.dumps({"text": last["content"], "locale": "en"})
            function = {"name": "diagnose_mail_failure", "arguments": arguments}
            call = {"id": "call_1", "type": "function", "function": function}
            return {"choices": [{"message": {"role": "assistant", "content": None, "tool_calls": [call]}}]}
        return {"choices": [{"message": {"role": "assistant", "content": f"mailwhy says: {last['content']}"}}]}

    service = stand_in(model)
    monkeypatch.setenv("LLM_URL", f"{service.url}/v1/chat/completions")
    told = asyncio.run(example("llm_agent").answer("why? 550 5.7.1 <bob@example.org>: Relay access denied"))
    assert told.startswith("mailwhy says: ")
    assert "will not pass your message on" in told
    offered = service.next_call("completions")["tools"]
    assert {tool["function"]["name"] for tool in offered} >= {"diagnose_mail_failure", "relay_check"}
    assert all(tool["function"]["parameters"]["type"] == "object" for tool in offered)
