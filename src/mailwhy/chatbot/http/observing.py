"""Counts, times and logs every request; sets the headers that every answer carries. Logs no text of a caller."""

import logging
import time
import traceback
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Metrics", "Observer"]

_access = logging.getLogger("mailwhy.access")
_faults = logging.getLogger("mailwhy.faults")

_NO_ROUTE = "(none)"
"""Stands for an address that there is not: what somebody typed there may be anything."""

_PAGE = "(page)"
"""Stands for what people look at: the page, and the files that it is made of."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""For answers that name no policy of their own: nothing is to be loaded or run, whatever a caller's text holds."""


class Metrics:
    """The numbers of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "mailwhy_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "mailwhy_http_request_seconds",
            "Time from a request's arrival to the end of its answer.",
            ("route",),
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self.registry,
        )
        self.under_way = Gauge("mailwhy_http_requests_under_way", "Requests being answered.", registry=self.registry)
        self.texts = Counter(
            "mailwhy_texts", "Texts diagnosed, by whether they held a report.", ("found",), registry=self.registry
        )
        self.causes = Counter(
            "mailwhy_diagnoses", "Diagnoses, by their likeliest cause.", ("cause",), registry=self.registry
        )


class Observer:
    """The outermost layer: whatever an application does, or fails to do, passes here.

    Args:
        app: the application.
        metrics: what to count in.
        log: whether to log each request.
        draining: tells whether the service is about to end, so that callers must not count on their connections.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log: bool, draining: Callable[[], bool]) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, size = 0, 0

        async def observed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._headers(message["headers"])
            else:
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.under_way.inc()
        try:
            await self._app(scope, receive, observed)
        except Exception as error:  # noqa: BLE001 - the answer has gone out; what remains is to log it, without texts
            frames = "".join(traceback.format_tb(error.__traceback__))
            _faults.error("%s in:\n%s", type(error).__name__, frames)
        finally:
            self._metrics.under_way.dec()
            self._count(scope, status, size, time.perf_counter() - started)

    def _headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        added = [*headers, *_SECURITY_HEADERS]
        if all(name != b"content-security-policy" for name, _ in headers):
            added.append(_POLICY)
        if self._draining():
            added.append((b"connection", b"close"))
        return added

    def _count(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or (_PAGE if "endpoint" in scope else _NO_ROUTE)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if self._log:
            _access.info("%s %s %d %d bytes %.1f ms", method, route, status, size, seconds * 1000)
