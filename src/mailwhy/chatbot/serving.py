"""Runs an ASGI application so that ending it loses no request."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

__all__ = ["AddressError", "listen", "run", "set_up_log", "url_of"]

_BACKLOG = 2048
_HEADER_BYTES = 64 * 1024
_LAST_REQUESTS_SECONDS = 0.2
"""How long the last who connected have for sending their requests."""
_GARBAGE_THRESHOLDS = (10_000, 20, 20)
_FINISH_SECONDS = 30
"""How long to wait for answers under way, once no more requests are taken."""


class AddressError(OSError):
    """The service can't listen at the address."""


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


def run(
    app: ASGIApp,
    listening: socket.socket,
    *,
    on_drain: Callable[[], None] = lambda: None,
    drain_seconds: float = 0.5,
    trust_proxy: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT, then ends without losing a request.

    Args:
        app: what answers.
        listening: the socket to serve.
        on_drain: called when the end has begun.
        drain_seconds: how long to go on serving then.
        trust_proxy: whether a proxy in front names the callers (X-Forwarded-For).
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # uvicorn's would hold the words that people search for
        server_header=False,
        proxy_headers=trust_proxy,
        forwarded_allow_ips="*" if trust_proxy else None,
        ws="none",
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )
    _Server(config, on_drain, drain_seconds).run(sockets=[listening])


def set_up_log(level: int = logging.INFO) -> None:
    """Sends mailwhy's own log, and the server's warnings, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    for name, least in (("mailwhy", level), ("uvicorn", logging.WARNING), ("mcp", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(least)
        logger.propagate = False
