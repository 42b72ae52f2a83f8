"""The table of a run in DuckDB: ``rows`` (ROW_SCHEMA) and ``run`` (one row of facts)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from mailwhy.batch.schema import ROW_SCHEMA

__all__ = ["build_table", "build_table_from_files", "open_table"]

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


def build_table_from_files(path: Path, files: Sequence[Path], form: str, facts: Mapping[str, Any]) -> None:
    """Writes a DuckDB file from the rows that an engine wrote.

    Args:
        path: the file, which must not be there yet.
        files: what the engine wrote.
        form: their format: "parquet", "jsonl" or "csv".
        facts: the facts of the run.

    Raises:
        OSError: a file can't be read or the table not written.
    """
    try:
        _build(path, (), facts)
        with open_table(path) as connection:
            for file in files:
                _insert(connection, file, form)
    except duckdb.Error as error:
        raise OSError(0, str(error).partition("\n")[0]) from error


def _insert(connection: duckdb.DuckDBPyConnection, file: Path, form: str) -> None:
    if form == "parquet":
        connection.execute("INSERT INTO rows BY NAME SELECT * FROM read_parquet(?)", [str(file)])
        return
    kinds = {name: kind for name, kind, *_ in connection.execute("DESCRIBE rows").fetchall()}
    if form == "jsonl":
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
        lines = f"read_json(?, format = 'newline_delimited', columns = {{{columns}}})"
        connection.execute(f"INSERT INTO rows BY NAME SELECT * FROM {lines}", [str(file)])  # noqa: S608 - our own names
        return
    cells = ", ".join(_cell(name, kind) for name, kind in kinds.items())
    table = "read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
    connection.execute(f"INSERT INTO rows BY NAME SELECT {cells} FROM {table}", [str(file)])  # noqa: S608 - our own names


def _cell(name: str, kind: str) -> str:
    """A column of a CSV file as the table has it: lists taken apart, without the apostrophe before formulas."""
    text = f"""regexp_replace("{name}", '^''([=+@\\t\\r-])', '\\1')"""
    if kind.endswith("[]"):
        return f"""coalesce(string_split(nullif({text}, ''), ' | '), []) AS "{name}\""""
    if kind == "VARCHAR":
        return f"""nullif({text}, '') AS "{name}\""""
    return f"""CAST(nullif("{name}", '') AS {kind}) AS "{name}\""""


def open_table(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file, with bounded memory and without a look at the network."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": 2,
        "autoinstall_known_extensions": False,
    }
    return duckdb.connect(str(path), config=settings)
