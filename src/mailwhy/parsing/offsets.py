"""Where a position of a rewritten text lies in the text that it was made from."""

from bisect import bisect_right
from collections.abc import Iterable

__all__ = ["OffsetMap", "rewritten"]


class OffsetMap:
    """Maps positions of a rewritten text back to the original.

    Form: two rising lists of equal length; from ``new[i]`` on the text runs parallel to the original from ``old[i]``.
    """

    __slots__ = ("_length", "_new", "_old")

    def __init__(self, new: list[int], old: list[int], length: int) -> None:
        self._new = new
        self._old = old
        self._length = length

    def to_original(self, position: int) -> int:
        """The original position of ``position``; inside a replaced piece, not beyond that piece's end."""
        index = bisect_right(self._new, position) - 1
        found = self._old[index] + position - self._new[index]
        limit = self._old[index + 1] if index + 1 < len(self._old) else self._length
        return min(found, limit)


def rewritten(text: str, replacements: Iterable[tuple[int, int, str]]) -> tuple[str, OffsetMap]:
    """``text`` with other pieces in place of some of its own, and the way back.

    Args:
        text: the text.
        replacements: start and end of a piece and what to put there, in rising order; they don't overlap.
    """
    pieces: list[str] = []
    new, old = [0], [0]
    size = done = 0
    for start, end, by in replacements:
        pieces += (text[done:start], by)
        size += start - done
        new.append(size)
        old.append(start)
        size += len(by)
        new.append(size)
        old.append(end)
        done = end
    pieces.append(text[done:])
    return "".join(pieces), OffsetMap(new, old, len(text))
