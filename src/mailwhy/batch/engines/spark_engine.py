"""Apache Spark: ``DataFrame.mapInArrow`` over the Arrow function."""

import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from mailwhy.batch.columns import Mapper
from mailwhy.batch.engines.work import SOURCE, Job, Worker
from mailwhy.batch.errors import BatchError
from mailwhy.batch.jobs import Totals
from mailwhy.batch.schema import RESULT_SCHEMA
from mailwhy.batch.writers import harmless
from mailwhy.i18n import N_

__all__ = ["run"]

_ROWS: Final = 2000
_MICROSECONDS = pa.timestamp("us")
_SQL_TYPES: Final = {
    pa.string(): "STRING",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.float64(): "DOUBLE",
    pa.timestamp("ms"): "TIMESTAMP_NTZ",
}


def run(job: Job, cluster: str | None) -> Totals:
    """Does a job on a Spark cluster.

    Args:
        job: the job.
        cluster: address of the master, such as ``spark://host:7077`` or ``yarn``; None means this machine. mailwhy
            must be installed on its workers.

    Raises:
        BatchError: Spark can't read the inputs or not write the output.
    """
    if cluster is None:
        # On this machine the workers are to be what this process is; a cluster's nodes have their own Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master(cluster or "local[*]")  # type: ignore[attr-defined, unused-ignore]
        .appName("mailwhy batch")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(_ROWS))
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    try:
        return _run(session, job)
    except (PySparkException, Py4JError) as error:
        reason = str(error).partition("\n")[0]
        raise BatchError(N_("Spark could not do it: {reason}"), reason=reason) from None
    finally:
        session.stop()


def _run(session: SparkSession, job: Job) -> Totals:
    selection, options = job.selection, job.options
    tickets = _read(session, job)
    # A column that isn't there is an error here, not in every worker.
    Mapper(selection).plan([name for name in tickets.columns if name != SOURCE], strict=job.input_format != "jsonl")

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        worker = Worker(selection, options)
        for batch in batches:
            for result in worker.results(batch):
                at = result.schema.get_field_index("created")
                yield result.set_column(at, "created", result.column(at).cast(_MICROSECONDS))

    found = tickets.mapInArrow(work, _schema()).persist(StorageLevel.DISK_ONLY)
    rows = found.where("problem IS NULL").drop("problem")
    refused = found.where("problem IS NOT NULL")
    rejected = refused.count()
    _write(rows, job)
    if rejected:
        named = refused.select("source", "ticket", "part", sf.col("problem").alias("reason"))
        named.write.json(job.rejected_output)
    return Totals(tickets.count(), rows.where("report = 1").count(), rows.count(), rejected)


def _read(session: SparkSession, job: Job) -> DataFrame:
    reader: Any = session.read.option("recursiveFileLookup", "true")
    paths = list(job.inputs)
    if job.input_format == "parquet":
        frame = reader.parquet(*paths)
    elif job.input_format == "jsonl":
        frame = reader.option("primitivesAsString", "true").json(paths)
    else:
        frame = reader.option("header", "true").option("multiLine", "true").option("escape", '"').csv(paths)
    found: DataFrame = frame.select("*", sf.col("_metadata.file_name").alias(SOURCE))
    return found


def _write(rows: DataFrame, job: Job) -> None:
    if job.output_format == "parquet":
        rows.write.parquet(job.output)
    elif job.output_format == "jsonl":
        rows.write.option("ignoreNullFields", "false").option("timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss").json(
            job.output
        )
    else:
        guard = sf.udf(harmless, "STRING")
        cells = []
        for field in RESULT_SCHEMA:
            if field.name != "problem":
                column = sf.col(field.name)
                text = sf.array_join(column, " | ") if pa.types.is_list(field.type) else column
                guarded = guard(text) if pa.types.is_list(field.type) or pa.types.is_string(field.type) else column
                cells.append(guarded.alias(field.name))
        rows.select(cells).write.option("header", "true").option("escape", '"').option(
            "timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss"
        ).csv(job.output)


def _schema() -> str:
    return ", ".join(f"`{field.name}` {_sql_type(field.type)}" for field in RESULT_SCHEMA)


def _sql_type(kind: pa.DataType) -> str:
    return f"ARRAY<{_SQL_TYPES[kind.value_type]}>" if pa.types.is_list(kind) else _SQL_TYPES[kind]
