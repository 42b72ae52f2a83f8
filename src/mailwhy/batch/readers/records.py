"""Arrow tables of any columns, as Parquet files and the engines have them."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from mailwhy.batch.columns import Mapper
from mailwhy.batch.readers.nested import ticket_of
from mailwhy.batch.tickets import Item

__all__ = ["tickets_of_batch"]


def tickets_of_batch(batch: pa.RecordBatch, mapper: Mapper, first: int) -> Iterator[Item]:
    """The tickets of a batch, numbered from ``first``."""
    names: list[str] = batch.schema.names
    if any(map(pa.types.is_nested, batch.schema.types)):
        for number, record in enumerate(batch.to_pylist(), first):
            yield ticket_of(number, record, mapper)
        return
    plan = mapper.plan(names)
    columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
    for number, values in enumerate(zip(*columns, strict=True), first):
        yield mapper.ticket(number, plan, values)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
