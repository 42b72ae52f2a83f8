"""The table of a run in DuckDB: ``rows`` (ROW_SCHEMA) and ``run`` (one row of facts)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from mailwhy.batch.schema import ROW_SCHEMA

__all__ = ["build_table", "open_table"]

_MEMORY = "200MB"


def build_table(path: Path, batches: Iterable[pa.RecordBatch], facts: Mapping[str, Any]) -> None:
    """Writes a DuckDB file.

    Args:
        path: the file, which must not be there yet.
        batches: the rows; they pass through one at a time.
        facts: the facts of the run: texts, numbers, truth values.

    Raises:
        OSError: the file can't be written.
    """
    try:
        _build(path, batches, facts)
    except duckdb.Error as error:
        raise OSError(0, str(error).partition("\n")[0]) from error


def _build(path: Path, batches: Iterable[pa.RecordBatch], facts: Mapping[str, Any]) -> None:
    with open_table(path) as connection:
        reader = pa.RecordBatchReader.from_batches(ROW_SCHEMA, iter(batches))
        connection.register("batches", reader)
        connection.execute("CREATE TABLE rows AS SELECT * FROM batches")
        connection.unregister("batches")
        connection.register("facts", pa.Table.from_pylist([dict(facts)]))
        connection.execute("CREATE TABLE run AS SELECT * FROM facts")
        connection.unregister("facts")


def open_table(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file, with bounded memory and without a look at the network."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": 2,
        "autoinstall_known_extensions": False,
    }
    return duckdb.connect(str(path), config=settings)
