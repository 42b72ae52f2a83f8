"""A run over exports on one machine: read, diagnose, write."""

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

import mailwhy
from mailwhy.batch.chunks import Chunk, chunks
from mailwhy.batch.columns import Selection
from mailwhy.batch.errors import BatchError
from mailwhy.batch.journal import Frame, Journal
from mailwhy.batch.options import DEFAULT_KEY, Options
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.batch.sources import STDIN, Position, sources, total_size
from mailwhy.batch.workers import Work, outcomes, processors
from mailwhy.batch.writers import check_ending, write_rows
from mailwhy.i18n import N_, negotiate, translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.store import fingerprint
from mailwhy.places import data_folder, packed_folder

if TYPE_CHECKING:
    import duckdb

__all__ = ["Progress", "RunSummary", "run", "run_on_engine"]


_MUCH = 8 * 1024 * 1024
"""Bytes that are never one chunk only."""

_OWN_ENDINGS = ("", ".journal", ".partial", ".rejected.jsonl", ".rejected.jsonl.partial")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    tickets: int
    reports: int
    seconds: float
    done: int
    """Bytes of the inputs that have been read."""
    total: int | None
    """Bytes of the inputs; None where standard input is among them."""


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

    @property
    def without_report(self) -> int:
        """Tickets that hold no failure report."""
        return self.tickets - self.with_report


@dataclass(slots=True)
class _Counts:
    tickets: int = 0
    with_report: int = 0
    reports: int = 0
    rejected: int = 0

    def add(self, facts: dict[str, Any]) -> None:
        self.tickets += facts["tickets"]
        self.with_report += facts["with_report"]
        self.reports += facts["reports"]
        self.rejected += len(facts["rejected"])


def run(  # noqa: PLR0913 - each is one choice of the user
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    selection: Selection | None = None,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str = DEFAULT_KEY,
    kb: Sequence[str | Path] = (),
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
        redact_key: key of the pseudonyms.
        kb: folders of an organisation's own knowledge.
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
    target, chosen = Path(output), selection or Selection()
    _check(inputs, target, chosen)
    options = Options(negotiate(locale) or "en", redact, redact_key, tuple(map(str, kb)))
    if options.kb:
        KnowledgeBase.load(*options.kb)  # its faults are told here, not by a worker that dies of them
    journal = Journal(Path(f"{target}.journal"), _identity(inputs, chosen, options, form, encoding))
    done = journal.open(resume=resume)
    position, total = Position(), total_size(inputs)
    counts = _Counts()
    for facts in done:
        counts.add(facts)

    def tell() -> None:
        if progress is not None:
            seconds = time.monotonic() - started
            progress(Progress(counts.tickets, counts.reports, seconds, position.done, total))

    try:
        own = {Path(f"{target}{ending}").resolve() for ending in _OWN_ENDINGS}
        found = chunks(sources(inputs, position, form, own), chosen, encoding, translator(options.locale))
        work = _undone(found, done)
        much = total is not None and total > _MUCH
        for one, outcome in outcomes(work, options, jobs or processors(), much=much):
            facts = {
                "tickets": one.tickets,
                "with_report": outcome.tickets,
                "reports": outcome.reports,
                "rejected": [*one.rejected, *outcome.rejected],
                "crc": one.checksum,
            }
            journal.add(Frame(facts, outcome.rows))
            counts.add(facts)
            tell()
        journal.close()
        rejected = _finish(journal, target, counts, options, with_table)
    except BaseException:
        if counts.tickets or counts.rejected:
            journal.close()
        else:
            journal.remove()
        raise
    journal.remove()
    return RunSummary(
        target,
        counts.tickets,
        counts.with_report,
        counts.reports,
        counts.rejected,
        rejected,
        time.monotonic() - started,
    )


def run_on_engine(  # noqa: PLR0913 - each is one choice of the user
    engine: str,
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    cluster: str | None = None,
    selection: Selection | None = None,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str = DEFAULT_KEY,
    kb: Sequence[str | Path] = (),
    form: str | None = None,
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
        redact_key: key of the pseudonyms.
        kb: folders of an organisation's own knowledge, as the cluster's workers see them.
        form: format of the inputs; None means that their ending tells.

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
    options = Options(negotiate(locale) or "en", redact, redact_key, tuple(map(str, kb)))
    job = Job(tuple(map(str, inputs)), str(output), chosen, options, form)
    job.input_format, job.output_format  # noqa: B018 - a wrong ending is told before an engine is started
    totals = engine_named(engine).run(job, cluster)
    rejected = Path(job.rejected_output) if totals.rejected else None
    seconds = time.monotonic() - started
    return RunSummary(
        Path(output), totals.tickets, totals.with_report, totals.reports, totals.rejected, rejected, seconds
    )


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


def _finish(
    journal: Journal,
    target: Path,
    counts: _Counts,
    options: Options,
    with_table: "Callable[[duckdb.DuckDBPyConnection], None] | None",
) -> Path | None:
    """Writes the output under another name, shows it as a table, and gives it its name."""
    partial, rejected = Path(f"{target}.partial"), Path(f"{target}.rejected.jsonl")
    facts = {
        "mailwhy": mailwhy.__version__,
        "locale": options.locale,
        "redacted": options.redact,
        **asdict(counts),
        "without_report": counts.tickets - counts.with_report,
    }
    ending = target.suffix.lower()
    try:
        partial.unlink(missing_ok=True)
        write_rows(partial, ending, _batches(journal), facts)
        if with_table is not None:
            _show_table(with_table, partial if ending == ".duckdb" else None, journal, facts)
        if counts.rejected:
            refused = Path(f"{rejected}.partial")
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
    return rejected if counts.rejected else None


def _batches(journal: Journal) -> Iterator[pa.RecordBatch]:
    return (frame.batch() for frame in journal.frames() if frame.rows)


def _show_table(
    show: "Callable[[duckdb.DuckDBPyConnection], None]", path: Path | None, journal: Journal, facts: dict[str, Any]
) -> None:
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


def _check(inputs: Sequence[str | Path], target: Path, selection: Selection) -> None:
    """What can be wrong is told before hours of work, not after them."""
    if not inputs:
        raise BatchError(N_("there is nothing to read; name the exports"))
    check_ending(target)
    selection.check()
    if not target.parent.is_dir():
        raise BatchError(N_("there is no folder {folder}"), folder=target.parent)
    if target.is_dir():
        raise BatchError(N_("{file} is a folder; name a file"), file=target)
    for name in inputs:
        if str(name) != STDIN:
            path = Path(name)
            if not path.exists():
                raise BatchError(N_("there is no file {file}"), file=name)
            if target.exists() and path.samefile(target):
                raise BatchError(N_("{file} would be written over itself; name another output"), file=name)


def _identity(
    inputs: Sequence[str | Path], selection: Selection, options: Options, form: str | None, encoding: str | None
) -> dict[str, Any]:
    """What the rows of a run depend on."""
    chosen = asdict(options)
    chosen["redact_key"] = hashlib.sha256(options.redact_key.encode()).hexdigest()[:16]
    knowledge = [folder for folder in (*map(Path, options.kb),) if folder.is_dir()]
    packed = packed_folder()
    sources_of_truth = [*([packed] if packed else [data_folder("kb"), data_folder("parser")]), *knowledge]
    return {
        "mailwhy": mailwhy.__version__,
        "schema": ROW_SCHEMA.names,
        "inputs": [str(name) for name in inputs],
        "selection": asdict(selection),
        "options": chosen,
        "form": form,
        "encoding": encoding,
        "knowledge": fingerprint(*sources_of_truth),
    }
