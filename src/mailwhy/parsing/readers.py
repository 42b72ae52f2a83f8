"""Reading the value behind a label: what it is, and where it ends; one reader for each value of the table of kinds."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mailwhy.parsing.normalize import fold
from mailwhy.parsing.phrases import Found
from mailwhy.parsing.replies import read_reply
from mailwhy.parsing.values import (
    ACCOUNT_NAME,
    ENDPOINT_VALUE,
    KIND_OF_SERVER,
    WORDS,
    closing_quote,
    find_address,
    find_host,
    is_quoted,
    read_hresult,
    read_number,
    read_value,
)

__all__ = ["MAX_VALUE", "READERS", "Reading"]

MAX_VALUE = 4_000
"""Characters of a value that are looked at; the longest replies have 1,000."""

_PARAGRAPH = re.compile(r"(?:[^\n]++|\n(?!\s*\n))+|\n+")
_NUMBER = re.compile(r"[^\w]{0,30}[0-9]{1,10}(?!\w|\.\d)[^\w'\"«“‘<\n]*")
_WORD = re.compile(r"[^\w]{0,30}[^\W\d_]\w*[^\w\n]*")
_HRESULT = re.compile(r"[^\w]{0,30}(?:0[xX×] ?[0-9a-fA-F]{8}|[2-4][0-9]{9}|800[0-9a-fA-F]{5})(?!\w)[^\w\n]*")
_EMPTY = re.compile(r"[\s:=]*['\"<\[]").match
_SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+ [^\W\d_]+").match
_LABELLED = re.compile(r"[ \t]*+:?[ \t]*+\n\s*+[^\W\d_][\w. ]{0,30}: ").match
"""A heading and a list of settings below it: "Server:\\nOpenSSL: 1.1.1"."""
_HOST_WITH_IP = re.compile(r"[\w.-]+\[[0-9a-fA-F.:]+\]").match
_QUOTES = frozenset({"'", '"'})
_CODED = re.compile(r"[45]\d\d[ -](?:[45]\.\d|<)").match
_GOES_ON = re.compile(r"[ \t]*(?:#|\d\.\d|[^\W\d_]|<)").match
_STOP = re.compile(r"[\n.。](?:\s|$)")
_CLOSING = re.compile(r"\)[^\S\n]*(?:\n|$)")
_LOGIN = re.compile(r":[^\s:]+@[^\s:]+").match
"""The user name that Apple Mail prints behind the server's: smtp.example.net:user@example.net."""
_LOG_STATUS = re.compile(r"(?:bounced|deferred|undeliverable|expired)\s*+\(([^\n]*?)\)?(?<!\s)\s*+$", re.IGNORECASE)


class Reading(NamedTuple):
    """What was read behind a label: the value, where it ends, and what the label is then, if it is another."""

    value: Any
    end: int
    kind: str = ""
    quoted: bool = False


def _area(text: str, start: int, limit: int) -> int:
    """Where the paragraph ends in which a value starts."""
    found = _PARAGRAPH.match(text, start, min(limit, start + MAX_VALUE))
    return found.end() if found else start


def _line_end(text: str, start: int, limit: int) -> int:
    newline = text.find("\n", start, limit)
    return newline if newline >= 0 else min(limit, start + MAX_VALUE)


def _bounded(text: str, end: int, limit: int) -> bool:
    """Whether a label follows the value at once."""
    return end == limit and limit < len(text)


def _span(text: str, place: Found, limit: int) -> tuple[int, bool, bool]:
    """Where the value's stretch ends, whether it is all in quotes up to the next label, whether a label follows."""
    if limit < len(text) and limit - place.end < MAX_VALUE and is_quoted(text[place.end : limit]):
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
        if kind == "server" and value and _HOST_WITH_IP(value):
            return None  # "server mx.example.org[192.0.2.4] said: ..." is another mail server
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
    reply = read_reply(text[place.end : _quotation_end(text, place, end)])
    return Reading(reply, place.end + reply.end if reply else place.end, kind="server_reply")


def _quotation_end(text: str, place: Found, end: int) -> int:
    """Where the quotation ends that the words before a reply begin: "SMTP error: 550 no" and more words."""
    quote = fold(text[place.start - 1 : place.start]) if place.start else ""
    if quote not in _QUOTES:
        return end
    closing = closing_quote(fold(text[:end][place.end :]), 0, quote, last=False)
    return place.end + closing if closing > 0 else end


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


def _endpoint(text: str, place: Found, _: int) -> Reading | None:
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
    end = _quotation_end(text, place, min(_area(text, place.end, len(text)), place.end + 300))
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
    line = text[place.end : end].split("\n", maxsplit=1)[0]
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
