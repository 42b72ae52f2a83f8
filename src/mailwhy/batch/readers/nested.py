"""Nested records (JSON, Parquet structures, XML) as pairs of a path and a text."""

from collections.abc import Iterator
from typing import Any

from mailwhy.batch.columns import Mapper
from mailwhy.batch.tickets import Item

__all__ = ["flatten", "ticket_of"]

_DEEPEST = 40


def ticket_of(row: int, record: Any, mapper: Mapper) -> Item:
    """The ticket of a nested record."""
    pairs = list(flatten(record))
    names = [name for name, _ in pairs]
    return mapper.ticket(row, mapper.plan(names, strict=False), [value for _, value in pairs])


def flatten(record: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The leaves of a record: ``{"a": {"b": ["x"]}}`` gives ``("a.b[]", "x")``.

    A document in Atlassian's format is one leaf, its text.
    """
    if record is None or depth > _DEEPEST:
        return
    if isinstance(record, str):
        yield path, record
    elif isinstance(record, dict):
        if record.get("type") == "doc" and isinstance(record.get("content"), list):
            yield path, "".join(_document(record, 0)).strip()
            return
        for key, value in record.items():
            yield from flatten(value, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(record, list | tuple):
        for value in record:
            yield from flatten(value, f"{path}[]", depth + 1)
    elif isinstance(record, bytes):
        yield path, record.decode("utf-8", "replace")
    else:
        yield path, str(record)


def _document(node: Any, depth: int) -> Iterator[str]:
    """The text of an Atlassian document (ADF): paragraphs become lines."""
    if not isinstance(node, dict) or depth > _DEEPEST:
        return
    kind = node.get("type")
    if kind == "text":
        yield str(node.get("text", ""))
    elif kind == "hardBreak":
        yield "\n"
    for child in node.get("content") or ():
        yield from _document(child, depth + 1)
    if kind in ("paragraph", "heading", "codeBlock", "listItem", "tableRow", "rule"):
        yield "\n"
