"""Where the data folders are: inside the package in a wheel, at the top of the checkout otherwise."""

import os
import sys
from pathlib import Path
from typing import Literal

__all__ = ["cache_folder", "data_folder", "packed_folder"]

DataFolder = Literal["parser", "kb", "locales"]

_PACKAGE = Path(__file__).resolve().parent
_PACKED = _PACKAGE / "_data"


def packed_folder() -> Path | None:
    """The folder that the wheel's build filled with compiled data, or None in a checkout."""
    return _PACKED if _PACKED.is_dir() else None


def data_folder(name: DataFolder) -> Path:
    """The folder ``parser``, ``kb`` or ``locales`` of this installation.

    Raises:
        FileNotFoundError: the installation lacks it, which means that it was not built by the project's build hook.
    """
    for root in (_PACKED, _PACKAGE.parent.parent):
        folder = root / name
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"mailwhy's data folder {name!r} is missing from this installation; "
        "reinstall with: pip install --force-reinstall mailwhy"
    )


def cache_folder() -> Path | None:
    """A folder of the current user's own for compiled data, or None where there is none that is safe.

    Form: ``MAILWHY_CACHE``, else the platform's usual place (XDG Base Directory on Unix, ``LOCALAPPDATA`` on Windows).
    It is never a shared folder: one that belongs to another user, or that others may write to, is refused.
    """
    named = os.environ.get("MAILWHY_CACHE")
    if named == "":
        return None
    try:
        folder = Path(named) if named else _platform_cache() / "mailwhy"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.stat()
    except (OSError, RuntimeError):  # no home folder, read-only disk
        return None
    if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
        return None
    return folder


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
