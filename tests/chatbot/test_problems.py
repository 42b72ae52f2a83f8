"""Every error is problem+json, and tells nothing of the inside."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (("GET", "/nothing", {}), 404, "not-found"),
        (("GET", "/v1/diagnose", {}), 405, "method-not-allowed"),
        (("DELETE", "/v1/search", {}), 405, "method-not-allowed"),
        (("POST", "/v1/diagnose", {}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": ""}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": 5}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": "x", "txt": "y"}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": "x", "format": "pdf"}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": "x", "locale": "e" * 36}}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"json": {"text": "x", "answers": {"a": "b"}}}), 422, "unknown-answer"),
        (("POST", "/v1/diagnose", {"json": ["x"]}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"content": b'{"text": "\\ud800"}', "headers": JSON}), 422, "invalid-request"),
        (("POST", "/v1/diagnose", {"content": b'{"text": ', "headers": JSON}), 400, "bad-json"),
        (("POST", "/v1/diagnose", {"content": b'{"text": "\xe9"}', "headers": JSON}), 400, "bad-json"),
        (("POST", "/v1/diagnose", {"content": b"[" * 100_000, "headers": JSON}), 400, "bad-json"),
        (("POST", "/v1/diagnose", {"content": b"1" * 100_000, "headers": JSON}), 400, "bad-json"),
        (("POST", "/v1/diagnose", {"content": b"550 denied"}), 415, "not-json"),
        (("POST", "/v1/diagnose", {"data": {"text": "550 denied"}}), 415, "not-json"),
        (("GET", "/v1/search", {}), 422, "invalid-request"),
        (("GET", "/v1/search?q=x&limit=0", {}), 422, "invalid-request"),
        (("GET", f"/v1/search?q={'x' * 501}", {}), 422, "invalid-request"),
        (("POST", "/v1/feedback", {"json": {}}), 404, "not-found"),
    ],
)
def test_errors(client: TestClient, request_: tuple[str, str, dict[str, Any]], status: int, code: str) -> None:
    method, url, options = request_
    answer = client.request(method, url, **options)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert problem["code"] == code
    assert problem["title"]
    assert problem["detail"].endswith((".", "gave"))
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "/src/" not in answer.text
    assert "Traceback" not in answer.text


def test_405_names_every_method(client: TestClient) -> None:
    assert client.delete("/v1/dialogues/relay").headers["Allow"] == "GET, POST"


def test_invalid_request_names_each_fault(client: TestClient) -> None:
    problem = client.post("/v1/diagnose", json={"text": "x", "locale": 3, "more": 1}).json()
    assert [fault.partition(":")[0] for fault in problem["errors"]] == ["body.locale", "body.more"]


def test_a_fault_of_ours_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str, **_: object) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr("mailwhy.chatbot.answering.parse", fail)
    answer = client.post("/v1/diagnose", json={"text": "secret text of a ticket"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_security_headers(client: TestClient, serve: Callable[..., TestClient]) -> None:
    for url in ("/healthz", "/nothing", "/openapi.json"):
        headers = client.get(url).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "server" not in headers
