"""What replies have in common: the same words, whomever they name and whatever number they give the message."""

import re
from collections.abc import Collection

from mailwhy.diagnosis.wording_text import ADDRESS, fold

__all__ = ["likeness"]

# What an address may begin with stands nowhere before it, so that a long word is not read from each of its letters.
_NAMED = re.compile(
    rf"(?<![\w.+%=/-])(?:{ADDRESS}|(?:\d{{4,}}|(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?!\w|\.\d))|(?<=[+%=/-])\d{{4,}}(?!\w|\.\d)"
)
_NUMBERED = re.compile(r"\d(?:\d\d\d|\.\d{1,3}\.\d{1,3}\.\d)")
_LETTERS = re.compile(r"[^@]")
_ZEROS = str.maketrans("123456789", "000000000")


def likeness(text: str, telling: Collection[str]) -> str:
    """The text with stand-ins of the same form and length for mail addresses, IP addresses and long numbers.

    Args:
        text: a server's reply, a client's sentence.
        telling: addresses and numbers that wordings of the knowledge base hold; they stay.
    """
    number, at = _NUMBERED.search(text), text.find("@")
    if number is None and at < 0:
        return text

    def stand_in(found: re.Match[str]) -> str:
        name = found[0]
        if fold(name).rstrip(".-") in telling:
            return name
        return _LETTERS.sub("x", name) if "@" in name else name.translate(_ZEROS)

    first = at if number is None else number.start() if at < 0 else min(at, number.start())
    word = text.rfind(" ", 0, first) + 1  # nothing that is sought holds a blank
    return text[:word] + _NAMED.sub(stand_in, text[word:])
