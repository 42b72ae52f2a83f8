"""Which of the phrases found in a text are labels and sentences: those around which stands what makes them such.

"Server" is a word of many sentences; "Server:" and "server mail.example.org, port 25" are labels, and neither is one
in the midst of what a server replied.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from mailwhy.parsing.lexicon import INSERTED, Phrase

__all__ = ["FIELDS", "Found", "is_label", "is_quoted_or_path", "outside_replies"]

_Behind = Callable[[str, int], object]
_Around = Callable[[str, int, int], object]

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
_ADDRESS_AHEAD = re.compile(r"[\s:,]*['\"<(]*\s*[^\s@<>'\"]{1,64}@").match
_HOST_AHEAD = re.compile(r"\s+[a-z0-9-]+(?:\.[a-z0-9-]+)+").match
_HOST_NEAR = re.compile(r"[\s'\"(<]{1,5}(?:\(?smtp\)?\s)?[\s'\"(<]{0,3}[a-z0-9_-]+\.[a-z0-9]").match
_PROTOCOL_AHEAD = re.compile(r"\s+(?:e?smtp|pop3?|imap4?|http(?:mail)?|nntp)\b\s*(?:[,;.]|$)").match
_CODED_AHEAD = re.compile(r"\s+(?:[245]\d\d[\s-]|[245]\.\d{1,3}\.\d)").match
_LISTED = re.compile(r"\s+(?!to\b)[^\s,;]+(?: [^\s,;]+){0,3}\s*[,;]").match
_LISTED_SWITCH = re.compile(r"\s+[^\W\d_]{2,6}\s*(?:[,;]|$)").match
_IN_BRACKETS = re.compile(r"\s*\d+\)").match
_BARE_SWITCH = re.compile(r"\)?\s+[^\W\d_]{1,6}\b").match
_BEFORE_HEADER = frozenset({"to", "sent", "from", "subject", "system_administrator", "failed_recipients"})
_TEXT_FIELDS = frozenset({"subject", "account", "server", "protocol", "server_response"})
_BEHIND: dict[str, _Behind] = {
    "port": _NUMBER,
    "server_error": _NUMBER,
    "socket_error": _NUMBER,
    "error_number": _NUMBER,
    "live_mail_error_id": _NUMBER,
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
FIELDS = _TEXT_FIELDS | frozenset({"ssl", *_BEHIND}) - {"task", "reported", "webmail_error", "rcpt_command"}
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
# The first character is in one set, for which a search is fast.
_CODE = re.compile(r"[245](?:(?<![\w.#-].)\d\d[ #-]|(?<![\w.-].)\.\d{1,3}\.\d{1,3} )").search
_CLOSED = re.compile(r"['\"][,.;)]*\s").search
_QUOTE_ENDS = re.compile(r"['\">)\]}][\s,;.]*$|\n\s*$").search
_ENDS_QUOTE = re.compile(r"['\">)\]}][\s,;.]*$|[,;\n][\s,;.]*$").search


class Found(NamedTuple):
    """A phrase found in the text, from ``start`` to ``end``."""

    start: int
    end: int
    phrase: Phrase
    words: int = 1


def is_label(kind: str, folded: str, start: int, end: int) -> bool:
    """Whether what stands around a phrase makes it what its kind says.

    Args:
        kind: of the phrase.
        folded: the text, folded.
        start: where the phrase starts.
        end: where it ends.
    """
    behind = _BEHIND.get(kind)
    if behind is not None:
        return behind(folded, end) is not None
    around = _AROUND.get(kind)
    return around is None or bool(around(folded, start, end))


def is_quoted_or_path(folded: str, start: int, end: int) -> bool:
    """Whether a phrase is a part of a path or address, or itself a quoted value: Server: 'server'."""
    before = folded[start - 1 : start]
    return before in _NOT_BEFORE or (before in _QUOTES and folded[end : end + 1] in _QUOTES) if before else False


def _text_label(bare: _Behind | None = None, *, listed: bool = False) -> _Around:
    """The test for a label of a text: its colon, or else its place at the start of a sentence or behind a value."""

    def is_text_label(folded: str, start: int, end: int) -> object:
        if folded.startswith(":", end) or _VALUE(folded, end):
            return True
        before = folded[max(0, start - 20) : start].rstrip(" ")
        if before and before[-1] not in "\n,;.:'\">)]*":
            return False
        if _QUOTED(folded, end) or (bare is not None and bare(folded, end)):
            return True
        return listed and _is_listed(folded, start) and _LISTED(folded, end)

    return is_text_label


def _short_label(behind: _Behind) -> _Around:
    """The test for a heading of few words, which a sentence may hold; one of many words needs none."""
    return lambda folded, start, end: folded.count(" ", start, end) >= 3 or behind(folded, end)


def _names_server(folded: str, start: int, end: int) -> object:
    return folded.count(" ", start, end) >= 3 or "smtp" in folded[start:end] or _HOST_NEAR(folded, end)


def _introduces_reply(folded: str, start: int, end: int) -> object:
    return _CODE_AHEAD(folded, end) or (not folded[start:end].isalpha() and _INTRODUCES(folded, end))


def _is_switch(folded: str, start: int, end: int) -> object:
    if _SWITCH(folded, end) or ("(" in folded[start:end] and _BARE_SWITCH(folded, end)):
        return True
    return _is_listed(folded, start) and _LISTED_SWITCH(folded, end)


_AROUND: dict[str, _Around] = {
    "account": _text_label(listed=True),
    "subject": _text_label(listed=True),
    "server": _text_label(_HOST_AHEAD),
    "protocol": _text_label(_PROTOCOL_AHEAD),
    "server_response": _text_label(_CODED_AHEAD),
    "ssl": _is_switch,
    "server_reply": _introduces_reply,
    "smtp_server": _names_server,
    "exchange": _short_label(_HEADING),
    "rejected_address": _short_label(_ADDRESS_AHEAD),
    "rejected_sender": _short_label(_ADDRESS_AHEAD),
    "checked_recipient": _short_label(_ADDRESS_AHEAD),
    "failed_recipients": _short_label(_ADDRESS_AHEAD),
}


def _is_listed(folded: str, start: int) -> bool:
    """Whether a comma precedes, as between fields that were typed without colons: "account x, server y, ssl no"."""
    return folded[max(0, start - 4) : start].rstrip()[-1:] in {",", ";"}


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
        labelled = labelled or kind in _ONE_LINE
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
    if kind in FIELDS:
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
    candidates = [place for place in following if place.phrase.kind in FIELDS or place.phrase.kind in INSERTED]
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
    labelled = behind_response and place.phrase.kind in _ONE_LINE
    return not labelled or stretch.count("(", code.end()) > stretch.count(")", code.end())
