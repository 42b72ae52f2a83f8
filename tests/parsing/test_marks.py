"""What editors and old systems put into a text, and nobody sees, changes no report."""

import json
from typing import Any

import pytest
from tests.fixture_files import reports

import mailwhy
from mailwhy.parsing import parse

MARKS = {
    "byte order mark": lambda text: f"\ufeff{text}",
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "narrow no-break spaces": lambda text: text.replace(" ", "\u202f"),
    "carriage returns alone": lambda text: text.replace("\r\n", "\n").replace("\n", "\r"),
}


def told(text: str) -> list[dict[str, Any]]:
    return [report.model_dump(exclude={"span"}) for report in parse(text)]


@pytest.mark.parametrize("mark", MARKS)
def test_changes_nothing(mark: str) -> None:
    changed = [
        entry["id"]
        for entry in reports()[::3]
        if told(MARKS[mark](entry["text"])) != told(entry["text"].replace("\r\n", "\n"))
    ]
    assert not changed


def test_half_surrogate_pairs_come_out_of_nothing() -> None:
    text = "550 5.7.1 <anna@example.net>\ud83d... Relaying \udc00denied, Subject 'a\udcff', Error Number: 0x800CCC79"
    (answer,) = mailwhy.diagnose(text)
    json.dumps(answer.model_dump(mode="json"), ensure_ascii=False).encode()
    answer.model_dump_json()
