"""Where a position of a rewritten text lies in the text that it was made from."""

from bisect import bisect_right

__all__ = ["OffsetMap", "Rewriter"]


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


class Rewriter:
    """Builds a rewritten text piece by piece, together with its OffsetMap."""

    __slots__ = ("_done", "_new", "_old", "_pieces", "_size", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._new = [0]
        self._old = [0]
        self._size = 0
        self._done = 0

    def replace(self, start: int, end: int, by: str) -> None:
        """Put ``by`` in place of ``text[start:end]``; calls come in rising order and don't overlap."""
        kept = self._text[self._done : start]
        self._pieces.append(kept)
        self._pieces.append(by)
        self._new.append(self._size + len(kept))
        self._old.append(start)
        self._size += len(kept) + len(by)
        self._new.append(self._size)
        self._old.append(end)
        self._done = end

    def finish(self) -> tuple[str, OffsetMap]:
        """The rewritten text and the way back."""
        self._pieces.append(self._text[self._done :])
        return "".join(self._pieces), OffsetMap(self._new, self._old, len(self._text))
