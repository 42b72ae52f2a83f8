"""The sieve for columns lets everything through that ``could_hold_report`` does, and keeps ordinary prose out."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mailwhy.parsing import sieve_pattern
from mailwhy.parsing.reader import default_reader

_FIXTURES = Path(__file__).parent.parent / "fixtures"
TEXTS = [
    entry["text"]
    for path in sorted((_FIXTURES / "reports").glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]
_PIECES = (
    "550", "5.1.1", " ", "  ", "\n", "\u00a0", "\x85", "\x1c", "'", "«", "&#39;", "&#x27;", "é", "e\u0301", "\u0665", "x",
    "5\u06650", "<", ">:", "@", "a@b", "<br>", "#", "-", ",", ".", "stat=", "0×8", "Le serveur a r", "L'adresse", "?",
)  # fmt: skip


def could_hold_report(text: str) -> bool:
    """The grammar's own look; what only words without form show is sought in single texts, not in columns."""
    return default_reader().could_hold_report(text)


def let_through(texts: list[str]) -> list[bool]:
    kept: list[bool] = pc.match_substring_regex(pa.array(texts), sieve_pattern()).to_pylist()
    return kept


@pytest.mark.parametrize(
    "damage",
    [
        str,
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("'", "&#39;"),
        lambda text: "".join(letter if letter.isascii() else "?" for letter in text),
        lambda text: text.encode("utf-8").decode("cp1252", "replace"),
        lambda text: text.replace(" ", "\r\n> "),
        lambda text: text[len(text) // 3 :],
        lambda text: f"{'word ' * 500}\n{text}",
    ],
    ids=["none", "blanks", "entities", "lost letters", "mojibake", "quoted", "cut", "long"],
)
def test_it_loses_no_report(damage: object) -> None:
    assert callable(damage)
    texts = [damage(text) for text in TEXTS]
    kept = let_through(texts)
    assert [text for text, keep in zip(texts, kept, strict=True) if could_hold_report(text) and not keep] == []
    assert sum(map(could_hold_report, texts)) > len(texts) // 2


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=12).map("".join))
def test_it_loses_nothing_that_could_be_a_report(text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    assert let_through([text]) == [True] or not could_hold_report(text)


def test_it_keeps_prose_out() -> None:
    prose = [
        "The printer on the second floor is out of paper again, and nobody answers at extension 550.",
        "Bonjour, je n'ai plus accès au dossier partagé depuis ce matin, merci de regarder.",
        "Please order two keyboards and 25 mice for room 421.",
    ]
    assert let_through(prose) == [False] * len(prose)
