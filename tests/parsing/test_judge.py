"""The judge knows texts about a failed mail from others, and the cause of one told in own words."""

import re
from pathlib import Path

import pytest
import yaml

from mailwhy.parsing.judge import Judge, tokens
from mailwhy.places import data_folder

TEXTS = yaml.safe_load((Path(__file__).parent.parent / "fixtures" / "judge.yaml").read_text(encoding="utf-8"))
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


def test_the_quick_pattern_needs_no_backtracking():
    assert not re.search(r"\(\?[=!<]|\\[1-9]", Judge.load().quick_pattern)


@pytest.mark.slow
def test_the_shipped_model_is_what_training_writes():
    from mailwhy.training.judge import train

    assert train() == (data_folder("parser") / "judge.json").read_text(encoding="utf-8")
