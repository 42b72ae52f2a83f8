"""Keeps the catalogues in step with the sources, and finds what is not translated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from mailwhy.i18n.extract import extract_kb

__all__ = ["Fault", "check", "domains", "update"]

CODE_DOMAIN = "mailwhy"
_KEYWORDS = {"say": (1,), "N_": None, "plural": (1, 2)}
_SOURCES = {"*.py": "python", "*.html": "jinja2"}
"""The files of the code that say something, and Babel's method for each (jinja2's comes with Jinja itself)."""
_PLACEHOLDER = re.compile(r"\{(\w*+)[^{}]*+\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A message of a catalogue that people would not see translated."""

    locale: str
    domain: str
    kind: Literal["missing", "empty", "fuzzy", "placeholders", "outdated"]
    message: str
    where: str

    def __str__(self) -> str:
        """One line: catalogue, kind, message, place."""
        return f"{self.locale}/{self.domain}.po: {self.kind}: {self.message!r} ({self.where})"


def domains(root: Path) -> tuple[str, ...]:
    """The domains of a checkout: the code's, and one for each folder of the knowledge base that has strings to show."""
    # Folders with models hold no texts that a person reads.
    folders = (folder.name for folder in (root / "kb").iterdir() if folder.is_dir() and folder.name != "models")
    return (CODE_DOMAIN, *sorted(folders))


def update(root: Path, domain: str) -> None:
    """Extracts a domain of the checkout at root and merges it into ``locales/`` (template and every language)."""
    template = _template(root, domain)
    if not len(template):
        return
    pot = root / "locales" / f"{domain}.pot"
    _write(pot, template)
    for language in _languages(root):
        path = root / "locales" / language / "LC_MESSAGES" / f"{domain}.po"
        catalogue = _read(path, language) if path.is_file() else Catalog(locale=language, fuzzy=False)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.fuzzy = False
        _header(catalogue, domain)
        _write(path, catalogue)


def check(root: Path, domain: str) -> Iterator[Fault]:
    """The faults of a domain in every language of the checkout at root."""
    template = _template(root, domain)
    for language in _languages(root):
        path = root / "locales" / language / "LC_MESSAGES" / f"{domain}.po"
        catalogue = _read(path, language) if path.is_file() else Catalog(locale=language)
        for message in template:
            if message.id:
                yield from _faults(message, catalogue.get(message.id), language, domain)
        for message in catalogue:
            if message.id and template.get(message.id) is None:
                yield Fault(language, domain, "outdated", str(message.id), "not in the sources any more")


def _faults(source: Message, found: Message | None, language: str, domain: str) -> Iterator[Fault]:
    where = ", ".join(name for name, _ in source.locations)
    text = source.id if isinstance(source.id, str) else source.id[0]
    forms = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string or ())
    if found is None:
        yield Fault(language, domain, "missing", text, where)
    elif not all(form and form.strip() for form in forms):
        yield Fault(language, domain, "empty", text, where)
    elif found.fuzzy:
        yield Fault(language, domain, "fuzzy", text, where)
    elif any(sorted(_PLACEHOLDER.findall(form)) != sorted(_PLACEHOLDER.findall(text)) for form in forms):
        yield Fault(language, domain, "placeholders", text, where)


def _template(root: Path, domain: str) -> Catalog:
    catalogue = Catalog(project="mailwhy", fuzzy=False)
    _header(catalogue, domain)
    if domain == CODE_DOMAIN:
        for pattern, method in _SOURCES.items():
            for path in sorted((root / "src" / "mailwhy").rglob(pattern)):
                _add_code(catalogue, path, method, root)
    else:
        for path in sorted((root / "kb" / domain).rglob("*.yaml")):
            with path.open("rb") as source:
                for _, _, text, comments in extract_kb(source, {}, (), {}):
                    place = [(path.relative_to(root).as_posix(), 0)]
                    catalogue.add(text, locations=place, auto_comments=comments)
    return catalogue


def _add_code(catalogue: Catalog, path: Path, method: str, root: Path) -> None:
    options = {"silent": "false"}  # a template that can't be read is an error, not a template without messages
    with path.open("rb") as source:
        for _, message, comments, context in extract(method, source, _KEYWORDS, ("TRANSLATORS:",), options):
            place = [(path.relative_to(root).as_posix(), 0)]
            catalogue.add(message, locations=place, auto_comments=comments, context=context)


def _languages(root: Path) -> list[str]:
    return sorted(folder.name for folder in (root / "locales").iterdir() if (folder / "LC_MESSAGES").is_dir())


def _header(catalogue: Catalog, domain: str) -> None:
    # Dates would make every update a change; what git records is enough.
    catalogue.header_comment = f"# Messages of mailwhy, domain {domain}. MIT licence."
    catalogue.copyright_holder = "the mailwhy developers"
    catalogue.version = ""
    catalogue.project = "mailwhy"
    catalogue.msgid_bugs_address = ""
    catalogue.last_translator = ""
    catalogue.language_team = ""


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(
            target, catalogue, width=0, no_location=False, include_lineno=False, sort_by_file=True, omit_header=False
        )
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"(?:POT-Creation-Date|PO-Revision-Date): [^"]*"\n', "", text), encoding="utf-8")
