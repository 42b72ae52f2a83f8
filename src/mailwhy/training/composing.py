"""Composes training texts from sentences with slots and choices, always the same ones."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from babel.messages.pofile import read_po

from mailwhy.places import data_folder

__all__ = ["Text", "compose", "sources"]

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z]+)>")
SHARES = {"en": 14_000, "fr": 7000, "programs": 4000}
OTHER_SHARE = 800
DOCUMENTS_OF_A_LINE = 14
FRAMED = 12_000


@dataclass(frozen=True)
class Text:
    """One training text; ``source`` is the sentence that decides it, ``cause`` None for what is no failure."""

    text: str
    cause: str | None
    source: str


def background() -> Iterator[Text]:
    """What the knowledge base tells in whole paragraphs, in both languages: about mail, but no failure of anybody's."""
    for folder in ("resolutions", "causes", "questions", "dialogues"):
        for path in sorted((data_folder("kb") / folder).glob("*.yaml")):
            lines = [line for line in _lines(_read(path)) if " " in line]
            for start in range(0, len(lines), 4):
                yield Text(" ".join(lines[start : start + 4]), None, f"{path.name} {start}")
    for name in ("causes", "questions", "resolutions", "dialogues"):
        with (data_folder("locales") / "fr" / "LC_MESSAGES" / f"{name}.po").open("rb") as stream:
            told = [str(message.string) for message in read_po(stream) if message.id and message.string]
        for start in range(0, len(told), 5):
            yield Text(" ".join(told[start : start + 5]), None, f"fr {name} {start}")


def framed(chance: random.Random, languages: "list[Language]") -> Iterator[Text]:
    """A machine's words in the frames of mail programs and of other programs, alone or among a person's sentences.

    Also plain sentences of all languages: short texts, which tell one thing.
    """
    frames = _read(data_folder("parser") / "judge" / "frames.yaml")
    plain = _read(data_folder("parser") / "judge" / "sentences.yaml")
    people = [language for language in languages if language.neutral]
    examples = [(cause, line) for cause, lines in languages[2].failures.items() for line in lines]
    told = [(cause, line) for cause, lines in plain["told"].items() for line in lines]
    for _ in range(FRAMED):
        person = chance.choice((*people, languages[0], languages[1]))
        roll = chance.random()
        cause: str | None
        if roll < 0.35:
            frame = chance.choice(frames["mail"])
            cause, words = chance.choice(examples)
            if "{host}" in frame and chance.random() < 0.6:
                cause, words = "connection_failed", chance.choice(frames["connection"])
            host = chance.choice(("smtp.shop.example", "mail.home.example", "smtp.gmail.com", "smtp.office365.com"))
            words = _expand(chance, languages[2], words)
            line = frame.replace("{words}", words).replace("{host}", host)
            line = line.replace("{port}", chance.choice(("25", "465", "587")))
            source = frame
        elif roll < 0.65:
            source = chance.choice(frames["other"])
            cause, line = None, source.replace("{connection}", chance.choice(frames["connection"]))
        elif roll < 0.8:
            cause, line = chance.choice(told)
            source = line
        else:
            cause, line = None, " ".join(chance.sample(plain["other"], chance.choice((1, 1, 2, 3))))
            source = line[:40]
        around = [_expand(chance, person, chance.choice(person.neutral)) for _ in range(chance.choice((0, 0, 1, 2, 4)))]
        around.insert(chance.randint(0, len(around)), line)
        yield Text(chance.choice((" ", "\n", "\n\n")).join(around), cause, source)


def _documents(chance: random.Random) -> Iterator[Text]:
    """Documentation, source code, lists of changes, delivered mail and settings: lines of one kind."""
    kinds = _read(data_folder("parser") / "judge" / "documents.yaml")
    for kind, lines in sorted(kinds.items()):
        for line in lines:
            for _ in range(DOCUMENTS_OF_A_LINE):
                chosen = [line, *chance.sample(lines, min(len(lines), chance.choice((0, 1, 2, 4, 7))))]
                chance.shuffle(chosen)
                yield Text("\n".join(chosen), None, f"{kind} {line}")


def _lines(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | dict):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _lines(part)


@dataclass
class Language:
    """The sentences of one file or language."""

    name: str
    slots: dict[str, list[str]] = field(default_factory=dict)
    greetings: list[str] = field(default_factory=list)
    closings: list[str] = field(default_factory=list)
    neutral: list[str] = field(default_factory=list)
    subjects_failure: list[str] = field(default_factory=list)
    failures: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def sources(folder: Path | None = None) -> list[Language]:
    """The languages of ``parser/judge/*.yaml``; with the knowledge base's examples beside the programs' words."""
    folder = folder or data_folder("parser") / "judge"
    found = [_language(name, _read(folder / f"{name}.yaml")) for name in ("en", "fr", "programs")]
    found += [_language(name, body) for name, body in _read(folder / "others.yaml").items()]
    failures, negatives = _read(folder / "failures.yaml"), _read(folder / "negatives.yaml")
    for language in found:
        language.others.extend(negatives.get(language.name, ()))
        for cause, lines in failures.get(language.name, {}).items():
            language.failures.setdefault(cause, []).extend(lines)
    for path in sorted((data_folder("kb") / "replies").glob("*.yaml")):
        for entry in _read(path)["replies"]:
            causes = entry.get("causes")
            if causes:
                best = max(sorted(causes), key=lambda cause: float(causes[cause]))
                plain = [re.sub(r"[{}|<>]", " ", example) for example in entry.get("examples", ())]
                found[2].failures.setdefault(best, []).extend(plain)
    return found


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return content


def _language(name: str, body: dict[str, Any]) -> Language:
    others = body["others"]
    if isinstance(others, dict):
        body = {**body, "others": [line for lines in others.values() for line in lines]}
    return Language(name, **body)


def compose(seed: int = 1) -> Iterator[Text]:
    """Every language's share of texts, half of them failures."""
    languages = sources()
    english, french, programs = languages[:3]
    yield from background()
    yield from framed(random.Random(f"{seed} frames"), languages)  # noqa: S311
    yield from _documents(random.Random(f"{seed} documents"))  # noqa: S311 - reproducible on purpose
    for language in languages:
        chance = random.Random(f"{seed} {language.name}")  # noqa: S311 - reproducible on purpose
        people = [english] * 3 + [french] if language is programs else [language]
        sentences = [(cause, line) for cause, lines in language.failures.items() for line in lines]
        for number in range(SHARES.get(language.name, OTHER_SHARE)):
            person = chance.choice(people)
            if number % 2:
                cause, line = chance.choice(sentences)
                yield Text(_told(chance, language, person, line, failure=True), cause, line)
            else:
                line = chance.choice(language.others)
                yield Text(_told(chance, language, person, line, failure=False), None, line)


def _told(chance: random.Random, language: Language, person: Language, line: str, *, failure: bool) -> str:
    """The deciding sentence among greetings, circumstances and thanks, as tickets are written."""
    middle = [_expand(chance, language, line)]
    besides = (
        chance.choice((0, 0, 0, 1)) if failure else chance.choice((0, 1, 1, 2, 3))
    )  # tickets tell other troubles too
    middle += [_expand(chance, language, chance.choice(language.others)) for _ in range(besides)]
    for _ in range(chance.choice((0, 0, 1, 2, 4, 6, 10))):
        middle.insert(chance.randint(0, len(middle)), _expand(chance, person, chance.choice(person.neutral or ["_"])))
    parts = [_expand(chance, person, chance.choice(group)) for group in (person.greetings,) if group]
    if failure and person.subjects_failure and chance.random() < 0.3:
        parts.insert(0, _expand(chance, person, chance.choice(person.subjects_failure)) + "\n\n")
    parts += middle
    if person.closings:
        parts.append(_expand(chance, person, chance.choice(person.closings)))
    text = " ".join(part for part in parts if part)
    return _mistype(chance, text) if chance.random() < 0.15 else text


def _expand(chance: random.Random, language: Language, line: str) -> str:
    if line == "_":
        return ""
    for _ in range(3):  # a choice may hold slots, and a slot's value choices
        line = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), line)
        line = _SLOT.sub(lambda match: chance.choice(language.slots.get(match[1], [match[0]])), line)
    return line


def _mistype(chance: random.Random, text: str) -> str:
    """Two letters swapped, or one lost, in one or two places."""
    for _ in range(chance.choice((1, 2))):
        at = chance.randrange(len(text)) if text else 0
        swapped = text[at : at + 2][::-1] if chance.random() < 0.5 else text[at + 1 : at + 2]
        text = text[:at] + swapped + text[at + 2 :]
    return text
