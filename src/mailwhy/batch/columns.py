"""Which columns of an export hold what: the profiles of ticket systems, and the user's own choice."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from mailwhy.batch.dates import iso_date
from mailwhy.batch.errors import NoColumnError, Rejected
from mailwhy.batch.selection import Selection
from mailwhy.batch.tickets import Item, Ticket
from mailwhy.i18n import N_

__all__ = ["Mapper", "Plan", "Profile", "containers", "load_profiles", "record_elements"]

_FOLDER = Path(__file__).parent / "profiles"
_GENERIC = "generic"
_MOST_PLANS = 500
_MOST_NAMES = 100
_SHORTEST = 8
"""No failure report is shorter."""
_REPEATED = re.compile(r"\[\d*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a ticket system names its columns; a file of ``profiles/``, which the tests validate."""

    name: str
    recognise: list[list[str]]
    """Sets of names: an export that has all names of one set comes from this system."""
    ticket: list[str]
    """Columns of the ticket's number, best first."""
    created: list[str]
    """Columns of the date on which it was opened, best first."""
    text: list[str]
    """Columns that may hold a failure report; none means all but the two above."""
    month_first: bool = False
    """Whether the system writes 04/05/2026 for the 5th of April."""
    record: str | None = None
    """XML element of one ticket, where it is not simply a child of the root."""
    containers: list[str] = field(default_factory=list)
    """JSON names under which the list of tickets stands."""
    cut_off: list[str] = field(default_factory=list)
    """Words of a last row which tell that the export was cut at its limit."""


@cache
def load_profiles() -> Mapping[str, Profile]:
    """The profiles by id, which is the name of their file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        path.stem: Profile(**yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - a safe loader
        for path in sorted(_FOLDER.glob("*.yaml"))
    }


@cache
def containers() -> frozenset[str]:
    """JSON names under which any system puts its list of tickets."""
    return frozenset(name for profile in load_profiles().values() for name in profile.containers)


@cache
def record_elements() -> frozenset[str]:
    """XML elements that are one ticket in any system which nests them deeper than its root."""
    return frozenset(profile.record for profile in load_profiles().values() if profile.record)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the values of a row are."""

    ticket: int | None
    created: int | None
    texts: list[tuple[int, str]]
    month_first: bool
    cut_off: tuple[str, ...]
    least: int = field(default=0)
    """Cells that a row must have for its ticket number and all of its texts to be there."""


class Mapper:
    """Turns the rows of one source into tickets.

    Args:
        selection: what the user chose.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._profile: Profile | None = None
        self._plans: dict[tuple[str, ...], Plan] = {}
        named = (*selection.text_columns, selection.id_column, selection.date_column)
        self._missing = {_key(name): name for name in named if name}
        self._names: dict[str, None] = {}

    def plan(self, names: Sequence[str], *, strict: bool = True) -> Plan:
        """Where the values are in rows with these names.

        Args:
            names: the header, or the paths of a nested record such as ``comments[].body``.
            strict: whether columns that the user named must be there (a nested record may lack some).

        Raises:
            NoColumnError: a column that the user named is not there.
        """
        key = tuple(names)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._make(key, strict=strict)
        return plan

    def check(self) -> None:
        """To be called at the end of a source whose records have names of their own.

        Raises:
            NoColumnError: no record had a column that the user named.
        """
        if self._missing and self._names:
            told = N_("there is no column {column!r}; there are: {names}")
            name = next(iter(self._missing.values()))
            raise NoColumnError(told, column=name, names=", ".join(list(self._names)[:_MOST_NAMES]))

    def ticket(self, row: int, plan: Plan, values: Sequence[str]) -> Item:
        """The ticket of one row."""
        parts = [(name, values[at]) for at, name in plan.texts if len(values[at]) >= _SHORTEST]
        number = values[plan.ticket].strip() if plan.ticket is not None else ""
        created = values[plan.created] if plan.created is not None and plan.created < len(values) else None
        if plan.cut_off and any(words in text for words in plan.cut_off for text in (number, *(p[1] for p in parts))):
            return Rejected(
                row, N_("the export was cut at its limit here; the tickets after this row are not in it"), {}
            )
        if created and plan.month_first:
            created = iso_date(created)
        return Ticket(row, number or None, created or None, parts)

    def _make(self, names: tuple[str, ...], *, strict: bool) -> Plan:
        wanted = self._selection
        keys = [_key(name) for name in names]
        profiles = load_profiles()
        if self._profile is None:
            self._profile = profiles[wanted.profile] if wanted.profile else _recognised(keys)
        profile, generic = self._profile or profiles[_GENERIC], profiles[_GENERIC]
        ticket = _first(keys, [wanted.id_column] if wanted.id_column else [*profile.ticket, *generic.ticket])
        created = _first(keys, [wanted.date_column] if wanted.date_column else [*profile.created, *generic.created])
        self._names.update(dict.fromkeys(names))
        for key in keys:
            self._missing.pop(key, None)
        if strict:
            self.check()
        texts = {_key(name) for name in wanted.text_columns or profile.text}
        chosen = [at for at, key in enumerate(keys) if key in texts]
        if not chosen and not wanted.text_columns:
            chosen = [at for at in range(len(keys)) if at not in (ticket, created)]
        labels = _labels(names)
        needed = [at for at in (*chosen, ticket) if at is not None] if texts else [len(names) - 1]
        return Plan(
            ticket,
            created,
            [(at, labels[at]) for at in chosen],
            profile.month_first,
            tuple(profile.cut_off),
            max(needed, default=-1) + 1,
        )


def _recognised(keys: list[str]) -> Profile | None:
    present = set(keys)
    best, most = None, 0
    for profile in load_profiles().values():
        for names in profile.recognise:
            if len(names) > most and present.issuperset(map(_key, names)):
                best, most = profile, len(names)
    return best


def _first(keys: list[str], names: Iterable[str]) -> int | None:
    for name in names:
        key = _key(name)
        if key in keys:
            return keys.index(key)
    return None


@cache
def _key(name: str) -> str:
    """Names that differ in case, accents, blanks and underscores are one: Created_At, "created at"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", _REPEATED.sub("[]", name)) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("_", " ").replace("\u2019", "'").split())


def _labels(names: tuple[str, ...]) -> list[str]:
    """The names, numbered where they repeat: Comment, Comment 2, Comment 3."""
    seen: dict[str, int] = {}
    labels = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        labels.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return labels
