"""The MCP server, through the SDK's own client: in memory, over standard input and output, over HTTP."""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

import mailwhy
from mailwhy.chatbot.answering import Answerer
from mailwhy.chatbot.mcp.server import mcp_server
from mailwhy.knowledge import KnowledgeBase

TOOLS = {"diagnose_mail_failure", "explain_mail_error_code", "search_mail_knowledge", "relay_check"}


def over(target: Any, scenario: Callable[[Client], Any]) -> Any:
    async def run() -> Any:
        async with Client(target) as client:
            return await scenario(client)

    return asyncio.run(run())


@pytest.fixture
def server(kb: KnowledgeBase) -> Any:
    return mcp_server(Answerer(kb))


def call(server: Any, tool: str, **arguments: object) -> Any:
    async def scenario(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    return over(server, scenario)


def test_tools_are_described(server: Any) -> None:
    async def scenario(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.description is not None
            assert 200 < len(tool.description) <= 1024
            assert tool.output_schema is not None
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            for name, schema in tool.input_schema["properties"].items():
                assert schema["description"], f"{tool.name}: {name}"

    over(server, scenario)


def test_diagnose(server: Any, report: str) -> None:
    result = call(server, "diagnose_mail_failure", text=report, locale="fr")
    assert not result.is_error
    (diagnosis,) = result.structured_content["diagnoses"]
    assert diagnosis["causes"][0]["id"] == "relay_denied"
    assert diagnosis["locale"] == "fr"
    assert diagnosis["causes"][0]["resolutions"][0]["steps"]
    assert "relayer" in result.content[0].text


def test_diagnosis_is_short_enough_for_a_model(server: Any, report: str) -> None:
    result = call(server, "diagnose_mail_failure", text=report)
    (whole,) = mailwhy.diagnose(report)
    assert len(json.dumps(result.structured_content)) < len(whole.model_dump_json()) < 100_000
    assert len(json.dumps(result.structured_content)) < 12_000


def test_steps_for_a_program_and_all_details(server: Any, report: str) -> None:
    brief = call(server, "diagnose_mail_failure", text=report, locale="en", program="outlook-mac")
    assert "Outlook for Mac" in brief.content[0].text
    assert "What the report says" not in brief.content[0].text
    full = call(server, "diagnose_mail_failure", text=report, locale="en", detail="full")
    assert "What the report says" in full.content[0].text
    (diagnosis,) = full.structured_content["diagnoses"]
    assert diagnosis == mailwhy.diagnose(report, "en")[0].model_dump(mode="json")


def test_conversation(server: Any) -> None:
    text = "Error Number: 0x800CCC79"
    question = call(server, "diagnose_mail_failure", text=text).structured_content["diagnoses"][0]["question"]
    answers = {question["id"]: question["options"][0]["id"]}
    result = call(server, "diagnose_mail_failure", text=text, answers=answers)
    further = result.structured_content["diagnoses"][0]["question"]
    assert further is None or further["id"] != question["id"]


def test_explain(server: Any) -> None:
    result = call(server, "explain_mail_error_code", code="0x800CCC79", locale="fr")
    assert result.structured_content["kind"] == "hresult"
    assert result.structured_content["locale"] == "fr"


def test_search(server: Any) -> None:
    result = call(server, "search_mail_knowledge", query="stays in the outbox")
    assert result.structured_content["hits"][0]["id"] == "stuck-in-outbox"


def test_relay_check(server: Any) -> None:
    result = call(server, "relay_check")
    question = result.structured_content["question"]
    answers = {question["id"]: question["options"][0]["id"]}
    further = call(server, "relay_check", answers=answers, locale="fr").structured_content
    assert further["answers"] == answers
    assert further["question"]["id"] != question["id"]


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("explain_mail_error_code", {"code": "hello"}, "is no code"),
        ("diagnose_mail_failure", {"text": "550 denied", "answers": {"a": "b"}}, "no question “a”"),
        ("diagnose_mail_failure", {"text": "x" * 1_100_000}, "the limit is"),
        ("relay_check", {"answers": {"program": "pigeon"}}, "mail-program"),
        ("diagnose_mail_failure", {}, "text"),
    ],
)
def test_wrong_call_tells_the_model_how(server: Any, tool: str, arguments: dict[str, Any], told: str) -> None:
    result = call(server, tool, **arguments)
    assert result.is_error
    assert told in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_resources(server: Any) -> None:
    async def scenario(client: Client) -> None:
        templates = (await client.list_resource_templates()).resource_templates
        assert {template.uri_template for template in templates} == {
            "mailwhy://cause/{id}",
            "mailwhy://cause/{id}/{locale}",
        }
        (english,) = (await client.read_resource("mailwhy://cause/relay_denied")).contents
        (french,) = (await client.read_resource("mailwhy://cause/relay_denied/fr")).contents
        assert isinstance(english, TextResourceContents)
        assert isinstance(french, TextResourceContents)
        assert json.loads(english.text)["id"] == json.loads(french.text)["id"] == "relay_denied"
        assert "serveur" in json.loads(french.text)["title"]
        with pytest.raises(MCPError, match="no cause"):
            await client.read_resource("mailwhy://cause/nothing")

    over(server, scenario)


async def whole_visit(client: Client) -> None:
    """What an assistant does: look at the tools, use each, read more about the cause."""
    assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
    result = await client.call_tool("diagnose_mail_failure", {"text": "550 5.7.1 Relay access denied"})
    assert result.structured_content is not None
    cause = result.structured_content["diagnoses"][0]["causes"][0]["id"]
    assert cause == "relay_denied"
    (found,) = (await client.read_resource(f"mailwhy://cause/{cause}")).contents
    assert isinstance(found, TextResourceContents)
    assert json.loads(found.text)["resolutions"]
    assert (await client.call_tool("explain_mail_error_code", {"code": "550"})).structured_content
    assert (await client.call_tool("search_mail_knowledge", {"query": "outbox"})).structured_content
    assert (await client.call_tool("relay_check", {})).structured_content


def test_over_standard_input_and_output() -> None:
    over(StdioServerParameters(command=sys.executable, args=["-m", "mailwhy", "mcp"]), whole_visit)


def test_over_http(start: Callable[..., Any]) -> None:
    process = start("mcp", "--http")
    over(process.url, whole_visit)
    assert process.end() in (0, -15)
    assert not re.search("Traceback|denied", process.log.read_text(encoding="utf-8"))


def test_over_http_within_bounds(start: Callable[..., Any]) -> None:
    import httpx2

    process = start("mcp", "--http", MAILWHY_TOKEN="secret")
    base = process.url.removesuffix("/mcp")
    assert httpx2.post(process.url, json={}).status_code == 401
    known = {"Authorization": "Bearer secret"}
    assert httpx2.get(process.url, headers=known).status_code == 405
    assert httpx2.post(process.url, content=b"x" * 300_000, headers=known).status_code == 413
    rebound = {**known, "Host": "evil.example", "Content-Type": "application/json"}
    assert httpx2.post(process.url, json={}, headers=rebound).status_code == 421
    assert httpx2.get(f"{base}/healthz").json() == {"status": "ready"}
