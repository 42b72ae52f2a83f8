"""The words of ``parser/languages/*.yaml``, arranged for looking them up in a text.

Phrases are kept as sequences of words, so that blanks, apostrophes, hyphens and brackets between the words may be of
any kind or missing. Phrases of languages written without blanks are kept as they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailwhy.parsing.kinds import SECTIONS, WORD_LISTS
from mailwhy.parsing.normalize import fold

__all__ = ["UNSPACED", "LanguageFileError", "Lexicon", "Phrase", "load_lexicon"]

_WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_REQUIRED_END = re.compile(r"[:;=]$")


class LanguageFileError(ValueError):
    """A language file that cannot be used; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One spelling: what it stands for, in which languages, and what must follow it at once (``":"`` or nothing)."""

    kind: str
    languages: tuple[str, ...]
    follow: str = ""


@dataclass(slots=True)
class Lexicon:
    """All phrases of all languages.

    ``tree`` maps a word to the next words and, under the empty string, to the numbers of the phrases ending there: one
    for each sign that may have to follow.
    ``unspaced`` maps phrases of scripts without blanks to their number. ``words`` holds the small word lists by key.
    """

    phrases: list[Phrase] = field(default_factory=list)
    tree: dict[str, Any] = field(default_factory=dict)
    unspaced: dict[str, int] = field(default_factory=dict)
    words: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    spellings: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, spelling: str, language: str) -> None:
        """Enter one spelling. A spelling that another language has for the same thing is shared."""
        required = _REQUIRED_END.findall(spelling)
        follow = required[0] if required else ""
        folded = fold(spelling)
        if UNSPACED.search(folded):
            known = [self.unspaced[key]] if (key := re.sub(r"\s+", "", folded)) in self.unspaced else []
            self.unspaced[key] = self._number(known, spelling, Phrase(kind, (language,)))
        else:
            node = self.tree
            words = _WORD.findall(folded)
            if not words:
                raise LanguageFileError(f"{language}.yaml: the spelling {spelling!r} of {kind} has no word in it")
            for word in words:
                node = node.setdefault(word, {})
            ending = node.setdefault("", [])
            number = self._number(ending, spelling, Phrase(kind, (language,), follow))
            if number not in ending:
                ending.append(number)
        self.spellings.append((kind, spelling))

    def _number(self, known: list[int], spelling: str, new: Phrase) -> int:
        """The number of a phrase, shared with one among ``known`` that needs the same sign behind it."""
        for number in known:
            phrase = self.phrases[number]
            if phrase.follow != new.follow:
                continue
            (language,) = new.languages
            if phrase.kind == new.kind:
                if language not in phrase.languages:
                    self.phrases[number] = Phrase(phrase.kind, (*phrase.languages, language), phrase.follow)
            elif language in phrase.languages:
                raise LanguageFileError(f"{language}.yaml: {spelling!r} stands under both {phrase.kind} and {new.kind}")
            return number
        self.phrases.append(new)
        return len(self.phrases) - 1

    def add_words(self, key: str, spellings: Iterable[str], language: str) -> None:
        """Enter a small word list, such as the words for yes."""
        known = self.words.setdefault(key, {})
        for spelling in spellings:
            known.setdefault(fold(spelling), []).append(language)


def load_lexicon(folder: Path) -> Lexicon:
    """Read every language file of ``folder``.

    Raises:
        LanguageFileError: a file is no YAML mapping, or has a key that parser/languages/README.md doesn't know.
    """
    import yaml

    lexicon = Lexicon()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # English first: a spelling which languages read differently means what it means in English.
    for path in sorted(folder.glob("*.yaml"), key=lambda p: (p.stem != "mul", p.stem != "en", p.stem)):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        except yaml.YAMLError as error:
            raise LanguageFileError(f"{path.name}: not valid YAML: {error}") from error
        _enter_language(lexicon, path, content)
    return lexicon


def _enter_language(lexicon: Lexicon, path: Path, content: object) -> None:
    if not isinstance(content, dict) or content.get("language") != path.stem:
        raise LanguageFileError(f"{path.name}: must say 'language: {path.stem}', the name of the file")
    for section, values in content.items():
        if section == "language":
            continue
        if section in SECTIONS:
            _enter_spellings(lexicon, path, SECTIONS[section], values)
            continue
        if not isinstance(values, dict):
            raise LanguageFileError(f"{path.name}: unknown key {section!r}, or its value is no mapping")
        for key, spellings in values.items():
            full = f"{section}.{key}"
            if full in WORD_LISTS:
                lexicon.add_words(key, _strings(path, full, spellings), path.stem)
            elif full in SECTIONS:
                _enter_spellings(lexicon, path, SECTIONS[full], spellings)
            else:
                raise LanguageFileError(f"{path.name}: unknown key {full}")


def _enter_spellings(lexicon: Lexicon, path: Path, kind: str, spellings: object) -> None:
    for spelling in _strings(path, kind, spellings):
        lexicon.add(kind, spelling, path.stem)


def _strings(path: Path, key: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise LanguageFileError(f'{path.name}: {key} must be a list of texts (quote words such as "no" and "on")')
    return value
