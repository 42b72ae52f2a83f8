"""The reference of all commands, made from their own help: ``python -m mailwhy.cli.reference > docs/commands.md``."""

import contextlib
import io
import os
import sys

from mailwhy.cli.commands import COMMANDS
from mailwhy.cli.main import main

__all__ = ["reference"]


def reference() -> str:
    """The page, in English and 80 columns wide whatever the terminal."""
    parts = [
        "# Commands\n\nMade by `python -m mailwhy.cli.reference`; a test compares.\n",
        _block("mailwhy --help", ["--help"]),
    ]
    parts += [
        f"\n## mailwhy {name}\n\n{_block(f'mailwhy {name} --help', [name, '--lang', 'en', '--help'])}"
        for name in COMMANDS
    ]
    return "".join(parts)


def _block(shown: str, arguments: list[str]) -> str:
    printed = io.StringIO()
    columns, os.environ["COLUMNS"] = os.environ.get("COLUMNS"), "80"
    try:
        with contextlib.redirect_stdout(printed):
            main(arguments)
    finally:
        del os.environ["COLUMNS"]
        if columns is not None:
            os.environ["COLUMNS"] = columns
    return f"```text\n$ {shown}\n{printed.getvalue().rstrip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
