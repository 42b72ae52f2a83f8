"""Texts made to cost time: four times the text may cost about four times the time, never sixteen times as much."""

import time

import pytest

from mailwhy.parsing import could_hold_report, parse

_SIZE = 40_000
_PATTERNS = {
    "labels": "Server: 0x800CCC79 ",
    "fields": "Server: 'a', ",
    "brackets": "Secure(SSL) ) ) ) 0x800CCC79",
    "blanks": "0x800CCC79" + " " * 500,
    "digits": "5505",
    "codes": "550 ",
    "lines": "550 5.1.1 x\n",
    "apostrophes": "Server Response: '550 x'''''''''",
    "openings": 'Server Response: \'550 "',
    "levels": "> > > 550 5.1.1 x\n",
    "wrappers": "<a #5.1.1 ",
    "entities": "&amp;lt;550 5.1.1 ",
    "one-word": "0x800CCC79" + "a" * 4000,
    "addresses": "<a@b.example>: ",
    "nested": "Server Response: '550 said: 550 ",
    "sentences": "The message could not be sent. ",
    "quoted-printable": "=C3=A9=\n550 5.1.1 ",
    "mojibake": "Ã©550 5.1.1 ",
    "question-marks": "num?ro 550 5.1.1 ",
    "unspaced": "件名：「x」、0x800CCC79",
    "numbers": "0x800CCC79 ",
    "statuses": "5.1.1 ",
    "in-reply": "x (in reply to ",
    "answers": "<<< 550 x\n",
    "pairs": "(530, b'",
    "bounces": "<a@b.example>: host x said: 550 5.1.1 no (in reply to RCPT TO command)\n",
    "marks": "\ue0000x800CCC79",
    "headers": "From: a\nSubject: b\n0x800CCC79\n",
    "tags": "<a 0x800CCC79 ",
    "reports": "Subject 'x', Account: 'y', Server: 'z', Port: 25, Error Number: 0x800CCC79\n",
}


@pytest.mark.parametrize("pattern", ["550 5.1.1 x -> ", "smtp;550 ", "550 x\n>>> \n", "said: 550 (in reply to x) "])
def test_replies_without_end_are_no_recursion_without_end(pattern: str) -> None:
    parse(pattern * 20_000)


def cost(text: str) -> float:
    """The shortest of three times, of this process alone."""
    times = []
    for _ in range(3):
        start = time.process_time()
        parse(text)
        could_hold_report(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("pattern", _PATTERNS.values(), ids=_PATTERNS.keys())
def test_time_grows_with_the_length_only(pattern: str) -> None:
    text = (pattern * (_SIZE // len(pattern) + 1))[:_SIZE]
    parse(text)
    assert cost(text) <= 9 * cost(text[: _SIZE // 4]) + 0.05
