"""A language model that answers with mailwhy's tools, over the Model Context Protocol.

    pip install 'mailwhy[mcp]'
    LLM_URL=https://.../v1/chat/completions LLM_KEY=... LLM_MODEL=... python llm_agent.py "it bounced: 550 5.7.1 ..."

Works with any model behind a chat completions interface with function calling. Assistants that speak the protocol
themselves need none of this: tell them to run ``mailwhy mcp``.
"""

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import TextContent

INSTRUCTIONS = (
    "You help people whose mail was not sent. Use the tools; never guess what a code means. Give the steps in order, "
    "in the user's language. Where a tool's answer has a question, ask the user that question."
)
MOST_ROUNDS = 6

Message = dict[str, Any]


def completed(messages: list[Message], tools: list[dict[str, Any]]) -> Message:
    """The model's next message."""
    body = json.dumps({"model": os.environ.get("LLM_MODEL", ""), "messages": messages, "tools": tools}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('LLM_KEY', '')}"}
    with urllib.request.urlopen(urllib.request.Request(os.environ["LLM_URL"], body, headers), timeout=120) as answer:
        message: Message = json.load(answer)["choices"][0]["message"]
    return message


async def answer(question: str) -> str:
    """What the model answers, having called the tools as often as it wanted."""
    server = StdioServerParameters(command=sys.executable, args=["-m", "mailwhy", "mcp"])
    async with Client(server) as mailwhy:
        functions = [
            {"name": tool.name, "description": tool.description, "parameters": tool.input_schema}
            for tool in (await mailwhy.list_tools()).tools
        ]
        tools = [{"type": "function", "function": function} for function in functions]
        messages: list[Message] = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": question},
        ]
        for _ in range(MOST_ROUNDS):
            message = await asyncio.to_thread(completed, messages, tools)
            messages.append(message)
            if not message.get("tool_calls"):
                return str(message["content"])
            for call in message["tool_calls"]:
                wanted = call["function"]
                result = await mailwhy.call_tool(wanted["name"], json.loads(wanted["arguments"]))
                told = "\n".join(part.text for part in result.content if isinstance(part, TextContent))
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": told})
    return "The model did not come to an answer."


if __name__ == "__main__":
    print(asyncio.run(answer(sys.argv[1])))
