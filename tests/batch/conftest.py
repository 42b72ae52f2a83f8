"""Texts that the exports of these tests are made of, and a run over them."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import RunSummary, run

Row = dict[str, Any]


@dataclass(frozen=True)
class Texts:
    relay: str = (
        "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
        "address was 'sales@example.net'. Subject 'Offer', Account: 'office', Server: 'smtp.example.org', "
        "Protocol: SMTP, Server Response: '550 5.7.1 <sales@example.net>... Relaying denied', Port: 25, "
        "Secure(SSL): No, Server Error: 550, Error Number: 0x800CCC79"
    )
    timeout: str = (
        "The connection to the server has failed. Account: 'branch', Server: 'mail.example.com', Protocol: SMTP, "
        "Port: 25, Secure(SSL): No, Socket Error: 10060, Error Number: 0x800CCC0E"
    )
    nothing: str = "The printer on floor 5 is out of paper; please send 550 sheets before 16:30."

    @property
    def rows(self) -> list[list[str]]:
        return [
            ["id", "created", "description", "state"],
            ["T-1", "2026-01-05 10:00:00", f'Bonjour, "à bientôt"\n{self.relay}\nMerci', "open"],
            ["T-2", "2026-01-06 11:30:00", self.nothing, "closed"],
            ["T-3", "2026-01-07T12:00:00Z", f"Hi; see: {self.timeout}", "open"],
        ]


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts()


class Ran:
    """Rows, rejected rows and the summary of a run."""

    def __init__(self, summary: RunSummary) -> None:
        self.summary = summary
        self.rows = lines(summary.output)
        self.rejected = lines(summary.rejected_output) if summary.rejected_output else []

    @property
    def tickets(self) -> list[Any]:
        return [row["ticket"] for row in self.rows]

    @property
    def codes(self) -> list[Any]:
        return [row["error_number"] for row in self.rows]


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def diagnose(tmp_path: Path) -> Callable[..., Ran]:
    """Runs over inputs in this process."""

    def run_over(*inputs: Path | str, **options: Any) -> Ran:
        output = tmp_path / "out.jsonl"
        ran = Ran(run(inputs, output, jobs=1, **options))
        left = {path.name for path in tmp_path.glob("out.jsonl.*")}
        assert left <= {"out.jsonl.rejected.jsonl"}
        assert len(ran.rejected) == ran.summary.rejected
        return ran

    return run_over


@pytest.fixture(scope="session")
def csv_text() -> Callable[..., str]:
    """Rows as delimited text."""

    def text(rows: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
        return buffer.getvalue()

    return text
