"""Runs an ASGI application so that ending it loses no request."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["AddressError", "listen", "run", "set_up_log", "url_of"]

_BACKLOG = 2048
_HEADER_BYTES = 32 * 1024
_HEADERS = 100
"""The most that the head of a request may have."""
_HEAD_SECONDS = 10.0
"""How long a connection may take to send the head of a request, and how long it may be idle before that."""
_IDLE_SECONDS = 5
"""How long a connection is kept for another request."""
_CONNECTIONS = 4096
_SPARE_FILES = 64
"""Descriptors that connections leave to all else."""
_LAST_REQUESTS_SECONDS = 0.2
"""How long the last who connected have for sending their requests."""
_GARBAGE_THRESHOLDS = (10_000, 20, 20)
_FINISH_SECONDS = 30
"""How long to wait for answers under way, once no more requests are taken."""


class AddressError(OSError):
    """The service can't listen at the address."""


class _Bounded(HttpToolsProtocol):
    """A connection whose head is bounded in size and time.

    Where there are as many connections as there may be, the one that has waited longest for its request is closed for
    a new one: connections that send nothing keep nobody out, health checks least of all.
    """

    most: ClassVar[int] = _CONNECTIONS
    seconds: ClassVar[float] = _HEAD_SECONDS
    _waiting: ClassVar[dict["_Bounded", None]] = {}
    _timer: asyncio.TimerHandle | None = None
    _head = 0
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            oldest = next(iter(self._waiting), self)
            oldest.transport.abort()
            oldest._wait_no_more()  # noqa: SLF001 - of the same class
        if not transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._head += len(data)
        super().data_received(data)
        if self._timer is not None and self._head > _HEADER_BYTES:
            self._refuse()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        if len(self.headers) > _HEADERS or sum(len(name) + len(value) for name, value in self.headers) > _HEADER_BYTES:
            self._refuse()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            super().on_message_complete()

    def _wait(self) -> None:
        if self._timer is None:
            self._head = 0
            self._timer = self.loop.call_later(self.seconds, self.transport.abort)
            self._waiting[self] = None

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.pop(self, None)

    def _refuse(self) -> None:
        self._wait_no_more()
        self._refused = True
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()


_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Server(uvicorn.Server):
    """A server that goes on serving for a moment after it was told to end.

    In that moment health checks fail and every answer closes its connection, so that load balancers and clients turn
    elsewhere; only then are the sockets closed, when nobody is sending any more.
    """

    def __init__(self, config: uvicorn.Config, on_drain: Callable[[], None], drain_seconds: float) -> None:
        super().__init__(config)
        self._on_drain = on_drain
        self._drain_seconds = drain_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is loaded now stays: looking through it again and again for garbage took a fifth of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GARBAGE_THRESHOLDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_drain()
        if not self.force_exit:
            await asyncio.sleep(self._drain_seconds)
            await self._take_the_last(sockets or [])
        await super().shutdown(sockets)

    async def _take_the_last(self, sockets: list[socket.socket]) -> None:
        """Stops listening, but serves those who have connected already, even if nobody has noticed them yet.

        uvicorn closes them: their requests would be lost.
        """
        spares = [listening.dup() for listening in sockets]
        for server in self.servers:
            server.close()
        for listening in sockets:
            listening.close()
        taken = [connection for spare in spares for connection in _queued(spare)]
        for connection in taken:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(_LAST_REQUESTS_SECONDS)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _queued(listening: socket.socket) -> list[socket.socket]:
    """The connections that wait in the queue of a listening socket, which is closed."""
    taken = []
    listening.setblocking(False)
    with listening, suppress(BlockingIOError):
        while True:
            connection, _ = listening.accept()
            connection.setblocking(False)
            taken.append(connection)
    return taken


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at the address; port 0 takes a free one.

    Raises:
        AddressError: the address is in use, forbidden, or not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise AddressError(f"{host}, port {port}: {error}") from None


def url_of(listening: socket.socket) -> str:
    """The address of a listening socket as a URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(  # noqa: PLR0913 - what an operator decides, each by name
    app: ASGIApp,
    listening: socket.socket,
    *,
    on_drain: Callable[[], None] = lambda: None,
    drain_seconds: float = 0.5,
    proxies: int = 0,
    seconds: float = _HEAD_SECONDS,
) -> None:
    """Serves until SIGTERM or SIGINT, then ends without losing a request.

    Args:
        app: what answers.
        listening: the socket to serve.
        on_drain: called when the end has begun.
        drain_seconds: how long to go on serving then.
        proxies: how many proxies in front name the callers (X-Forwarded-For), each at the end of what came in.
        seconds: how long a connection may take to send the head of a request.
    """
    _Bounded.seconds = seconds
    _Bounded.most = min(_CONNECTIONS, _descriptors() - _SPARE_FILES)
    config = uvicorn.Config(
        _Forwarded(app, proxies) if proxies else app,
        http=_Bounded,
        log_config=None,
        access_log=False,  # uvicorn's would hold the words that people search for
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )
    _Server(config, on_drain, drain_seconds).run(sockets=[listening])


class _Forwarded:
    """Takes the caller from what the nearest proxies wrote; what stands before that, the caller may have made up."""

    def __init__(self, app: ASGIApp, proxies: int) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            named = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
            caller = named[-self._proxies].strip() if len(named) >= self._proxies else ""
            if caller:
                scope = {**scope, "client": (caller, 0)}
        await self._app(scope, receive, send)


def _descriptors() -> int:
    """How many files this process may have open, once it has asked for as many as it may ask for."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return _CONNECTIONS + _SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft


def set_up_log(level: int = logging.INFO) -> None:
    """Sends mailwhy's own log, and the server's warnings, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    for name, least in (("mailwhy", level), ("uvicorn", logging.WARNING), ("mcp", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(least)
        logger.propagate = False
