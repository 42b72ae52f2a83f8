"""What a batch remembers never changes an answer."""

import random
import re
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from mailwhy import diagnose
from mailwhy.batch.diagnosing import Diagnoser
from mailwhy.batch.likeness import Likeness
from mailwhy.batch.meaning import Memory
from mailwhy.batch.options import Options
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.wording_text import split_words

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
        ("4567 of 1234", "4567 of 1234"),
        ("550 5.7.1@example.net", "550 5.7.1@example.net"),
    ],
)
def test_whom_a_reply_names_makes_no_difference(text: str, expected: str) -> None:
    alike = Likeness({"10061", "user@host", "0000", "10.0.0.1"}.__contains__).of(text)
    assert alike == expected
    assert split_words(alike).spans == split_words(text).spans


REPLIES = """
source: "Our own"
replies:
  - id: our-relay
    match: ["connect to 10.20.30.40 timed out waiting"]
    causes: {mailbox_full: 5}
    meaning: "Our relay is down."
    examples: ["451 4.4.1 connect to 10.20.30.40 timed out waiting"]
  - id: our-backup
    match: ["zorglub backup* denied", "incident 2024* quux"]
    causes: {mailbox_full: 5}
    meaning: "The accounts of our backups may not send."
    examples: ["550 zorglub backup@corp.example denied"]
"""


def test_an_organisation_s_own_wordings_may_name_anything(tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "own.yaml").write_text(REPLIES, encoding="utf-8")
    texts = [
        "451 4.4.1 connect to 10.20.30.40 timed out waiting",
        "451 4.4.1 connect to 10.20.30.41 timed out waiting",
        "550 zorglub backup@corp.example denied",
        "550 zorglub nobody@corp.example denied",
        "550 incident 20241105 quux",
        "550 incident 20231105 quux",
        "550 frequency limits@example.org",
    ]
    kb = KnowledgeBase.load(tmp_path)
    expected = [[cause.id for cause in answer.causes][:1] for text in texts for answer in diagnose(text, "en", kb=kb)]
    diagnoser = Diagnoser(Options(kb=(str(tmp_path),)))
    rows = diagnoser.diagnose(pa.RecordBatch.from_pydict({"text": texts})).to_pylist()
    assert [[row["cause"]] if row["cause"] else [] for row in rows] == expected
    assert [row["cause"] == "mailbox_full" for row in rows] == [True, False, True, False, True, False, False]


def test_a_batch_says_what_diagnose_says_of_every_wording() -> None:
    """Each wording, with its gaps filled by an address and a number, and with an address for each cut word."""
    texts = []
    for entry in KnowledgeBase.load().replies.values():
        for wording in entry.match[:2]:
            filled = re.sub(r"(?<=\w)\*", "@example.org", wording).replace(" * ", " bob@example.net 4711 ")
            texts.append(f"550 {filled.replace('*', 'a')} (192.0.2.7, 123456)")
    rows = Diagnoser(Options()).diagnose(pa.RecordBatch.from_pydict({"text": texts, "row": range(len(texts))}))
    told = {row["row"]: row["cause"] for row in rows.to_pylist()}
    for place, text in enumerate(texts):
        answers = diagnose(text, "en")
        if answers and place in told:
            assert told[place] == (answers[0].causes[0].id if answers[0].causes else None), text
    assert len(told) > len(texts) // 2


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
