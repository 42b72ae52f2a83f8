"""``mailwhy batch --report`` and ``--summary``: what is told of a run beside its table."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mailwhy.cli.commands import CommandParser
from mailwhy.cli.knowledge import overlay_folders
from mailwhy.i18n import Translator

if TYPE_CHECKING:
    import duckdb

__all__ = ["Telling", "add_report"]


def add_report(parser: CommandParser, say: Translator) -> None:
    """Adds --report and --summary."""
    parser.add_argument(
        "--report",
        metavar="HTML",
        help=say("also write a page: causes over time, incidents, servers, what to do, unknown replies"),
    )
    parser.add_argument("--summary", action="store_true", help=say("print the same on the terminal"))


class Telling:
    """Makes the page and the summary from the table of a run.

    Args:
        options: of the command line.
        say: the language.
    """

    def __init__(self, options: argparse.Namespace, say: Translator) -> None:
        self._page = Path(options.report) if options.report else None
        self._summary: bool = options.summary
        self._folders = overlay_folders(options.kb)
        self._locale = say.locale
        self.lines: list[str] = []
        """What is printed when the run is over."""
        if self._page is not None:
            from mailwhy.batch.report import check_report

            check_report(self._page, Path(options.output), options.exports)
            self.lines.append(say("The page is {file}.").format(file=self._page))

    @property
    def wanted(self) -> bool:
        """Whether there is anything to make."""
        return self._page is not None or self._summary

    def __call__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Makes it, from a connection to the tables ``rows`` and ``run``."""
        from mailwhy.batch.report import summary, write_report
        from mailwhy.knowledge import KnowledgeBase

        kb = KnowledgeBase.load(*self._folders)
        if self._page is not None:
            write_report(connection, self._page, self._locale, kb)
        if self._summary:
            from mailwhy.cli.terminal import style_for

            self.lines += ["", summary(connection, style_for(sys.stdout), self._locale, kb).rstrip("\n")]
