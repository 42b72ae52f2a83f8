"""Dates as ticket systems write them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["iso_date", "read_date"]

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})\b[ ,T]*(.*)", re.DOTALL)
_NAMED = re.compile(r"\s*(\d{1,2})[ /.-]([^\W\d_]{3,9})\.?[ /.-](\d{4}|\d{2})\b[ ,T]*(.*)", re.DOTALL)
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([AaPp])?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv", "feb fév fev févr fevr", "mar mars", "apr avr", "may mai", "jun juin",
            "jul juil", "aug aoû aou août aout", "sep sept", "oct", "nov", "dec déc",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip


def read_date(text: str | None, *, month_first: bool = False) -> datetime | None:
    """The moment that a text names, in UTC where it tells its zone, else as it stands; None where it is no date.

    Reads ISO 8601, RFC 5322, ``24/11/2026 14:05``, ``24.11.26`` and ``24/Nov/26 2:05 PM``.

    Args:
        text: a cell of an export.
        month_first: whether 04/05/2026 is the 5th of April.
    """
    if not text or not any(map(str.isdigit, text)):
        return None
    with suppress(ValueError, OverflowError):
        return _plain(datetime.fromisoformat(text.strip()))
    found = _numeric(text, month_first=month_first) or _named(text)
    if found is not None:
        return found
    with suppress(ValueError, OverflowError, TypeError, IndexError):
        return _plain(parsedate_to_datetime(text))
    return None


def iso_date(text: str) -> str:
    """A date of a system that writes the month first, in ISO 8601; any other text as it is."""
    found = _numeric(text, month_first=True)
    return found.isoformat() if found else text


def _plain(moment: datetime) -> datetime:
    local = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return local.replace(microsecond=0)


def _numeric(text: str, *, month_first: bool) -> datetime | None:
    match = _NUMERIC.match(text)
    if match is None:
        return None
    first, _, second, year, rest = match.groups()
    day, month = (int(second), int(first)) if month_first else (int(first), int(second))
    if month > 12 >= day:
        day, month = month, day
    return _moment(int(year), month, day, rest)


def _named(text: str) -> datetime | None:
    match = _NAMED.match(text)
    if match is None:
        return None
    day, name, year, rest = match.groups()
    month = _MONTHS.get(name.lower()) or _MONTHS.get(name.lower()[:3])
    return _moment(int(year), month, int(day), rest) if month else None


def _moment(year: int, month: int, day: int, clock: str) -> datetime | None:
    hour = minute = second = 0
    if found := _CLOCK.match(clock):
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4]:
            hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    try:
        return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second)  # noqa: DTZ001 - no zone told
    except ValueError:
        return None
