"""A first look at a whole column of texts, which leaves the few in which a failure report could be."""

import pyarrow as pa
import pyarrow.compute as pc

from mailwhy.parsing import sieve_pattern

__all__ = ["worth_reading"]

_KINDS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)


def worth_reading(texts: pa.Array) -> pa.BooleanArray:
    """Whether a report could be in each text: true a little too often, never false too often; null for null."""
    if not any(is_kind(texts.type) for is_kind in _KINDS):
        texts = texts.cast(pa.large_string())
    return pc.match_substring_regex(texts, sieve_pattern())
