"""Control characters of a pasted text are seen and do nothing in a terminal or a ticket."""

import pytest

import mailwhy
from mailwhy.rendering.blocks import visible

PASTED = "550 5.7.1 \x1b]0;owned\x07\x1b[31m<anna@example.net>\u202e... Relaying\x9b denied"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_none_comes_out(form: str) -> None:
    from mailwhy.rendering.formats import render

    (diagnosis,) = mailwhy.diagnose(PASTED)
    shown = str(render(diagnosis, form))
    assert not set(shown) & set("\x1b\x07\x9b\u202e\x00\x08\r")


def test_they_are_named() -> None:
    assert visible("a\x1b[1m\x7f\u202e\n\té") == "a\u241b[1m\u2421<U+202E>\n\té"
