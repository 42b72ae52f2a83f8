"""Checks a knowledge base with the engine that uses it.

Wordings must match their own examples, and everything must be said in every language.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Literal, get_args

from mailwhy.diagnosis.codes import codes_in
from mailwhy.diagnosis.providers import SettingsKind
from mailwhy.knowledge.check import Checked, check_folders
from mailwhy.knowledge.errors import Problem
from mailwhy.knowledge.sources import Raw
from mailwhy.knowledge.wording import WordingIndex
from mailwhy.knowledge.wording_text import phrase_fragments

__all__ = ["check_knowledge"]


def check_knowledge(base: Path, *overlays: Path) -> tuple[list[Problem], dict[str, int]]:
    """Every problem of the base folder and of the folders laid over it, and how many entries of each kind there are."""
    checked, problems = check_folders(base, *overlays)
    counted = {kind: len(section) for kind, section in checked.sections.items()}
    unusable = list(_unusable_wordings(checked))
    if unusable:
        # The index can't be built with them, and without them other examples would seem not to match.
        return sorted([*problems, *unusable, *_translations(checked)]), counted
    index = WordingIndex.build(_entry(key, raw) for key, raw in checked.entries("replies"))
    return sorted([*problems, *_settings_kinds(checked), *_examples(checked, index), *_translations(checked)]), counted


def _unusable_wordings(checked: Checked) -> Iterator[Problem]:
    """Wordings that can't be looked up: without a word, or with a code in them, for which there is ``codes``."""
    for key, raw in checked.entries("replies"):
        for field in ("match", "unless"):
            for place, wording in enumerate(raw.get(field, ())):
                try:
                    phrase_fragments(wording)
                except ValueError as error:
                    yield checked.problem("replies", key, str(error).rstrip("."), "correct the wording", field, place)


def _examples(checked: Checked, index: WordingIndex) -> Iterator[Problem]:
    """Examples that don't match their entry, and so entries that nothing shows to be reachable."""
    for key, raw in checked.entries("replies"):
        for place, example in enumerate(raw["examples"]):
            codes = codes_in(example)
            winners = {match.entry_id for field in _fields(raw) for match in index.match(example, field, codes)}
            if key not in winners:
                told = f"longer wordings win: {', '.join(sorted(winners))}" if winners else "nothing matches it"
                message = f"the example {example!r} does not match ({told})"
                remedy = "correct the wording or the example"
                yield checked.problem("replies", key, message, remedy, "examples", place)


def _settings_kinds(checked: Checked) -> Iterator[Problem]:
    """Resolutions that put right what no comparison of settings finds."""
    known = get_args(SettingsKind)
    for key, raw in checked.entries("resolutions"):
        for place, kind in enumerate(raw.get("mends", ())):
            if kind not in known:
                remedy = f"write one of {', '.join(known)}"
                yield checked.problem(
                    "resolutions", key, f"{kind!r} is no finding about settings", remedy, "mends", place
                )


def _translations(checked: Checked) -> Iterator[Problem]:
    """Strings of the knowledge base that a catalogue beside it lacks; a folder without any need not be translated."""
    from mailwhy.i18n.catalogues import check

    for folder in checked.folders:
        root = folder.root.parent if folder.root.name == "kb" else folder.root
        if not (root / "kb").is_dir() or not any((root / "locales").rglob("*.po")):
            continue
        for kind in folder.sections:
            if (root / "kb" / kind).is_dir():
                for fault in check(root, kind):
                    path = root / "locales" / fault.locale / "LC_MESSAGES" / f"{fault.domain}.po"
                    yield Problem(path, 0, f"{fault.kind}: {fault.message!r} ({fault.where})", "translate it")


def _fields(raw: Raw) -> tuple[Literal["reply", "notice"], ...]:
    where = raw.get("where", "any")
    return ("reply", "notice") if where == "any" else ("reply",) if where == "reply" else ("notice",)


def _entry(key: str, raw: Raw) -> SimpleNamespace:
    return SimpleNamespace(
        id=key,
        match=raw["match"],
        unless=raw.get("unless", ()),
        codes=raw.get("codes", ()),
        where=raw.get("where", "any"),
    )
