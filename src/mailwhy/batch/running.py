"""Runs over exports: on one machine, or on an engine that many machines share."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailwhy.batch.errors import BatchError
from mailwhy.batch.inputs import total_size
from mailwhy.batch.jobs import LocalJob, Progress
from mailwhy.batch.journal import kept_key
from mailwhy.batch.options import Options, default_key, is_random
from mailwhy.batch.pool import Pool
from mailwhy.batch.selection import Selection
from mailwhy.i18n import N_, negotiate

if TYPE_CHECKING:
    import duckdb

__all__ = ["Progress", "RunSummary", "run", "run_on_engine"]

_MUCH = 8 * 1024 * 1024
"""Bytes that are worth a worker process of their own, as exports go."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What came of a run."""

    output: Path
    tickets: int
    with_report: int
    reports: int
    rejected: int
    rejected_output: Path | None
    """File with the rows that could not be read; None where there is none."""
    seconds: float
    left_out: int = 0
    """Tickets that only tell a failure in own words, where those are no rows; not counted by Spark and Ray."""

    @property
    def without_report(self) -> int:
        """Tickets that hold no failure report."""
        return self.tickets - self.with_report


def run(  # noqa: PLR0913 - each is one choice of the user
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    selection: Selection | None = None,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str | None = None,
    kb: Sequence[str | Path] = (),
    described: bool = False,
    form: str | None = None,
    encoding: str | None = None,
    jobs: int | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] | None = None,
    with_table: "Callable[[duckdb.DuckDBPyConnection], None] | None" = None,
) -> RunSummary:
    """Diagnoses the tickets of exports, and writes one row for each failure report.

    Args:
        inputs: files, archives, folders, or "-" for standard input.
        output: the file to write; its ending tells the format (.jsonl, .csv, .parquet, .xlsx, .duckdb). It appears
            under its name when it is whole. Rows that can't be read go to OUTPUT.rejected.jsonl.
        selection: which columns to look into; None means that the export tells.
        locale: language of titles and reasons; English where it is None or not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms; None means ``MAILWHY_REDACT_KEY``, else one made at random.
        kb: folders of an organisation's own knowledge.
        described: whether a failure that somebody only tells in own words is a row too; else they are only counted.
        form: format of the inputs (one of ``mailwhy.batch.FORMATS``); None means that each file tells.
        encoding: encoding of text files; None means that each file tells.
        jobs: worker processes; None means one for each processor.
        resume: go on with a run that was stopped, from OUTPUT.journal.
        progress: called now and then.
        with_table: called with a DuckDB connection to the tables ``rows`` (ROW_SCHEMA) and ``run`` (one row of
            facts), before the output gets its name.

    Raises:
        BatchError: an input can't be read or the output not written; nothing stands under the output's name then.
        KnowledgeError: a folder of the organisation's knowledge is not valid.
    """
    started = time.monotonic()
    inputs = [inputs] if isinstance(inputs, str | Path) else inputs
    chosen = selection or Selection()
    kept = kept_key(Path(f"{output}.journal")) if resume and not redact_key else None
    key = redact_key or kept or default_key()
    options = Options(negotiate(locale) or "en", redact, key, tuple(map(str, kb)), chosen.text_columns, described)
    job = LocalJob(inputs, Path(output), chosen, options, form, encoding, resume, kept is not None or is_random(key))
    job.check()
    if options.kb:
        from mailwhy.knowledge import KnowledgeBase

        KnowledgeBase.load(*options.kb)  # its faults are told here, not by a worker that dies of them
    total = total_size(inputs)
    with Pool(options, jobs, at_once=(total or 0) // _MUCH) as pool:
        # Loading the readers takes as long as the start of the worker processes, which runs beside it.
        from mailwhy.batch.local import LocalRun

        totals = LocalRun(job, total, progress).run(pool, with_table)
    rejected = job.rejected_output if totals.rejected else None
    seconds = time.monotonic() - started
    counts = totals.tickets, totals.with_report, totals.reports, totals.rejected
    return RunSummary(job.output, *counts, rejected, seconds, totals.left_out)


def run_on_engine(  # noqa: PLR0913 - each is one choice of the user
    engine: str,
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    cluster: str | None = None,
    selection: Selection | None = None,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str | None = None,
    kb: Sequence[str | Path] = (),
    described: bool = False,
    form: str | None = None,
    with_table: "Callable[[duckdb.DuckDBPyConnection], None] | None" = None,
) -> RunSummary:
    """Does what :func:`run` does on an engine that many machines share, from folders to a folder.

    The rows are those of a run on one machine, but for their order and for ``row``, which is empty.

    Args:
        engine: "spark" or "ray".
        inputs: files or folders of Parquet, JSON Lines or CSV, as the cluster's workers see them.
        output: folder to write, which must not be there yet; its ending tells the format (.parquet, .jsonl, .csv).
        cluster: address of the cluster; None means this machine.
        selection: which columns to look into; None means that the export tells.
        locale: language of titles and reasons; English where it is None or not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms; None means ``MAILWHY_REDACT_KEY``, else one made at random.
        kb: folders of an organisation's own knowledge, as the cluster's workers see them.
        described: whether a failure that somebody only tells in own words is a row too.
        form: format of the inputs; None means that their ending tells.
        with_table: called with a DuckDB connection to the tables ``rows`` and ``run``, when the output is written;
            it must be a folder that this machine can read, then.

    Raises:
        BatchError: the engine can't read the inputs or not write the output.
        ModuleNotFoundError: the engine is not installed.
    """
    from mailwhy.batch.engines import Job
    from mailwhy.batch.engines import engine as engine_named

    started = time.monotonic()
    inputs = [inputs] if isinstance(inputs, str | Path) else inputs
    chosen = selection or Selection()
    chosen.check()
    if not inputs:
        raise BatchError(N_("there is nothing to read; name the exports"))
    if Path(output).exists():
        raise BatchError(N_("{file} is there already; name a folder that is not"), file=output)
    if with_table is not None and "://" in str(output):
        raise BatchError(N_("the report needs an output on this machine; {file} is none"), file=output)
    key = redact_key or default_key()
    options = Options(negotiate(locale) or "en", redact, key, tuple(map(str, kb)), chosen.text_columns, described)
    job = Job(tuple(map(str, inputs)), str(output), chosen, options, form)
    job.input_format, job.output_format  # noqa: B018 - a wrong ending is told before an engine is started
    totals = engine_named(engine).run(job, cluster)
    if with_table is not None:
        from mailwhy.batch.engines.gathering import show_table

        show_table(job, totals.facts(options), with_table)
    rejected = Path(job.rejected_output) if totals.rejected else None
    seconds = time.monotonic() - started
    return RunSummary(
        Path(output), totals.tickets, totals.with_report, totals.reports, totals.rejected, rejected, seconds
    )
