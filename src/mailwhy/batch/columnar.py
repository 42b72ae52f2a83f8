"""The Arrow function, which engines for tables apply to their data."""

from functools import lru_cache

import pyarrow as pa

from mailwhy.batch.diagnosing import Diagnoser
from mailwhy.batch.options import Options, default_key
from mailwhy.batch.sifting import worth_reading

__all__ = ["diagnose_batch"]


def diagnose_batch(  # noqa: PLR0913 - each is one choice of the user
    batch: pa.RecordBatch,
    *,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str | None = None,
    kb: tuple[str, ...] = (),
    described: bool = False,
) -> pa.RecordBatch:
    """One row for each failure report in the texts of a batch: the function that engines apply to their data.

    It fits Spark's ``mapInArrow``, Ray Data's ``map_batches(batch_format="pyarrow")``, DuckDB and Polars.

    Args:
        batch: a column ``text``, and what there is of the other columns of INPUT_SCHEMA.
        locale: language of the titles; English where it is None or not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms; None means ``MAILWHY_REDACT_KEY``, else one made at random.
        kb: folders of an organisation's own knowledge.
        described: whether a failure that somebody only tells in own words is a row too.

    Returns:
        rows of RESULT_SCHEMA; texts without a report give none. The schema is the same whatever the batch holds.

    Raises:
        KeyError: the batch has no column ``text``.
        KnowledgeError: a folder of the organisation's knowledge is not valid.
    """
    wanted = worth_reading(batch.column("text")).to_pylist()
    options = Options(locale or "en", redact, redact_key or default_key(), tuple(kb), described=described)
    return _diagnoser(options).diagnose(batch, wanted)


@lru_cache(maxsize=4)
def _diagnoser(options: Options) -> Diagnoser:
    return Diagnoser(options)
