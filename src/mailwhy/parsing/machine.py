"""Runs the LALR tables and the contextual lexer that Lark builds from parser/report.lark.

Lark builds; this runs. Lark's own runtime would do, but importing it takes 60 ms of a command that has 200, and making
its tokens takes most of the time of a parse. The tests compare the two, item by item.
"""

import re
from functools import cached_property
from typing import Any, NamedTuple

__all__ = ["Item", "Machine"]

_SHIFT = 0
_END = "$END"
_MOST_ITEMS = 50_000
"""Far more than a ticket has; what goes on is made to cost time."""


class Item(NamedTuple):
    """One thing read: what it is, where it starts and ends in the marked text, and its value with the value's place."""

    kind: str
    start: int
    end: int
    value: str
    value_start: int
    value_type: str


class Machine:
    """A parser for marked texts, made from the tables of ``grammar.compile_grammar``.

    Args:
        tables: ``terminals`` (name to pattern), ``lexers`` (names of the terminals, the first that matches wins),
            ``lexer_of`` and ``actions`` (by state), ``rules`` (their left side, length, and whether they make an item),
            ``start`` and ``final`` (states).
    """

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._actions: list[dict[str, list[int]]] = tables["actions"]
        self._rules: list[list[Any]] = tables["rules"]
        self._lexer_of: list[int] = tables["lexer_of"]
        self._kinds = {name: name.lower() for name in tables["terminals"]}

    @cached_property
    def _lexers(self) -> list[Any]:
        terminals = self._tables["terminals"]
        return [
            re.compile("|".join(f"(?P<{name}>{terminals[name]})" for name in names)).match
            for names in self._tables["lexers"]
        ]

    def read(self, text: str) -> list[Item]:
        """The items of a marked text, or its first 50,000. The grammar takes any text: what fits nowhere is junk.

        Raises:
            ValueError: the tables belong to a grammar that does not take every text, which is a mistake in report.lark.
        """
        actions, lexers, lexer_of = self._actions, self._lexers, self._lexer_of
        items: list[Item] = []
        states: list[int] = [self._tables["start"]]
        tokens: list[tuple[str, int, int]] = []
        position, length = 0, len(text)
        while position < length:
            state = states[-1]
            match = lexers[lexer_of[state]](text, position)
            if match is None or (end := match.end()) == position:
                raise ValueError(f"report.lark has no terminal for {text[position : position + 20]!r}")
            name = match.lastgroup
            action, target = actions[state][name]
            while action != _SHIFT:
                self._reduce(target, states, tokens, items, text)
                action, target = actions[states[-1]][name]
            states.append(target)
            tokens.append((name, position, end))
            position = end
            if len(items) >= _MOST_ITEMS and _END in actions[target]:
                break
        final = self._tables["final"]
        while states[-1] != final:
            kind, target = actions[states[-1]][_END]
            if kind == _SHIFT:
                break
            self._reduce(target, states, tokens, items, text)
        return items

    def _reduce(
        self, number: int, states: list[int], tokens: list[tuple[str, int, int]], items: list[Item], text: str
    ) -> None:
        name, length, makes_item = self._rules[number]
        if length:
            if makes_item:
                kind, start, end = tokens[-length]
                value_type, value_start = kind, start
                if length > 1:
                    value_type, value_start, end = tokens[-1]
                elif makes_item == "heading":
                    value_type, value_start = "", end
                items.append(Item(self._kinds[kind], start, end, text[value_start:end], value_start, value_type))
            del states[-length:]
            del tokens[-length:]
        states.append(self._actions[states[-1]][name][1])
        tokens.append((name, -1, -1))
