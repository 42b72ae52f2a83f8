"""``mailwhy serve`` as a process: how it starts, and how it ends."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from mailwhy.chatbot import serving
from mailwhy.cli import main


def test_starts_on_this_machine_alone(start: Callable[..., Any]) -> None:
    process = start("serve")
    assert process.url.startswith("http://127.0.0.1:")
    with urlopen(f"{process.url}/healthz") as answer:
        assert answer.status == 200
    assert process.end() in (0, -15)
    assert "Traceback" not in process.log.read_text(encoding="utf-8")


def test_warns_where_others_can_call(start: Callable[..., Any]) -> None:
    assert "MAILWHY_TOKEN" in start("serve", "--host", "0.0.0.0").log.read_text(encoding="utf-8")
    guarded = start("serve", "--host", "0.0.0.0", MAILWHY_TOKEN="secret")
    assert "MAILWHY_TOKEN" not in guarded.log.read_text(encoding="utf-8")


def test_ending_loses_no_request(start: Callable[..., Any]) -> None:
    """Callers that never stop asking: each request that was sent is answered, until no connection can be made."""
    process = start("serve", "--no-access-log")
    address = process.url.removeprefix("http://").split(":")
    body = b'{"text": "550 5.7.1 Relay access denied"}'
    request = (
        b"POST /v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    answered = 0

    async def caller() -> None:
        nonlocal answered
        while True:
            try:
                reader, writer = await asyncio.open_connection(address[0], int(address[1]))
            except ConnectionError:
                return
            goes_on = True
            while goes_on:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")  # raises where the connection ends without an answer
                assert head.startswith(b"HTTP/1.1 200")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                answered += 1
                goes_on = b"connection: close" not in head.lower()
            writer.close()

    async def scenario() -> int:
        callers = [asyncio.create_task(caller()) for _ in range(8)]
        await asyncio.sleep(0.7)
        ended = asyncio.create_task(asyncio.to_thread(process.end))
        await asyncio.gather(*callers)
        code: int = await ended
        return code

    assert asyncio.run(scenario()) in (0, -15)
    assert answered > 20


def test_a_request_under_way_is_finished(start: Callable[..., Any]) -> None:
    process = start("serve", "--drain", "0")
    host, port = process.url.removeprefix("http://").split(":")
    body = b'{"text": "550 5.7.1 Relay access denied"}'
    with socket.create_connection((host, int(port))) as connection:
        head = b"POST /v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
        time.sleep(0.3)
        process.popen.terminate()
        time.sleep(0.3)
        connection.sendall(body[10:])
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert process.popen.wait(timeout=30) in (0, -15)


def test_slow_request_is_cut_off(start: Callable[..., Any]) -> None:
    process = start("serve", "--timeout", "0.2")
    host, port = process.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
        assert connection.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--host", "192.0.2.1"], "192.0.2.1, port"),
        (["serve", "--port", "70000"], "70000"),
        (["serve", "--order-by-feedback"], "--feedback"),
        (["serve", "--feedback", "nosuch://x"], "feedback store"),
        (["mcp", "--http", "--host", "192.0.2.1"], "192.0.2.1, port"),
        (["serve", "--nonsense"], "--nonsense"),
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    assert main([*arguments, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err


def test_address_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with serving.listen("127.0.0.1", 0) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1]), "--lang", "en"]) == 2
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "mcp", "feedback"])
def test_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    for lang in ("en", "fr"):
        assert main([command, "--help", "--lang", lang]) == 0
    told = capsys.readouterr().out
    assert "Usage: mailwhy" in told
    assert "Utilisation" in told or "Usage\u00a0: mailwhy" in told or "Usage\u202f: mailwhy" in told


def test_missing_extra_names_the_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(("fastapi", "mailwhy.chatbot.http"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert main(["serve", "--lang", "en"]) == 2
    assert "pip install 'mailwhy[server]'" in capsys.readouterr().err
