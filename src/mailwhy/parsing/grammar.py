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
    """
    built = build_lark(source)
    frontend: Any = built.parser
    table = frontend.parser._parse_table  # noqa: SLF001 - Lark has no public way to its tables
    lexer: ContextualLexer = frontend.lexer
    rows = [table.states[state] for state in sorted(table.states)]
    rules = list(dict.fromkeys(arg for row in rows for action, arg in row.values() if action is not Shift))
    numbers = {rule: number for number, rule in enumerate(rules)}
    lexers: dict[tuple[str, ...], int] = {}
    lexer_of = [lexers.setdefault(_names(lexer.lexers[state]), len(lexers)) for state in sorted(table.states)]
    return {
        "terminals": {terminal.name: terminal.pattern.to_regexp() for terminal in built.terminals},
        "lexers": [list(names) for names in lexers],
        "lexer_of": lexer_of,
        "actions": [
            {name: [0, arg] if action is Shift else [1, numbers[arg]] for name, (action, arg) in row.items()}
            for row in rows
        ],
        "rules": [[rule.origin.name, len(rule.expansion), _item(rule)] for rule in rules],
        "start": table.start_states["start"],
        "final": table.end_states["start"],
    }


def _names(lexer: Any) -> tuple[str, ...]:
    """The terminals of a lexer, in the order in which Lark tries them."""
    return tuple(terminal.name for terminal in lexer.terminals)


def _item(rule: Any) -> str:
    """The name of the kind of item that a rule makes, or nothing."""
    name = rule.alias or rule.origin.name
    return name if name in _ITEMS else ""
