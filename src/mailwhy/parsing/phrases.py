"""The phrases of a text: the words of the lexicon where what stands around them makes them what they are.

The lexicon is walked word by word, so that the time does not grow with the number of languages. "Server" is a word of
many sentences; "Server:" and "server mail.example.org, port 25" are labels, and neither is one in the midst of what a
server replied: ``TESTS`` say what must stand around a phrase.
"""

import re
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from mailwhy.parsing.kinds import BY_NAME, FIELDS, ONE_LINE, SENTENCES, SOFT
from mailwhy.parsing.lexicon import UNSPACED, Lexicon, Phrase
from mailwhy.parsing.normalize import fold

__all__ = ["TESTS", "Found", "PhraseFinder", "is_label"]

_Test = Callable[[str, int, int], object]
"""Whether what stands around a phrase makes it one: takes the folded text, the start and the end of the phrase."""

_NOT_BEFORE = "/.@\\_"
_QUOTES = ("'", '"')
_IN_LIST = re.compile(r"[a-z=]:[a-z-]+:|h=[a-z-]+:").match
"""A header's name in the list of a DKIM signature: h=From:Date:Subject:To."""
_OPENS_QUOTE = re.compile(r"[\s:=]*+['\"]").match
_REACH = 400
_HEADERS = frozenset({"to", "sent", "from"})
_BEFORE_HEADER = _HEADERS | {"subject", "system_administrator", "failed_recipients"}
_BOUNDARY = re.compile(
    r"\n\s*\n|\(in\s+reply\s+to|\bquit\b|\n\s*<(?=[^<>\s]+@)|\n(?=>>>|\*\*\* |\s{1,9}at \w|\d{4}-\d\d-\d\d)"
)
# The first character is in one set, for which a search is fast.
_CODE = re.compile(r"[245](?:(?<![\w.#:-].)\d\d[ #-]|(?<![\w.-].)\.\d{1,3}\.\d{1,3} )").search
_CODE_BEFORE = re.compile(r"(?<![\w.])[245]\d\d[ -](?:#?[245]\.\d{1,3}\.\d{1,3} )?\Z").search
_CLOSED = re.compile(r"['\"][,.;)]*\s").search
_QUOTE_ENDS = re.compile(r"['\">)\]}][\s,;.]*$|\n\s*$").search
_ENDS_QUOTE = re.compile(r"['\">)\]}][\s,;.]*$|[,;\n][\s,;.]*$").search
_IN_BRACKETS = re.compile(r"\s*\d+\)").match


class Found(NamedTuple):
    """A phrase found in the text, from ``start`` to ``end``."""

    start: int
    end: int
    phrase: Phrase
    words: int = 1


def _behind(pattern: str) -> _Test:
    """The test for what must follow."""
    match = re.compile(pattern).match
    return lambda folded, _, end: match(folded, end)


def _value_label(pattern: str = r"(?!)", *, listed: bool = False) -> _Test:
    """The test for the label of a text: its colon, or else its place at the start of a sentence or behind a value."""
    bare = re.compile(pattern).match

    def is_label(folded: str, start: int, end: int) -> object:
        if folded.startswith(":", end) or _COLON(folded, end):
            return True
        before = folded[max(0, start - 20) : start].rstrip(" ")
        if before and before[-1] not in "\n,;.:'\">)]*":
            return False
        if _QUOTED(folded, end) or bare(folded, end):
            return True
        return listed and _is_listed(folded, start) and _LISTED(folded, end)

    return is_label


def _short(pattern: str) -> _Test:
    """The test for a phrase of few words, which a sentence may hold; one of many words needs none."""
    match = re.compile(pattern).match
    return lambda folded, start, end: folded.count(" ", start, end) >= 3 or match(folded, end)


def _names_recipients(folded: str, start: int, end: int) -> object:
    """A heading of few words stands at the start of a sentence; within one ("Sorry, your message to") it is none."""
    if folded.count(" ", start, end) >= 3:
        return True
    before = folded[max(0, start - 20) : start].rstrip(" >*\"'")
    return (not before or before[-1] in "\n.:!?") and _ADDRESS_AHEAD(folded, end)


def _starts_line(folded: str, start: int, end: int) -> object:
    line = folded.rfind("\n", 0, start) + 1
    return not folded[max(line, start - 40) : start].strip(" >*") and _ADDRESS_AHEAD(folded, end)


def _names_server(folded: str, start: int, end: int) -> object:
    return folded.count(" ", start, end) >= 3 or "smtp" in folded[start:end] or _HOST_NEAR(folded, end)


def _introduces_reply(folded: str, start: int, end: int) -> object:
    return _CODE_AHEAD(folded, end) or (not folded[start:end].isalpha() and _INTRODUCES(folded, end))


def _is_switch(folded: str, start: int, end: int) -> object:
    if _SWITCH(folded, end) or ("(" in folded[start:end] and _BARE_SWITCH(folded, end)):
        return True
    return _is_listed(folded, start) and _LISTED_SWITCH(folded, end)


def _is_listed(folded: str, start: int) -> bool:
    """Whether a comma precedes, as between fields that were typed without colons: "account x, server y, ssl no"."""
    return folded[max(0, start - 4) : start].rstrip()[-1:] in {",", ";"}


def _on_own_line(folded: str, start: int, end: int) -> bool:
    """Whether nothing but signs stands beside it on its line: "--- Below this line is a copy of the message."."""
    line = folded.rfind("\n", 0, start) + 1
    before = folded[max(line, start - 40) : start]
    newline = folded.find("\n", end)
    behind = folded[end : min(newline if newline >= 0 else len(folded), end + 40)]
    return not any(map(str.isalnum, before)) and not any(map(str.isalnum, behind))


_ADDRESS_AHEAD = re.compile(r"[\s:,]*+['\"<(]*+\s*+[^\s@<>'\"]{1,64}+@").match
_COLON = re.compile(r"[\s)\]'\"]{0,40}[:=]").match
_QUOTED = re.compile(r"\s+[\"'<\[{]|['\"](?![,;.)\s]|[a-z]\b|$)|[<\[{]").match  # an apostrophe is no quote
_SWITCH = re.compile(r"[\s)\]('\"]{0,40}[:=;]|\s+['\"]").match
_BARE_SWITCH = re.compile(r"\)?\s+[^\W\d_]{1,6}\b").match
_LISTED = re.compile(r"\s++(?!to\b)[^\s,;]++(?: [^\s,;]++){0,3}\s*+[,;]").match
_LISTED_SWITCH = re.compile(r"\s+[^\W\d_]{2,6}\s*(?:[,;]|$)").match
_CODE_AHEAD = re.compile(r"[\s:=]*+['\"(]?\s*+(?:smtp;\s*+)?(?:[245]\d\d[\s.,-]|[245]\.\d{1,3}\.\d)").match
_INTRODUCES = re.compile(r"\s*[:=]|\s*['\"(<]|[^\w\n]{0,20}\n").match
_HOST_NEAR = re.compile(r"[\s'\"(<]{1,5}(?:\(?smtp\)?\s)?[\s'\"(<]{0,3}[a-z0-9_-]+\.[a-z0-9]").match

TESTS: dict[str, _Test] = {
    "text": _value_label(listed=True),  # Subject 'x', ; Subject: x ; , account x,
    "host": _value_label(r"\s+[a-z0-9-]+(?:\.[a-z0-9-]+)+"),  # server mail.example.org
    "protocol": _value_label(r"\s+(?:e?smtp|pop3?|imap4?|http(?:mail)?|nntp)\b\s*(?:[,;.]|$)"),  # protocol smtp,
    "response": _value_label(r"\s+(?:[245]\d\d[\s-]|[245]\.\d{1,3}\.\d)"),  # server response 550 ...
    "number": _behind(r"[\s)\]'\"]{0,40}[:=;]|\s*+[\"'<\[{(]?\s*+-?\d"),  # Port 25 ; Port: 'x'
    "switch": _is_switch,  # Secure (SSL): no ; secure(ssl) no
    "header": _behind(r"\s*:"),  # To: x
    "colon": _behind(r"\s*[:=]"),  # Action: failed
    "address": _short(r"[\s:,]*+['\"<(]*+\s*+[^\s@<>'\"]{1,64}+@"),  # The recipient <ann@example.org>
    "recipients": _names_recipients,  # Your message to ann@example.org
    "line": _starts_line,  # Unknown user: ann@example.org
    "reply": _introduces_reply,  # returned '550 ... ; The server responded: ...
    "server": _names_server,  # by the server mail.example.org
    "bracket": _behind(r"\s*[(:\[]"),  # SMTP Error (550)
    "command": _behind(r"\s*+:?\s*+<"),  # RCPT TO:<ann@example.org>
    "quoted": _behind(r"\s*+:?\s*+['\"]"),  # Task 'Work - Sending'
    "hresult": _behind(r"[^\w]{0,20}(?:0x|-?\d)"),  # reported error (0x80042109)
    "endpoint": _behind(
        r"[\s:='\"(<]{0,6}(?:, port: )?(?:[a-z]{3,5}://)?[a-z0-9_-]+\.[a-z0-9]"
    ),  # connect to smtp.example.org
    "heading": _short(r"\s*[:=]|[ \t]*(?:\n|$)|  "),  # Generating server: ...
    "own_line": _on_own_line,  # ------ This is a copy of the message, including all the headers. ------
}
"""What must stand around a phrase of a kind, each with a text that passes; the texts are folded."""


def is_label(kind: str, folded: str, start: int, end: int) -> bool:
    """Whether what stands around a phrase, from ``start`` to ``end`` of a folded text, makes it what its kind says."""
    test = TESTS.get(BY_NAME[kind].needs)
    return test is None or bool(test(folded, start, end))


def is_quoted_or_path(folded: str, start: int, end: int) -> bool:
    """Whether a phrase is a part of a path or address, or itself a quoted value: Server: 'server'."""
    before = folded[start - 1 : start]
    return before in _NOT_BEFORE or (before in _QUOTES and folded[end : end + 1] in _QUOTES) if before else False


def outside_replies(folded: str, found: list[Found]) -> list[Found]:
    """Leave out phrases that are words of the server's reply: ``'550 Server error: no such user', Port: 25``."""
    kept: list[Found] = []
    skip_to = inner_end = -1
    labelled = False
    for index, place in enumerate(found):
        kind = place.phrase.kind
        if place.start < skip_to:
            continue
        last = kept[-1] if kept else None
        if kind in _HEADERS and not _is_header(folded, last, place):
            continue
        if kind == "reply_end" and not _ends_reply(folded, kept, place):
            continue
        if kind == "port" and not labelled and _in_brackets(folded, place):
            continue  # "connect to x: Connection refused (port 25)"
        labelled = labelled or kind in ONE_LINE
        if _may_be_inner(kind, folded, place):
            # What follows the server's own words on the same line is the server's, too.
            runs_on = inner_end > 0 and "\n" not in folded[inner_end : place.start] and kind not in FIELDS
            if runs_on or _in_reply(folded, last, place):
                inner_end = place.end
                continue
        if kind in {"server_response", "server_reply"} and _OPENS_QUOTE(folded, place.end):
            skip_to = _behind_quote(folded, place, found[index + 1 : index + 13])
        inner_end = -1
        kept.append(place)
    return kept


def _in_brackets(folded: str, place: Found) -> bool:
    return folded[place.start - 1 : place.start] == "(" and bool(_IN_BRACKETS(folded, place.end))


def _may_be_inner(kind: str, folded: str, place: Found) -> bool:
    """Whether a phrase of this kind can be the server's own words. Few words can, a long heading cannot."""
    inner = BY_NAME[kind].inner
    if kind in FIELDS:
        return inner > 0 or folded[place.start - 1 : place.start] == "("
    if kind in SENTENCES:
        return inner > 0
    if _CODE_BEFORE(folded, max(0, place.start - 18), place.start):
        return True  # "554 The mail could not be delivered to ..."
    before = folded[max(0, place.start - 9) : place.start].rstrip()
    return place.words <= inner and not before.endswith(".")


def _is_header(folded: str, last: Found | None, place: Found) -> bool:
    """Whether a header label stands where one can: first on its line, or behind another header's value."""
    line = folded.rfind("\n", 0, place.start) + 1
    if not folded[max(line, place.start - 40) : place.start].strip(" >*\"'"):
        return True
    return last is not None and last.start >= line and last.phrase.kind in _BEFORE_HEADER


def _behind_quote(folded: str, label: Found, following: list[Found]) -> int:
    """Where the first label stands that the closing quote of a reply precedes; those before it are its words."""
    candidates = [place for place in following if place.phrase.kind in FIELDS or place.phrase.kind in SENTENCES]
    for closed in (_QUOTE_ENDS, _ENDS_QUOTE):
        for place in candidates:
            if closed(folded, max(label.end, place.start - 12), place.start):
                return place.start
    return -1


def _ends_reply(folded: str, kept: list[Found], place: Found) -> bool:
    """Whether the client goes on in its own words here: in a new sentence, behind a reply that it introduced."""
    if not kept or kept[-1].words < 2 or folded[max(0, place.start - 9) : place.start].rstrip()[-1:].isalnum():
        return False
    if kept[-1].phrase.kind == "server_response":  # Thunderbird says "Server response:" in some languages
        return any(before.phrase.kind == "other" for before in kept)
    return kept[-1].phrase.kind == "server_reply"


def _in_reply(folded: str, last: Found | None, place: Found) -> bool:
    """Whether a reply code stands before ``place`` on the same stretch, so that its words are the reply's."""
    behind_response = last is not None and last.phrase.kind == "server_response"
    if last and not behind_response and last.phrase.kind in FIELDS:
        return False
    start = place.start
    stretch = folded[max(0, last.end - 1 if last else 0, start - _REACH) : start]
    if not _CODE(stretch) or stretch.rstrip(" ").endswith("\n"):
        return False
    behind = max((boundary.end() for boundary in _BOUNDARY.finditer(stretch)), default=0)
    code = _CODE(stretch, behind)
    if code is None or _CLOSED(stretch, code.end()):
        return False
    # Behind the label of an unquoted reply a label runs on when lines were joined, unless a bracket is open.
    labelled = behind_response and place.phrase.kind in ONE_LINE
    return not labelled or stretch.count("(", code.end()) > stretch.count(")", code.end())


_MAX_PHRASES = 10_000
"""Far more than a ticket has; what goes on is made to cost time."""

_WORD = re.compile(r"([^\W_]+)")
_PLAIN_WORD = re.compile("([a-z0-9]+)")
_GAP = re.compile(r"'\s?|::|[._]|[\s()\[\]/\-°=]{1,40}").fullmatch
_LEAST_LEFT = 4
_LOST = re.compile("[?\ufffd]")
_LOST_LETTER = re.compile("[?\ufffd](?=[a-z])|[a-z][?\ufffd]")
_LOST_WORD = re.compile(
    "(?<![a-z?\ufffd])(?=[a-z?\ufffd]{0,60}[a-z]{2})[a-z]{0,20}(?:[?\ufffd][a-z]{0,20}){1,3}(?![a-z?\ufffd])"
)
_IN_HOST_NAME = re.compile(r"\.[^\W_]").match
_ADJACENT = re.compile(r"[\s:='\"]{0,10}").fullmatch


class PhraseFinder:
    """Finds the phrases of one lexicon in texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = lexicon.phrases
        self._tree = lexicon.tree
        self._unspaced = lexicon.unspaced

    @cached_property
    def _unspaced_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._unspaced, key=len, reverse=True)
        return re.compile("|".join(r"\s*".join(map(re.escape, phrase)) for phrase in longest_first) or r"(?!)")

    def find(self, text: str) -> list[Found]:
        """The phrases of ``text`` in order; they don't overlap."""
        folded = fold(text)
        if ("?" in folded or "\ufffd" in folded) and _LOST_LETTER.search(folded):
            folded = self._restore(folded)
        found = self._find_spaced(folded)
        if self._unspaced and UNSPACED.search(folded):
            found = self._merge(found, folded)
        return outside_replies(folded, found)

    @cached_property
    def _vocabulary(self) -> dict[int, str]:
        """All words of the lexicon that are long enough to be told by the letters they have left, by their length."""
        words: set[str] = set()
        nodes: list[dict[str, Any]] = [self._tree]
        while nodes:
            node = nodes.pop()
            words.update(word for word in node if len(word) >= _LEAST_LEFT)
            nodes.extend(following for word, following in node.items() if word)
        by_length: dict[int, list[str]] = {}
        for word in sorted(words):
            by_length.setdefault(len(word), []).append(word)
        return {length: "\n".join(alike) for length, alike in by_length.items()}

    def _restore(self, folded: str) -> str:
        """The text with words of the lexicon whose accented letters became question marks put right."""
        known: dict[str, str] = {}

        def restored(match: re.Match[str]) -> str:
            damaged = match.group()
            if damaged not in known:
                letters = re.compile("^" + _LOST.sub(r"[^\\n?]", damaged) + "$", re.MULTILINE)
                word = letters.search(self._vocabulary.get(len(damaged), ""))
                known[damaged] = word.group() if word else damaged
            return known[damaged]

        return _LOST_WORD.sub(restored, folded)

    def _find_spaced(self, folded: str) -> list[Found]:
        found: list[Found] = []
        known = self._tree.get
        split = _PLAIN_WORD.split if folded.isascii() else _WORD.split
        pieces = split(folded)  # what stands between words, and the words: gap, word, gap, ..., word, gap
        ends = list(accumulate(map(len, pieces)))
        pieces.append(" ")  # behind the last word, no word
        behind = 0
        for index in range(1, len(ends), 2):
            node = known(pieces[index])
            if node is None or not (pieces[index + 2] in node or "" in node) or ends[index - 1] < behind:
                continue
            if found and found[-1].phrase.kind == "protocol" and _ADJACENT(folded, found[-1].end, ends[index - 1]):
                continue  # "Protocol: SMTP" names no "SMTP server"
            place = self._walk(folded, pieces, ends, index, node)
            if place is not None:
                found.append(place)
                # A sentence may hold a label or another sentence; a label holds nothing.
                behind = place.start + 1 if place.phrase.kind in SENTENCES - SOFT else place.end
                if len(found) >= _MAX_PHRASES:
                    break
        return found

    def _walk(self, folded: str, pieces: list[str], ends: list[int], index: int, node: dict[str, Any]) -> Found | None:
        """The longest phrase that starts with the word ``pieces[index]``, which leads to ``node``."""
        endings: list[tuple[int, list[int]]] = []
        at = index
        while True:
            ending = node.get("")
            if ending is not None:
                endings.append((at, ending))
            at += 2
            following = node.get(pieces[at])
            if following is None or (pieces[at - 1] != " " and not _GAP(pieces[at - 1])):
                break
            node = following
        while endings:
            last, numbers = endings.pop()
            for number in reversed(numbers):
                words = (last - index) // 2 + 1
                if found := self._accept(folded, ends[index - 1], ends[last], self._phrases[number], words):
                    return found
        return None

    def _accept(self, folded: str, start: int, end: int, phrase: Phrase, words: int) -> Found | None:
        kind = phrase.kind
        if phrase.follow:
            return _with_sign(folded, start, end, phrase, words)
        if kind in SENTENCES:
            in_host = kind in {"program", "network"} and " " in folded[start:end] and _IN_HOST_NAME(folded, end)
            return None if in_host else Found(start, end, phrase, words)
        if folded.startswith("://", end):
            return None
        if (folded.startswith(".", end) and _IN_HOST_NAME(folded, end)) or not is_label(kind, folded, start, end):
            return None
        if kind in FIELDS and (is_quoted_or_path(folded, start, end) or _IN_LIST(folded, max(0, start - 2), end + 1)):
            return None
        # The phrase takes its closing bracket with it: "Secure (SSL) ): No" leaves ": No".
        if folded.startswith(")", end) and "(" in folded[start:end]:
            end += 1
        return Found(start, end, phrase, words)

    def _merge(self, found: list[Found], folded: str) -> list[Found]:
        places = []
        for match in self._unspaced_pattern.finditer(folded):
            key = re.sub(r"\s+", "", match.group())
            phrase = self._phrases[self._unspaced[key]]
            if is_label(phrase.kind, folded, match.start(), match.end()):
                places.append(Found(match.start(), match.end(), phrase, len(key) // 2))
        merged: list[Found] = []
        for place in sorted([*found, *places], key=lambda p: (p.start, -p.end)):
            if not merged or place.start >= merged[-1].end:
                merged.append(place)
        return merged


def _with_sign(folded: str, start: int, end: int, phrase: Phrase, words: int) -> Found | None:
    """A phrase that is one only with a certain sign behind it."""
    if folded[start - 1 : start] == "_" or folded.startswith(
        "with ", max(0, start - 5)
    ):  # Received: ... with SMTP; date
        return None
    while folded[end : end + 1] in {" ", "\n"}:
        end += 1
    if folded[end : end + 1] != phrase.follow:
        return None
    return Found(start, end + (phrase.follow != ":"), phrase, words)
