"""How a run and its worker processes talk: framed messages over pipes."""

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

__all__ = ["Outcome", "receive", "send"]

_SIZE = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a chunk."""

    rows: bytes
    """Its reports' rows, an Arrow IPC stream of ROW_SCHEMA; b"" where there are none."""
    reports: int
    tickets: int
    """Tickets with at least one report."""
    rejected: list[dict[str, Any]]
    left_out: int = 0
    """Tickets that only tell a failure in own words."""


def send(pipe: Any, first: bytes, second: bytes = b"") -> None:
    """Writes a message of two parts."""
    pipe.write(_SIZE.pack(len(first), len(second)))
    pipe.write(first)
    pipe.write(second)
    pipe.flush()


def receive(pipe: Any) -> tuple[bytes, bytes] | None:
    """The next message; None where the other side has ended."""
    stream: BinaryIO = pipe
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    first, second = _SIZE.unpack(head)
    body = stream.read(first + second)
    return (body[:first], body[first:]) if len(body) == first + second else None
