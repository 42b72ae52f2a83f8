"""Keeps callers within bounds: who may call, how often, how many at once, how much, and for how long."""

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailwhy.chatbot.problems import problem
from mailwhy.chatbot.settings import Settings

__all__ = ["Guard", "RateLimit"]

_OPEN = frozenset({"/healthz"})
"""What a load balancer asks without a token, and needs to know above all when the service is busy."""

_CALLERS = 10_000


class RateLimit:
    """A bucket of permits for each caller, which fills up evenly (a token bucket).

    Args:
        each_minute: permits in a minute, and the most that a caller can save up.
        clock: seconds, never going back.
    """

    def __init__(self, each_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._full = float(each_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """0 where the caller may go on, else the seconds until he may."""
        now = self._clock()
        left, since = self._buckets.pop(caller, (self._full, now))
        left = min(self._full, left + (now - since) * self._full / 60)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)  # whoever was not heard of for longest
        return 0 if allowed else int((1 - left) * 60 / self._full) + 1


class _TooLargeError(Exception):
    """A body is longer than the limit."""


class _GoneError(Exception):
    """The caller went away before he had sent his request."""


class Guard:
    """Lets through what is within the bounds, its body read already; refuses the rest with a problem.

    Args:
        app: the application.
        settings: the bounds.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._token = f"bearer {settings.token}".encode() if settings.token else None
        self._rate = RateLimit(settings.each_minute) if settings.each_minute else None
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or refuses it."""
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._bounded(scope, receive, send)
        finally:
            self._under_way -= 1

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if self._token is not None and not self._knows(headers.get("authorization", "")):
            return problem(
                401,
                "token-needed",
                "Send the operator's token in the header Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if self._rate is not None and (wait := self._rate.wait(_caller(scope))):
            told = f"This is more than {self._settings.each_minute} requests a minute; try again in {wait} s."
            return problem(429, "too-many-requests", told, headers={"Retry-After": str(wait)})
        if self._under_way >= self._settings.at_once:
            return problem(503, "busy", "The service is busy; try again in a second.", headers={"Retry-After": "1"})
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._settings.most_bytes:
            return self._too_large()
        return None

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        read = False
        try:
            async with asyncio.timeout(self._settings.seconds):
                body = await self._body(scope, receive)
                read = True
                await self._app(scope, _replayed(body, receive), noted)
        except _GoneError:
            return
        except _TooLargeError:
            await self._too_large()(scope, receive, send)
        except TimeoutError:
            if begun:
                raise  # half an answer can't be taken back; the connection is closed on it
            late = _LATE if read else _SLOW
            await problem(*late, headers={"Connection": "close"})(scope, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] in ("GET", "HEAD"):
            return b""
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise _GoneError
            part = message.get("body", b"")
            size += len(part)
            if size > self._settings.most_bytes:
                raise _TooLargeError
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    def _too_large(self) -> ASGIApp:
        most = self._settings.most_bytes
        told = f"The request is longer than {most:,} bytes; send only the part with the error message."
        return problem(413, "text-too-large", told, headers={"Connection": "close"})

    def _knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        given = f"{scheme.lower()} {token.strip()}".encode(errors="replace")
        return self._token is not None and hmac.compare_digest(given, self._token)


_SLOW = (408, "too-slow", "The request was not sent within the time allowed; send it again.")
_LATE = (503, "took-too-long", "This text takes too long; send only the part with the error message.")


def _caller(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as the application expects to receive it; then what else comes, such as the caller's going away."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
