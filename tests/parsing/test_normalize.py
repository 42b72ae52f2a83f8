"""Normalizing: what damages a text on its way is undone, and each position finds back."""

import pytest

from mailwhy.parsing.normalize import fold, normalize


@pytest.mark.parametrize(
    ("damaged", "plain"),
    [
        ("one\rtwo\rthree", "one\ntwo\nthree"),
        ("one\r\ntwo", "one\ntwo"),
        ("one^M\ntwo", "one\ntwo"),
        ("rÃ©ponse", "réponse"),
        ("rÃƒÂ©ponse", "réponse"),
        ("Po=\nrt: 25", "Port: 25"),
        ("c2VjcmV0=\n<** 535 no", "c2VjcmV0=\n<** 535 no"),
        ("boundary=\nContent-Type: text/plain", "boundary=\nContent-Type: text/plain"),
        ("> > quoted\n> again", "quoted\nagain"),
        ("<b>5</b>&lt;5", "5<5"),
        ("e\u0301", "é"),
        ("a\u200bb", "ab"),
    ],
)
def test_damage_is_undone(damaged: str, plain: str) -> None:
    assert normalize(damaged).text == plain


@pytest.mark.parametrize("damaged", ["a &amp; b\r\n> c=\nd", "Ã©t\u00e9 rÃƒÂ©el", "<p>x</p>y\rz"])
def test_each_position_finds_back(damaged: str) -> None:
    done = normalize(damaged)
    ways = [done.to_original(position) for position in range(len(done.text) + 1)]
    assert ways == sorted(ways)
    assert all(0 <= way <= len(damaged) for way in ways)
    for position, letter in enumerate(done.text):
        if letter.isascii() and letter.isalpha():
            assert letter in damaged[ways[position] : ways[position] + 8]


@pytest.mark.parametrize(("text", "folded"), [("Numéro", "numero"), ("«x»", '"x"'), ("Łódź", "lodz"), ("ガ", "ガ")])
def test_folding_keeps_the_length(text: str, folded: str) -> None:
    assert fold(text) == folded
