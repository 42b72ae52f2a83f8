"""POST /v1/diagnose: the same answers as the function gives, in the language and the form asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

import mailwhy
from mailwhy.rendering.formats import FORMATS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "reports"


def cases() -> list[Any]:
    """Every fixture of two files of each kind: the function's own tests read them all."""
    chosen = ("outlook-express-fr", "m365-ndr", "postfix", "negatives-en", "tickets", "article")
    return [
        pytest.param(entry["text"], id=entry["id"])
        for name in chosen
        for entry in yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def shared() -> TestClient:
    from mailwhy.chatbot.http.app import Service
    from mailwhy.knowledge import KnowledgeBase

    return TestClient(Service(KnowledgeBase.load()).asgi)


@pytest.mark.parametrize("text", cases())
def test_answers_as_the_function_does(shared: TestClient, text: str) -> None:
    answer = shared.post("/v1/diagnose", json={"text": text})
    assert answer.status_code == 200
    expected = [diagnosis.model_dump(mode="json") for diagnosis in mailwhy.diagnose(text)]
    assert answer.json()["diagnoses"] == expected
    assert answer.json()["schema_version"] == 1


def test_conversation_needs_no_session(shared: TestClient) -> None:
    text = "Error Number: 0x800CCC79"
    first = shared.post("/v1/diagnose", json={"text": text}).json()["diagnoses"][0]
    question = first["question"]
    assert question is not None
    told = []
    for option in question["options"]:
        asked = {"text": text, "answers": {question["id"]: option["id"]}}
        next_one = shared.post("/v1/diagnose", json=asked).json()["diagnoses"][0]
        told.append([cause["confidence"] for cause in next_one["causes"]])
        assert next_one["question"] is None or next_one["question"]["id"] != question["id"]
    assert any(confidences != [cause["confidence"] for cause in first["causes"]] for confidences in told)


def test_text_without_a_report_gets_suggestions(shared: TestClient) -> None:
    answer = shared.post("/v1/diagnose", json={"text": "What is the outbox?", "locale": "fr"}).json()
    assert answer["diagnoses"] == []
    assert answer["suggestions"][0]["id"] == "stuck-in-outbox"
    assert answer["suggestions"][0]["locale"] == answer["locale"] == "fr"


@pytest.mark.parametrize(
    ("locale", "header", "expected"),
    [
        (None, None, "en"),  # the report's own
        ("fr", None, "fr"),
        ("fr_CA.UTF-8", None, "fr"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "de, fr;q=0.5", "fr"),
        (None, "*", "en"),
        (None, ";;q=x,,", "en"),
        ("en", "fr", "en"),
    ],
)
def test_language(shared: TestClient, report: str, locale: str | None, header: str | None, expected: str) -> None:
    headers = {"Accept-Language": header} if header else {}
    answer = shared.post("/v1/diagnose", json={"text": report, "locale": locale}, headers=headers)
    assert answer.headers["Content-Language"] == expected
    assert answer.headers["Vary"] == "Accept-Language"
    assert answer.json()["locale"] == answer.json()["diagnoses"][0]["locale"] == expected
    assert answer.json()["warnings"] == []
    assert "Mailwhy-Notice" not in answer.headers


def test_unknown_locale_falls_back_and_says_so(shared: TestClient, report: str) -> None:
    answer = shared.post("/v1/diagnose", json={"text": report, "locale": "tlh"}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "fr"
    assert answer.headers["Mailwhy-Notice"] == "locale-not-available"
    (warning,) = answer.json()["warnings"]
    assert warning["code"] == "locale-not-available"
    assert "“tlh”" in warning["message"]


@pytest.mark.parametrize("name", FORMATS)
def test_formats(shared: TestClient, report: str, name: str) -> None:
    answer = shared.post("/v1/diagnose", json={"text": report, "locale": "fr", "format": name})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == FORMATS[name].media_type
    assert "relayer" in answer.text
    if "json" in FORMATS[name].media_type:
        assert isinstance(json.loads(answer.text), dict)


@pytest.mark.parametrize("name", ["adaptive-card", "slack", "rasa"])
def test_buttons_carry_the_answers_so_far(shared: TestClient, name: str) -> None:
    asked = {"text": "Error Number: 0x800CCC79"}
    question = shared.post("/v1/diagnose", json=asked).json()["diagnoses"][0]["question"]
    answers = {question["id"]: question["options"][-1]["id"]}
    shown = shared.post("/v1/diagnose", json={**asked, "answers": answers, "format": name})
    assert shared.post("/v1/diagnose", json={**asked, "answers": answers}).json()["diagnoses"][0]["question"]
    assert question["id"] in shown.text


@pytest.mark.parametrize("name", FORMATS)
def test_formats_of_nothing_found(shared: TestClient, name: str) -> None:
    answer = shared.post("/v1/diagnose", json={"text": "Good morning, how are you?", "format": name})
    assert answer.status_code == 200
    assert "recognised" in answer.text


def test_pasted_script_is_never_run(shared: TestClient) -> None:
    text = "550 5.7.1 <script>alert(1)</script>: Relay access denied"
    answer = shared.post("/v1/diagnose", json={"text": text, "format": "html"})
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_brief_answer_keeps_what_counts(shared: TestClient, report: str) -> None:
    full = shared.post("/v1/diagnose", json={"text": report}).json()["diagnoses"][0]
    brief = shared.post("/v1/diagnose", json={"text": report, "detail": "brief"}).json()["diagnoses"][0]
    assert len(str(brief)) < len(str(full))
    assert brief["report"] == full["report"]
    assert brief["question"] == full["question"]
    first, whole = brief["causes"][0], full["causes"][0]
    assert (first["id"], first["confidence"], first["evidence"]) == (
        whole["id"],
        whole["confidence"],
        whole["evidence"],
    )
    assert [remedy["steps"] for remedy in first["resolutions"]] == [
        remedy["steps"] for remedy in whole["resolutions"][: len(first["resolutions"])]
    ]


def test_steps_are_for_the_program_asked_for(shared: TestClient, report: str) -> None:
    asked = {"text": report, "locale": "en", "program": "outlook-mac"}
    diagnosis = shared.post("/v1/diagnose", json=asked).json()["diagnoses"][0]
    assert diagnosis["program"] == "outlook-mac"
    assert diagnosis["causes"][0]["resolutions"][0]["client"] == "outlook-mac"
    assert "Outlook for Mac" in shared.post("/v1/diagnose", json={**asked, "format": "text"}).text
    assert shared.post("/v1/diagnose", json={**asked, "program": "pine"}).status_code == 422
    assert shared.post("/v1/diagnose", json={**asked, "program": "any"}).status_code == 200


@pytest.mark.parametrize("name", ["text", "markdown", "slack", "rasa"])
def test_what_is_ready_to_show_is_short_unless_all_is_asked_for(shared: TestClient, report: str, name: str) -> None:
    asked = {"text": report, "locale": "en", "format": name}
    short, full = (shared.post("/v1/diagnose", json={**asked, **more}).text for more in ({}, {"detail": "full"}))
    assert "What the report says" not in short
    assert "What the report says" in full
    assert "--" not in short


def test_answers_come_back_with_the_diagnosis(shared: TestClient) -> None:
    asked = {"text": "Error Number: 0x800CCC79", "locale": "en", "answers": {"works-at-home": "only-away"}}
    (given,) = shared.post("/v1/diagnose", json=asked).json()["diagnoses"][0]["answers"]
    assert (given["question"], given["option"]) == ("works-at-home", "only-away")
    assert given["label"].startswith("Yes, it fails only elsewhere")


def test_answer_is_bounded(shared: TestClient, report: str) -> None:
    """A text that holds report upon report gets the first ones, and is told so."""
    answer = shared.post(
        "/v1/diagnose", json={"text": "\n\n".join(report.replace("bob@", f"bob{number}@") for number in range(60))}
    )
    assert len(answer.json()["diagnoses"]) == 20
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["more-reports"]
    assert len(answer.content) < 2_000_000


def test_long_text_is_read_beside_short_ones(shared: TestClient, report: str) -> None:
    padding = "Good morning, the weather is fine today.\n" * 1000
    answer = shared.post("/v1/diagnose", json={"text": padding + report})
    assert answer.json()["diagnoses"][0]["causes"][0]["id"] == "relay_denied"
    start, end = answer.json()["diagnoses"][0]["report"]["span"]
    assert len(padding) <= start < end <= len(padding + report)
