"""The parser's data compiled to one JSON document, and the way back.

Reading the language files takes 100 ms; loading them compiled, a few. Lark keeps its own tables (``grammar``). A wheel
carries the document as ``parser.json``; a checkout keeps it in the user's cache folder under a hash of everything it is
made from. It is plain JSON, so nothing in it can run.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from mailwhy.parsing.kinds import KINDS
from mailwhy.parsing.lexicon import Lexicon, Phrase, load_lexicon
from mailwhy.parsing.prefilter import beginnings_patterns, column_pattern
from mailwhy.places import cache_folder, data_folder, packed_folder

__all__ = ["Tables", "compile_tables", "default_tables", "load_tables"]

_FORMAT = 4
_NAME = "parser.json"
_SOURCES = ("lexicon.py", "prefilter.py", "normalize.py", "kinds.py")


class Tables:
    """What the reader needs: the lexicon, the text of the grammar, the patterns of the prefilter."""

    __slots__ = ("beginnings", "columns", "grammar", "lexicon")

    def __init__(self, lexicon: Lexicon, grammar: str, beginnings: list[str], columns: str) -> None:
        self.lexicon = lexicon
        self.grammar = grammar
        self.beginnings = beginnings
        self.columns = columns


def compile_tables(folder: Path | None = None) -> bytes:
    """The JSON document for ``folder`` (with ``report.lark`` and ``languages/*.yaml``; default: this installation's).

    Raises:
        LanguageFileError: a language file is wrong.
    """
    folder = folder or data_folder("parser")
    lexicon = load_lexicon(folder / "languages")
    document = {
        "format": _FORMAT,
        "lexicon": {
            "phrases": [[phrase.kind, list(phrase.languages), phrase.follow] for phrase in lexicon.phrases],
            "tree": lexicon.tree,
            "unspaced": lexicon.unspaced,
            "words": lexicon.words,
        },
        "beginnings": beginnings_patterns(lexicon),
        "columns": column_pattern(lexicon),
        "grammar": (folder / "report.lark").read_text(encoding="utf-8"),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def load_tables(folder: Path | None = None) -> Tables:
    """The tables of ``folder``, from where they are compiled already if possible.

    Args:
        folder: a folder of parser data; default: this installation's own, compiled in a wheel or cached in a checkout.
    """
    if folder is not None:
        return _built(folder)
    packed = packed_folder()
    if packed is not None and (document := _read(packed / _NAME)) is not None:
        return _from_document(document)
    folder = data_folder("parser")
    cache = cache_folder()
    if cache is None:
        return _built(folder)
    path = cache / f"parser-{_fingerprint(folder)}.json"
    document = _read(path)
    if document is None:
        content = compile_tables(folder)
        _write(path, content)
        document = json.loads(content)
    return _from_document(document)


@cache
def default_tables() -> Tables:
    """The tables of this installation's own data."""
    return load_tables()


def _built(folder: Path) -> Tables:
    return _from_document(json.loads(compile_tables(folder)))


def _from_document(document: dict[str, Any]) -> Tables:
    saved = document["lexicon"]
    lexicon = Lexicon(
        phrases=[Phrase(kind, tuple(languages), follow) for kind, languages, follow in saved["phrases"]],
        tree=saved["tree"],
        unspaced=saved["unspaced"],
        words=saved["words"],
    )
    return Tables(lexicon, document["grammar"], document["beginnings"], document["columns"])


def _read(path: Path) -> dict[str, Any] | None:
    """A document of this format; None if there is none."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and document.get("format") == _FORMAT else None


def _write(path: Path, content: bytes) -> None:
    """Put a document into the cache, whole or not at all, in place of older ones. A full disk is no reason to fail."""
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
        for old in path.parent.glob("parser-*.json"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        partial.unlink(missing_ok=True)


def _fingerprint(folder: Path) -> str:
    """A hash of everything that the compiled document depends on."""
    digest = hashlib.sha256(f"{_FORMAT} {KINDS}".encode())
    digest.update((folder / "report.lark").read_bytes())
    for path in sorted((folder / "languages").glob("*.yaml")):
        digest.update(path.name.encode() + path.read_bytes())
    for source in _SOURCES:
        digest.update(Path(__file__).with_name(source).read_bytes())
    return digest.hexdigest()[:32]
