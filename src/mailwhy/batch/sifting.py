"""A first look at a whole column of texts, which leaves the few in which a failure report could be."""

import pyarrow as pa
import pyarrow.compute as pc

from mailwhy.parsing import sieve_pattern

__all__ = ["worth_reading"]


def worth_reading(texts: pa.Array) -> pa.BooleanArray:
    """Whether a report could be in each text: true a little too often, never false too often; null for null."""
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        texts = texts.cast(pa.large_string())
    return pc.match_substring_regex(texts, sieve_pattern())
