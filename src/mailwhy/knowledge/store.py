"""Keeps a compiled knowledge base as JSON files, so that a command does not read 300 YAML files each time it starts.

JSON and not pickle: a file that somebody else managed to write can then be wrong, but it can't run code.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mailwhy.i18n.translator import write_atomically
from mailwhy.places import cache_folder

__all__ = ["Store", "fingerprint"]

FORMAT = 1
"""Raised whenever compiled files of older versions can't be read any more."""


class Store:
    """A folder of compiled JSON files, or nothing at all where there is no safe place for one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @classmethod
    def for_sources(cls, *folders: Path) -> "Store":
        """The store for what is compiled from these folders, in the user's own cache."""
        cache = cache_folder()
        if cache is None:
            return cls(None)
        folder = cache / f"kb-{fingerprint(*folders)}"
        if not folder.is_dir():
            _forget_old(cache, keep=15)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return cls(None)
        return cls(folder)

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """The stored value of that name; made, and stored for the next time, where there is none that can be read."""
        if self._folder is None:
            return make()
        path = self._folder / f"{name}.json"
        try:
            return json.loads(path.read_bytes())
        except (OSError, ValueError):
            value = make()
        write_atomically(path, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        return value


def fingerprint(*folders: Path) -> str:
    """Changes when a file below one of the folders is edited, added, removed or renamed."""
    import hashlib  # an installed wheel without overlays needs none

    digest = hashlib.sha256(f"mailwhy {FORMAT}".encode())
    for folder in folders:
        for name, size, changed in sorted(_files(folder)):
            digest.update(f"{name}\0{size}\0{changed}\n".encode())
    return digest.hexdigest()[:32]


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as found:
        for item in found:
            if item.is_dir():
                yield from _files(Path(item.path))
            elif item.name.endswith((".yaml", ".json", ".py")):
                state = item.stat()
                yield item.path, state.st_size, state.st_mtime_ns


def _forget_old(cache: Path, keep: int) -> None:
    """Removes all but the newest compiled knowledge bases: each edit of a source leaves one behind.

    Another process may be doing the same, so what is gone already is no error.
    """
    with contextlib.suppress(OSError):
        compiled = sorted(cache.glob("kb-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in compiled[keep:]:
            shutil.rmtree(folder, ignore_errors=True)
