"""Tables as a run leaves them, made of rows that name only what a test is about."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.batch.table import build_table, open_table

Row = dict[str, Any]
START = datetime.fromisoformat("2026-07-01T09:30:00")


def row(number: int, **fields: Any) -> Row:
    usual = {
        "source": "export.csv",
        "row": number,
        "ticket": f"T-{number}",
        "report": 1,
        "created": START,
        "client": "outlook-express",
        "error_number": "0x800CCC79",
        "smtp_code": 550,
        "enhanced_code": "5.7.1",
        "server": "smtp.example.org",
        "account": f"account-{number:010x}",
        "protocol": "SMTP",
        "port": 25,
        "ssl": False,
        "server_response": "550 5.7.1 Relaying denied",
        "cause": "relay_denied",
        "cause_title": "The outgoing server will not pass your message on",
        "confidence": 0.98,
        "responsible": "sender",
        "temporary": False,
        "resolution": "turn-on-smtp-authentication",
        "reply_known": True,
    }
    return {name: {**usual, **fields}.get(name) for name in ROW_SCHEMA.names}


def quarter() -> list[Row]:
    """92 days of a dozen quiet pairs, and one that jumps on the 10th of August for a week."""
    dice = random.Random(4)
    rows: list[Row] = []

    def add(day: int, **fields: Any) -> None:
        rows.append(row(len(rows) + 1, created=START + timedelta(days=day), **fields))

    for day in range(92):
        weekend = (START + timedelta(days=day)).weekday() > 4
        for server in ("smtp.orange.fr", "smtp.free.fr", "mail.example.com"):
            for cause in ("relay_denied", "auth_failed", "mailbox_full", "connection_timeout"):
                if dice.random() < (0.1 if weekend else 0.5):
                    add(day, server=server, cause=cause, cause_title=None)
        for _ in range(8 if 40 <= day < 47 else 0):
            add(day, server="smtp.orange.fr", cause="ip_blocklisted", responsible="provider",
                server_response="554 5.7.1 blocked using a list")  # fmt: skip
    return rows


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Makes the table of a run from rows."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def make(rows: list[Row], **facts: Any) -> duckdb.DuckDBPyConnection:
        path = tmp_path / f"rows{len(opened)}.duckdb"
        counts = {
            "tickets": 10 * len(rows),
            "with_report": len(rows),
            "reports": len(rows),
            "rejected": 0,
            "left_out": 0,
        }
        told = {"mailwhy": "1.0", "locale": "en", "redacted": True, **counts, **facts}
        build_table(path, [pa.RecordBatch.from_pylist(rows, ROW_SCHEMA)] if rows else [], told)
        opened.append(open_table(path))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return quarter()


@pytest.fixture(scope="session")
def one() -> Callable[..., Row]:
    return row
