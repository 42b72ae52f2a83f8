"""docs/chatbot.md and docs/deploy tell of what there is."""

import json
import re
import shlex
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mailwhy.chatbot.models import ANSWER_FORMATS
from mailwhy.cli import main

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "chatbot.md").read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / target).exists(), target


@pytest.fixture
def options(capsys: pytest.CaptureFixture[str]) -> set[str]:
    for command in ("serve", "mcp"):
        assert main([command, "--help", "--lang", "en"]) == 0
    return set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


def test_options_are_those_of_the_commands(options: set[str]) -> None:
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) <= options


def test_calls_are_those_of_the_document(client: TestClient) -> None:
    document = client.get("/openapi.json").json()["paths"]
    told = re.findall(r"`(GET|POST) (/[^`?\s]+)", PAGE)
    assert len(told) >= 8
    for method, path in told:
        known = path.replace("{id}", "{cause}").replace("/relay", "/{dialogue}")
        assert path == "/v1/feedback" or method.lower() in document[known], path


def test_every_format_is_told() -> None:
    for name in ANSWER_FORMATS:
        assert f"`{name}`" in PAGE


def test_deployed_commands_have_known_options(options: set[str]) -> None:
    unit = (DOCS / "deploy" / "mailwhy.service").read_text(encoding="utf-8")
    container = (DOCS / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    start = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    default = re.search(r"^CMD (\[.*\])$", container, re.MULTILINE)
    assert start is not None
    assert default is not None
    for words in (shlex.split(start[1])[1:], json.loads(default[1])):
        assert words[0] == "serve"
        assert {word for word in words if word.startswith("--")} <= options
    assert re.search(r"^USER (?!root)", container, re.MULTILINE)
