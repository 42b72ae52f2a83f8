"""What every engine does: which files, which columns, and the function that its workers apply to Arrow tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from mailwhy.batch.chunks import Chunk
from mailwhy.batch.columns import Mapper
from mailwhy.batch.diagnosing import Diagnoser
from mailwhy.batch.errors import BatchError, Rejected
from mailwhy.batch.options import Options
from mailwhy.batch.readers.records import tickets_of_batch
from mailwhy.batch.redaction import redactor_of
from mailwhy.batch.schema import RESULT_SCHEMA
from mailwhy.batch.selection import Selection
from mailwhy.batch.writers import flat_cell
from mailwhy.i18n import N_, translator

__all__ = ["FORMATS", "SOURCE", "Job", "Worker"]

FORMATS = ("parquet", "jsonl", "csv")
"""What the engines read and write: each a folder of files, or a single one."""

SOURCE = "__mailwhy_source"
"""Column in which an engine tells the file of a row."""

_ENDINGS = {"ndjson": "jsonl", "json": "jsonl", "tsv": "csv"}


@dataclass(frozen=True, slots=True)
class Job:
    """What an engine is to do.

    Args:
        inputs: files and folders, as the cluster's workers see them; all of one format.
        output: folder to write, which must not be there yet; its ending tells the format.
        selection: which columns to look into.
        options: of the diagnosis.
        form: format of the inputs (one of FORMATS); None means that their ending tells.
    """

    inputs: tuple[str, ...]
    output: str
    selection: Selection
    options: Options
    form: str | None = None

    @property
    def input_format(self) -> str:
        """One of FORMATS.

        Raises:
            BatchError: the inputs' endings tell none, or several.
        """
        found = {self.form or _format(path) for path in self.inputs}
        if len(found) != 1 or not found <= set(FORMATS):
            told = N_(
                "Spark and Ray read files or folders of one of these formats: {formats}; name the folder with that "
                "ending (tickets.parquet), or the format with --format"
            )
            raise BatchError(told, formats=", ".join(FORMATS))
        return found.pop()

    @property
    def output_format(self) -> str:
        """One of FORMATS.

        Raises:
            BatchError: the output's ending tells none.
        """
        found = _format(self.output)
        if found not in FORMATS:
            told = N_("Spark and Ray write folders of one of these endings: {endings}")
            raise BatchError(told, endings=", ".join(f".{form}" for form in FORMATS))
        return found

    @property
    def rejected_output(self) -> str:
        """Folder of the rows that can't be read."""
        return f"{self.output}.rejected.jsonl"


class Worker:
    """Diagnoses Arrow tables of any columns. Made anew in each process of the cluster, by what a job says.

    Args:
        selection: which columns to look into.
        options: of the diagnosis.
    """

    def __init__(self, selection: Selection, options: Options) -> None:
        self._selection = selection
        self._say = translator(options.locale)
        self._diagnoser = Diagnoser(options)
        self._redactor = redactor_of(options, lambda _: False)

    def __call__(self, table: pa.Table) -> pa.Table:
        """The rows of RESULT_SCHEMA for a table of tickets: Ray Data's ``map_batches``."""
        found = [result for batch in table.to_batches() for result in self.results(batch)]
        return pa.Table.from_batches(found, RESULT_SCHEMA)

    def results(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The rows of RESULT_SCHEMA for a batch of tickets: Spark's ``mapInArrow``."""
        names = batch.schema.names
        files = batch.column(SOURCE).to_pylist() if SOURCE in names else [None] * batch.num_rows
        bare = batch.select([name for name in names if name != SOURCE])
        chunk = Chunk()
        refused: list[dict[str, Any]] = []
        for item, file in zip(tickets_of_batch(bare, Mapper(self._selection), 1), files, strict=True):
            source = PurePosixPath(file).name if file else None
            if isinstance(item, Rejected):
                refused.append(self._refused(source, item))
            else:
                chunk.add(source, item)
        result = self._diagnoser.diagnose(chunk.batch())
        # Which line of its file a row came from is not known here.
        rows = result.schema.get_field_index("row")
        yield result.set_column(rows, RESULT_SCHEMA.field(rows), pa.nulls(result.num_rows, pa.int64()))
        if refused:
            yield pa.RecordBatch.from_pylist(refused, RESULT_SCHEMA)

    def _refused(self, source: str | None, item: Rejected) -> dict[str, Any]:
        if (hide := self._redactor) is not None:
            source, item = hide.source(source), item._replace(ticket=hide.ticket(item.ticket))
        reason = item.reason(self._say)
        return {"source": source, "ticket": item.ticket, "problem": reason if hide is None else hide.text(reason)}


def flattened(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch for CSV: lists joined, and cells that no spreadsheet takes for a formula."""
    columns, fields = [], []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        text = pa.types.is_list(field.type) or pa.types.is_string(field.type)
        kind = pa.string() if text else field.type
        columns.append(pa.array(map(flat_cell, column.to_pylist()), kind) if text else column)
        fields.append(pa.field(field.name, kind))
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _format(path: str) -> str:
    ending = PurePosixPath(path.rstrip("/")).suffix.lstrip(".").lower()
    return _ENDINGS.get(ending, ending)
