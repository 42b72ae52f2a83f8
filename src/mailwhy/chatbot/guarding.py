"""Keeps callers within bounds: who may call, how often, how many at once, how much, and for how long."""

import asyncio
import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailwhy.chatbot.problems import problem
from mailwhy.chatbot.settings import Settings

__all__ = ["Guard", "RateLimit"]

_OPEN = frozenset({"/healthz"})
"""What a load balancer asks without a token, and needs to know above all when the service is busy."""

_CALLERS = 10_000
_WRONG_TOKENS = 10
"""Wrong tokens of a caller in a minute; after them none of his is looked at for a while, not even a right one."""
_BUFFERED = 64 * 1024 * 1024
"""Bytes of bodies that are on their way in. They take no places: else slow callers would keep all others out."""


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

    def wait(self, caller: str, *, take: bool = True) -> int:
        """0 where the caller may go on (which ``take`` counts), else the seconds until he may."""
        now = self._clock()
        left, since = self._buckets.pop(caller, (self._full, now))
        left = min(self._full, left + (now - since) * self._full / 60)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed and take else left, now)
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
        self._tokens = _forms(settings.token) if settings.token else None
        self._wrong = RateLimit(_WRONG_TOKENS)
        self._buffered = 0
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
        await self._bounded(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        return self._unknown(scope, headers) or self._too_much(scope, headers)

    def _unknown(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if self._settings.hosts is not None and not _is_own(headers, self._settings.hosts):
            told = "The service is not known by this name; its operator can allow it with --allow-host."
            return problem(421, "unknown-host", told)
        if self._tokens is not None and (wait := self._wrong.wait(_caller(scope), take=False)):
            told = f"There were too many wrong tokens; try again in {wait} s."
            return problem(429, "too-many-wrong-tokens", told, headers={"Retry-After": str(wait)})
        if self._tokens is not None and not self._knows(headers.get("authorization", "")):
            self._wrong.wait(_caller(scope))
            return problem(
                401,
                "token-needed",
                "Send the operator's token in the header Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return None

    def _too_much(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if self._rate is not None and (wait := self._rate.wait(_caller(scope))):
            told = f"This is more than {self._settings.each_minute} requests a minute; try again in {wait} s."
            return problem(429, "too-many-requests", told, headers={"Retry-After": str(wait)})
        if self._is_busy():
            return _busy()
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._settings.most_bytes:
            return self._too_large()
        return None

    def _is_busy(self) -> bool:
        return self._under_way >= self._settings.at_once or self._buffered > _BUFFERED

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
                if self._is_busy():
                    await _busy()(scope, receive, send)
                    return
                self._under_way += 1
                try:
                    await self._app(scope, _replayed(body, receive), noted)
                finally:
                    self._under_way -= 1
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
        try:
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise _GoneError
                part = message.get("body", b"")
                size += len(part)
                self._buffered += len(part)
                if size > self._settings.most_bytes:
                    raise _TooLargeError
                parts.append(part)
                more = message.get("more_body", False)
        finally:
            self._buffered -= size
        return b"".join(parts)

    def _too_large(self) -> ASGIApp:
        most = self._settings.most_bytes
        told = f"The request is longer than {most:,} bytes; send only the part with the error message."
        return problem(413, "text-too-large", told, headers={"Connection": "close"})

    def _knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode("latin-1", "replace")  # as it came in
        known = [hmac.compare_digest(given, right) for right in self._tokens or ()]
        return scheme.lower() == "bearer" and any(known)


_SLOW = (408, "too-slow", "The request was not sent within the time allowed; send it again.")
_LATE = (503, "took-too-long", "This text takes too long; send only the part with the error message.")


def _forms(token: str) -> set[bytes]:
    """A token as programs send it: letters beyond ASCII as UTF-8 or, where there are such bytes, as Latin-1."""
    forms = {token.encode()}
    with suppress(UnicodeEncodeError):
        forms.add(token.encode("latin-1"))
    return forms


def _busy() -> ASGIApp:
    return problem(503, "busy", "The service is busy; try again in a second.", headers={"Retry-After": "1"})


def _is_own(headers: Headers, names: frozenset[str]) -> bool:
    """Whether a request is meant for this service, and not sent by a web page that gave its own name this address."""
    origin = headers.get("origin")
    meant = [headers.get("host", "")] if origin is None else [headers.get("host", ""), urlsplit(origin).netloc]
    return all(_host(name) in names or _is_ip(_host(name)) for name in meant)


def _host(authority: str) -> str:
    """The host of ``host:port``; "" where it has no such form."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


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
