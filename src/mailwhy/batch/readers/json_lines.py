"""JSON Lines: one object a line."""

import json
from collections.abc import Iterator
from typing import Final

from mailwhy.batch.columns import Mapper
from mailwhy.batch.encodings import encoding_of, text_stream
from mailwhy.batch.errors import Rejected
from mailwhy.batch.readers.nested import ticket_of
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item
from mailwhy.i18n import N_

__all__ = ["read"]

_LONGEST_LINE: Final = 8 * 1024 * 1024


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:
    """The objects of a JSON Lines file."""
    encoding = encoding or encoding_of(source.head, source.name)
    with text_stream(source.stream, encoding) as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if len(line) >= _LONGEST_LINE and not line.endswith("\n"):
                while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                    pass
                told = N_("the line has more than {size} million characters")
                yield Rejected(number, told, {"size": _LONGEST_LINE >> 20})
                continue
            text = line.strip().removeprefix("\ufeff")
            if not text:
                continue
            yield _item(number, text, mapper)


def _item(number: int, text: str, mapper: Mapper) -> Item:
    try:
        record = json.loads(text, parse_int=str)  # Python takes no number of 5,000 digits
    except json.JSONDecodeError as error:
        told = N_("the line is not valid JSON: {reason} at character {place}")
        return Rejected(number, told, {"reason": error.msg.removesuffix(" at"), "place": error.pos + 1})
    except RecursionError:
        return Rejected(number, N_("the line is nested too deeply"), {})
    if not isinstance(record, dict):
        return Rejected(number, N_("the line is no JSON object"), {})
    return ticket_of(number, record, mapper)
