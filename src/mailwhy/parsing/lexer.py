"""Lark's custom lexer for reports: phrases of the lexicon, their values, and shapes that need no label, as tokens.

A token's position is that of the normalized text. A label is followed by one token of its own: ``VALUE`` or ``REPLY``
where its value could be read, else ``UNREAD``. A blank line is a ``GAP``.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lark import Token
from lark.lexer import Lexer

from mailwhy.parsing.kinds import BY_NAME, NOTICES, SENTENCES, SOFT
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.phrases import Found, PhraseFinder
from mailwhy.parsing.replies import Reply, read_reply
from mailwhy.parsing.values import (
    ACCOUNT_NAME,
    AFTER_HOST,
    ENDPOINT,
    ENDPOINT_VALUE,
    KIND_OF_SERVER,
    SESSION_LINE,
    SESSION_SIGNS,
    SHAPE,
    WORDS,
    find_address,
    find_host,
    is_quoted,
    read_hresult,
    read_number,
    read_value,
)

__all__ = ["SHAPE_TOKENS", "Lexeme", "PhraseLexer", "Source"]

SHAPE_TOKENS = ("VALUE", "REPLY", "UNREAD", "ADDRESS", "HOST_PORT", "GAP")
"""Terminals that are neither kinds of phrase nor shapes."""

MAX_TOKENS = 50_000
"""Far more than a ticket has; what goes on is made to cost time."""
_MAX_VALUE = 4_000
"""Characters of a value that are looked at; the longest replies have 1,000."""

_PARAGRAPH = re.compile(r"(?:[^\n]++|\n(?!\s*\n))+|\n+")
_NUMBER = re.compile(r"[^\w]{0,30}[0-9]{1,10}(?!\w|\.\d)[^\w'\"«“‘<\n]*")
_WORD = re.compile(r"[^\w]{0,30}[^\W\d_]\w*[^\w\n]*")
_HRESULT = re.compile(r"[^\w]{0,30}(?:0[xX×] ?[0-9a-fA-F]{8}|[2-4][0-9]{9}|800[0-9a-fA-F]{5})(?!\w)[^\w\n]*")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_EMPTY = re.compile(r"[\s:=]*['\"<\[]").match
_SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+ [^\W\d_]+").match
_LABELLED = re.compile(r"[ \t]*:?[ \t]*\n\s*[^\W\d_][\w. ]{0,30}: ").match
"""A heading and a list of settings below it: "Server:\\nOpenSSL: 1.1.1"."""
_CODED = re.compile(r"[45]\d\d[ -](?:[45]\.\d|<)").match
_GOES_ON = re.compile(r"[ \t]*(?:#|\d\.\d|[^\W\d_]|<)").match
_STOP = re.compile(r"[\n.。](?:\s|$)")
_CLOSING = re.compile(r"\)[^\S\n]*(?:\n|$)")
_LOGIN = re.compile(r":[^\s:]+@[^\s:]+").match
"""The user name that Apple Mail prints behind the server's: smtp.example.net:user@example.net."""
_LOG_STATUS = re.compile(r"(?:bounced|deferred|undeliverable|expired)\s*\(([^\n]*?)\)?\s*$", re.IGNORECASE)
_FAILED_LINE = re.compile(
    r"^[^\w\n]{0,20}(?:S: ?|<<< ?|smtp; ?|err(?:or|eur|ore) )?([45]\d\d(?:[ \-]|[.,:] )|-ERR |HTTP/1)",
    re.MULTILINE | re.IGNORECASE,
)
_GREETING = re.compile(r"\s*2\d\d[ -]\S{1,80} [45]\d\d[ -]")
_SPEAKER = re.compile(r"^(?:S: ?|<<< ?)", re.MULTILINE)
_OPENING = frozenset({"'", '"', "<", "[", "{", "("})


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

    reading: Any
    source: str
    limit: int
    languages: tuple[str, ...]
    words: int
    quoted: bool

    def __new__(cls, name: str, source: str, start: int, end: int, limit: int) -> "Lexeme":
        """The token ``name`` that stands between two positions of ``source``."""
        token = str.__new__(cls, source[start:end])
        token.type = name
        token.value = token
        token.start_pos = start
        token.end_pos = end
        token.line = token.column = token.end_line = token.end_column = None
        token.source = source
        token.limit = limit
        return token


class Reading(NamedTuple):
    """What was read behind a label: the value, where it ends, and what the label is then, if it is another."""

    value: Any
    end: int
    kind: str = ""
    quoted: bool = False


class PhraseLexer(Lexer):
    """Cuts a :class:`Source` into tokens; Lark makes one for the grammar."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, source: Source) -> Iterator[Token]:  # type: ignore[override]
        """The tokens of a source, or its first 50,000."""
        text, length = source.text, len(source.text)
        found = source.finder.find(text)
        if any(sign in text for sign in SESSION_SIGNS):
            found = _outside_sessions(found, text)
        limits = [length] * len(found)  # for each phrase, where the next one starts that ends a value
        for index in range(len(found) - 2, -1, -1):
            following_place = found[index + 1]
            soft = following_place.phrase.kind in SOFT
            limits[index] = limits[index + 1] if soft else following_place.start
        position = last_end = 0
        notice = False
        count = 0
        for index, place in enumerate(found):
            kind = place.phrase.kind
            if place.start < position or (kind in SOFT and place.start < last_end):
                continue  # it was read as a part of the value before
            last_end = place.end
            limit = limits[index]
            if kind == "subject" and _is_of_notice(text, found, index):
                continue  # "Subject: Undelivered Mail Returned to Sender"
            for token in _shapes(text, position, place.start, limit if kind in SOFT else place.start):
                yield token
                count += 1
            following = found[index + 1].start if index + 1 < len(found) else length
            position = min(place.end, following) if kind in SENTENCES else place.end
            if kind == "original_headers" and not notice:
                continue
            notice = notice or kind in NOTICES
            reader = READERS.get(BY_NAME[kind].value)
            reading = reader(text, place, limit) if reader else None
            if reader and reading is None:
                position = place.start  # the words label nothing
                continue
            name = reading.kind if reading and reading.kind else kind
            label = Lexeme(name.upper(), text, place.start, position, limit)
            label.languages, label.words = place.phrase.languages, place.words
            yield label
            if kind in SOFT and reading is None and (near := ENDPOINT_VALUE.match(text, position)) and near[2]:
                # "Could not connect to SMTP host: smtp.example.org, port: 465"
                reading = Reading((near[1], int(near[2])), near.end(), kind="HOST_PORT")
            if reading is not None:
                yield _value(text, position, reading, limit)
                position = reading.end
            count += 2
            if count > MAX_TOKENS:
                return
        for token in _shapes(text, position, length, length):
            yield token
            count += 1
            if count > MAX_TOKENS:
                return


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
    if end <= start:
        return
    if not WORDS.search(text, start, end):
        if _BLANK_LINE.search(text, start, end):
            yield Lexeme("GAP", text, start, end, limit)
        return
    match = SHAPE.match
    begin = start
    position = start
    while position < end:
        shape = match(text, position, min(end, position + _MAX_VALUE))
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
        token = Lexeme(shape.lastgroup or "", text, position, stop, limit)
        if shape.lastgroup in _REPLIES and (spoken := _lone_reply(token, text)):
            stop = spoken
        yield token
        begin = position = stop
    yield from _plain(text, begin, end, limit)


_REPLIES = frozenset({"REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "TRANSCRIPT"})


def _lone_reply(token: Lexeme, text: str) -> int:
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


# ---- values behind labels; the name of each reader is that of the column "value" in kinds.py


def _area(text: str, start: int, limit: int) -> int:
    """Where the paragraph ends in which a value starts."""
    found = _PARAGRAPH.match(text, start, min(limit, start + _MAX_VALUE))
    return found.end() if found else start


def _line_end(text: str, start: int, limit: int) -> int:
    newline = text.find("\n", start, limit)
    return newline if newline >= 0 else min(limit, start + _MAX_VALUE)


def _bounded(text: str, end: int, limit: int) -> bool:
    """Whether a label follows the value at once."""
    return end == limit and limit < len(text)


def _span(text: str, place: Found, limit: int) -> tuple[int, bool, bool]:
    """Where the value's stretch ends, whether it is all in quotes up to the next label, whether a label follows."""
    if limit < len(text) and limit - place.end < _MAX_VALUE and is_quoted(text[place.end : limit]):
        return limit, True, True
    end = _area(text, place.end, limit)
    return end, False, _bounded(text, end, limit)


def _text(text: str, place: Found, limit: int) -> Reading | None:
    kind = place.phrase.kind
    end, quoted, bounded = _span(text, place, limit)
    raw = text[place.end : end]
    value, size = read_value(raw, bounded=bounded, last=quoted and kind == "subject")
    if kind != "subject" and not quoted:
        if value is None and not _EMPTY(fold(raw)):
            return None  # "in the event log of the server:" labels nothing
        if kind == "server" and value and (_SENTENCE(value) or _LABELLED(raw)):
            return None  # "Failed to connect to server: Connection timed out"
        if kind == "server" and value and _CODED(value):  # "RCPT not accepted from server: 550 5.7.1 ..."
            return _reply(text, place, limit)
    return Reading(value, place.end + size, quoted=quoted)


def _header(text: str, place: Found, limit: int) -> Reading:
    end, quoted, _ = _span(text, place, limit)
    return Reading(text[place.end : end].strip() or None, end, quoted=quoted)


def _line(text: str, place: Found, limit: int) -> Reading:
    end = _area(text, place.end, limit)
    return Reading(text[place.end : end].strip() or None, end)


def _number(text: str, place: Found, limit: int) -> Reading:
    match = _NUMBER.match(text, place.end, limit)
    if match:
        return Reading(read_number(match.group()), match.end())
    return Reading(None, _line_end(text, place.end, limit))


def _server_error(text: str, place: Found, limit: int) -> Reading:
    """The field "Server Error", or the reply that a notice prints behind these words."""
    match = _HRESULT.match(text, place.end, limit)
    if match:
        return Reading(None, match.end())
    number = _number(text, place, limit)
    ended = number.value is None or text[place.end : number.end].rstrip()[-1:] in {",", ";"}
    if ended or not _GOES_ON(text, number.end, limit):
        return number
    # "Server error: '550 5.7.1 Unable to relay'" in a notice: a reply, not the field
    return _reply(text, place, limit)._replace(kind="server_reply")


def _switch(text: str, place: Found, limit: int) -> Reading:
    """The word of the field "Secure (SSL)", folded; "No/Yes" says neither."""
    match = _WORD.match(text, place.end, limit)
    if match is None:
        return Reading(None, _line_end(text, place.end, limit))
    word = WORDS.search(fold(match.group()))
    return Reading("" if "/" in match.group() or word is None else word.group(), match.end())


def _protocol(text: str, place: Found, limit: int) -> Reading:
    match = _WORD.match(text, place.end, limit)
    end = match.end() if match else _line_end(text, place.end, limit)
    word = WORDS.search(text, place.end, end)
    return Reading(word.group().upper() if word else "", end)


def _hresult(text: str, place: Found, limit: int) -> Reading:
    match = _HRESULT.match(text, place.end, limit)
    if match:
        return Reading(read_hresult(match.group()), match.end())
    if place.phrase.kind == "reported":
        return _reply(text, place, limit)._replace(kind="server_reply")
    return Reading(None, _line_end(text, place.end, limit))


def _response(text: str, place: Found, limit: int) -> Reading:
    end, quoted, bounded = _span(text, place, limit)
    reply = read_reply(text[place.end : end], last_quote=quoted)
    return Reading(reply, end if bounded or reply is None else place.end + reply.end)


def _reply(text: str, place: Found, limit: int) -> Reading:
    end, _, _ = _span(text, place, limit)
    reply = read_reply(text[place.end : end])
    return Reading(reply, place.end + reply.end if reply else place.end, kind="server_reply")


def _reason(text: str, place: Found, limit: int) -> Reading:
    end, _, _ = _span(text, place, limit)
    if text[place.start - 1 : place.start] == "(":
        closing = _CLOSING.search(text, place.end, end)
        end = closing.start() if closing else end
    return Reading(read_reply(text[place.end : end]), end)


def _address(text: str, place: Found, limit: int) -> Reading:
    end = _area(text, place.end, limit)
    raw = text[place.end : end]
    if place.phrase.kind != "checked_recipient" and not _bounded(text, end, limit):
        raw = _STOP.split(raw, maxsplit=1)[0] + " "
    found = find_address(raw[:200] if place.phrase.kind == "checked_recipient" else raw)
    return Reading(found[0], place.end + found[2]) if found else Reading(None, place.end)


def _server(text: str, place: Found, limit: int) -> Reading:
    """A server named in a sentence of Thunderbird or Apple Mail; in quotes, as Thunderbird prints it."""
    end = _area(text, place.end, limit)
    skipped = place.end
    if kind := KIND_OF_SERVER.match(text, place.end, end):
        skipped = kind.end()
    host = find_host(text[skipped:end])
    if host is None:
        return Reading(None, place.end)
    quoted = fold(text[skipped:end]).lstrip()[:1] in {"'", '"'}
    stop = skipped + host[1]
    login = _LOGIN(text, stop, end)
    return Reading(host[0], login.end() if login else stop, quoted=quoted)


def _endpoint(text: str, place: Found, limit: int) -> Reading | None:
    """A server and its port, in the message of a connection that failed."""
    match = ENDPOINT_VALUE.match(text, place.end)
    if match is None or (match[2] is None and not match[1][-1].isalpha()):
        return None
    return Reading((match[1], int(match[2]) if match[2] else None), match.end())


def _refused(text: str, place: Found, limit: int) -> Reading | None:
    """IMail: "Unknown user: ann@example.org": the whole line is the reason."""
    newline = text.find("\n", place.end, limit)
    end = newline if newline >= 0 else limit
    found = find_address(text[place.end : min(end, place.end + 300)])
    if found is None:
        return None
    reply = read_reply(text[place.start : end])
    return Reading((found[0], reply), end) if reply else None


def _sender(text: str, place: Found, _: int) -> Reading:
    """The sender whom a notice names before its recipients: no recipient."""
    found = find_address(text[place.end : place.end + 200])
    return Reading(found[0], place.end + found[2]) if found else Reading(None, place.end)


def _account(text: str, place: Found, limit: int) -> Reading:
    match = ACCOUNT_NAME.match(text, place.end, _area(text, place.end, limit))
    return Reading(match[1], match.end(1)) if match else Reading(None, place.end)


def _task(text: str, place: Found, limit: int) -> Reading:
    """The name of a task, where a label follows it."""
    end = _area(text, place.end, limit)
    if not _bounded(text, end, limit):
        return Reading(None, place.end)
    return Reading(read_value(text[place.end : end], bounded=True)[0] or "", end)


def _webmail(text: str, place: Found, limit: int) -> Reading:
    """Roundcube: ``SMTP Error (550): ...`` gives a number, ``SMTP Error: [550] ...`` a reply."""
    bracket = re.compile(r"\s*\((-?\d+)\)").match(text, place.end, limit)
    if bracket:
        return Reading(int(bracket[1][:6]), bracket.end())
    end = min(_area(text, place.end, len(text)), place.end + 300)
    reply = read_reply(text[place.end : end], need_code=True)
    return Reading(reply, place.end + reply.end) if reply else Reading(None, place.end)


def _webmail_address(text: str, place: Found, limit: int) -> Reading:
    """Roundcube: ``Failed to add recipient "x" (reply)``: the address and the reply."""
    end = _area(text, place.end, limit)
    raw = text[place.end : end]
    found = find_address(raw[:200])
    behind = found[2] if found else 0
    bracket = re.compile(r"[)'\"»”\s]\s*\(").search(raw, behind)
    opening = bracket.end() if bracket else raw.find("(") + 1
    closing = raw.rfind(")")
    reply = read_reply(raw[opening : closing if closing > opening else None]) if opening > 0 else None
    stop = place.end + (max(closing, opening) if reply else behind)
    return Reading((found[0] if found else None, reply), stop)


def _log_status(text: str, place: Found, limit: int) -> Reading:
    """The reason in a line of a log: ``status=deferred (text)``."""
    end = _area(text, place.end, limit)
    line = text[place.end : end].split("\n")[0]
    match = None if _bounded(text, end, limit) else _LOG_STATUS.match(line)
    reply = read_reply(match[1]) if match else None
    return Reading(reply, place.end + len(line) if match else place.end)


READERS: dict[str, Callable[[str, Found, int], Reading | None]] = {
    "text": _text,
    "header": _header,
    "number": _number,
    "server_error": _server_error,
    "switch": _switch,
    "protocol": _protocol,
    "hresult": _hresult,
    "response": _response,
    "reply": _reply,
    "reason": _reason,
    "line": _line,
    "address": _address,
    "server": _server,
    "endpoint": _endpoint,
    "refused": _refused,
    "sender": _sender,
    "account": _account,
    "task": _task,
    "webmail": _webmail,
    "webmail_address": _webmail_address,
    "log_status": _log_status,
}
