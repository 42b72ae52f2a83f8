"""Gets the texts that a command is to read: arguments, files of any kind, or standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mailwhy.cli.errors import CommandError
from mailwhy.documents.errors import DocumentError
from mailwhy.documents.mail import MAX_BYTES
from mailwhy.documents.opening import ENDINGS, Document, documents_of_text, open_document
from mailwhy.i18n import Translator

__all__ = ["read_documents"]

_MAX_NAME: Final = 1024
_STDIN: Final = "-"


def read_documents(words: Sequence[str], encoding: str | None, say: Translator) -> list[Document]:
    """The texts that the words name, each with the name of its file.

    No words: standard input. Where every word is a file, ``-``, or looks like the name of a file: the texts in them, in
    order. Else the words are the text.

    Raises:
        CommandError: a file is not there, or it or standard input can't be read.
    """
    names = list(words) or [_STDIN]
    if not all(name == _STDIN or _is_there(name) or _looks_like_name(name) for name in names):
        return documents_of_text(" ".join(words))
    return [document for name in names for document in _opened(name, encoding, say)]


def _opened(name: str, encoding: str | None, say: Translator) -> list[Document]:
    if name != _STDIN and not _is_there(name):
        raise CommandError(say("there is no file {file}").format(file=name))
    try:
        if name == _STDIN:
            return open_document(_standard_input(say), say("standard input"), encoding)
        return open_document(Path(name), name, encoding)
    except DocumentError as error:
        raise CommandError(error.spoken(say)) from None


def _is_there(word: str) -> bool:
    if len(word) > _MAX_NAME or "\n" in word or "\0" in word:
        return False
    try:
        return Path(word).exists()
    except OSError:  # a text that no file system takes for a name
        return False


def _looks_like_name(word: str) -> bool:
    """Whether a word that is no file was meant to name one: it has a separator of paths, or the ending of a format."""
    if len(word) > _MAX_NAME or len(word.split()) != 1 or "://" in word or "@" in word:
        return False
    name, dot, ending = word.rpartition(".")
    return "/" in word or "\\" in word or bool(name and dot and ending.lower() in ENDINGS)


def _standard_input(say: Translator) -> bytes:
    if sys.stdin is None:
        raise CommandError(say("there is no standard input; give the text or a file as an argument"))
    if sys.stdin.isatty():
        end = say("Ctrl-Z and Enter") if sys.platform == "win32" else say("Ctrl-D on a line of its own")
        sys.stderr.write(say("Paste the whole error message, then end it with {keys}:").format(keys=end) + "\n")
    return sys.stdin.buffer.read(MAX_BYTES + 1)
