"""A Slack app that answers error messages in the thread where they were posted (Bolt for Python, Block Kit).

    pip install slack-bolt
    mailwhy serve &
    SLACK_BOT_TOKEN=xoxb-... SLACK_SIGNING_SECRET=... python slack_handler.py

The app needs the scopes chat:write and channels:history, the event message.channels, and interactivity.
"""

import html
import json
import os
import re
import urllib.request
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

MAILWHY = os.environ.get("MAILWHY_URL", "http://127.0.0.1:8625")

client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ.get("SLACK_API_URL", WebClient.BASE_URL))
app = App(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])


def diagnosed(text: str, answers: dict[str, str]) -> dict[str, Any]:
    """What mailwhy says, as the arguments of chat.postMessage."""
    body = json.dumps({"text": text, "answers": answers, "format": "slack"}).encode()
    asked = urllib.request.Request(f"{MAILWHY}/v1/diagnose", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=15) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def as_pasted(text: str) -> str:
    """A message's text as somebody typed it: Slack makes links of addresses and escapes &, < and >."""
    return html.unescape(re.sub(r"<(?:mailto:|https?://)[^|>]*\|([^>]*)>", r"\1", text))


@app.event("message")
def posted(event: dict[str, Any], client: WebClient) -> None:
    """Somebody posted a message: diagnose it in a thread below."""
    if event.get("subtype") or event.get("bot_id") or event.get("thread_ts"):
        return
    client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], **diagnosed(as_pasted(event["text"]), {}))


@app.action(re.compile("^mailwhy-answer"))
def answered(ack: Any, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
    """Somebody pressed a button: diagnose the same text again, with one answer more, or less."""
    ack()
    channel, thread = body["channel"]["id"], body["message"]["thread_ts"]
    text = client.conversations_replies(channel=channel, ts=thread, limit=1)["messages"][0]["text"]
    answers = json.loads(action["value"])["answers"]
    client.chat_postMessage(channel=channel, thread_ts=thread, **diagnosed(as_pasted(text), answers))


if __name__ == "__main__":
    app.start(port=int(os.environ.get("PORT", "3000")))
