"""What replies have in common: the same words, whomever they name and whatever number they give the message."""

import re
from collections.abc import Collection

from mailwhy.diagnosis.wording_text import ADDRESS, fold

__all__ = ["likeness"]

_NAMED = re.compile(rf"{ADDRESS}|(?<![\w.])(?:\d{{4,}}|(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?!\w|\.\d)")
_LETTERS = re.compile(r"[^@]")
_ZEROS = str.maketrans("123456789", "000000000")


def likeness(text: str, telling: Collection[str]) -> str:
    """The text with stand-ins of the same form and length for mail addresses, IP addresses and long numbers.

    Args:
        text: a server's reply, a client's sentence.
        telling: addresses and numbers that wordings of the knowledge base hold; they stay.
    """

    def stand_in(found: re.Match[str]) -> str:
        name = found[0]
        if fold(name).rstrip(".-") in telling:
            return name
        return _LETTERS.sub("x", name) if "@" in name else name.translate(_ZEROS)

    return _NAMED.sub(stand_in, text)
