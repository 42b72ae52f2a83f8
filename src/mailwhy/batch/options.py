"""What a diagnosis of many texts depends on, apart from the texts."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_

__all__ = ["Options", "default_key", "is_random", "key_of_file"]

_RANDOM = secrets.token_hex(16)
_MOST = 10_000


def default_key() -> str:
    """``MAILWHY_REDACT_KEY``, else a key that this process made at random, and that nobody knows afterwards."""
    return os.environ.get("MAILWHY_REDACT_KEY") or _RANDOM


def is_random(key: str) -> bool:
    """Whether nobody gave the key: it is this process's own."""
    return key == _RANDOM


def key_of_file(path: Path) -> str:
    """The key in a file, which is made at random where it isn't there; only its owner may read it then.

    Raises:
        BatchError: it can't be read or made, or holds no key.
    """
    try:
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{secrets.token_hex(32)}\n")
        except FileExistsError:
            pass
        with path.open(encoding="utf-8") as file:
            key = file.read(_MOST).strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BatchError(N_("the key in {file} can't be read or made: {reason}"), file=path, reason=reason) from None
    if not key:
        raise BatchError(N_("{file} holds no key; remove it, and a new one is made"), file=path)
    return key


@dataclass(frozen=True, slots=True)
class Options:
    """The choices that all workers of a run share.

    Args:
        locale: language of titles and reasons (BCP 47); English where it is not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms; random where none is given.
        kb: folders of an organisation's own knowledge.
        columns: names of columns that the user gave: they are nobody's data.
        described: whether a failure that somebody only tells in own words is a row too.
    """

    locale: str = "en"
    redact: bool = True
    redact_key: str = field(default_factory=default_key)
    kb: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    described: bool = False
