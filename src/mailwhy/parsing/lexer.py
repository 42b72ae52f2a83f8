"""Lark's custom lexer for reports: phrases of the lexicon, their values, and shapes that need no label, as tokens.

A token's position is that of the normalized text. A label is followed by one token of its own: ``VALUE`` or ``REPLY``
where its value could be read, else ``UNREAD``. A blank line is a ``GAP``.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, Self

from lark import Token
from lark.lexer import Lexer

from mailwhy.parsing.kinds import BY_NAME, NOTICES, SENTENCES, SOFT
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.phrases import Found, PhraseFinder
from mailwhy.parsing.readers import MAX_VALUE, READERS, Reading
from mailwhy.parsing.replies import Reply, read_reply
from mailwhy.parsing.values import (
    AFTER_HOST,
    ENDPOINT,
    ENDPOINT_VALUE,
    SESSION_LINE,
    SESSION_SIGNS,
    SHAPE,
    WORDS,
    find_address,
)

__all__ = ["SHAPE_TOKENS", "Lexeme", "PhraseLexer", "Source"]

SHAPE_TOKENS = ("VALUE", "REPLY", "UNREAD", "ADDRESS", "HOST_PORT", "GAP")
"""Terminals that are neither kinds of phrase nor shapes."""

MAX_TOKENS = 20_000
"""Far more than a ticket has; what goes on is made to cost time."""

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FAILED_LINE = re.compile(
    r"^[^\w\n]{0,20}(?:S: ?|<<< ?|smtp; ?|err(?:or|eur|ore) )?([45]\d\d(?:[ \-]|[.,:] )|-ERR |HTTP/1)",
    re.MULTILINE | re.IGNORECASE,
)
_GREETING = re.compile(r"\s*2\d\d[ -]\S{1,80} [45]\d\d[ -]")
_SPEAKER = re.compile(r"^(?:S: ?|<<< ?)", re.MULTILINE)
_OPENING = frozenset({"'", '"', "<", "[", "{", "("})


_HEADERS = frozenset({"subject", "to", "from", "sent"})
_AFTER_ORIGINAL = NOTICES - {"exchange"} | {"express", "outlook", "other", "task", "delayed_recipients"}
"""What only another report begins with, so that the headers of the original message end before it."""


class Source(NamedTuple):
    """A text to be parsed: normalized, with the finder of its phrases."""

    text: str
    finder: PhraseFinder


class Lexeme(Token):
    """A token with what it means.

    Attributes:
        reading: the value that was read: a text, a number, a :class:`Reply` ...
        source: the normalized text.
        limit: where the next phrase starts.
        languages: of a phrase.
        words: of a phrase, how many.
        quoted: of a value, whether it stands in quotes.
    """

    __slots__ = ("languages", "limit", "quoted", "reading", "source", "words")

    reading: Any
    source: str
    limit: int
    languages: tuple[str, ...]
    words: int
    quoted: bool
    line = column = end_line = end_column = None
    """Positions are enough; lines are not counted."""

    def __new__(cls, name: str, source: str, start: int, end: int, limit: int) -> Self:
        """The token ``name`` that stands between two positions of ``source``."""
        token = str.__new__(cls, source[start:end])
        token.type = name
        token.value = token
        token.start_pos = start
        token.end_pos = end
        token.source = source
        token.limit = limit
        return token


class PhraseLexer(Lexer):
    """Cuts a :class:`Source` into tokens; Lark makes one for the grammar."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, source: Source) -> Iterator[Token]:  # type: ignore[override]
        """The tokens of a source, or its first 20,000."""
        return islice(_tokens(source.text, source.finder.find(source.text)), MAX_TOKENS)


def _tokens(text: str, found: list[Found]) -> Iterator[Lexeme]:  # noqa: C901 - one pass over the text
    """The phrases with their values, and what stands between them."""
    position = last_end = 0
    in_original = False
    for place, limit, following in _with_limits(text, found):
        kind = place.phrase.kind
        if place.start < max(position, last_end if kind in SOFT else 0):
            continue  # it was read as a part of the value or phrase before
        last_end = place.end
        if in_original and kind not in _HEADERS:
            if kind not in _AFTER_ORIGINAL:
                continue
            in_original, position = False, place.start
        if not in_original:
            for token in _shapes(text, position, place.start, limit if kind in SOFT else place.start):
                yield token
                position = token.end_pos or 0
            if position > place.start:
                continue  # it is a part of a reply
        in_original = in_original or kind == "original_headers"
        position = min(place.end, following) if kind in SENTENCES else place.end
        reading, labels = _reading(text, place, limit, position)
        if not labels:
            position = place.start
            continue
        name = reading.kind if reading and reading.kind not in {"", "HOST_PORT"} else kind
        label = Lexeme(name.upper(), text, place.start, position, limit)
        label.languages, label.words = place.phrase.languages, place.words
        yield label
        if reading is not None:
            yield _value(text, position, reading, limit)
            position = reading.end
    if not in_original:
        yield from _shapes(text, position, len(text), len(text))


def _reading(text: str, place: Found, limit: int, position: int) -> tuple[Reading | None, bool]:
    """The value behind a phrase, if its kind has one, and whether the phrase is what its kind says."""
    kind = place.phrase.kind
    reader = READERS.get(BY_NAME[kind].value)
    if reader is None:
        return _server_at_once(text, kind, position), True
    reading = reader(text, place, limit)
    return reading, reading is not None


def _server_at_once(text: str, kind: str, position: int) -> Reading | None:
    """The server and port right behind a failure: Could not connect to SMTP host: smtp.example.org, port: 465."""
    near = ENDPOINT_VALUE.match(text, position) if kind in SOFT else None
    return Reading((near[1], int(near[2])), near.end(), kind="HOST_PORT") if near and near[2] else None


def _with_limits(text: str, found: list[Found]) -> Iterator[tuple[Found, int, int]]:
    """The phrases, each with where a value behind it ends at the latest, and where the next phrase starts."""
    if any(sign in text for sign in SESSION_SIGNS):
        found = _outside_sessions(found, text)
    limits = [len(text)] * len(found)
    for index in range(len(found) - 2, -1, -1):
        following = found[index + 1]
        limits[index] = limits[index + 1] if following.phrase.kind in SOFT else following.start
    in_notice = False
    for index, place in enumerate(found):
        kind = place.phrase.kind
        in_notice = in_notice or kind in NOTICES
        if kind == "original_headers" and not in_notice:
            continue
        if kind == "subject" and _is_of_notice(text, found, index):
            continue  # Subject: Undelivered Mail Returned to Sender
        yield place, limits[index], found[index + 1].start if index + 1 < len(found) else len(text)


def _is_of_notice(text: str, found: list[Found], index: int) -> bool:
    """Whether a heading of notices stands in a subject: then it is the notice's own."""
    if index + 1 == len(found) or found[index + 1].phrase.kind not in NOTICES:
        return False
    between = text[found[index].end : found[index + 1].start]
    return "\n" not in between and len(between) < 60


def _outside_sessions(found: list[Found], text: str) -> list[Found]:
    """The phrases that are not words of a command or an answer in a session's transcript."""
    kept: list[Found] = []
    lines = SESSION_LINE.finditer(text)
    line = next(lines, None)
    for place in found:
        while line is not None and line.end() <= place.start:
            line = next(lines, None)
        if line is None or place.start < line.start():
            kept.append(place)
    return kept


def _value(text: str, start: int, reading: Reading, limit: int) -> Lexeme:
    value = reading.value
    name = "REPLY" if isinstance(value, Reply) else "UNREAD" if value is None else "VALUE"
    name = reading.kind if reading.kind == "HOST_PORT" else name
    token = Lexeme(name, text, start, reading.end, limit)
    token.reading = value
    token.quoted = reading.quoted
    return token


def _shapes(text: str, start: int, end: int, limit: int) -> Iterator[Lexeme]:
    """What stands between two positions: shapes, blank lines, and text, in which the first address is set off."""
    if not WORDS.search(text, start, end):
        if _BLANK_LINE.search(text, start, end):
            yield Lexeme("GAP", text, start, end, limit)
        return
    match = SHAPE.match
    begin = start
    position = start
    while position < end:
        shape = match(text, position, min(end, position + MAX_VALUE))
        if shape is None:  # pragma: no cover - TEXT takes any character
            position += 1
            continue
        stop = shape.end()
        if shape.lastgroup == "INLINE_REPLY" and AFTER_HOST.search(text, max(0, position - 70), position):
            position += 3  # smtp.example.org:587 (STARTTLS)
            continue
        if shape.lastgroup == "TEXT":
            blank = _BLANK_LINE.search(text, max(position - 1, start), stop) if "\n" in shape.group() else None
            position = stop
            if blank:
                yield from _plain(text, begin, blank.start(), limit)
                yield Lexeme("GAP", text, blank.start(), stop, limit)
                begin = stop
            continue
        yield from _plain(text, begin, position, limit)
        if shape.lastgroup in _REPLIES and stop == end < limit:
            # words of a program end no reply
            stop = (match(text, position, min(limit, position + MAX_VALUE)) or shape).end()
        token = Lexeme(shape.lastgroup or "", text, position, stop, limit)
        if shape.lastgroup in _REPLIES and (spoken := _lone_reply(token)):
            stop = spoken
        yield token
        begin = position = stop
    yield from _plain(text, begin, end, limit)


_REPLIES = frozenset({"REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "TRANSCRIPT"})


def _lone_reply(token: Lexeme) -> int:
    """Read the reply in a shape and tell where it ends, or 0 where none is read."""
    token.reading = None
    start = token.start_pos or 0
    if token.startswith(">>>"):
        return 0
    found = _failing_line(token) if token.type == "REPLY_LINE" else _with_quote(token)
    if found is None:
        return 0
    raw, skipped = found
    of_http = raw.lstrip().startswith("HTTP/1")
    reply = read_reply(raw, need_code=token.type != "STATUS_LINE" and not of_http)
    if reply is None:
        return 0
    token.reading = reply, of_http
    if reply.code is not None and reply.code < 400:
        return 0
    token.end_pos = max(start + skipped + reply.end, start + 1)
    return token.end_pos


def _failing_line(token: Lexeme) -> tuple[str, int] | None:
    """The lines of a session from the first that tells of a failure, and what was skipped; None if there is none."""
    failed = _FAILED_LINE.search(token)
    if failed is None and not _GREETING.match(token):
        return None
    skipped = failed.start(1) if failed else 0
    if failed and fold(token[skipped - 1 : skipped]) in _OPENING:
        skipped -= 1
    return _SPEAKER.sub(lambda match: " " * len(match.group()), token[skipped:]), skipped


def _with_quote(token: Lexeme) -> tuple[str, int]:
    """The text of a token together with the quote in front of it, which tells where the reply ends."""
    start = token.start_pos or 0
    quote = token.source[start - 1 : start]
    if token.type == "INLINE_REPLY" and quote.strip() and fold(quote) in _OPENING:
        return quote + token, -1
    return _SPEAKER.sub(lambda match: " " * len(match.group()), str(token)), 0


def _plain(text: str, start: int, end: int, limit: int) -> Iterator[Lexeme]:
    """A stretch of text, if there are words in it."""
    if end <= start or not WORDS.search(text, start, end):
        return
    if found := find_address(text[start:end]):
        address, begin, stop = found[0], start + found[1], start + found[2]
        yield from _words(text, start, begin, limit)
        token = Lexeme("ADDRESS", text, begin, stop, limit)
        token.reading = address
        yield token
        start = stop
        if not WORDS.search(text, start, end):
            return
    yield from _words(text, start, end, limit)


def _words(text: str, start: int, end: int, limit: int) -> Iterator[Lexeme]:
    """Words, in which the first name of a host with a port of mail is set off."""
    found = ENDPOINT.search(text, start, end) if text.find(":", start, end) >= 0 else None
    if found:
        if WORDS.search(text, start, found.start()):
            yield Lexeme("TEXT", text, start, found.start(), limit)
        token = Lexeme("HOST_PORT", text, found.start(), found.end(), limit)
        token.reading = found[1], int(found[2])
        yield token
        start = found.end()
    if WORDS.search(text, start, end):
        yield Lexeme("TEXT", text, start, end, limit)
