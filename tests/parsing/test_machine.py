"""Our runner of Lark's tables reads what Lark reads."""

import json
from typing import Any

import pytest
import yaml
from lark import Token, Tree
from tests.parsing.test_fixtures import _FOLDER

from mailwhy.parsing.grammar import build_lark, compile_grammar
from mailwhy.parsing.lexicon import load_lexicon
from mailwhy.parsing.machine import Machine
from mailwhy.parsing.marking import Marker
from mailwhy.parsing.undamage import repair
from mailwhy.places import data_folder


@pytest.fixture(scope="module")
def source() -> str:
    return (data_folder("parser") / "report.lark").read_text(encoding="utf-8")


def texts() -> list[str]:
    names = ("article", "damage", "postfix", "send-receive-fr", "languages", "tickets")
    return [entry["text"] for name in names for entry in yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))]


def by_lark(tree: Tree[Token]) -> list[tuple[str, str, int | None]]:
    """The items of a tree of Lark's, as (label, value, start)."""
    found = []
    for rule in tree.children:
        assert isinstance(rule, Tree)
        tokens = [token for token in rule.children if isinstance(token, Token)]
        found.append((tokens[0].type.lower(), str(tokens[-1]), tokens[0].start_pos))
    return found


def test_reads_what_lark_reads(source: str) -> None:
    lark, machine = build_lark(source), Machine(json.loads(json.dumps(compile_grammar(source))))
    marker = Marker(load_lexicon(data_folder("parser") / "languages"))
    for text in texts():
        marked = marker.mark(repair(text).text).text
        ours = [
            (item.kind, item.value if item.value_type else marked[item.start : item.end], item.start)
            for item in machine.read(marked)
        ]
        assert ours == by_lark(lark.parse(marked))


def test_the_empty_text_has_no_items(source: str) -> None:
    assert Machine(compile_grammar(source)).read("") == []


def test_a_grammar_that_does_not_take_every_text_is_told() -> None:
    tables: dict[str, Any] = compile_grammar("start: lone*\nlone: JUNK\nJUNK: /[a-z]+/\n")
    with pytest.raises(ValueError, match=r"report\.lark has no terminal for '1'"):
        Machine(tables).read("abc1")


def test_a_grammar_with_nested_items_is_told() -> None:
    with pytest.raises(ValueError, match="other things than a label and its value"):
        compile_grammar("start: lone*\nlone: JUNK JUNK JUNK\nJUNK: /[a-z]+/\n")
