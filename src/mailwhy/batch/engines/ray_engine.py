"""Ray Data: ``Dataset.map_batches`` over the Arrow function."""

from typing import Any, Final

import pyarrow as pa
import ray
from pyarrow import compute as pc
from pyarrow import csv as arrow_csv

from mailwhy.batch.columns import Mapper
from mailwhy.batch.engines.work import SOURCE, Job, Worker, flattened
from mailwhy.batch.errors import BatchError
from mailwhy.batch.jobs import Totals
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.i18n import N_

__all__ = ["run"]

_ROWS: Final = 2000
_PATH: Final = "path"


def run(job: Job, cluster: str | None) -> Totals:
    """Does a job on a Ray cluster.

    Args:
        job: the job.
        cluster: address of the cluster, such as ``auto`` or ``ray://host:10001``; None means this machine. mailwhy
            must be installed on its nodes.

    Raises:
        BatchError: Ray can't read the inputs or not write the output.
    """
    ray.init(address=cluster, ignore_reinit_error=True, log_to_driver=False, include_dashboard=False)
    try:
        return _run(job)
    except (ray.exceptions.RayError, pa.ArrowException, OSError, ValueError) as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        raise BatchError(N_("Ray could not do it: {reason}"), reason=lines[-1] if lines else error) from None
    finally:
        ray.shutdown()


def _run(job: Job) -> Totals:
    ray.data.DataContext.get_current().enable_progress_bars = False
    tickets = _read(job)
    names = [name for name in tickets.schema().names if name != _PATH]
    # A column that isn't there is an error here, not in every worker.
    Mapper(job.selection).plan(names, strict=job.input_format != "jsonl")
    found = (
        tickets.rename_columns({_PATH: SOURCE})
        .map_batches(
            Worker,
            fn_constructor_kwargs={"selection": job.selection, "options": job.options},
            batch_format="pyarrow",
            batch_size=_ROWS,
            concurrency=(1, max(1, int(ray.cluster_resources().get("CPU", 1)))),
        )
        .materialize()
    )
    rows = found.map_batches(_without_problem, batch_format="pyarrow")
    refused = found.map_batches(_with_problem, batch_format="pyarrow").materialize()
    rejected = refused.count()
    _write(rows, job)
    if rejected:
        refused.write_json(job.rejected_output)
    first = found.map_batches(_first_reports, batch_format="pyarrow").count()
    return Totals(tickets.count(), first, found.count() - rejected, rejected)


def _read(job: Job) -> Any:
    paths = list(job.inputs)
    if job.input_format == "parquet":
        return ray.data.read_parquet(paths, include_paths=True)
    if job.input_format == "jsonl":
        return ray.data.read_json(paths, include_paths=True)
    # Arrow would make numbers of "0042" and moments of dates: every column is read as it is written.
    lines = arrow_csv.ParseOptions(newlines_in_values=True)
    names = ray.data.read_csv(paths, parse_options=lines).schema().names
    texts = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return ray.data.read_csv(paths, include_paths=True, parse_options=lines, convert_options=texts)


def _write(rows: Any, job: Job) -> None:
    if job.output_format == "parquet":
        rows.write_parquet(job.output)
    elif job.output_format == "jsonl":
        rows.map_batches(_json_dates, batch_format="pyarrow").write_json(job.output)
    else:
        rows.map_batches(_flat, batch_format="pyarrow").write_csv(job.output)


def _without_problem(table: pa.Table) -> pa.Table:
    return table.filter(pc.is_null(table["problem"])).select(ROW_SCHEMA.names)


def _with_problem(table: pa.Table) -> pa.Table:
    named = table.filter(pc.is_valid(table["problem"])).select(["source", "ticket", "part", "problem"])
    return named.rename_columns(["source", "ticket", "part", "reason"])


def _first_reports(table: pa.Table) -> pa.Table:
    return table.filter(pc.equal(table["report"], 1)).select(["report"])


def _json_dates(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("created")
    return table.set_column(at, "created", pc.strftime(table["created"].cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%S"))


def _flat(table: pa.Table) -> pa.Table:
    return pa.Table.from_batches([flattened(batch) for batch in table.to_batches()] or [_nothing()])


def _nothing() -> pa.RecordBatch:
    return flattened(pa.RecordBatch.from_pylist([], ROW_SCHEMA))
