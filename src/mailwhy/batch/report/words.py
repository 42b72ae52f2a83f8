"""How the report says numbers, days, causes and codes in a language."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date, format_datetime, format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent

from mailwhy.batch.report.figures import CauseFigure
from mailwhy.batch.report.times import Unit
from mailwhy.diagnosis.api import phrasebook, translator_for
from mailwhy.diagnosis.explaining import explain_code
from mailwhy.diagnosis.models import Cause
from mailwhy.knowledge import KnowledgeBase

__all__ = ["Words"]

_SMALL_SHARE = 0.095


class Words:
    """A language, and the names that a knowledge base has in it.

    Args:
        kb: the knowledge base.
        locale: an available language.
        causes: the causes of the rows, for titles that the knowledge base lacks.
    """

    def __init__(self, kb: KnowledgeBase, locale: str, causes: tuple[CauseFigure, ...]) -> None:
        self.say = translator_for(locale, kb)
        self._kb = kb
        self._book = phrasebook(kb, locale)
        self._locale = locale.replace("-", "_")
        self._titles: Mapping[str, str | None] = {cause.id: cause.title for cause in causes}

    def number(self, value: float) -> str:
        """A number: 20,056 or 20 056; small fractions with one decimal."""
        text: str = format_decimal(round(value) if value >= 10 else round(value, 1), locale=self._locale)
        return text

    def percent(self, share: float) -> str:
        """A share: 34%, 4.2%."""
        text: str = format_percent(share, "#,##0.0%" if 0 < share < _SMALL_SHARE else "#,##0%", locale=self._locale)
        return text if self._locale[:2] != "fr" else text.replace("%", "\N{NARROW NO-BREAK SPACE}%")

    def day(self, day: date) -> str:
        """A day: 3 Jul 2026."""
        text: str = format_date(day, "medium", locale=self._locale)
        return text

    def moment(self, moment: datetime) -> str:
        """A day and time."""
        text: str = format_datetime(moment, "short", locale=self._locale)
        return text

    def span(self, first: date, last: date) -> str:
        """From a day to another."""
        if first == last:
            return self.day(first)
        text: str = format_interval(first, last, "yMMMd", locale=self._locale)
        return text

    def bar(self, unit: Unit, start: date) -> str:
        """The unit of time that begins on a day, in short."""
        if unit == "year":
            return str(start.year)
        if unit == "quarter":
            return self.say("quarter {number} of {year}").format(number=(start.month + 2) // 3, year=start.year)
        return str(format_skeleton("yMMM" if unit == "month" else "MMMd", start, locale=self._locale))

    def bar_name(self, unit: Unit, start: date) -> str:
        """The unit of time that begins on a day, in full."""
        if unit == "week":
            return self.span(start, start + timedelta(days=6))
        return self.day(start) if unit == "day" else self.bar(unit, start)

    def cause(self, cause: str) -> str:
        """The title of a cause."""
        if cause in self._kb.causes:
            return self._book.cause_text(cause).title
        return self._titles.get(cause) or cause

    def cause_text(self, figure: CauseFigure) -> Cause | None:
        """All that the knowledge base says about a cause, what the rows advise most often first."""
        if figure.id not in self._kb.causes:
            return None
        client: Any = figure.client
        text = self._book.cause_text(figure.id, client)
        ordered = sorted(text.resolutions, key=lambda resolution: resolution.id != figure.resolution)
        return text.model_copy(update={"resolutions": tuple(ordered)})

    def provider(self, provider: str) -> str:
        """The name of a provider."""
        return self._kb.providers[provider].name if provider in self._kb.providers else provider

    def code(self, kind: Any, code: str) -> str:
        """What a code means, in a sentence."""
        return explain_code(kind, code, self._kb, self._book, self.say).meaning
