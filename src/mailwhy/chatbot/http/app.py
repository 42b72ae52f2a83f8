"""Puts the HTTP service together."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from fastapi import FastAPI
from starlette.types import ASGIApp

from mailwhy.chatbot import page
from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.feedback.current import CurrentTally
from mailwhy.chatbot.feedback.errors import StoreError
from mailwhy.chatbot.guarding import Guard
from mailwhy.chatbot.http import diagnosing, dialogues, feedback, knowledge, operating
from mailwhy.chatbot.http.document import SAMPLE, documented
from mailwhy.chatbot.http.handlers import add_handlers
from mailwhy.chatbot.http.observing import Metrics, Observer
from mailwhy.chatbot.settings import Settings
from mailwhy.chatbot.working import Workers
from mailwhy.diagnosis.api import translator_for
from mailwhy.i18n import available_locales
from mailwhy.knowledge import KnowledgeBase
from mailwhy.rendering.formats import FORMATS

__all__ = ["Service"]

_log = logging.getLogger("mailwhy.service")


class Service:
    """The HTTP service: ``service.asgi`` is what a server runs, ``service.app`` where a page can be added.

    Args:
        kb: the knowledge base.
        settings: limits and switches.

    Raises:
        StoreError: the feedback store that the settings name can't be used.
    """

    def __init__(self, kb: KnowledgeBase, settings: Settings | None = None) -> None:
        self.settings = settings = settings or Settings()
        self._draining = False
        self.metrics = Metrics()
        self.tally = _tally(settings)
        self.answerer = Answerer(kb, self.tally if settings.order_by_feedback else None)
        self.workers = Workers(self.answerer, settings.workers, settings.seconds)
        self._storing = anyio.CapacityLimiter(1)  # one at a time, so that no count is lost
        self.app = self._application()
        self.asgi: ASGIApp = Observer(
            Guard(self.app, settings), self.metrics, log=settings.access_log, draining=self.is_draining
        )

    def is_draining(self) -> bool:
        """Whether the service was told to end."""
        return self._draining

    def drain(self) -> None:
        """Tells callers from now on, by every answer, that the service is about to end."""
        self._draining = True

    def warm_up(self) -> None:
        """Loads all that answers need, so that the first caller doesn't wait for it."""
        for locale in available_locales():
            answer = self.answerer.diagnose(SAMPLE, Wish(locale))
            for form in FORMATS.values():
                form.render(answer.diagnoses, (), translator_for(locale, self.answerer.kb))
            self.answerer.search("outbox", Wish(locale), 1)
        self.app.openapi()

    def _application(self) -> FastAPI:
        # The framework's pages on the document load their scripts from elsewhere, so there are none.
        app = FastAPI(docs_url=None, redoc_url=None, lifespan=self._lifespan, redirect_slashes=False)
        add_handlers(app)
        diagnosing.add_routes(app, self.answerer, self.workers, self.metrics)
        knowledge.add_routes(app, self.answerer)
        dialogues.add_routes(app, self.answerer)
        if self.tally is not None:
            feedback.add_routes(app, self.answerer, self.tally, self._storing)
        operating.add_routes(app, self.metrics, self.is_draining)
        page.add_routes(app, self.answerer, self.workers, feedback=self.tally is not None)
        app.openapi = documented(app, self.answerer, self.settings)  # type: ignore[method-assign]
        return app

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        self.warm_up()
        refreshing = asyncio.create_task(self._refresh()) if self.tally is not None else None
        warming = asyncio.create_task(self.workers.warm_up())
        yield
        warming.cancel()
        await anyio.to_thread.run_sync(self.workers.close)
        if refreshing is not None:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
        if self.tally is not None:
            self.tally.close()

    async def _refresh(self) -> None:
        """Reads what other processes stored, now and then; a database that is away for a while stops nothing."""
        while self.tally is not None:
            await asyncio.sleep(self.settings.refresh_seconds)
            try:
                await anyio.to_thread.run_sync(self.tally.refresh, limiter=self._storing)
            except StoreError as error:
                _log.warning("%s", error)


def _tally(settings: Settings) -> CurrentTally | None:
    if settings.feedback is None:
        return None
    from mailwhy.chatbot.feedback.store import FeedbackStore  # loads SQLAlchemy, for those who want feedback

    return CurrentTally(FeedbackStore(settings.feedback), lambda: dt.datetime.now(dt.UTC).date())
