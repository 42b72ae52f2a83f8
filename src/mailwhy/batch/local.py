"""A run over exports on one machine: read, diagnose, write."""

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

import mailwhy
from mailwhy.batch.chunks import Chunk, chunks
from mailwhy.batch.errors import BatchError
from mailwhy.batch.jobs import LocalJob, Progress, Totals
from mailwhy.batch.journal import Frame, Journal
from mailwhy.batch.pool import Pool, Work
from mailwhy.batch.redaction import redactor_of
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.batch.sources import Position, sources
from mailwhy.batch.writers import write_rows
from mailwhy.i18n import N_, translator
from mailwhy.knowledge.store import fingerprint
from mailwhy.places import data_folder, packed_folder

if TYPE_CHECKING:
    import duckdb

    _ShowTable: TypeAlias = Callable[[duckdb.DuckDBPyConnection], None]

__all__ = ["LocalRun"]


class LocalRun:
    """One run.

    Args:
        job: what to do.
        total: bytes of the inputs; None where that isn't known.
        progress: called now and then.
    """

    def __init__(self, job: LocalJob, total: int | None, progress: Callable[[Progress], None] | None) -> None:
        self._started = time.monotonic()
        self._job = job
        self._total = total
        self._progress = progress
        self._position = Position()
        self._totals = Totals()

    def run(self, pool: Pool, with_table: "_ShowTable | None") -> Totals:
        """Does the job.

        Args:
            pool: diagnoses chunks.
            with_table: called with a connection to the table, before the output gets its name.

        Raises:
            BatchError: an input can't be read or the output not written; nothing stands under the output's name then.
        """
        job, totals = self._job, self._totals
        journal = Journal(Path(f"{job.output}.journal"), _identity(job))
        done = journal.open(resume=job.resume)
        for facts in done:
            totals.add(facts)
        try:
            for one, outcome in pool.outcomes(_undone(self._chunks(), done)):
                facts = {
                    "tickets": one.tickets,
                    "with_report": outcome.tickets,
                    "reports": outcome.reports,
                    "left_out": outcome.left_out,
                    "rejected": [*one.rejected, *outcome.rejected],
                    "crc": one.checksum,
                }
                journal.add(Frame(facts, outcome.rows))
                totals.add(facts)
                self._tell()
            journal.flush()
            _finish(job, journal, totals, with_table)
        except BaseException:
            if totals.tickets or totals.rejected:
                journal.close()
            else:
                journal.remove()
            raise
        journal.remove()
        return totals

    def _chunks(self) -> Iterator[Chunk]:
        job = self._job
        own = {path.resolve() for path in job.own_paths}
        hide = redactor_of(job.options, lambda _: False)
        # Closed at once where a file turns out broken, so that no open file waits for the garbage collector.
        with contextlib.closing(sources(job.inputs, self._position, job.form, own)) as found:
            yield from chunks(found, job.selection, job.encoding, translator(job.options.locale), hide)

    def _tell(self) -> None:
        if self._progress is not None:
            totals, seconds = self._totals, time.monotonic() - self._started
            self._progress(Progress(totals.tickets, totals.reports, seconds, self._position.done, self._total))


def _undone(found: Iterator[Chunk], done: list[dict[str, Any]]) -> Iterator[Work]:
    """The chunks after those in the journal, which must be the same as when it was written."""
    for place, chunk in enumerate(found):
        payload, checksum = chunk.payload()
        if place >= len(done):
            yield Work(payload, chunk.tickets, chunk.rejected, checksum)
        elif checksum != done[place]["crc"]:
            raise BatchError(
                N_("the tickets have changed since the run that --resume goes on with; start again without it")
            )


def _finish(job: LocalJob, journal: Journal, counts: Totals, with_table: "_ShowTable | None") -> None:
    """Writes the output under another name, shows it as a table, and gives it its name."""
    target, options = job.output, job.options
    partial, rejected = Path(f"{target}.partial"), job.rejected_output
    facts = counts.facts(options)
    ending = target.suffix.lower()
    try:
        partial.unlink(missing_ok=True)
        if ending != ".duckdb":
            partial.touch(0o600)  # the rows of tickets are their owner's alone
        write_rows(partial, ending, _batches(journal), facts)
        partial.chmod(0o600)
        if with_table is not None:
            _show_table(with_table, partial if ending == ".duckdb" else None, journal, facts)
        if counts.rejected:
            refused = Path(f"{rejected}.partial")
            refused.unlink(missing_ok=True)
            refused.touch(0o600)
            with refused.open("w", encoding="utf-8", newline="\n") as file:
                for frame in journal.frames():
                    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in frame.facts["rejected"])
            refused.replace(rejected)
        else:
            rejected.unlink(missing_ok=True)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        _discard(partial, Path(f"{rejected}.partial"))
        told = N_("{file} can't be written: {reason}. What was done is kept: go on with --resume")
        raise BatchError(told, file=target, reason=error.strerror or error) from None
    except BaseException:
        _discard(partial, Path(f"{rejected}.partial"))
        raise


def _batches(journal: Journal) -> Iterator[pa.RecordBatch]:
    return (frame.batch() for frame in journal.frames() if frame.rows)


def _show_table(show: "_ShowTable", path: Path | None, journal: Journal, facts: dict[str, Any]) -> None:
    from mailwhy.batch.table import build_table, open_table

    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "rows.duckdb"
            build_table(path, _batches(journal), facts)
        with open_table(path) as connection:
            show(connection)


def _discard(*paths: Path) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _identity(job: LocalJob) -> dict[str, Any]:
    """What the rows of a run depend on: as a checksum, since names of files may be people's; and the random key."""
    options = job.options
    knowledge = [folder for folder in (*map(Path, options.kb),) if folder.is_dir()]
    packed = packed_folder()
    sources_of_truth = [*([packed] if packed else [data_folder("kb"), data_folder("parser")]), *knowledge]
    facts = {
        "schema": ROW_SCHEMA.names,
        "inputs": [str(name) for name in job.inputs],
        "selection": asdict(job.selection),
        "options": asdict(options),
        "form": job.form,
        "encoding": job.encoding,
        "knowledge": fingerprint(*sources_of_truth),
    }
    digest = hashlib.blake2b(json.dumps(facts, sort_keys=True).encode("utf-8", "replace")).hexdigest()
    return {"mailwhy": mailwhy.__version__, "run": digest, "key": options.redact_key if job.random_key else None}
