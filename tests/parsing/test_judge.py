"""The judge knows texts about a failed mail from others, and the cause of one told in own words."""

from pathlib import Path

import pytest
import yaml

from mailwhy.parsing.judge import SHORT, Concepts, Judge, form, tokens
from mailwhy.places import data_folder

FIXTURES = Path(__file__).parent.parent / "fixtures"
TEXTS = yaml.safe_load((FIXTURES / "judge.yaml").read_text(encoding="utf-8"))
FAILED = [row["text"] for row in TEXTS if row["cause"]]
OTHERS = [row["text"] for row in TEXTS if not row["cause"]]


@pytest.mark.parametrize("text", FAILED)
def test_a_failed_mail_scores_above_every_other_text(text):
    judge = Judge.load()
    assert judge.failure(text) > max(map(judge.failure, OTHERS))
    assert judge.quick(text)


@pytest.mark.parametrize("row", [row for row in TEXTS if row["cause"]], ids=lambda row: row["text"][:30])
def test_the_cause_is_named(row):
    ranked = Judge.load().cause(row["text"])
    assert ranked[0][0] == row["cause"]
    assert sum(share for _, share in ranked) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", " ", "\0", "@" * 9, "é" * 3, "メ", "1" * 5000, "\ud800"])
def test_any_text_has_a_probability(text):
    judge = Judge.load()
    assert 0 <= judge.failure(text) <= 1
    assert judge.cause(text)
    judge.quick(text)


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "mail ", "4.", "://", "メ", "smtp send fail "])
def test_a_long_text_is_read_to_a_bound(piece):
    judge = Judge.load()
    assert 0 <= judge.failure(piece * 300_000) <= 1
    assert len(tokens(piece * 300_000)) <= 100_000


REPORTS = [
    row["text"]
    for path in sorted((FIXTURES / "reports").glob("*.yaml"))
    for row in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if row.get("reports")
]


def test_the_quick_look_loses_no_report():
    assert len(REPORTS) > 500
    assert [text for text in REPORTS if not Judge.load().quick(text)] == []


@pytest.mark.parametrize(
    ("sentence", "hopeful"),
    [
        ("The committee met in the large hall and approved the plan. ", False),
        ("A message about the garden was read to all of us. ", False),
        ("The house has no roof, the builder cannot come. ", False),
        ("The mail could not be sent. ", True),
        ("Room 4: 5.7.1. ", False),
    ],
)
def test_a_long_text_needs_a_sign_of_mail_and_one_of_failure(sentence, hopeful):
    assert Judge.load().quick(sentence * SHORT) is hopeful


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("I cannot send mail.", []),
        ("def f():\n    return {1: 2};\n$a->b();", ["@code1", "@code2", "@code4"]),
        ("## Codes\n| 550 | **no** |\n| 551 | `no` |\n- [a](b)", ["@markup1", "@markup2", "@markup4"]),
    ],
)
def test_the_form_of_code_and_of_documentation(text, marks):
    assert [mark for mark in form(text) if mark in marks] == marks
    assert bool(form(text)) == bool(marks)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't send, ÉCHEC (550 5.7.1)!", ["can't", "send", "echec", "#code", "#status"]),
        ("<ann@example.org> smtp.example.org:587 port 587", ["#address", "#mailhost", "port", "587"]),
        ("https://example.org/a 0x800CCC79 42 www.example.org", ["#link", "#hresult", "#", "#host"]),
        ("件名 *error*: no-reply", ["件", "名", "error", "no", "reply"]),
    ],
)
def test_the_words_of_a_text(text, words):
    assert tokens(text) == words


def test_meanings_follow_each_other_within_a_few_words():
    concepts = Concepts({"cannot": ["kann", "cannot"], "send": ["send*"], "mail": ["mail*"]})
    english, german = "i cannot send any mails", "ich kann mails leider nicht senden"
    assert concepts.found(english.split()) == {"cannot>send": 2, "send>mail": 4, "cannot>send>mail": 4}
    assert set(concepts.found(german.split())) == {"cannot>mail", "mail>send", "cannot>mail>send"}
    assert concepts.found(["mail", *"abcdef", "send"]) == {}


@pytest.mark.slow
def test_the_shipped_model_is_what_training_writes():
    from mailwhy.training.judge import train

    assert train() == (data_folder("parser") / "judge.json").read_text(encoding="utf-8")
