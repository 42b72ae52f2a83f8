"""Texts made to cost time end in good time, and never by running out of stack."""

import json
import time
from pathlib import Path

import pytest

from mailwhy.parsing import could_hold_report, parse

_SIZE = 40_000
_HANGS = 30.0
"""Seconds of processor time; the parser needs a hundredth of them."""

PATTERNS: dict[str, str] = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "hostile.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("pattern", ["550 5.1.1 x -> ", "smtp;550 ", "550 x\n>>> \n", "said: 550 (in reply to x) "])
def test_replies_without_end_are_no_recursion_without_end(pattern: str) -> None:
    parse(pattern * 20_000)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_no_text_makes_the_parser_hang(pattern: str) -> None:
    """How the time grows is measured in tests/benchmarks/bench_parsing.py; here only that it ends."""
    text = (pattern * (_SIZE // len(pattern) + 1))[:_SIZE]
    start = time.process_time()
    parse(text)
    could_hold_report(text)
    assert time.process_time() - start < _HANGS
