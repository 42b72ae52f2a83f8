"""The OpenAPI document is enough to call the service by."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from mailwhy.knowledge import KnowledgeBase


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/openapi.json").json()
    return made


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()}


def test_says_what_each_operation_is_for(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    found = operations(document)
    assert set(found) == {
        "diagnose_mail_failure",
        "explain_mail_error_code",
        "describe_mail_failure_cause",
        "search_mail_knowledge",
        "start_dialogue",
        "continue_dialogue",
        "health",
        "metrics",
    }
    for name, operation in found.items():
        assert re.fullmatch("[a-z_]{1,64}", name)  # what function calling allows for a name
        assert 40 < len(operation["description"]) <= 1024, name
        assert operation["summary"]
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in names


def test_examples_are_true(client: TestClient, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    (asked,) = schemas["DiagnoseRequest"]["examples"]
    answer = client.post("/v1/diagnose", json=asked).json()
    shown = operations(document)["diagnose_mail_failure"]["responses"]["200"]["content"]["application/json"]["example"]
    cause, shown_cause = answer["diagnoses"][0]["causes"][0], shown["diagnoses"][0]["causes"][0]
    assert shown_cause["id"] == cause["id"] == "relay_denied"
    assert shown_cause["confidence"] == cause["confidence"]
    assert shown_cause["resolutions"][0]["steps"] == cause["resolutions"][0]["steps"]
    (going_on,) = schemas["DialogueRequest"]["examples"]
    assert client.post("/v1/dialogues/relay", json=going_on).json()["answers"] == going_on["answers"]


def test_names_every_question_and_option(document: dict[str, Any], kb: KnowledgeBase) -> None:
    answers = document["components"]["schemas"]["DiagnoseRequest"]["properties"]["answers"]
    assert answers["additionalProperties"] is False
    assert set(answers["properties"]) == set(kb.questions)
    for question, entry in kb.questions.items():
        assert answers["properties"][question]["enum"] == [option.id for option in entry.options]


def test_feedback_is_in_it_only_where_it_is_kept(serve: Callable[..., TestClient], tmp_path: Any) -> None:
    document = serve(feedback=str(tmp_path / "feedback.db")).get("/openapi.json").json()
    assert "give_feedback" in operations(document)
    assert "relay_denied" in document["components"]["schemas"]["Feedback"]["properties"]["cause"]["enum"]


@pytest.mark.slow
def test_schemathesis_finds_nothing(start: Callable[..., Any], tmp_path: Any) -> None:
    """Whatever the document allows is accepted, whatever it forbids refused, and every answer is as it says."""
    import subprocess
    import sys
    from pathlib import Path

    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    server = start("serve", "--feedback", str(tmp_path / "feedback.db"))
    command = Path(sys.executable).with_name("schemathesis")
    ran = subprocess.run(
        [command, "run", f"{server.url}/openapi.json", "--max-examples", "50", "--seed", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
