"""Writes the rows of a run in the format that the ending of the output tells."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa

from mailwhy.batch.schema import ROW_SCHEMA

__all__ = ["flat_cell", "harmless", "write_rows"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Batches = Iterable[pa.RecordBatch]


def write_rows(path: Path, ending: str, batches: Batches, facts: Mapping[str, Any]) -> None:
    """Writes batches of ROW_SCHEMA, one at a time.

    Args:
        path: the file to write.
        ending: one of ``mailwhy.batch.ENDINGS``.
        batches: the rows.
        facts: counts of the run, which a DuckDB file keeps too.
    """
    _WRITERS[ending](path, batches, facts)


def harmless(cell: Any) -> Any:
    """A cell that a spreadsheet won't take for a formula (CWE-1236): with an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _records(batches: Batches) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _jsonl(path: Path, batches: Batches, _: Mapping[str, Any]) -> None:
    names = ROW_SCHEMA.names
    with path.open("wb") as file:
        for record in _records(batches):
            file.write(orjson.dumps(dict(zip(names, record, strict=True)), option=orjson.OPT_APPEND_NEWLINE))


def _csv(path: Path, batches: Batches, _: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")  # RFC 4180
        writer.writerow(ROW_SCHEMA.names)
        writer.writerows(map(_flat, _records(batches)))


def _flat(record: tuple[Any, ...]) -> list[Any]:
    """The cells of a flat table: lists joined, yes and no as JSON has them, dates in ISO 8601."""
    return [flat_cell(value) for value in record]


def flat_cell(value: Any) -> Any:
    """A value as a cell of a flat table."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return harmless(" | ".join(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _parquet(path: Path, batches: Batches, _: Mapping[str, Any]) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, ROW_SCHEMA, compression="zstd") as writer:
        for table in _larger(batches):
            writer.write_table(table)


def _larger(batches: Batches, rows: int = 50_000) -> Iterator[pa.Table]:
    """Row groups of a useful size: a chunk alone has a few hundred rows."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield pa.Table.from_batches(waiting, ROW_SCHEMA).combine_chunks()
            waiting, count = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting, ROW_SCHEMA).combine_chunks()


def _xlsx(path: Path, batches: Batches, _: Mapping[str, Any]) -> None:
    from mailwhy.batch.workbook import write_workbook

    write_workbook(path, ROW_SCHEMA.names, map(_flat, _records(batches)))


def _duckdb(path: Path, batches: Batches, facts: Mapping[str, Any]) -> None:
    from mailwhy.batch.table import build_table

    build_table(path, batches, facts)


_WRITERS: Final[Mapping[str, Callable[[Path, Batches, Mapping[str, Any]], None]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
    ".duckdb": _duckdb,
}
