"""What a batch remembers never changes an answer."""

import random
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from mailwhy.batch.diagnosing import Diagnoser
from mailwhy.batch.likeness import likeness
from mailwhy.batch.meaning import Memory
from mailwhy.batch.options import Options
from mailwhy.diagnosis.wording_text import split_words

TEXTS = [
    case["text"]
    for path in sorted((Path(__file__).parents[1] / "fixtures" / "reports").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 <jo.doe@example.net>: User unknown", "550 5.1.1 <xxxxxx@xxxxxxxxxxx>: User unknown"),
        ("blocked: 192.0.2.17 (see 10061, 1234567)", "blocked: 000.0.0.00 (see 10061, 0000000)"),
        ("554 5.7.1 id 12-ab34567 rev. 2.0", "554 5.7.1 id 12-ab34567 rev. 2.0"),
        ("mail to user@host failed", "mail to user@host failed"),
    ],
)
def test_whom_a_reply_names_makes_no_difference(text: str, expected: str) -> None:
    alike = likeness(text, {"10061", "user@host"})
    assert alike == expected
    assert split_words(alike).spans == split_words(text).spans


def test_rows_do_not_depend_on_what_was_read_before() -> None:
    dice = random.Random(4)
    once = Diagnoser(Options(locale="fr"))
    for _ in range(2):
        places = list(range(len(TEXTS)))
        dice.shuffle(places)
        mixed = once.diagnose(_batch(places)).sort_by([("row", "ascending"), ("report", "ascending")])
        fresh = Diagnoser(Options(locale="fr")).diagnose(_batch(range(len(TEXTS))))
        assert mixed.drop_columns(["report"]).to_pylist() == fresh.drop_columns(["report"]).to_pylist()


def _batch(places: "list[int] | range") -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"text": [TEXTS[place] for place in places], "row": list(places)})


def test_what_was_not_asked_for_lately_is_forgotten() -> None:
    memory: Memory[int] = Memory(2)
    asked: list[str] = []

    def find(key: str) -> int:
        return memory.recall(key, lambda: asked.append(key) or len(asked))  # type: ignore[func-returns-value]

    assert [find(key) for key in "abacab"] == [1, 2, 1, 3, 1, 4]
    assert asked == ["a", "b", "c", "b"]
