"""Connections that send too much, too slowly, or nothing, and callers that say who they are not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from mailwhy.chatbot.guarding import Guard
from mailwhy.chatbot.serving import _Bounded, _Forwarded
from mailwhy.chatbot.settings import Settings

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Open = Callable[[bytes], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    client = scope["client"][0].encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(client))]})
    await send({"type": "http.response.body", "body": client})


@asynccontextmanager
async def serving() -> AsyncIterator[Open]:
    """Serves in this event loop; gives what opens a connection and sends on it."""
    config = uvicorn.Config(app, http=_Bounded, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Bounded(config, state, {}), "127.0.0.1", 0)
    writers = []

    async def opened(sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writers.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    yield opened
    for writer in writers:
        writer.close()
    server.close()
    await asyncio.sleep(0.05)


async def said(reader: asyncio.StreamReader) -> bytes:
    """The status that came back; nothing where the connection was closed without."""
    try:
        return (await asyncio.wait_for(reader.readline(), 20))[9:12]
    except ConnectionError:
        return b""


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"X-Long: y\r\n" * 20_000,
        b"GET / HTTP/1.1\r\nX-Long: " + b"y" * 200_000,
        b"GET /" + b"y" * 200_000,
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n" + b"X: y\r\n" * 101 + b"\r\nabc",
    ],
)
def test_heads_are_bounded(head: bytes) -> None:
    async def scenario() -> None:
        async with serving() as opened:
            try:
                reader, _ = await opened(head)
                assert await said(reader) in (b"431", b"400", b"")
            except ConnectionError:
                pass  # refused before all of it was sent
            reader, _ = await opened(ASKED)
            assert await said(reader) == b"200"

    asyncio.run(scenario())


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", ASKED + b"GET /"])
def test_heads_that_do_not_come_are_not_waited_for(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(_Bounded, "seconds", 0.1)

    async def scenario() -> None:
        async with serving() as opened:
            reader, _ = await opened(sent)
            with suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), 20)  # ends when the connection is closed
            assert not _Bounded._waiting

    asyncio.run(scenario())


def test_idle_connections_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Bounded, "most", 5)

    async def scenario() -> None:
        async with serving() as opened:
            for _ in range(30):
                await opened(b"GET / HT")
            reader, _ = await opened(ASKED)
            assert await said(reader) == b"200"
            assert len(_Bounded._waiting) <= 5

    asyncio.run(scenario())


def test_slow_bodies_keep_nobody_out() -> None:
    async def scenario() -> None:
        guard = Guard(app, Settings(at_once=2, seconds=30))

        async def ask(receive: Receive) -> int:
            status: list[int] = []

            async def send(message: Message) -> None:
                status.append(message.get("status", 0))

            await guard({"type": "http", "method": "POST", "path": "/v1/x", "headers": [], "client": ("x", 1)},
                        receive, send)  # fmt: skip
            return status[0]

        async def never() -> Message:
            await asyncio.sleep(3600)
            return {}

        async def whole() -> Message:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        slow = [asyncio.create_task(ask(never)) for _ in range(200)]
        await asyncio.sleep(0)
        assert await ask(whole) == 200
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("proxies", "forwarded", "caller"),
    [
        (1, ["6.6.6.6, 192.0.2.7"], "192.0.2.7"),
        (1, ["6.6.6.6", "192.0.2.7"], "192.0.2.7"),
        (2, ["6.6.6.6, 192.0.2.7, 10.0.0.1"], "192.0.2.7"),
        (2, ["6.6.6.6"], "testclient"),
        (1, [], "testclient"),
    ],
)
def test_a_caller_cannot_choose_his_address(proxies: int, forwarded: list[str], caller: str) -> None:
    client = TestClient(_Forwarded(app, proxies))
    assert client.get("/", headers=[("X-Forwarded-For", value) for value in forwarded]).text == caller


def test_wrong_tokens_are_slowed() -> None:
    client = TestClient(Guard(app, Settings(token="secret")))
    answers = [client.get("/", headers={"Authorization": f"Bearer {number}"}).status_code for number in range(40)]
    assert answers[:10] == [401] * 10
    assert answers[12:] == [429] * 28
    assert client.get("/", headers={"Authorization": "Bearer secret"}).status_code == 429  # none is looked at


@pytest.mark.parametrize("form", ["utf-8", "latin-1"])
def test_tokens_may_hold_any_letter(form: str) -> None:
    client = TestClient(Guard(app, Settings(token="clé-secrète")))
    sent = b"Bearer " + "clé-secrète".encode(form)
    assert client.get("/", headers=[(b"authorization", sent)]).status_code == 200
    assert (
        TestClient(Guard(app, Settings(token="€"))).get("/", headers={"Authorization": "Bearer ?"}).status_code == 401
    )


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8625", None, 200),
        ("127.0.0.1", None, 200),
        ("[::1]:8625", "http://[::1]:8625", 200),
        ("mailwhy.example", "https://mailwhy.example", 200),
        ("evil.example", None, 421),
        ("localhost", "http://evil.example", 421),
        ("localhost", "null", 421),
        ("localhost@evil.example", None, 421),
        ("[::1", None, 421),
    ],
)
def test_names_that_are_not_its_own_are_refused(host: str, origin: str | None, status: int) -> None:
    client = TestClient(Guard(app, Settings(hosts=frozenset({"localhost", "mailwhy.example"}))))
    headers = {"Host": host} | ({"Origin": origin} if origin else {})
    assert client.get("/", headers=headers).status_code == status
