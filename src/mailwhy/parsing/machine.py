"""Runs the LALR tables and the contextual lexer that Lark builds from parser/report.lark.

Lark builds; this runs. Lark's own runtime would do, but importing it takes 60 ms of a command that has 200, and making
its tokens takes most of the time of a parse. The tests compare the two, item by item.
"""

import re
from functools import cached_property, partial
from typing import Any, NamedTuple

__all__ = ["Item", "Machine"]

_SHIFT = 0
_HEADING, _LONE, _PAIR = 1, 2, 3
"""Items of a label without a value, of a value without a label, of both."""

_END = "$END"
_MARK = re.compile("[\ue000-\ue0ff]")
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


_make_item = partial(tuple.__new__, Item)


class Machine:
    """A parser for marked texts, made from the tables of ``grammar.compile_grammar``.

    Since the grammar is a list of things of one or two terminals each, few stacks of states are ever met. Each is a
    node here, and what a terminal does to it is looked up in the tables once.

    Args:
        tables: ``terminals`` (name to pattern), ``lexers`` (names of the terminals, the first that matches wins),
            ``lexer_of`` and ``actions`` (by state), ``rules`` (their left side, length, and the kind of item they
            make), ``start`` and ``final`` (states).
    """

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._actions: list[dict[str, list[int]]] = tables["actions"]
        self._rules: list[list[Any]] = tables["rules"]
        self._kinds = {name: name.lower() for name in tables["terminals"]}
        # A mark starts nothing but its own terminal, so it needs no pattern.
        self._marks = {text: name for name, text in tables["terminals"].items() if _MARK.fullmatch(text)}
        self._nodes: dict[tuple[int, ...], _Node] = {}

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
        items: list[Item] = []
        kinds, marks = self._kinds, self._marks
        node = self._node((self._tables["start"],))
        name, start, position = "", 0, 0  # the last terminal
        first, first_start = "", 0  # the one before it
        length = len(text)
        while True:
            if position >= length:
                terminal, end = _END, position
            elif (mark := marks.get(text[position])) is not None:
                terminal, end = mark, position + 1
            else:
                match = node.lexer(text, position)
                if match is None or (end := match.end()) == position:
                    raise ValueError(f"report.lark has no terminal for {text[position : position + 20]!r}")
                terminal = match.lastgroup
            makes, node = node.steps.get(terminal) or self._step(node, terminal)
            if makes == _PAIR:
                item = kinds[first], first_start, position, text[start:position], start, name
                items.append(_make_item(item))
            elif makes == _LONE:
                items.append(_make_item((kinds[name], start, position, text[start:position], start, name)))
            elif makes:
                items.append(_make_item((kinds[name], start, position, "", position, "")))
            if terminal is _END:
                return items
            first, first_start = name, start
            name, start, position = terminal, position, end
            if len(items) >= _MOST_ITEMS and node.can_end:
                length = position

    def _node(self, states: tuple[int, ...]) -> "_Node":
        node = self._nodes.get(states)
        if node is None:
            lexer = self._lexers[self._tables["lexer_of"][states[-1]]]
            node = self._nodes[states] = _Node(states, lexer, can_end=_END in self._actions[states[-1]])
        return node

    def _step(self, node: "_Node", terminal: str) -> tuple[int, "_Node"]:
        """What a terminal behind a stack does: the item that it completes, and the stack that it leads to."""
        states = list(node.states)
        makes = 0
        action, target = self._actions[states[-1]][terminal]
        while action != _SHIFT:
            name, size, kind = self._rules[target]
            if kind:
                makes = _PAIR if size == 2 else _HEADING if kind == "heading" else _LONE
            if size:
                del states[-size:]
            states.append(self._actions[states[-1]][name][1])
            if states[-1] == self._tables["final"]:
                break
            action, target = self._actions[states[-1]][terminal]
        else:
            states.append(target)
        step = node.steps[terminal] = makes, self._node(tuple(states))
        return step


class _Node:
    """A stack of states: how the text behind it is cut, and what has been found out about its steps."""

    __slots__ = ("can_end", "lexer", "states", "steps")

    def __init__(self, states: tuple[int, ...], lexer: Any, *, can_end: bool) -> None:
        self.states = states
        self.lexer = lexer
        self.can_end = can_end
        self.steps: dict[str, tuple[int, _Node]] = {}
