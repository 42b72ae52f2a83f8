"""Validates a knowledge base beyond the form of its files: dangling ids, codes out of form, regular expressions.

A validator is a function from the folders' content to problems. Each looks at one thing, and all of them run, so that
an author sees every problem at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailwhy.knowledge.errors import Problem
from mailwhy.knowledge.sources import KINDS, Folder, Raw, Sections, merge, read_folder

__all__ = ["Checked", "check_folders"]

_FORMS = {
    "hresult": (re.compile(r"0x[0-9A-F]{8}"), "write it as 0x and eight upper-case hexadecimal digits"),
    "winsock": (re.compile(r"\d{1,5}"), "write the decimal number"),
    "smtp-reply": (re.compile(r"[2-5]\d\d"), "write the three digits"),
    "smtp-enhanced": (re.compile(r"[X245]\.\d{1,3}\.\d{1,3}"), 'write it as "5.7.1", or "X.7.1" for every class'),
    "outlook-mac": (re.compile(r"-?\d+|0x[0-9A-F]{8}|[0-9a-f]{4}"), "write the number as the program prints it"),
}
_REGEX_SIGNS = re.compile(r"\\[a-zA-Z.]|\.[*+]|\(\?|\[\^?[\w-]+\][*+?]|\([^()|]*+\|[^()]*+\)|[)\]][*+?]")
_SHORTEST_WORDING = 4
"""In bytes of UTF-8, since two Chinese characters say as much as two words. A mere hint may be shorter ("spf")."""
_HINT = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked: the sections as a whole, and the folder that each entry comes from."""

    sections: Sections
    folders: tuple[Folder, ...]

    def problem(self, kind: str, key: str, message: str, remedy: str, *inner: str | int) -> Problem:
        """A problem at the entry that is in force."""
        for folder in reversed(self.folders):
            if (kind, key) in folder.origins:
                return folder.problem(kind, key, message, remedy, *inner)
        return Problem(Path(kind), 0, f"{key}: {message}", remedy)

    def entries(self, kind: str) -> Iterator[tuple[str, Raw]]:
        """The entries of one kind."""
        yield from self.sections[kind].items()


def check_folders(base: Path, *overlays: Path) -> tuple[Checked, list[Problem]]:
    """Every problem of the base folder and of the folders laid over it, in the order of files and lines."""
    folders = tuple(read_folder(folder) for folder in (base, *overlays))
    sections = folders[0].sections
    for folder in folders[1:]:
        sections = merge(sections, folder)
    checked = Checked(sections, folders)
    problems = [problem for folder in folders for problem in folder.problems]
    for validator in _VALIDATORS:
        problems.extend(validator(checked))
    return checked, sorted(set(problems))


def _dangling_ids(checked: Checked) -> Iterator[Problem]:
    for kind in KINDS:
        for key, raw in checked.entries(kind):
            for target, name, place in _links(kind, raw):
                if name not in checked.sections[target]:
                    remedy = f"add {target}/{name}.yaml or correct the id"
                    yield checked.problem(kind, key, f"{name!r} is no id of {target}", remedy, *place)


def _links(kind: str, raw: Raw) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    for cause in raw.get("causes", ()):
        yield "causes", cause, ("causes", cause)
    lists = {"resolutions": "resolutions", "passing": "resolutions", "questions": "questions", "related": "causes"}
    for field, target in lists.items():
        for place, name in enumerate(raw.get(field, ())):
            yield target, name, (field, place)
    yield from _remedies(raw)
    for place, option in enumerate(raw["options"] if kind == "questions" else ()):
        for cause in option.get("effects", ()):
            yield "causes", cause, ("options", place, "effects", cause)
    for place, outcome in enumerate(raw.get("outcomes", ())):
        for name in outcome.get("resolutions", ()):
            yield "resolutions", name, ("outcomes", place, "resolutions")
        if "cause" in outcome:
            yield "causes", outcome["cause"], ("outcomes", place, "cause")


def _remedies(raw: Raw) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    for rule, names in (raw.get("remedies") or {}).items():
        for place, name in enumerate(names):
            yield "resolutions", name, ("remedies", rule, place)
    for side, place, name in _of_sides(raw):
        yield "resolutions", name, ("sides", side, place)


def _repeated_options(checked: Checked) -> Iterator[Problem]:
    for key, raw in checked.entries("questions"):
        seen: set[str] = set()
        for place, option in enumerate(raw["options"]):
            if option["id"] in seen:
                yield checked.problem(
                    "questions", key, f"the option {option['id']!r} stands twice", "rename one", "options", place
                )
            seen.add(option["id"])


def _code_forms(checked: Checked) -> Iterator[Problem]:
    for key, _ in checked.entries("codes"):
        kind, _, code = key.partition("/")
        form, remedy = _FORMS[kind]
        if not form.fullmatch(code):
            yield checked.problem("codes", key, f"{code!r} is not in the form of a {kind} code", remedy, "code")


def _codes_without_causes(checked: Checked) -> Iterator[Problem]:
    for key, raw in checked.entries("codes"):
        if "unknown" in raw.get("causes", ()):
            yield checked.problem(
                "codes", key, "'unknown' is no cause that a code can speak for", "leave causes empty", "causes"
            )


def _wording_forms(checked: Checked) -> Iterator[Problem]:
    for key, raw in checked.entries("replies"):
        least = 1 if max(raw["causes"].values()) <= _HINT else _SHORTEST_WORDING
        for field in ("match", "unless"):
            for place, wording in enumerate(raw.get(field, ())):
                if _REGEX_SIGNS.search(wording):
                    message = f"{wording!r} looks like a regular expression"
                    remedy = "wordings are literal; write the words, and * for a gap"
                    yield checked.problem("replies", key, message, remedy, field, place)
                elif field == "match" and len(wording.replace("*", "").strip().encode()) < least:
                    message = f"{wording!r} is too short to tell more than a hint"
                    yield checked.problem("replies", key, message, "add the words around it", field, place)


def _repeated_wordings(checked: Checked) -> Iterator[Problem]:
    seen: dict[tuple[Any, ...], str] = {}
    for key, raw in checked.entries("replies"):
        for place, wording in enumerate(raw["match"]):
            conditions = (tuple(raw.get("codes", ())), tuple(raw.get("unless", ())), raw.get("where"))
            same = (" ".join(wording.casefold().split()), conditions)
            if seen.setdefault(same, key) != key:
                message = f"{wording!r} is already matched by {seen[same]}"
                yield checked.problem("replies", key, message, "keep it in one entry", "match", place)


def _option_targets(checked: Checked) -> Iterator[Problem]:
    for key, raw in checked.entries("dialogues"):
        known = {node["id"] for node in raw["nodes"]} | {outcome["id"] for outcome in raw["outcomes"]}
        targets = [
            raw["start"],
            *(way["next"] for node in raw["nodes"] for way in (*node.get("options", ()), *node.get("domain", ()))),
        ]
        for target in targets:
            if target not in known:
                yield checked.problem("dialogues", key, f"{target!r} is no node or outcome", "add it or correct the id")
        for unreached in known - set(targets):
            yield checked.problem("dialogues", key, f"{unreached!r} is never reached", "lead to it or remove it")


def _barred_remedies(checked: Checked) -> Iterator[Problem]:
    """Remedies that are named where they can never be shown, by what else the entry says or by their own guards."""
    rules = (
        (kind, key, raw.get("remedies") or {}) for kind in ("replies", "codes") for key, raw in checked.entries(kind)
    )
    for kind, key, rule in rules:
        for place, name in enumerate(rule.get("first", ())):
            if name in rule.get("never", ()):
                message = f"{name!r} is both the first thing to do and never to be done"
                yield checked.problem(kind, key, message, "keep one of the two", "remedies", "first", place)
    for key, raw in checked.entries("causes"):
        for side, place, name in _of_sides(raw):
            if _bars(checked.sections["resolutions"].get(name, {}), side):
                message = f"the guards of {name!r} never let it through on the side {side!r}"
                remedy = f"take it from the list, or change the guards in resolutions/{name}.yaml"
                yield checked.problem("causes", key, message, remedy, "sides", side, place)


def _of_sides(raw: Raw) -> Iterator[tuple[str, int, str]]:
    """The remedies of a cause's lists: side, place, name."""
    for side, names in raw.get("sides", {}).items():
        for place, name in enumerate(names):
            yield side, place, name


def _contradictory_guards(checked: Checked) -> Iterator[Problem]:
    for key, raw in checked.entries("resolutions"):
        requires, excludes = raw.get("requires") or {}, raw.get("excludes") or {}
        for name, values in requires.items():
            if _is_only(excludes, name) and set(values) <= set(excludes[name]):
                message = f"its guards exclude every {name} that they require"
                yield checked.problem("resolutions", key, message, "correct one of them", "requires", name)


def _bars(resolution: Raw, side: str) -> bool:
    requires, excludes = resolution.get("requires") or {}, resolution.get("excludes") or {}
    return side not in requires.get("side", (side,)) or (_is_only(excludes, "side") and side in excludes["side"])


def _is_only(guard: Raw, name: str) -> bool:
    """Whether a guard has this one list, so that any value of it decides."""
    return [key for key, value in guard.items() if value or value is False] == [name] and isinstance(guard[name], list)


def _unreached_causes(checked: Checked) -> Iterator[Problem]:
    """Causes that no entry speaks for: nothing that is pasted could ever lead to them."""
    reached = {
        cause
        for kind in ("replies", "codes", "symptoms")
        for _, raw in checked.entries(kind)
        for cause in raw.get("causes", ())
    }
    reached |= {
        cause
        for _, raw in checked.entries("questions")
        for option in raw["options"]
        for cause in option.get("effects", ())
    }
    for key, raw in checked.entries("causes"):
        if key not in reached and key != "unknown" and raw["status"] != "retired":
            remedy = "name it under causes of a reply, a code or a symptom, or retire it"
            yield checked.problem("causes", key, "nothing speaks for this cause", remedy, "id")


def _switched_off_ids(checked: Checked) -> Iterator[Problem]:
    for folder in checked.folders:
        for kind, names in folder.settings.get("switched-off", {}).items():
            known = {key.partition("/")[2] or key for other in checked.folders for key in other.sections[kind]}
            for name in names:
                if name not in known:
                    path = folder.root / "switched-off.yaml"
                    yield Problem(path, 0, f"{name!r} is no id of {kind}", "correct or remove it")


def _circles(checked: Checked) -> Iterator[Problem]:
    """Questions of a dialogue that lead back to themselves."""
    for key, raw in checked.entries("dialogues"):
        nexts = {
            node["id"]: {step["next"] for step in (*node.get("options", ()), *node.get("domain", ()))}
            for node in raw["nodes"]
        }
        left = dict(nexts)
        # What leads only to outcomes, or to what does, is in no circle.
        while ended := [node for node, steps in left.items() if not steps & left.keys()]:
            for node in ended:
                del left[node]
        if left:
            told = f"the questions {', '.join(sorted(left))} lead in a circle"
            yield checked.problem("dialogues", key, told, "let one of them lead to an outcome", "nodes")


_VALIDATORS: Iterable[Callable[[Checked], Iterator[Problem]]] = (
    _dangling_ids,
    _repeated_options,
    _code_forms,
    _codes_without_causes,
    _wording_forms,
    _repeated_wordings,
    _option_targets,
    _barred_remedies,
    _contradictory_guards,
    _unreached_causes,
    _circles,
    _switched_off_ids,
)
