"""The grammar of reports: parser/report.lark, with one terminal for each kind of mark, as a Lark LALR parser."""

import json
from typing import Any, NamedTuple

from lark import Lark, Token, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef

from mailwhy.parsing.marking import MARKS

__all__ = ["Item", "build_parser", "grammar_text", "load_parser", "read_items", "save_parser"]


class Item(NamedTuple):
    """One thing read: what it is, where it starts and ends in the marked text, and its value with the value's place."""

    kind: str
    start: int
    end: int
    value: str
    value_start: int
    value_type: str


class _Items(Transformer[Token, list[Item]]):
    """Makes Items of the grammar's rules while it parses."""

    def start(self, items: list[Item]) -> list[Item]:
        return items

    def named(self, tokens: list[Token]) -> Item:
        label, value = tokens
        return Item(_KIND[label.type], label.start_pos or 0, value.end_pos or 0, value, value.start_pos or 0, value.type)

    typed = named
    reply = named

    def heading(self, tokens: list[Token]) -> Item:
        (label,) = tokens
        return Item(_KIND[label.type], label.start_pos or 0, label.end_pos or 0, "", label.end_pos or 0, "")

    def lone(self, tokens: list[Token]) -> Item:
        (token,) = tokens
        return Item(_KIND[token.type], token.start_pos or 0, token.end_pos or 0, token, token.start_pos or 0, token.type)


_SHAPES = ("HRESULT", "REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "WRAPPER", "ADDRESS_LINE", "ANSWER", "JUNK")
_KIND = {name: name.lower() for name in (*(kind.upper() for kind in MARKS), *_SHAPES)}
_OPTIONS: dict[str, Any] = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}


def grammar_text(source: str) -> str:
    """The whole grammar: ``source``, the text of report.lark, and a terminal for each kind of mark."""
    marks = "\n".join(f'{kind.upper()}: "{mark}"' for kind, mark in MARKS.items())
    return f"{source}\n{marks}\n"


def build_parser(source: str) -> Lark:
    """Build the parser from the text of report.lark (about 30 ms)."""
    return Lark(grammar_text(source), transformer=_Items(), **_OPTIONS)


def save_parser(source: str) -> dict[str, Any]:
    """The parser's tables as plain JSON values, for load_parser."""
    data, memo = Lark(grammar_text(source), **_OPTIONS).memo_serialize([TerminalDef, Rule])
    saved: dict[str, Any] = json.loads(json.dumps({"data": data, "memo": memo}, default=list))
    return saved


def load_parser(saved: dict[str, Any]) -> Lark:
    """The parser from saved tables, without reading the grammar again."""
    data = saved["data"]
    table = data["parser"]["parser"]
    # JSON made the numbers that serve as keys into texts.
    table["tokens"] = {int(number): name for number, name in table["tokens"].items()}
    table["states"] = {
        int(state): {int(token): tuple(action) for token, action in actions.items()}
        for state, actions in table["states"].items()
    }
    memo = {int(number): value for number, value in saved["memo"].items()}
    return Lark._load_from_dict(data, memo, transformer=_Items())  # noqa: SLF001 - what Lark's own generator calls


def read_items(parser: Lark, marked: str) -> list[Item]:
    """Parse a marked text. It never fails: what fits nowhere is junk."""
    items: Any = parser.parse(marked)
    return items  # type: ignore[no-any-return]
