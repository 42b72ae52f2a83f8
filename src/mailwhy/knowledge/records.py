"""The entries of a compiled knowledge base, as light objects with the attributes of their models.

The compiled form was validated when it was compiled. Making pydantic's models and validators for it once more would
cost every cold start more than all else that the command does; so at run time an entry is a :class:`Record`, and the
models of :mod:`mailwhy.knowledge.entries` are only its type.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

__all__ = ["Entries", "Record"]

Entry = TypeVar("Entry")

_DATES = frozenset({"since", "updated", "date"})


class Record:
    """One validated entry, or a part of one: its keys are attributes, and those left out have their defaults."""

    def __init__(self, raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.__dict__.update((name, _value(name, value, defaults)) for name, value in raw.items())
        self._defaults = defaults

    def __getattr__(self, name: str) -> Any:
        """The default of a key that was left out; kept, since it is asked for again and again."""
        defaults = self.__dict__.get("_defaults", {})
        if name not in defaults:
            raise AttributeError(f"the entry has no {name!r}")
        default = defaults[name]
        value = self.__dict__[name] = tuple(default) if isinstance(default, list) else default
        return value


class Entries(Mapping[str, Entry], Generic[Entry]):
    """The entries of one kind by id, each made when it is first asked for."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any]) -> None:
        self.raw = raw
        self._defaults = defaults
        self._made: dict[str, Entry] = {}

    def __getitem__(self, key: str) -> Entry:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = cast("Entry", Record(self.raw[key], self._defaults))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def __contains__(self, key: object) -> bool:
        return key in self.raw


def _value(name: str, value: Any, defaults: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return tuple(Record(item, defaults) if isinstance(item, dict) else item for item in value)
    if name in _DATES and isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value
