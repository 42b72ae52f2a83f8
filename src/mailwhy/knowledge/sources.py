"""Reads a folder of knowledge: every YAML file of it, validated, as raw entries by kind and id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mailwhy.knowledge import entries
from mailwhy.knowledge.errors import Problem
from mailwhy.knowledge.yamlfile import line_of, read_yaml, repeated_keys

__all__ = ["KINDS", "Folder", "Raw", "Sections", "merge", "read_folder"]

Raw = dict[str, Any]
Sections = dict[str, dict[str, Raw]]
"""Kind -> id -> the entry as JSON has it."""

ONE_ENTRY_FILES: dict[str, type[BaseModel]] = {
    "causes": entries.CauseEntry,
    "resolutions": entries.ResolutionEntry,
    "questions": entries.QuestionEntry,
    "providers": entries.ProviderEntry,
    "symptoms": entries.SymptomEntry,
    "dialogues": entries.DialogueEntry,
}
LIST_FILES: dict[str, type[BaseModel]] = {"codes": entries.CodeFile, "replies": entries.ReplyFile}
KINDS = (*ONE_ENTRY_FILES, *LIST_FILES)

_SETTINGS: dict[str, type[BaseModel]] = {
    "weights": entries.WeightsFile,
    "talk": entries.TalkFile,
    "switched-off": entries.SwitchedOff,
}
_REMEDIES = {
    "extra_forbidden": "remove the key or correct its spelling",
    "missing": "add the key",
    "string_type": "put the value in quotes",
}


@dataclass(slots=True)
class Folder:
    """What one folder of knowledge says."""

    root: Path
    sections: Sections = field(default_factory=lambda: {kind: {} for kind in KINDS})
    settings: dict[str, Raw] = field(default_factory=dict)
    origins: dict[tuple[str, str], tuple[Path, tuple[str | int, ...]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, kind: str, key: str, message: str, remedy: str, *inner: str | int) -> Problem:
        """A problem at an entry, or at one of its values."""
        path, location = self.origins[kind, key]
        return Problem(path, line_of(path, (*location, *inner)), message, remedy)


def read_folder(root: Path) -> Folder:
    """Reads every file of a folder that has the form of ``kb/``; what is wrong is collected, not raised."""
    folder = Folder(root)
    if not root.is_dir():
        folder.problems.append(Problem(root, 0, "is no folder", "name a folder that has the form of kb/"))
        return folder
    for kind in KINDS:
        for path in sorted((root / kind).rglob("*.yaml")):
            for key, raw, location in _entries(folder, kind, path):
                if (kind, key) in folder.origins:
                    first, _ = folder.origins[kind, key]
                    message = f"{key!r} is already defined in {first.relative_to(root)}"
                    folder.problems.append(Problem(path, line_of(path, location), message, "give it another id"))
                    continue
                folder.sections[kind][key] = raw
                folder.origins[kind, key] = (path, location)
    for name, model in _SETTINGS.items():
        path = root / f"{name}.yaml"
        settings = _validated(folder, path, model) if path.is_file() else None
        if settings is not None:
            folder.settings[name] = settings
    return folder


def merge(base: Sections, over: Folder) -> Sections:
    """The sections of a knowledge base with an organisation's folder laid over it: new, replaced, switched off."""
    off = over.settings.get("switched-off", {})
    merged: Sections = {}
    for kind in KINDS:
        section = {**base.get(kind, {}), **over.sections[kind]}
        gone = set(off.get(kind, ()))
        merged[kind] = {
            key: raw for key, raw in section.items() if key not in gone and key.partition("/")[2] not in gone
        }
    return merged


def _entries(folder: Folder, kind: str, path: Path) -> Iterator[tuple[str, Raw, tuple[str | int, ...]]]:
    raw = _validated(folder, path, ONE_ENTRY_FILES.get(kind) or LIST_FILES[kind])
    if raw is None:
        return
    if kind in ONE_ENTRY_FILES:
        if raw["id"] != path.stem:
            message = f"the id is {raw['id']!r} but the file is named {path.name}"
            folder.problems.append(Problem(path, line_of(path, ("id",)), message, "make them equal"))
        yield raw["id"], raw, ()
    elif kind == "codes":
        for place, entry in enumerate(raw["codes"]):
            yield f"{raw['kind']}/{entry['code']}", {"source": raw.get("source"), **entry}, ("codes", place)
    else:
        for place, entry in enumerate(raw["replies"]):
            shared = {"source": raw["source"], **({"general": True} if raw.get("general") else {})}
            yield entry["id"], {**shared, **entry}, ("replies", place)


def _validated(folder: Folder, path: Path, model: type[BaseModel]) -> Raw | None:
    content, problems = read_yaml(path)
    folder.problems.extend(problems)
    if problems:
        return None
    folder.problems.extend(repeated_keys(path))
    try:
        entry = model.model_validate(content)
    except ValidationError as error:
        folder.problems.extend(
            _problem(path, details["loc"], details["msg"], details["type"]) for details in error.errors()
        )
        return None
    return entry.model_dump(mode="json", exclude_defaults=True)


def _problem(path: Path, location: Sequence[str | int], message: str, kind: str) -> Problem:
    name = ".".join(str(step + 1 if isinstance(step, int) else step) for step in location) or "the file"
    return Problem(path, line_of(path, location), f"{name}: {message}", _REMEDIES.get(kind, "correct the value"))
