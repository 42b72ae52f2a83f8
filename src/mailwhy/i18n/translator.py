"""Looks a message up in the catalogues of one language."""

import gettext
import io
import os
import struct
from functools import cache
from pathlib import Path

from mailwhy.i18n.negotiation import SOURCE_LOCALE
from mailwhy.places import cache_folder, data_folder

__all__ = ["N_", "Translator", "compile_catalogue", "translator"]


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a message for extraction where it is not translated on the spot."""
    return message


class Translator:
    """The messages of one language.

    Args:
        locale: language of the answers (BCP 47); English needs no catalogue.
        folders: folders of the form of ``locales/``; the first that knows a message gives its translation.
    """

    def __init__(self, locale: str, *folders: Path) -> None:
        self.locale = locale
        self._folders = folders
        self._catalogues: dict[str, gettext.NullTranslations] = {}

    def __call__(self, message: str, domain: str = "mailwhy") -> str:
        """The message in this language, or as it stands where the catalogue of the domain lacks it."""
        if not message:
            return ""
        return self._catalogue(domain).gettext(message)

    def plural(self, one: str, many: str, number: int, domain: str = "mailwhy") -> str:
        """The form of the message that this language uses for the number (CLDR plural rules, by the catalogue)."""
        return self._catalogue(domain).ngettext(one, many, number)

    def _catalogue(self, domain: str) -> gettext.NullTranslations:
        catalogue = self._catalogues.get(domain)
        if catalogue is None:
            catalogue = self._catalogues[domain] = self._load(domain)
        return catalogue

    def _load(self, domain: str) -> gettext.NullTranslations:
        chain = gettext.NullTranslations()
        if self.locale == SOURCE_LOCALE:
            return chain
        for folder in reversed(self._folders):
            found = _read_catalogue(folder / self.locale.replace("-", "_") / "LC_MESSAGES", domain)
            if found is not None:
                found.add_fallback(chain)
                chain = found
        return chain


@cache
def translator(locale: str, *overlays: Path) -> Translator:
    """The translator of a language: mailwhy's own catalogues, and before them those of an organisation's folders."""
    return Translator(locale, *overlays, data_folder("locales"))


def compile_catalogue(po: bytes) -> bytes:
    """A .po catalogue as the .mo form that gettext reads; fuzzy entries are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(po)))
    return compiled.getvalue()


def _read_catalogue(folder: Path, domain: str) -> gettext.GNUTranslations | None:
    """A catalogue from its .mo file (a wheel's), else from its .po file (a checkout's, where an edit shows at once)."""
    binary, text = folder / f"{domain}.mo", folder / f"{domain}.po"
    if binary.is_file():
        return gettext.GNUTranslations(io.BytesIO(binary.read_bytes()))
    if not text.is_file():
        return None
    return gettext.GNUTranslations(io.BytesIO(_compiled(text.read_bytes())))


def _compiled(po: bytes) -> bytes:
    """The .mo form of a catalogue, kept in the user's cache: reading 2,000 messages with Babel takes 50 ms, this 2."""
    folder = cache_folder()
    if folder is None:
        return compile_catalogue(po)
    import hashlib  # a wheel's catalogues are compiled: it never comes here

    kept = folder / f"{hashlib.sha256(po).hexdigest()[:32]}.mo"
    try:
        compiled = kept.read_bytes()
        gettext.GNUTranslations(io.BytesIO(compiled))  # a file that was cut short is made again
    except (OSError, ValueError, struct.error, IndexError):
        compiled = compile_catalogue(po)
        write_atomically(kept, compiled)
    return compiled


def write_atomically(target: Path, content: bytes) -> None:
    """Writes a cache file so that a reader sees it whole or not at all; a full or read-only disk is no error."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
