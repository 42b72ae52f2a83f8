"""Parquet, batch by batch."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import BatchError
from mailwhy.batch.readers.records import tickets_of_batch
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]

_ROWS = 2000


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a reader's signature
    """The rows of a Parquet file."""
    try:
        table = pq.ParquetFile(source.stream)
        number = 1
        for batch in table.iter_batches(batch_size=_ROWS):
            yield from tickets_of_batch(batch, mapper, number)
            number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        told = N_("{file} is no Parquet file, or it is damaged or not complete: {reason}")
        raise BatchError(told, file=source.name, reason=reason) from None
