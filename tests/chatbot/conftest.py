import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra [server] is not installed")

from starlette.testclient import TestClient

from mailwhy.chatbot.http.app import Service
from mailwhy.chatbot.settings import Settings
from mailwhy.knowledge import KnowledgeBase

FIXTURES = Path(__file__).parent.parent / "fixtures"
REPORT = (
    "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
    "address was 'bob@example.org'. Subject 'Rent', Account: 'mail.example.com', Server: 'smtp.example.com', Protocol: "
    "SMTP, Server Response: '550 Relaying denied', Port: 25, Secure(SSL): No, Server Error: 550, Error Number: "
    "0x800CCC79"
)


@pytest.fixture(autouse=True)
def _no_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILWHY_TOKEN", "MAILWHY_FEEDBACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def report() -> str:
    return REPORT


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


@pytest.fixture
def serve(kb: KnowledgeBase) -> Iterator[Callable[..., TestClient]]:
    """Makes a client of a service with these settings; each has its application started and stopped."""
    clients: list[TestClient] = []

    def serve(settings: Settings | None = None, **options: object) -> TestClient:
        made = settings or Settings(**options)  # type: ignore[arg-type]
        client = TestClient(Service(kb, made).asgi, raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield serve
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve: Callable[..., TestClient]) -> TestClient:
    return serve()


@dataclass
class Process:
    """A command of mailwhy that serves, as a process of its own."""

    popen: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def end(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts a serving command on a free port, and waits until it tells its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **environment: str) -> Process:
        log = tmp_path / f"log-{len(running)}"  # a file: a pipe that nobody reads would stop the server
        with log.open("wb") as errors:
            popen = subprocess.Popen(
                [sys.executable, "-m", "mailwhy", *arguments, "--port", "0", "--lang", "en"],
                stderr=errors,
                env={**os.environ, **environment},
            )
        running.append(popen)
        latest = time.monotonic() + 20
        while not (found := re.search(r"(http://\S+) ", log.read_text(encoding="utf-8"))):
            assert popen.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < latest, "it told no address within 20 seconds"
            time.sleep(0.02)
        return Process(popen, found[1], log)

    yield start
    for popen in running:
        if popen.poll() is None:
            popen.kill()
            popen.wait()
