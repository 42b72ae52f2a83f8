"""The bounds: who may call, how often, how many at once, how much, how long."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import anyio
import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailwhy.chatbot.guarding import Guard, RateLimit
from mailwhy.chatbot.settings import Settings


def test_token(serve: Callable[..., TestClient]) -> None:
    client = serve(token="secret")
    refused = client.get("/v1/codes/550")
    assert (refused.status_code, refused.json()["code"]) == (401, "token-needed")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    for wrong in ("Bearer secre", "Bearer secrets", "Basic secret", "secret", "Bearer \xe9"):
        answer = client.get("/v1/codes/550", headers=[(b"Authorization", wrong.encode("latin-1"))])
        assert answer.status_code == 401, wrong
    assert client.get("/v1/codes/550", headers={"Authorization": "bearer secret"}).status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 401


def test_token_is_in_the_document(serve: Callable[..., TestClient]) -> None:
    document = serve(token="secret").get("/openapi.json", headers={"Authorization": "Bearer secret"}).json()
    assert document["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert document["security"] == [{"token": []}]
    assert document["paths"]["/healthz"]["get"]["security"] == []


def test_rate(serve: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailwhy.chatbot.guarding.RateLimit", partial(RateLimit, clock=lambda: 0.0))
    client = serve(each_minute=2)
    assert [client.get("/v1/codes/550").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/v1/codes/550")
    assert refused.json()["code"] == "too-many-requests"
    assert refused.headers["Retry-After"] == "31"
    assert client.get("/healthz").status_code == 200


def test_rate_limit_fills_up_evenly() -> None:
    now = 0.0
    limit = RateLimit(60, lambda: now)
    assert [limit.wait("a") for _ in range(61)] == [0] * 60 + [2]
    assert limit.wait("b") == 0
    now = 1.0
    assert [limit.wait("a"), limit.wait("a")] == [0, 2]
    now = 1000.0
    assert [limit.wait("a") for _ in range(61)] == [0] * 60 + [2]


def test_rate_limit_remembers_a_bounded_number_of_callers() -> None:
    limit = RateLimit(1, lambda: 0.0)
    for caller in range(20_000):
        assert limit.wait(str(caller)) == 0
    assert limit.wait("19999") > 0
    assert limit.wait("0") == 0  # forgotten long since


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large(serve: Callable[..., TestClient], chunked: bool) -> None:
    client = serve(most_bytes=2000)

    def parts() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(50):
            yield b"x" * 100

    body = parts() if chunked else b"".join(parts())
    answer = client.post("/v1/diagnose", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "text-too-large")
    assert "2,000 bytes" in answer.json()["detail"]
    assert answer.headers["Connection"] == "close"


def test_limit_is_exact(serve: Callable[..., TestClient]) -> None:
    client = serve(most_bytes=1000)
    for size, status in ((1000, 200), (1001, 413)):
        body = b'{"text": "' + b"x" * (size - 12) + b'"}'
        assert len(body) == size
        assert client.post("/v1/diagnose", content=body, headers={"Content-Type": "application/json"}).status_code == (
            status
        )


def ask(guard: ASGIApp, receive: Receive, method: str = "POST", path: str = "/v1/x") -> "asyncio.Task[int]":
    """Asks in a task of its own; gives the status, 0 for no answer."""

    async def asked() -> int:
        status = 0

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {"type": "http", "method": method, "path": path, "headers": [], "client": ("10.0.0.1", 1)}
        await guard(scope, receive, send)
        return status

    return asyncio.get_running_loop().create_task(asked())


async def whole() -> Message:
    return {"type": "http.request", "body": b"{}", "more_body": False}


async def never() -> Message:
    await anyio.sleep_forever()
    raise AssertionError


async def gone() -> Message:
    return {"type": "http.disconnect"}


def stuck_until(release: asyncio.Event) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_concurrency() -> None:
    async def scenario() -> None:
        release = asyncio.Event()
        guard = Guard(stuck_until(release), Settings(at_once=2))
        first, second = ask(guard, whole), ask(guard, whole)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await ask(guard, whole) == 503
        release.set()
        assert [await first, await second] == [200, 200]
        assert await ask(guard, whole) == 200  # the places are free again

    asyncio.run(scenario())


def test_health_is_told_when_busy() -> None:
    async def scenario() -> None:
        release = asyncio.Event()
        guard = Guard(stuck_until(release), Settings(at_once=0))
        assert await ask(guard, whole) == 503
        release.set()
        assert await ask(guard, whole, "GET", "/healthz") == 200

    asyncio.run(scenario())


def test_time() -> None:
    async def scenario() -> None:
        guard = Guard(stuck_until(asyncio.Event()), Settings(seconds=0.05))
        assert await ask(guard, never) == 408
        assert await ask(guard, whole) == 503
        assert await ask(guard, gone) == 0

    asyncio.run(scenario())
