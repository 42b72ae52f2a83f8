"""The grammar of reports: parser/report.lark with a terminal for each kind of mark, built by Lark into LALR tables."""

from typing import Any

from lark import Lark
from lark.lexer import ContextualLexer
from lark.parsers.lalr_analysis import Shift

from mailwhy.parsing.marking import MARKS

__all__ = ["build_lark", "compile_grammar", "grammar_text"]

_ITEMS = frozenset({"named", "typed", "reply", "heading", "lone"})


def grammar_text(source: str) -> str:
    """The whole grammar: ``source``, the text of report.lark, and a terminal for each kind of mark."""
    marks = "\n".join(f'{kind.upper()}: "{mark}"' for kind, mark in MARKS.items())
    return f"{source}\n{marks}\n"


def build_lark(source: str) -> Lark:
    """Lark's own parser for the text of report.lark."""
    return Lark(grammar_text(source), parser="lalr", lexer="contextual", maybe_placeholders=False)


def compile_grammar(source: str) -> dict[str, Any]:
    """Tables of plain JSON values for ``machine.Machine``, from the text of report.lark.

    Raises:
        lark.exceptions.LarkError: the grammar is wrong or ambiguous.
        ValueError: one of its items is more than a label and its value.
    """
    built = build_lark(source)
    frontend: Any = built.parser
    table = frontend.parser._parse_table  # noqa: SLF001 - Lark has no public way to its tables
    lexer: ContextualLexer = frontend.lexer
    states = _in_order(table.states, table.start_states["start"])
    numbers = {state: number for number, state in enumerate(states)}
    rows = [sorted(table.states[state].items()) for state in states]
    rules = list(dict.fromkeys(arg for row in rows for _, (action, arg) in row if action is not Shift))
    rule_numbers = {rule: number for number, rule in enumerate(rules)}
    lexers: dict[tuple[str, ...], int] = {}
    lexer_of = [lexers.setdefault(_names(lexer.lexers[state]), len(lexers)) for state in states]
    return {
        "terminals": {terminal.name: terminal.pattern.to_regexp() for terminal in built.terminals},
        "lexers": [list(names) for names in lexers],
        "lexer_of": lexer_of,
        "actions": [
            {name: [0, numbers[arg]] if action is Shift else [1, rule_numbers[arg]] for name, (action, arg) in row}
            for row in rows
        ],
        "rules": [[rule.origin.name, len(rule.expansion), _item(rule)] for rule in rules],
        "start": numbers[table.start_states["start"]],
        "final": numbers[table.end_states["start"]],
    }


def _in_order(states: dict[int, Any], start: int) -> list[int]:
    """The states as they are met from the start on, so that the same grammar gives the same tables every time."""
    order = [start]
    known = {start}
    for state in order:
        for _, (action, target) in sorted(states[state].items()):
            if action is Shift and target not in known:
                known.add(target)
                order.append(target)
    return order


def _names(lexer: Any) -> tuple[str, ...]:
    """The terminals of a lexer, in the order in which Lark tries them."""
    return tuple(terminal.name for terminal in lexer.terminals)


def _item(rule: Any) -> str:
    """The name of the kind of item that a rule makes, or nothing.

    Raises:
        ValueError: the item would be made of more than a label and its value.
    """
    name: str = rule.alias or rule.origin.name
    if name not in _ITEMS:
        return ""
    if len(rule.expansion) > 2 or not all(symbol.is_term for symbol in rule.expansion):
        raise ValueError(f"report.lark: {rule} is made of other things than a label and its value")
    return name
