"""Compiles folders of knowledge into the sections that :class:`~mailwhy.knowledge.base.KnowledgeBase` reads."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mailwhy.knowledge import entries
from mailwhy.knowledge.errors import KnowledgeError, Problem
from mailwhy.knowledge.sources import merge, read_folder

__all__ = ["compile_folders"]


def compile_folders(base: Path, *overlays: Path) -> dict[str, Any]:
    """The sections of the base folder with the others laid over it.

    Raises:
        KnowledgeError: with every fault of every folder.
    """
    folders = [read_folder(folder) for folder in (base, *overlays)]
    problems: list[Problem] = [problem for folder in folders for problem in folder.problems]
    if problems:
        raise KnowledgeError(problems)
    sections = folders[0].sections
    settings = folders[0].settings
    for folder in folders[1:]:
        sections = merge(sections, folder)
        settings = {**settings, **folder.settings}
    live = {
        kind: {key: raw for key, raw in section.items() if raw.get("status") != "retired"}
        for kind, section in sections.items()
    }
    return {
        **live,
        "weights": settings["weights"],
        "talk": settings.get("talk", {}),
        "wording-model": _wording_model(base, *overlays),
        "aliases": _aliases(live["codes"]),
        "defaults": _defaults(),
    }


def _wording_model(*folders: Path) -> dict[str, Any]:
    """What ``python -m mailwhy.training wordings`` wrote into the last folder that has it; {} where none has."""
    model: dict[str, Any] = {}
    for folder in folders:
        path = folder / "models" / "wordings.json"
        if path.is_file():
            model = json.loads(path.read_bytes())
    return model


def _defaults() -> dict[str, Any]:
    """The default of every key that a file may leave out; a name means the same in all kinds of entry."""
    found: dict[str, Any] = {}
    for name, model in vars(entries).items():
        # SwitchedOff says what is left out; nothing is made of it.
        if not isinstance(model, type) or not issubclass(model, BaseModel) or model is entries.SwitchedOff:
            continue
        for key, field in model.model_fields.items():
            if not field.is_required():
                default = list(field.default) if isinstance(field.default, tuple) else field.default
                if found.setdefault(key, default) != default:
                    raise TypeError(f"{name}.{key} has another default than the same key of another entry")
    return found


def _aliases(codes: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Other printed forms of codes: key with the other form -> key of the entry."""
    return {f"{key.partition('/')[0]}/{other}": key for key, raw in codes.items() for other in raw.get("also", ())}
