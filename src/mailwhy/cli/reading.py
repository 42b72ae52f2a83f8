"""Gets the text that a command is to read: an argument, a file, or standard input."""

import sys
from pathlib import Path

from mailwhy.cli.errors import CommandError
from mailwhy.documents.decoding import UndecodableError, decode
from mailwhy.i18n import Translator

__all__ = ["read_text"]

_LONGEST_NAME = 1024
_MOST_BYTES = 64 * 1024 * 1024
"""Beyond this nothing is read at all: it is an export for ``mailwhy batch``, or a mistake."""


def read_text(words: list[str], encoding: str | None, say: Translator) -> str:
    """The text that the words name.

    No words, or ``-``: standard input. One word that is the name of a file: its content. Else the words themselves.

    Raises:
        CommandError: a file or standard input can't be read, or is no text.
    """
    if not words or words == ["-"]:
        return _standard_input(encoding, say)
    if len(words) == 1 and (path := _file(words[0])):
        try:
            with path.open("rb") as source:
                content = source.read(_MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(say("{file} can't be read: {reason}").format(file=path, reason=error.strerror)) from None
        return _decoded(content, encoding, str(path), say)
    return " ".join(words)


def _file(word: str) -> Path | None:
    if len(word) > _LONGEST_NAME or "\n" in word or "\0" in word:
        return None
    path = Path(word)
    try:
        return path if path.exists() else None
    except OSError:  # a text that no file system takes for a name
        return None


def _standard_input(encoding: str | None, say: Translator) -> str:
    if sys.stdin is None:
        raise CommandError(say("there is no standard input; give the text or a file as an argument"))
    if sys.stdin.isatty():
        end = say("Ctrl-Z and Enter") if sys.platform == "win32" else say("Ctrl-D on a line of its own")
        sys.stderr.write(say("Paste the whole error message, then end it with {keys}:").format(keys=end) + "\n")
    return _decoded(sys.stdin.buffer.read(_MOST_BYTES + 1), encoding, say("standard input"), say)


def _decoded(content: bytes, encoding: str | None, name: str, say: Translator) -> str:
    if len(content) > _MOST_BYTES:
        told = say("{file} is larger than {size} MiB; use mailwhy batch for exports of tickets")
        raise CommandError(told.format(file=name, size=_MOST_BYTES >> 20))
    try:
        return decode(content, encoding)
    except UndecodableError as error:
        raise CommandError(f"{name}: {error.spoken(say)}") from None
