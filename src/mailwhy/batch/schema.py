"""The Arrow schemas in which work travels and results are written. They are fixed: fields are only ever added."""

import pyarrow as pa

__all__ = ["INPUT_SCHEMA", "RESULT_SCHEMA", "ROW_SCHEMA"]

_TEXT, _INT, _FLAG, _SHARE = pa.string(), pa.int32(), pa.bool_(), pa.float64()
_LIST = pa.list_(pa.field("item", pa.string()))


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema(list(fields.items()))


INPUT_SCHEMA = _schema(
    source=_TEXT,
    row=pa.int64(),
    ticket=_TEXT,
    created=_TEXT,
    part=_TEXT,
    text=_TEXT,
)
"""What ``diagnose_batch`` reads: one row for each text of a ticket. Only ``text`` must be there.

``created`` may have any usual form of a date; the rows of one ticket follow each other.
"""

ROW_SCHEMA = _schema(
    # Where the report was found.
    source=_TEXT,
    row=pa.int64(),
    ticket=_TEXT,
    part=_TEXT,
    report=_INT,  # from 1, within the ticket
    created=pa.timestamp("ms"),
    # The Report's fields.
    client=_TEXT,
    languages=_LIST,
    error_number=_TEXT,
    server_error=pa.int64(),
    socket_error=pa.int64(),
    smtp_code=_INT,
    enhanced_code=_TEXT,
    server=_TEXT,
    account=_TEXT,
    subject=_TEXT,
    protocol=_TEXT,
    port=pa.int64(),
    ssl=_FLAG,
    rejected_address=_TEXT,
    server_response=_TEXT,
    client_message=_TEXT,
    remote_host=_TEXT,
    recipients=_LIST,  # of a notice, where the reason is the same for several
    side=_TEXT,  # where it failed
    temporary_notice=_FLAG,  # a warning of a delay: the server still tries
    span_start=_INT,  # in the text; of an HTML cell, in what a reader sees of it
    span_end=_INT,
    unread=_LIST,
    # What they mean.
    cause=_TEXT,
    cause_title=_TEXT,
    confidence=_SHARE,
    second_cause=_TEXT,
    second_confidence=_SHARE,
    responsible=_TEXT,
    temporary=_FLAG,
    resolution=_TEXT,
    resolution_title=_TEXT,
    reply_known=_FLAG,  # whether the knowledge base has a wording of the server's reply; null where there is no reply
    provider=_TEXT,  # who runs the account's server
    recipient_provider=_TEXT,  # who runs the host that answered, or gives the refused address
)
"""One row for each failure report: what every output holds."""

RESULT_SCHEMA = ROW_SCHEMA.append(pa.field("problem", _TEXT))
"""What ``diagnose_batch`` gives: rows of ROW_SCHEMA, and a row with only its place and ``problem`` for each text that
could not be read."""
