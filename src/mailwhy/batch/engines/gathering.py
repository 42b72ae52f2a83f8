"""What an engine wrote, gathered into one table on this machine."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from mailwhy.batch.engines.work import Job
from mailwhy.batch.errors import BatchError
from mailwhy.batch.table import build_table_from_files, open_table
from mailwhy.i18n import N_

__all__ = ["show_table"]

_ENDINGS = {"parquet": ".parquet", "jsonl": ".json", "csv": ".csv"}


def show_table(job: Job, facts: Mapping[str, Any], show: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
    """Shows the rows of a job that is done as a table.

    Args:
        job: the job.
        facts: the facts of the run.
        show: called with a connection to the tables ``rows`` (ROW_SCHEMA) and ``run``.

    Raises:
        BatchError: the output can't be read.
    """
    form = job.output_format
    found = Path(job.output).rglob(f"*{_ENDINGS[form]}")
    files = sorted(file for file in found if not file.name.startswith((".", "_")))
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "rows.duckdb"
        try:
            build_table_from_files(table, files, form, facts)
        except OSError as error:
            told = N_("{file} is written, but can't be read for the report: {reason}")
            raise BatchError(told, file=job.output, reason=error.strerror or error) from None
        with open_table(table) as connection:
            show(connection)
