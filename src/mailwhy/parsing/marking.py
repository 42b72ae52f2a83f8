"""Marking: every phrase of the lexicon that stands in a text becomes one character of the private use area.

What is left for the grammar is the same in all languages: marks, and the text between them. The lexicon is walked word
by word, so that the time does not grow with the number of languages.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mailwhy.parsing.folding import fold
from mailwhy.parsing.lexicon import INSERTED, KINDS, Lexicon, Phrase
from mailwhy.parsing.offsets import OffsetMap, Rewriter

__all__ = ["MARKS", "Marked", "Marker"]

MARKS: dict[str, str] = {kind: chr(0xE000 + number) for number, kind in enumerate(KINDS)}
"""The mark of each kind of phrase."""

_MOST_PHRASES = 25_000
"""Far more than a ticket has; what goes on is made to cost time."""

_WORD = re.compile(r"[^\W_]+")
_NEXT_WORD = re.compile(r"(?:'\s?|[\s()\[\]/\-°=]{1,40})([^\W_]+)").match
_LOST_LETTER = re.compile("[?\ufffd](?=[a-z])|[a-z][?\ufffd]")
_LOST_WORD = re.compile(
    "(?<![a-z?\ufffd])(?=[a-z?\ufffd]{0,60}[a-z]{2})[a-z]{0,20}(?:[?\ufffd][a-z]{0,20}){1,3}(?![a-z?\ufffd])"
)
_ADJACENT = re.compile(r"[\s:='\"]{0,10}").fullmatch
_FOREIGN_MARKS = re.compile("[\ue000-\ue0ff]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]").search

# What must follow a label for it to be one. An apostrophe glued between two letters is no quote.
_VALUE = re.compile(r"[\s)\]'\"]{0,40}[:=]").match
_QUOTED = re.compile(r"\s+[\"'<\[{]|['\"](?![,;.)\s]|[a-z]\b|$)|[<\[{]").match
_NUMBER = re.compile(r"[\s)\]'\"]{0,40}[:=;]|\s*[\"'<\[{(]?\s*-?\d").match
_SWITCH = re.compile(r"[\s)\]('\"]{0,40}[:=;]|\s+['\"]").match
_HEADER = re.compile(r"\s*:").match
_COLON = re.compile(r"\s*[:=]").match
_BEFORE_NUMBER = re.compile(r"[^\w]{0,20}(?:0x|-?\d)").match
_CODE_AHEAD = re.compile(r"[\s:=]*['\"(]?\s*(?:smtp;\s*)?(?:[245]\d\d[\s.,-]|[245]\.\d{1,3}\.\d)").match
_INTRODUCES = re.compile(r"\s*[:=]|\s*['\"(<]|[^\w\n]{0,20}\n").match
_HEADING = re.compile(r"\s*[:=]|[ \t]*(?:\n|$)").match
_ADDRESSED = frozenset({"rejected_address", "rejected_sender", "checked_recipient", "failed_recipients"})
_ADDRESS_AHEAD = re.compile(r"[\s:,]*['\"<(]*\s*[^\s@<>'\"]{1,64}@").match
_HOST_AHEAD = re.compile(r"\s+[a-z0-9-]+(?:\.[a-z0-9-]+)+").match
_HOST_NEAR = re.compile(r"[\s'\"(<]{1,5}(?:\(?smtp\)?\s)?[\s'\"(<]{0,3}[a-z0-9_-]+\.[a-z0-9]").match
_PROTOCOL_AHEAD = re.compile(r"\s+(?:e?smtp|pop3?|imap4?|http(?:mail)?|nntp)\b\s*(?:[,;.]|$)").match
_CODED_AHEAD = re.compile(r"\s+(?:[245]\d\d[\s-]|[245]\.\d{1,3}\.\d)").match
_BARE = {"server": _HOST_AHEAD, "protocol": _PROTOCOL_AHEAD, "server_response": _CODED_AHEAD}
_LISTED = re.compile(r"\s+(?!to\b)[^\s,;]+(?: [^\s,;]+){0,3}\s*[,;]").match
_LISTED_SWITCH = re.compile(r"\s+[^\W\d_]{2,6}\s*(?:[,;]|$)").match
_IN_HOST_NAME = re.compile(r"\.[^\W_]").match
_IN_BRACKETS = re.compile(r"\s*\d+\)").match
_BARE_SWITCH = re.compile(r"\)?\s+[^\W\d_]{1,6}\b").match
_BEFORE_HEADER = frozenset({"to", "sent", "from", "subject", "system_administrator", "failed_recipients"})
_TEXT_FIELDS = frozenset({"subject", "account", "server", "protocol", "server_response"})
_FOLLOW = {
    "port": _NUMBER,
    "server_error": _NUMBER,
    "socket_error": _NUMBER,
    "error_number": _NUMBER,
    "live_mail_error_id": _NUMBER,
    "ssl": _SWITCH,
    "to": _HEADER,
    "sent": _HEADER,
    "from": _HEADER,
    "final_recipient": _COLON,
    "original_recipient": _COLON,
    "action": _COLON,
    "status": _COLON,
    "reason": _COLON,
    "remote_mta": _COLON,
    "arrival": _COLON,
    "task": re.compile(r"\s*:?\s*['\"]").match,
    "reported": _BEFORE_NUMBER,
    "webmail_error": re.compile(r"\s*[(:\[]").match,
    "rcpt_command": re.compile(r"\s*:?\s*<").match,
}
_FIELDS = _TEXT_FIELDS | frozenset(_FOLLOW) - {"task", "reported", "webmail_error", "rcpt_command"}
_HEADERS = frozenset({"to", "sent", "from"})
_NOT_BEFORE = "/.@\\_"
_QUOTES = ("'", '"')
_OPENS_QUOTE = re.compile(r"[\s:=]*['\"]").match
_SENTENCES = INSERTED - {"reply_end"}
_REACH = 400
_SHORT = frozenset({"reason", "status", "action"})
_INNER_WORDS = {"server_reply": 1, "smtp_server": 9, "mail_command": 9, "rcpt_command": 9, "bounce": 3,
                "checked_recipient": 3, "failed_recipients": 3, "webmail_error": 2}  # fmt: skip
_ONE_LINE = _TEXT_FIELDS | {"port", "ssl", "server_error", "socket_error", "error_number", "live_mail_error_id"}
_MAY_BE_INNER = _TEXT_FIELDS | _HEADERS | _SHORT
_BOUNDARY = re.compile(r"\n\s*\n|\(in\s+reply\s+to|\bquit\b|\n\s*<(?=[^<>\s]+@)|\n(?=>>>|\d{4}-\d\d-\d\d)")
_CODE = re.compile(r"(?<![\w.#-])[245]\d\d[ #-]|(?<![\w.-])[245]\.\d{1,3}\.\d{1,3} ").search
_CLOSED = re.compile(r"['\"][,.;)]*\s").search
_QUOTE_ENDS = re.compile(r"['\">)\]}][\s,;.]*$|\n\s*$").search
_ENDS_QUOTE = re.compile(r"['\">)\]}][\s,;.]*$|[,;\n][\s,;.]*$").search


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in the text, from ``start`` to ``end``."""

    start: int
    end: int
    phrase: Phrase
    words: int = 1


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its phrases turned into marks, the way back, and the phrases in order of their marks."""

    text: str
    offsets: OffsetMap
    found: list[Found]


class Marker:
    """Finds the phrases of one lexicon in texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = lexicon.phrases
        self._tree = lexicon.tree
        self._unspaced = lexicon.unspaced

    @cached_property
    def _unspaced_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._unspaced, key=len, reverse=True)
        return re.compile("|".join(r"\s*".join(map(re.escape, phrase)) for phrase in longest_first) or r"(?!)")

    def mark(self, text: str) -> Marked:
        """Turn the phrases of ``text`` into marks."""
        text = _FOREIGN_MARKS.sub("\ufffd", text)
        found = self.find(text)
        rewriter = Rewriter(text)
        end = -1
        for place in found:
            mark = MARKS[place.phrase.kind]
            # Every mark is followed by at least one character, so that a label always has a value, be it a blank.
            before = " " if place.start == end else ""
            end = place.start if place.phrase.kind in INSERTED else place.end
            rewriter.replace(place.start, end, before + mark)
        if end == len(text):
            rewriter.replace(end, end, " ")
        return Marked(*rewriter.finish(), found)

    def find(self, text: str) -> list[Found]:
        """The phrases of ``text`` in order; they don't overlap."""
        folded = fold(text)
        if ("?" in folded or "\ufffd" in folded) and _LOST_LETTER.search(folded):
            folded = _LOST_WORD.sub(self._restored, folded)
        found = self._find_spaced(folded)
        if self._unspaced and _UNSPACED(folded):
            found = self._merge(found, folded)
        return _outside_replies(folded, found)

    @cached_property
    def _vocabulary(self) -> str:
        """All words of the lexicon that are long enough to be told by the letters they have left, one a line."""
        words: set[str] = set()
        nodes: list[dict[str, Any]] = [self._tree]
        while nodes:
            node = nodes.pop()
            words.update(word for word in node if len(word) >= 4)
            nodes.extend(following for word, following in node.items() if word)
        return "\n".join(sorted(words)) + "\n"

    def _restored(self, match: re.Match[str]) -> str:
        """A word of the lexicon whose accented letters became question marks, put right; the same length."""
        pattern = re.sub("[?\ufffd]", r"[^\\n?]", match.group())
        word = re.search(f"(?m)^{pattern}$", self._vocabulary)
        return word.group() if word else match.group()

    def _find_spaced(self, folded: str) -> list[Found]:
        found: list[Found] = []
        known = self._tree.get
        behind = 0
        for match in _WORD.finditer(folded):
            node = known(match.group())
            if node is None or match.start() < behind:
                continue
            if found and found[-1].phrase.kind == "protocol" and _ADJACENT(folded, found[-1].end, match.start()):
                continue  # "Protocol: SMTP" names no "SMTP server"
            place = self._walk(folded, match.start(), match.end(), node)
            if place is not None:
                found.append(place)
                # A sentence may hold a label or another sentence; a label holds nothing.
                behind = place.start + 1 if place.phrase.kind in INSERTED else place.end
                if len(found) >= _MOST_PHRASES:
                    break
        return found

    def _walk(self, folded: str, start: int, end: int, node: dict[str, Any]) -> Found | None:
        """The longest phrase that starts at ``start`` with the word that leads to ``node``."""
        best: Found | None = None
        words = 1
        while True:
            ending = node.get("")
            if ending:
                for number in ending:
                    best = self._accept(folded, start, end, self._phrases[number], words) or best
                if len(node) == 1:
                    return best  # no phrase goes on from here
            following = _NEXT_WORD(folded, end)
            if following is None or (node := node.get(following[1])) is None:  # type: ignore[assignment]
                return best
            end = following.end()
            words += 1

    def _accept(self, folded: str, start: int, end: int, phrase: Phrase, words: int) -> Found | None:
        kind = phrase.kind
        if phrase.follow:
            if folded[start - 1 : start] == "_":
                return None
            while folded[end : end + 1] in {" ", "\n"}:
                end += 1
            if folded[end : end + 1] != phrase.follow:
                return None
            return Found(start, end + (phrase.follow != ":"), phrase, words)
        before, behind = folded[start - 1 : start], folded[end : end + 1]
        in_host_name = behind == "." and kind not in INSERTED and _IN_HOST_NAME(folded, end)
        if in_host_name or not _follows(kind, folded, start, end):
            return None
        if kind in _FIELDS and before and (before in _NOT_BEFORE or (before in _QUOTES and behind in _QUOTES)):
            return None  # part of a path, or itself a quoted value: Server: 'server'
        if kind not in INSERTED:
            # The phrase takes its closing bracket with it: "Secure (SSL) ): No" leaves ": No".
            while folded[end : end + 1] == ")" and "(" in folded[start:end]:
                end += 1
                break
        return Found(start, end, phrase, words)

    def _merge(self, found: list[Found], folded: str) -> list[Found]:
        places = []
        for match in self._unspaced_pattern.finditer(folded):
            key = re.sub(r"\s+", "", match.group())
            phrase = self._phrases[self._unspaced[key]]
            if _follows(phrase.kind, folded, match.start(), match.end()):
                places.append(Found(match.start(), match.end(), phrase, len(key) // 2))
        merged: list[Found] = []
        for place in sorted([*found, *places], key=lambda p: (p.start, -p.end)):
            if not merged or place.start >= merged[-1].end:
                merged.append(place)
        return merged


def _follows(kind: str, folded: str, start: int, end: int) -> bool:
    """Whether what stands behind a phrase makes it the label that it can be."""
    short = folded.count(" ", start, end) < 3
    if kind in _TEXT_FIELDS:
        return _labels_text(kind, folded, start, end)
    if kind == "ssl" and "(" in folded[start:end] and _BARE_SWITCH(folded, end):
        return True
    if kind == "ssl" and _is_listed(folded, start) and _LISTED_SWITCH(folded, end):
        return True
    if kind == "server_reply":
        return bool(_CODE_AHEAD(folded, end) or (not folded[start:end].isalpha() and _INTRODUCES(folded, end)))
    follows = _FOLLOW.get(kind)
    if short and kind == "smtp_server" and "smtp" not in folded[start:end]:
        follows = _HOST_NEAR
    elif short and kind == "exchange":
        follows = _HEADING
    elif short and kind in _ADDRESSED:
        follows = _ADDRESS_AHEAD
    return follows is None or bool(follows(folded, end))


def _labels_text(kind: str, folded: str, start: int, end: int) -> bool:
    """Whether a label of a text is one: by its colon, or else as the first thing of a sentence or behind a value."""
    if _VALUE(folded, end):
        return True
    before = folded[max(0, start - 20) : start].rstrip(" ")
    if before and before[-1] not in "\n,;.:'\">)]*":
        return False
    if _QUOTED(folded, end) or (kind in _BARE and _BARE[kind](folded, end)):
        return True
    return kind in {"account", "subject"} and _is_listed(folded, start) and bool(_LISTED(folded, end))


def _is_listed(folded: str, start: int) -> bool:
    """Whether a comma precedes, as between fields that were typed without colons: "account x, server y, ssl no"."""
    return folded[max(0, start - 4) : start].rstrip()[-1:] in {",", ";"}


def _outside_replies(folded: str, found: list[Found]) -> list[Found]:
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
        labelled = labelled or kind in _ONE_LINE
        if _may_be_inner(kind, folded, place):
            # What follows the server's own words on the same line is the server's, too.
            runs_on = inner_end > 0 and "\n" not in folded[inner_end : place.start] and kind not in _FIELDS
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
    if kind in _FIELDS:
        return kind in _MAY_BE_INNER or folded[place.start - 1 : place.start] == "("
    if kind in _SENTENCES:
        return True
    before = folded[max(0, place.start - 9) : place.start].rstrip()
    return place.words <= _INNER_WORDS.get(kind, 0) and not before.endswith(".")


def _is_header(folded: str, last: Found | None, place: Found) -> bool:
    """Whether a header label stands where one can: first on its line, or behind another header's value."""
    line = folded.rfind("\n", 0, place.start) + 1
    if not folded[max(line, place.start - 40) : place.start].strip(" >*\"'"):
        return True
    return last is not None and last.start >= line and last.phrase.kind in _BEFORE_HEADER


def _behind_quote(folded: str, label: Found, following: list[Found]) -> int:
    """Where the first label stands that the closing quote of a reply precedes; those before it are its words."""
    candidates = [place for place in following if place.phrase.kind in _FIELDS or place.phrase.kind in INSERTED]
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
    start = place.start
    stretch = folded[max(0, last.end - 1 if last else 0, start - _REACH) : start]
    if not stretch.strip() or stretch.rstrip(" ").endswith("\n"):
        return False
    if last and last.phrase.kind in _FIELDS and last.phrase.kind != "server_response":
        return False
    behind = max((boundary.end() for boundary in _BOUNDARY.finditer(stretch)), default=0)
    code = _CODE(stretch, behind)
    if code is None or _CLOSED(stretch, code.end()):
        return False
    # Behind the label of an unquoted reply a label runs on when lines were joined, unless a bracket is open.
    labelled = last is not None and last.phrase.kind == "server_response" and place.phrase.kind in _ONE_LINE
    return not labelled or stretch.count("(", code.end()) > stretch.count(")", code.end())
