"""What replies have in common: the same words, whomever they name and whatever number they give the message."""

import re
from collections.abc import Callable

from mailwhy.knowledge.wording_text import ADDRESS, fold

__all__ = ["Likeness"]

# What an address may begin with stands nowhere before it, so that a long word is not read from each of its letters.
_NAMED = re.compile(
    rf"(?<![\w.+%=/-])(?:{ADDRESS}|(?:\d{{4,}}|(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?!\w|\.\d))|(?<=[+%=/-])\d{{4,}}(?!\w|\.\d)"
)
_NUMBERED = re.compile(r"\d(?:\d\d\d|\.\d{1,3}\.\d{1,3}\.\d)")
_LETTERS = re.compile(r"[^@]")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d")  # an enhanced status code is one wherever it stands
_ZEROS = str.maketrans("123456789", "000000000")


class Likeness:
    """Puts stand-ins of the same form and length in place of mail addresses, IP addresses and long numbers.

    Args:
        tells: whether a folded word stands in a wording of the knowledge base; such names stay.
    """

    def __init__(self, tells: Callable[[str], bool]) -> None:
        self._tells = tells
        self._harmless: dict[str, bool] = {}

    def of(self, text: str) -> str:
        """What a server's reply or a client's sentence has in common with others."""
        number, at = _NUMBERED.search(text), text.find("@")
        if number is None and at < 0:
            return text
        first = at if number is None else number.start() if at < 0 else min(at, number.start())
        word = text.rfind(" ", 0, first) + 1  # nothing that is sought holds a blank
        return text[:word] + _NAMED.sub(self._stand_in, text[word:])

    def _stand_in(self, found: re.Match[str]) -> str:
        name = found[0]
        if self._tells(_word(name)) or ("@" in name and _STATUS.search(name)):
            return name
        other = _LETTERS.sub("x", name) if "@" in name else name.translate(_ZEROS)
        harmless = self._harmless.get(other)
        if harmless is None:
            harmless = self._harmless[other] = not self._tells(_word(other))
        return other if harmless else name


def _word(name: str) -> str:
    return fold(name).rstrip(".-")
