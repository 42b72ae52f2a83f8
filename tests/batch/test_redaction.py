"""Pseudonyms: the same wherever the same thing stands, whatever stands around it."""

import pytest

from mailwhy.batch.redaction import Redactor

REDACTOR = Redactor("key", {"wanadoo.fr"}.__contains__)


@pytest.mark.parametrize(
    "around", ["{}", "'{}'", "`{}`", "**{}**", "<{}>", "{{{}}}", "|{}|", "({})", "mailto:{}", "«{}»"]
)
@pytest.mark.parametrize("address", ["jane@example.net", "o'brien@wanadoo.fr", "j.d+x@example.co.uk"])
def test_an_address_is_the_same_in_any_quotes(around: str, address: str) -> None:
    pseudonym = REDACTOR.text(address)
    assert pseudonym.startswith("user-")
    assert pseudonym.partition("@")[2] == ("wanadoo.fr" if "wanadoo" in address else pseudonym.partition("@")[2])
    assert REDACTOR.text(f"Task {around.format(address)} reported") == f"Task {around.format(pseudonym)} reported"
    assert REDACTOR.account(address) == pseudonym


@pytest.mark.parametrize("text", ["550 5.7.1 Relaying denied", "at 10:11:12", "room 550", "@home", "smtp.example.net"])
def test_what_names_nobody_stays(text: str) -> None:
    assert REDACTOR.text(text) == text
