"""``mailwhy batch EXPORT... -o OUT``: the failure reports of a whole ticket export, as a table."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailwhy.batch.profiles import profile_names
from mailwhy.cli.batch_progress import ProgressLine, decimal, number
from mailwhy.cli.batch_report import Telling, add_report
from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, overlay_folders
from mailwhy.i18n import Translator

if TYPE_CHECKING:
    from mailwhy.batch import RunSummary

__all__ = ["run"]

_NOTHING = 1
_INTERRUPTED = 130
_EXTRAS = {"pyarrow", "duckdb", "python_calamine", "xlsxwriter", "pyspark", "ray"}


def run(arguments: Sequence[str]) -> int:
    """Reads exports and writes a table; 1 where no ticket holds a failure report."""
    say = language_of(arguments)
    options = read_options(_parser(say), arguments)
    if options is None:
        return 0
    from mailwhy.batch.errors import BatchError
    from mailwhy.knowledge import KnowledgeError

    try:
        telling = Telling(options, say)
        summary = _run(options, say, telling)
    except BatchError as error:
        raise CommandError(error.told(say)) from None
    except KnowledgeError as error:
        raise CommandError(f"{error}") from None
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRAS:
            raise
        extra = options.engine if options.engine != "local" else "batch"
        told = say("this needs {module}, which is not installed; install it with: pip install 'mailwhy[{extra}]'")
        raise CommandError(told.format(module=error.name, extra=extra)) from None
    except KeyboardInterrupt:
        kept = Path(f"{options.output}.journal").exists()
        told = say("Stopped. The same command with --resume goes on from here.") if kept else say("Stopped.")
        sys.stderr.write(f"{told}\n")
        return _INTERRUPTED
    sys.stdout.write("\n".join((_told(summary, say), *telling.lines)) + "\n")
    return 0 if summary.reports else _NOTHING


def _run(options: argparse.Namespace, say: Translator, telling: Telling) -> "RunSummary":
    from mailwhy.batch import Selection, run_on_engine
    from mailwhy.batch import run as run_batch
    from mailwhy.batch.options import key_of_file

    key = key_of_file(Path(options.key_file)) if options.key_file else options.redact_key
    selection = Selection(options.profile, tuple(options.text_column), options.id_column, options.date_column)
    if options.engine != "local":
        if options.resume or options.jobs or options.encoding:
            raise CommandError(say("--resume, --jobs and --encoding are for --engine local only"))
        return run_on_engine(
            options.engine,
            options.exports,
            options.output,
            cluster=options.cluster,
            selection=selection,
            locale=say.locale,
            redact=options.redact,
            redact_key=key,
            kb=overlay_folders(options.kb),
            described=options.described,
            form=options.format,
            with_table=telling if telling.wanted else None,
        )
    if options.cluster:
        raise CommandError(say("--cluster goes with --engine spark or --engine ray"))
    line = ProgressLine(sys.stderr, say) if sys.stderr.isatty() else None
    try:
        return run_batch(
            options.exports,
            Path(options.output),
            selection=selection,
            locale=say.locale,
            redact=options.redact,
            redact_key=key,
            kb=overlay_folders(options.kb),
            described=options.described,
            form=options.format,
            encoding=options.encoding,
            jobs=options.jobs,
            resume=options.resume,
            progress=line,
            with_table=telling if telling.wanted else None,
        )
    finally:
        if line is not None:
            line.erase()


def _told(summary: "RunSummary", say: Translator) -> str:
    tickets = say.plural("{count} ticket", "{count} tickets", summary.tickets)
    reports = say.plural("{count} failure report", "{count} failure reports", summary.reports)
    lines = [
        say("Read: {tickets}, in {seconds} s. Found: {reports}, in {with_report} of them.").format(
            tickets=tickets.format(count=number(summary.tickets, say)),
            seconds=decimal(summary.seconds, say),
            reports=reports.format(count=number(summary.reports, say)),
            with_report=number(summary.with_report, say),
        )
    ]
    if summary.rejected:
        told = say.plural(
            "{count} row could not be read; {file} tells the reason.",
            "{count} rows could not be read; {file} lists them with the reason.",
            summary.rejected,
        )
        lines.append(told.format(count=number(summary.rejected, say), file=summary.rejected_output))
    if summary.left_out:
        told = say.plural(
            "{count} ticket tells a failure in somebody's own words only; --described makes it a row.",
            "{count} tickets tell a failure in somebody's own words only; --described makes them rows.",
            summary.left_out,
        )
        lines.append(told.format(count=number(summary.left_out, say)))
    lines.append(say("The reports are in {file}.").format(file=summary.output))
    return "\n".join(lines)


def _parser(say: Translator) -> CommandParser:
    parser = CommandParser("batch", say("Finds and explains the failure reports of whole ticket exports."), say)
    parser.add_argument(
        "exports",
        nargs="+",
        metavar=say("EXPORT"),
        help=say(
            "CSV, JSON, JSON Lines, XLSX, ODS, Parquet, XML, mbox or mail file, a folder of them, a .zip or .gz of "
            "them; - reads standard input"
        ),
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar=say("OUT"),
        help=say("file to write; its ending tells the format: .jsonl, .csv, .parquet, .xlsx, .duckdb"),
    )
    add_report(parser, say)
    add_language(parser, say)
    _add_reading(parser, say)
    _add_privacy(parser, say)
    parser.add_argument(
        "--described", action="store_true", help=say("also write failures that somebody only tells in own words")
    )
    parser.add_argument("--jobs", type=_positive(say), metavar="N", help=say("worker processes; else one a processor"))
    parser.add_argument(
        "--engine",
        choices=("local", "spark", "ray"),
        default="local",
        help=say("what does the work: this machine, or a cluster, which reads and writes folders"),
    )
    parser.add_argument(
        "--cluster", metavar=say("ADDRESS"), help=say("address of the cluster, such as spark://host:7077")
    )
    parser.add_argument("--resume", action="store_true", help=say("go on with a run that was stopped or killed"))
    add_knowledge(parser, say)
    return parser


def _add_reading(parser: CommandParser, say: Translator) -> None:
    names = [name for name in profile_names() if name != "generic"]
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help=say("ticket system, where the export does not tell: {names}").format(names=", ".join(names)),
    )
    parser.add_argument(
        "--text-column",
        action="append",
        default=[],
        metavar="NAME",
        help=say("column to look into (repeat it for several); else those of the ticket system, else all"),
    )
    parser.add_argument("--id-column", metavar="NAME", help=say("column with the number of the ticket"))
    parser.add_argument("--date-column", metavar="NAME", help=say("column with the date of the ticket"))
    parser.add_argument(
        "--format",
        choices=("csv", "json", "jsonl", "xlsx", "ods", "xls", "parquet", "xml", "mbox", "eml"),
        help=say("format of the exports, where they do not tell"),
    )
    parser.add_argument(
        "--encoding", metavar="NAME", help=say("encoding of the file, such as cp1252; else it is told from the bytes")
    )


def _add_privacy(parser: CommandParser, say: Translator) -> None:
    parser.add_argument(
        "--redact",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=say(
            "replace personal data by pseudonyms (the default): addresses, accounts, logins, names, streets, subjects, "
            "IP addresses, phone numbers"
        ),
    )
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--key-file",
        metavar=say("FILE"),
        help=say(
            "file with the secret key of the pseudonyms, which is made where it is not there; the same key gives the "
            "same pseudonyms in every run (default: a new key for each run)"
        ),
    )
    keys.add_argument("--redact-key", metavar="KEY", help=say("the key itself (also MAILWHY_REDACT_KEY)"))


def _positive(say: Translator) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < 1:
            raise argparse.ArgumentTypeError(say("{text} is no number from 1 on").format(text=repr(text)))
        return int(text)

    return read
