"""Which wordings of the knowledge base does a text contain?

All wordings stand in one index, so the time of a match depends on the text and on how much of it is known,
not on how many wordings there are:

- every run of words between two gaps (a fragment) is a path in one tree of words, walked from each word;
- a wording with gaps is looked at only when the rarest of its fragments was found, and its fragments are then
  joined from left to right. Nothing is ever tried twice, so hostile text costs no more than its length.

The index is plain JSON, so that a compiled knowledge base can hold it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, Self

from mailwhy.knowledge.base import KnowledgeBase
from mailwhy.knowledge.errors import KnowledgeError, Problem
from mailwhy.knowledge.wording_text import MIN_WILD, Words, in_name, phrase_fragments, split_words

__all__ = ["MAX_GAP", "MAX_TEXT", "WordingEntry", "WordingIndex", "WordingMatch", "compile_wordings", "wording_index"]

MAX_GAP = 80
"""Characters that a `` * `` in a wording may stand for at most."""

MAX_TEXT = 32_768
"""Characters that are read at most: RFC 5321 (4.5.3.1.5) allows 512 for a line of a reply, and no reply has so many."""

_FRAGMENT = ""  # the key under which a node of the tree keeps its fragment; no word is empty
_NO_WORD = " "  # the reading behind the last word; no word is a space

Node = dict[str, Any]
Run = tuple[int, int]  # first and last word of a fragment in the text
Runs = tuple[Run, ...]


class WordingEntry(Protocol):
    """What the index needs of an entry of the knowledge base (``ReplyEntry`` has it all)."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def match(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def unless(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def codes(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def where(self) -> Literal["reply", "notice", "any"]: ...  # noqa: D102


class WordingMatch(NamedTuple):
    """An entry whose wording is in the text, and the characters from its first to its last word."""

    entry_id: str
    start: int
    end: int
    text: str


class _Rules(NamedTuple):
    """What an entry asks for besides its wordings, as it stands in the JSON."""

    id: str
    where: str
    codes: list[str]
    unless: list[list[int]]


class WordingIndex:
    """All wordings of a knowledge base, ready to be matched.

    An entry with ``where: reply`` is for the words of a server only: everyday words such as "mailbox is full" belong
    there. A single word of such an entry is not found in the name of a host or a file.
    """

    def __init__(self, tree: Node, phrases: list[list[list[int]]], rules: list[_Rules], wild: list[str]) -> None:
        self._tree = tree
        self._phrases = phrases
        self._rules = rules
        self._wild = wild
        self._silencers = [frozenset(other[0] for other in rule.unless) for rule in rules]
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        self._by_end: defaultdict[str, list[str]] = defaultdict(list)
        for label in wild:
            if label.startswith("*"):
                self._by_end[label[-MIN_WILD:]].append(label)
            else:
                self._by_start[label[:MIN_WILD]].append(label)

    @classmethod
    def build(cls, entries: Iterable[WordingEntry]) -> Self:
        """Build the index of ``entries``.

        Raises:
            ValueError: a wording can't be looked up; the text names the entry and the remedy.
        """
        numbers: dict[tuple[str, ...], int] = {}
        wordings: list[list[int]] = []
        rules = []
        for number, entry in enumerate(entries):
            try:
                wanted = [_numbered(phrase, numbers) for phrase in entry.match]
                unwanted = [_numbered(phrase, numbers) for phrase in entry.unless]
            except ValueError as error:
                raise ValueError(f"{entry.id}: {error}") from error
            wordings += [[number, *fragments] for fragments in wanted]
            rules.append(_Rules(entry.id, entry.where, list(entry.codes), unwanted))
        labels = {word for fragment in numbers for word in fragment if "*" in word}
        return cls(_tree(numbers), _by_rarest(wordings, list(numbers)), rules, sorted(labels))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Take an index back from what ``to_json`` gave."""
        return cls(data["tree"], data["phrases"], [_Rules(*rule) for rule in data["rules"]], data["wild"])

    def to_json(self) -> dict[str, Any]:
        """Return the index as dicts, lists, strings and integers only."""
        return {
            "tree": self._tree,
            "phrases": self._phrases,
            "rules": [list(rule) for rule in self._rules],
            "wild": self._wild,
        }

    @cached_property
    def _words(self) -> frozenset[str]:
        words: set[str] = set()
        nodes: list[Any] = [self._tree]
        while nodes:
            node = nodes.pop()
            if isinstance(node, dict):
                words.update(node)
                nodes.extend(node.values())
            elif isinstance(node, list):
                words.update(node[1:])
        return frozenset(words)

    def tells(self, word: str) -> bool:
        """Whether a word, folded, stands in any wording or fits one with a ``*``; no match depends on other words."""
        return word in self._words or bool(self._labels(word))

    def match(
        self, text: str, field: Literal["reply", "notice"] = "reply", codes: Collection[str] = ()
    ) -> list[WordingMatch]:
        """Return the entries whose wordings ``text`` contains, each once, by their place in the text.

        A match whose words all belong to a longer match of another entry is left out. Words behind the first
        ``MAX_TEXT`` characters are not read.

        Args:
            text: a server's reply, or a sentence of the client or of a notice.
            field: which of the two it is; entries for the other one are left out.
            codes: reply codes and enhanced status codes of the report, such as "550" and "5.1.1".
        """
        split = split_words(text[:MAX_TEXT])
        found = self._fragments(split.words)
        matches: list[tuple[int, Runs]] = []
        for fragment in found:
            for number, *fragments in self._phrases[fragment]:
                rules = self._rules[number]
                if rules.where not in (field, "any") or (rules.codes and not _has_code(rules.codes, codes)):
                    continue
                if not self._silencers[number].isdisjoint(found) and any(
                    _joined(other, found, split.spans) for other in rules.unless
                ):
                    continue
                matches += [
                    (number, runs)
                    for runs in _joined(fragments, found, split.spans)
                    if rules.where != "reply" or _size(runs) > 1 or not in_name(text, *split.spans[runs[0][0]])
                ]
        return self._results(_longest(matches), split, text)

    def _fragments(self, words: list[str]) -> dict[int, list[Run]]:
        """Find every fragment in ``words``, by number, in order."""
        readings = [(word, *self._labels(word)) for word in words]
        readings.append((_NO_WORD,))
        found: dict[int, list[Run]] = {}
        begins = self._tree.keys()
        for first in range(len(words)):
            if begins.isdisjoint(readings[first]):
                continue
            pending = [(self._tree, first)]
            while pending:
                node, at = pending.pop()
                for reading in readings[at]:
                    child = node.get(reading)
                    if child is None:
                        continue
                    if isinstance(child, dict):
                        if _FRAGMENT in child:
                            found.setdefault(child[_FRAGMENT], []).append((first, at))
                        pending.append((child, at + 1))
                    elif isinstance(child, int):
                        found.setdefault(child, []).append((first, at))
                    elif _continues(child, readings, at):
                        found.setdefault(child[0], []).append((first, at + len(child) - 1))
        return found

    def _labels(self, word: str) -> list[str]:
        """Return the words with a ``*`` that ``word`` fits."""
        starts = self._by_start.get(word[:MIN_WILD], ())
        ends = self._by_end.get(word[-MIN_WILD:], ())
        if not starts and not ends:
            return []
        return [label for label in starts if word.startswith(label[:-1])] + [
            label for label in ends if word.endswith(label[1:])
        ]

    def _results(self, matches: list[tuple[int, Runs]], split: Words, text: str) -> list[WordingMatch]:
        best: dict[int, Runs] = {}
        for number, runs in matches:
            if number not in best or _size(runs) > _size(best[number]):
                best[number] = runs
        results = []
        for number, runs in best.items():
            start, end = split.spans[runs[0][0]][0], split.spans[runs[-1][1]][1]
            results.append(WordingMatch(self._rules[number].id, start, end, text[start:end]))
        return sorted(results, key=lambda result: (result.start, -result.end, result.entry_id))


def _numbered(phrase: str, numbers: dict[tuple[str, ...], int]) -> list[int]:
    return [numbers.setdefault(fragment, len(numbers)) for fragment in phrase_fragments(phrase)]


def _continues(end: list[Any], readings: list[tuple[str, ...]], at: int) -> bool:
    """Whether the words behind ``at`` are those of a lone ``end``, which starts with the fragment's number."""
    return at + len(end) <= len(readings) and all(
        word in readings[at + place] for place, word in enumerate(end[1:], start=1)
    )


def _tree(numbers: dict[tuple[str, ...], int]) -> Node:
    tree: Node = {}
    for fragment, number in numbers.items():
        node = tree
        for word in fragment:
            node = node.setdefault(word, {})
        node[_FRAGMENT] = number
    return {word: _shortened(node) for word, node in tree.items()}


def _shortened(node: Node) -> Node | list[Any] | int:
    """Replace a branch that leads to one fragment only by its number, or by the number and the words on the way.

    A tree without its thousands of small branches is read from JSON in a third of the time.
    """
    words: list[str] = []
    end: Node = node
    while len(end) == 1 and _FRAGMENT not in end:
        ((word, end),) = end.items()
        words.append(word)
    if len(end) == 1:
        number: int = end[_FRAGMENT]
        return [number, *words] if words else number
    return {word: inner if word == _FRAGMENT else _shortened(inner) for word, inner in node.items()}


def _by_rarest(wordings: list[list[int]], fragments: list[tuple[str, ...]]) -> list[list[list[int]]]:
    """List the wordings under their rarest fragment (the longest of equally rare ones)."""
    uses = Counter(fragment for wording in wordings for fragment in set(wording[1:]))
    listed: list[list[list[int]]] = [[] for _ in fragments]
    for wording in wordings:
        listed[min(wording[1:], key=lambda number: (uses[number], -len(fragments[number])))].append(wording)
    return listed


def _joined(fragments: list[int], found: dict[int, list[Run]], spans: list[Run]) -> list[Runs]:
    """Join the finds of ``fragments`` where each follows the one before within ``MAX_GAP`` characters.

    Each find of the last fragment ends at most one result: the one with the nearest finds before it.
    """
    paths: list[Runs] = [(run,) for run in found.get(fragments[0], ())]
    for fragment in fragments[1:]:
        longer = []
        nearest = -1
        for run in found.get(fragment, ()):
            while nearest + 1 < len(paths) and paths[nearest + 1][-1][1] < run[0]:
                nearest += 1
            if nearest >= 0 and spans[run[0]][0] - spans[paths[nearest][-1][1]][1] <= MAX_GAP:
                longer.append((*paths[nearest], run))
        paths = longer
    return paths


def _has_code(wanted: list[str], codes: Collection[str]) -> bool:
    return any(_fits(code, pattern) for pattern in wanted for code in codes)


def _fits(code: str, pattern: str) -> bool:
    """Whether ``code`` is ``pattern``; an ``x`` stands for a digit or, alone between dots, for a number."""
    parts, wanted = code.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(
        part == want
        or (want == "x" and part.isdigit())
        or (len(part) == len(want) and all(b in ("x", a) for a, b in zip(part, want, strict=True)))
        for part, want in zip(parts, wanted, strict=True)
    )


def _size(runs: Runs) -> int:
    return sum(last - first + 1 for first, last in runs)


def _longest(matches: list[tuple[int, Runs]]) -> list[tuple[int, Runs]]:
    """Drop every match whose words are all words of a longer match of another entry."""
    if len(matches) < 2:
        return matches
    at_word: defaultdict[int, list[tuple[int, Runs]]] = defaultdict(list)
    for number, runs in matches:
        for first, last in runs:
            for word in range(first, last + 1):
                at_word[word].append((number, runs))
    return [
        (number, runs)
        for number, runs in matches
        if not any(
            other != number and _size(longer) > _size(runs) and _within(runs, longer)
            for other, longer in at_word[runs[0][0]]
        )
    ]


def _within(runs: Runs, longer: Runs) -> bool:
    return all(any(start <= first and last <= end for start, end in longer) for first, last in runs)


def wording_index(kb: KnowledgeBase) -> WordingIndex:
    """The index of all wordings of the knowledge base."""
    return kb.made(_wording_index)


def _wording_index(kb: KnowledgeBase) -> WordingIndex:
    return WordingIndex.from_json(kb.derived("wordings", compile_wordings))


def compile_wordings(kb: KnowledgeBase) -> dict[str, Any]:
    """The index as JSON.

    Raises:
        KnowledgeError: a wording can't be looked up; ``mailwhy kb check`` says where it stands.
    """
    try:
        return WordingIndex.build(kb.replies.values()).to_json()
    except ValueError as error:
        place = kb.overlays[-1] if kb.overlays else Path("kb")
        raise KnowledgeError([Problem(place / "replies", 0, str(error), "run mailwhy kb check")]) from None
