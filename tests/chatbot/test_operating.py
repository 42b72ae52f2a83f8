"""Health, metrics and the log."""

import logging
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

import mailwhy
from mailwhy.chatbot.http.app import Service
from mailwhy.knowledge import KnowledgeBase


def test_health(kb: KnowledgeBase) -> None:
    service = Service(kb)
    client = TestClient(service.asgi)
    assert client.get("/healthz").json() == {"status": "ready", "version": mailwhy.__version__}
    assert "connection" not in client.get("/v1/codes/550").headers
    service.drain()
    ending = client.get("/healthz")
    assert (ending.status_code, ending.json()["status"]) == (503, "draining")
    still = client.get("/v1/codes/550")
    assert (still.status_code, still.headers["Connection"]) == (200, "close")


def test_metrics(client: TestClient, report: str) -> None:
    client.post("/v1/diagnose", json={"text": report})
    client.post("/v1/diagnose", json={"text": "good morning"})
    client.get("/v1/codes/550")
    client.get("/secret words of somebody")
    client.get("/")
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    lines = set(answer.text.splitlines())
    assert 'mailwhy_http_requests_total{method="POST",route="/v1/diagnose",status="200"} 2.0' in lines
    assert 'mailwhy_http_requests_total{method="GET",route="/v1/codes/{code}",status="200"} 1.0' in lines
    assert 'mailwhy_http_requests_total{method="GET",route="(none)",status="404"} 1.0' in lines
    assert 'mailwhy_http_requests_total{method="GET",route="(page)",status="200"} 1.0' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
    assert 'mailwhy_texts_total{found="report"} 1.0' in lines
    assert 'mailwhy_texts_total{found="none"} 1.0' in lines
    assert 'mailwhy_diagnoses_total{cause="relay_denied"} 1.0' in lines
    assert 'mailwhy_http_request_seconds_count{route="/v1/diagnose"} 2.0' in lines
    assert "secret" not in answer.text


def test_access_log_holds_no_text(client: TestClient, report: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="mailwhy.access"):
        client.post("/v1/diagnose", json={"text": report})
        client.get("/v1/search", params={"q": "bob secret"})
        client.get("/bob/secret")
    told = [record.getMessage() for record in caplog.records if record.name == "mailwhy.access"]
    assert [line.split(" ")[:3] for line in told] == [
        ["POST", "/v1/diagnose", "200"],
        ["GET", "/v1/search", "200"],
        ["GET", "(none)", "404"],
    ]
    assert not any(word in "".join(told) for word in ("bob", "secret", "example"))


def test_access_log_can_be_switched_off(serve: Callable[..., TestClient], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="mailwhy.access"):
        serve(access_log=False).get("/healthz")
    assert not [record for record in caplog.records if record.name == "mailwhy.access"]
