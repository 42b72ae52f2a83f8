"""Locale negotiation: from what somebody asks for to a language that there is."""

import os
from collections.abc import Mapping
from functools import cache

from mailwhy.places import data_folder

__all__ = ["SOURCE_LOCALE", "accept_language", "available_locales", "environment_locale", "negotiate"]

SOURCE_LOCALE = "en"
"""The language that the strings of the code and of the knowledge base are written in."""


@cache
def available_locales() -> tuple[str, ...]:
    """The languages that answers can be given in (BCP 47), English first."""
    folders = (folder.name for folder in data_folder("locales").iterdir() if (folder / "LC_MESSAGES").is_dir())
    return (SOURCE_LOCALE, *sorted(name.replace("_", "-") for name in folders if name != SOURCE_LOCALE))


def negotiate(*wanted: str | None) -> str | None:
    """The first of the wanted locales that there is, or None.

    Args:
        wanted: locales in order of preference, as BCP 47 (``fr-CA``) or POSIX names (``fr_FR.UTF-8``); None and
            unknown names are passed over.
    """
    offered = available_locales()
    names = [name for name in (_tidy(locale) for locale in wanted if locale) if name]
    for name in names:
        if name in offered:
            return name
        if (language := name.partition("-")[0]) in offered:
            return language
    if not names:
        return None
    # Babel knows the aliases (iw for he, no for nb) but takes 20 ms to import, which plain names need not pay.
    from babel.core import negotiate_locale

    found = negotiate_locale(names, list(offered), sep="-")
    return found.replace("_", "-") if found else None


def environment_locale(environment: Mapping[str, str] | None = None) -> str | None:
    """The language of the POSIX locale variables (LC_ALL, LC_MESSAGES, LANG), if it is available and set.

    ``C`` and ``POSIX`` count as unset: they say that nobody chose a language.
    """
    variables = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name)
        if value:
            return negotiate(value)
    return None


def accept_language(header: str) -> list[str]:
    """The locales of an Accept-Language header, best first (RFC 9110, 12.5.4); malformed parts are skipped."""
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        name, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if name.strip() and weight > 0:
            weighted.append((-weight, place, name.strip()))
    return [name for _, _, name in sorted(weighted)]


def _tidy(locale: str) -> str | None:
    name = locale.strip().partition(".")[0].partition("@")[0].replace("_", "-")
    language, _, rest = name.partition("-")
    if language in ("C", "POSIX") or not language.isascii() or not language.isalpha():
        return None
    return f"{language.lower()}-{rest}" if rest else language.lower()
