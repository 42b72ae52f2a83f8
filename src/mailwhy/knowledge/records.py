"""Turns validated raw entries back into models without validating them again.

The compiled knowledge base was validated when it was compiled. Building pydantic's validators for it again would cost
every cold start more than all else that the command does.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from mailwhy.knowledge import entries

__all__ = ["Entries"]

_NESTED: dict[tuple[type[BaseModel], str], type[BaseModel]] = {
    (entries.CauseEntry, "references"): entries.ReferenceEntry,
    (entries.ResolutionEntry, "references"): entries.ReferenceEntry,
    (entries.ResolutionEntry, "instructions"): entries.InstructionEntry,
    (entries.QuestionEntry, "options"): entries.OptionEntry,
    (entries.ReplyEntry, "references"): entries.ReferenceEntry,
    (entries.ProviderEntry, "submission"): entries.SubmissionEntry,
    (entries.ProviderEntry, "retrieval"): entries.RetrievalEntry,
    (entries.DialogueEntry, "nodes"): entries.DialogueNode,
    (entries.DialogueEntry, "outcomes"): entries.DialogueOutcome,
    (entries.DialogueNode, "options"): entries.DialogueOption,
    (entries.DialogueNode, "domain"): entries.DialogueRule,
}
_DATES = frozenset({"since", "updated", "date"})


Model = TypeVar("Model", bound=BaseModel)


class Entries(Mapping[str, Model], Generic[Model]):
    """The entries of one kind by id, each built when it is first asked for."""

    def __init__(self, model: type[Model], raw: Mapping[str, Mapping[str, Any]]) -> None:
        self._model = model
        self._raw = raw
        self._built: dict[str, Model] = {}

    def __getitem__(self, key: str) -> Model:
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = _construct(self._model, self._raw[key])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, key: object) -> bool:
        return key in self._raw


def _construct(model: type[Model], raw: Mapping[str, Any]) -> Model:
    values: dict[str, Any] = {}
    for name, value in raw.items():
        nested = _NESTED.get((model, name))
        if nested is not None:
            values[name] = tuple(_construct(nested, item) for item in value)
        elif name in _DATES:
            values[name] = dt.date.fromisoformat(value)
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return model.model_construct(**values)
