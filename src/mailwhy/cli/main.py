"""Finds the command that was asked for, runs it, and turns its failures into messages and exit codes.

Exit codes: 0 found and explained, 1 nothing recognised (as grep has it), 2 wrong usage or input that can't be read.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from mailwhy.cli.commands import COMMANDS, overview, spoken
from mailwhy.cli.errors import CommandError

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code; never raises but for a fault of mailwhy itself."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A Windows console or a C locale can't show every letter: show a stand-in rather than fail.
            stream.reconfigure(errors="replace" if stream.encoding else None)
    if arguments is None:
        _start_fast(words)
    try:
        return _run(words)
    except CommandError as error:
        sys.stderr.write(f"mailwhy: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _start_fast(words: list[str]) -> None:
    """Spares a command that ends in a moment what only pays in a process that goes on.

    Collecting garbage while the knowledge base is loaded takes a seventh of such a command's time, looking for plug-ins
    of pydantic another 15 ms.
    """
    if not words or words[0] not in COMMANDS or not COMMANDS[words[0]].lasting:
        gc.disable()
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _run(words: list[str]) -> int:
    if words[:1] == ["--version"]:
        from mailwhy import __version__

        sys.stdout.write(f"mailwhy {__version__}\n")
        return 0
    if words[:1] in (["-h"], ["--help"]):
        sys.stdout.write(overview(spoken(None)))
        return 0
    name = words[0] if words and words[0] in COMMANDS else "diagnose"
    rest = words[1:] if words and words[0] in COMMANDS else words
    run = import_module(COMMANDS[name].module).run
    code: int = run(rest)
    return code
