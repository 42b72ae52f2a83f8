"""Parquet, batch by batch."""

from collections.abc import Iterator

import pyarrow as pa

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import BatchError
from mailwhy.batch.readers.apart import ApartError, blocks
from mailwhy.batch.readers.records import tickets_of_batch
from mailwhy.batch.readers.sheets import TOO_MUCH
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a reader's signature
    """The rows of a Parquet file."""
    number = 1
    try:
        for batch in blocks(source.stream, source.format):
            yield from tickets_of_batch(batch, mapper, number)
            number += batch.num_rows
    except (pa.ArrowException, ApartError) as error:
        told = N_("{file} is no Parquet file, or it is damaged or not complete: {reason}") if str(error) else TOO_MUCH
        raise BatchError(told, file=source.name, reason=error) from None
