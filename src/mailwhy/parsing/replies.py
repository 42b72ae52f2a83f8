"""Reading what a server answered: reply code (RFC 5321), enhanced status code (RFC 3463), text, on one line."""

import re
from typing import NamedTuple

from mailwhy.parsing.normalize import fold
from mailwhy.parsing.values import closing_quote, find_address

__all__ = ["Reply", "address_in_reply", "read_reply", "read_wrapper"]


class Reply(NamedTuple):
    """A server's reply. ``end`` is where it ends in the text that it was read from."""

    text: str
    code: int | None
    enhanced: str | None
    end: int


_LEAD = re.compile(r"(?:[\s:;=,：，*>•]|-(?!err)|(?:smtp|x-[a-z-]+|dns|lmtp|local|unix|x400)\s?;|S:\s)*", re.IGNORECASE)
_SIGNED = re.compile(r"-ERR\b|\+OK\b")
_AT_START = re.compile(r"(?:error |code |erreur )?\[?([245]\d\d)\]?(?=[\s\-.,:;#]|$)", re.IGNORECASE)
_GREETED = re.compile(r"2\d\d[ -]\S{1,80} (?=[45]\d\d[ -])")
_BEHIND_HOST = re.compile(
    r"[^\n]{0,200}?\s?[:>]\s{0,4}['\"«“‘]?\s?"
    r"(?=[245]\d\d(?:[ \-#][\d#<\[(]|[ \-][^\W\d_]))",
    re.IGNORECASE,
)
_ENHANCED = r"([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)"
_NEXT_TO_CODE = re.compile(rf"[\s\-.,:;#(\[]*(?:[245]\d\d[\s\-]+)?(?:[a-z]+_[a-z]+ )?[(\[]?#?{_ENHANCED}")
_STATUS_FIRST = re.compile(r"[45]\.\d{1,3}\.\d{1,3}\s")
_ANYWHERE = re.compile(r"(?<![\w.\-])#?(?:[245]\.[0-7]\.\d{1,3})(?!\.?\d|\w)")
_WRAPPED = re.compile(rf"(?:#?<)?\s*+([^#<>]*+)#\s?(?:{_ENHANCED})?")
_FOREIGN = re.compile(r"\s*x-[a-z-]+\s?;", re.IGNORECASE)
"""Another mail system's diagnosis, in words (RFC 3464)."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_RFC = re.compile(r"rfc[ -]?\d*[ ,]*(?:section |§ ?)?$", re.IGNORECASE)
_STOPS = re.compile(
    # what servers' notices put behind a reply
    r"(?:(?<!\s)\s++)?(?:\(in\s++reply\s++to\b|#SMTP#)|(?<!\s)\s++##++[^\S\n]*+(?=$|\n)"
    r"|\n[^\S\n]*+(?:[-_=]{3}|Message-ID:)|\nGiving up on "
    r"|\n[ \t]*(?:Final-Recipient|Action|Status|Remote-MTA|Last-Attempt-Date|Will-Retry-Until|Reporting-MTA):"
    # what a mail server logs behind a refusal; a reader's question mark
    r"|;\s+from=<|\s\?(?=\s|$)"
    # the next line of a session or log
    r"|\n[ \t]*[\[(]?\d{4}-\d\d-\d\d \d\d:"
    r"|\n>>> |\n[^\S\n]*+(?:Sent >>>|(?:quit|rset|data)[^\S\n]*+(?:\n|$)|[23]\d\d[ -]|->)"
    # where a program was when it failed (.NET, Java, PowerShell, PHP), its own next line, the end of a quotation
    r"|\n(?:Description|Exception Details|Stack Trace|(?:SMTP|Mailer) Error):|\n[^\S\n]*+at [\w.$]+ ?\("
    r"|\n[^\S\n]*+(?:at [A-Z]\w+\.[A-Z]|At \S+:\d)| in [/A-Z]\S* on line \d"
    r"|\s\S{1,6} (?=(?:[A-Z]\w+\.){2,}\w+\()|['\"]?+(?<!\s)\s++At [A-Z]:\\|(?<!\s)\s++at: [A-Z]\w*: |\n[);]|\"(?=[}\]])"
    r"|(?:(?<!\s)\s++)?(?:--->|--- )|\n[^\S\n]*+(?:[A-Za-z_]\w*\.)*\w+(?:Exception|Error)\b[: ]|\\r|\\n(?=['\"\\\s]|\Z)"
    r"|\n(?:msmtp|sendmail|send-mail|mutt|mailx|curl|postdrop|warning): |\n```",
    re.IGNORECASE,
)
# A quick look for what is part of one of them, in a folded text.
_STOP_AHEAD = re.compile(r"\n|#|\?|\(in\b|from=<| on line |\\[rn]|\"[}\]]|\.\w+\(| at:? |--->").search
_ESCAPED_BREAK = re.compile(r"(?:\\r)?\\n(?=[245]\d\d[ -]|[245]\.\d)")
"""A line break inside a text of JSON, between two lines of a reply."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_QUOTATION_ENDS = re.compile(r"([^«»“”\n]*)[»”]")
"""The reply stands within a quotation that began before it."""
_LOST_CLOSING = re.compile(r"\"(?=\s*[.;,)]|\s*(?:\n|$))|'(?=[\s*_.,)]*(?:\n|$))")
_BRACKETS = re.compile(r"[<\[{]\s*([245]\d\d[ -][^<>\[\]{}]*(?:<[^<>]*>[^<>\[\]{}]*)*)[>\]}][\s,;.]*$")
_CONTACT = re.compile(
    r"(?:(?:forward|send) (?:this|the|your) \w+ to |"
    r"try|contact|contacter|e-?mail|mail|write|see|visit|forward|forwarded|help|via|report|whitelist|by)[ :]{0,3}"
    r"(?:to |at |us |our )?[<\"'(]{0,2}$",
    re.IGNORECASE,
)
_HELP_DESK = re.compile(
    r"^(?:postmaster|abuse|support|help|helpdesk|noc|security|admin|mailer-daemon|no-?reply)@", re.IGNORECASE
)


def read_reply(raw: str, *, need_code: bool = False, last_quote: bool = False) -> Reply | None:
    """The reply at the beginning of ``raw``.

    Args:
        raw: what follows the words that introduce a reply; quotes, ``smtp;`` and the name of the host may precede it.
        need_code: give None where no reply code, status code or ``-ERR`` is printed.
        last_quote: the quote that closes the reply is the last one of ``raw``, not the first.
    """
    folded = fold(raw)
    lead = _LEAD.match(folded)
    start = lead.end() if lead else 0
    stops = []
    if _STOP_AHEAD(folded, start):
        stops = [stop.start() for pattern in (_STOPS, _BLANK_LINE) if (stop := pattern.search(raw, start))]
    if last_quote and stops and _BLANK_LINE.match(raw, stops[-1]):
        stops.pop()  # a reply in quotes may hold a blank line
    end = after = min(stops, default=len(raw))
    opening = folded[start : start + 1]
    if opening and opening in "'\"":
        closing = closing_quote(folded[:end], start + 1, opening, last=last_quote)
        end = closing if closing >= 0 else end
        after = end + 1 if closing >= 0 else after
        start += 1
        lead = _LEAD.match(folded, start)
        start = lead.end() if lead else start
    else:
        start += opening == "("
        bracket = _BRACKETS.match(raw, start, end)
        if bracket:
            start, end = bracket.start(1), bracket.end(1)
        quotation = _QUOTATION_ENDS.match(raw, start, end)
        if quotation:
            end, after = quotation.end(1), quotation.end()
        lost = _LOST_CLOSING.search(folded, start, end)
        if lost and not folded.count(lost.group(), start, lost.start()) % 2:
            end, after = lost.start(), lost.end()
    body = raw[start:end]
    if not _AT_START.match(body) and not _STATUS_FIRST.match(body) and (host := _BEHIND_HOST.match(body)):
        body = body[host.end() :]
    return _from_body(body, after, need_code=need_code)


def _from_body(body: str, end: int, *, need_code: bool) -> Reply | None:
    text = _one_line(body)
    if not any(map(str.isalnum, text)):
        return None
    greeting = _GREETED.match(text)
    text = text[greeting.end() :] if greeting else text
    at_start = _AT_START.match(text)
    code = int(at_start[1]) if at_start else None
    behind = at_start.end() if at_start else 0
    if at_start and text[: at_start.start(1)].strip("["):
        text = text[at_start.start(1) :]
        behind -= at_start.start(1)
    enhanced = _enhanced(text, behind)
    if need_code and code is None and not _SIGNED.match(text) and not (enhanced and text.startswith(enhanced)):
        return None
    return Reply(text, code, enhanced, end)


def _one_line(body: str) -> str:
    text = " ".join(_ESCAPED_BREAK.sub(" ", body).split()).rstrip(" ,;*|")
    while text and fold(text[-1]) in "'\"" and (len(text) < 2 or fold(text).count(fold(text[-1])) % 2):
        text = text[:-1].rstrip(" ,;")
    if text.endswith((")", ").")) and text.count("(") < text.count(")"):
        text = text.rstrip(".")[:-1]
    return text.strip()


def _enhanced(text: str, behind: int) -> str | None:
    near = _NEXT_TO_CODE.match(text, behind)
    if near:
        return near[1]
    for match in _ANYWHERE.finditer(text):
        if not _RFC.search(text, max(0, match.start() - 20), match.start()):
            return match.group().lstrip("#")
    return None


def read_wrapper(raw: str) -> tuple[str | None, Reply | None, str | None]:
    """Exchange's wrapper ``<host #5.7.1 smtp;550 5.7.1 text>`` or ``host #550 5.7.1 text ##``.

    Gives the wrapper's own status code, the reply inside, and the host.
    """
    match = _WRAPPED.match(raw)
    if match is None:
        return None, None, None
    inner = raw[match.end() :]
    if match[2] is None:  # "#550 5.7.1 text ##": no wrapper's code, the reply follows at once
        return None, read_reply(inner, need_code=True), None
    inner = re.sub(r"\s*>\s*(?:#SMTP#)?\s*$", "", inner)
    reply = read_reply(inner, need_code=not _FOREIGN.match(inner)) if inner.strip() else None
    return match[2], reply, host if _HOST.fullmatch(host := match[1].rstrip()) else None


def address_in_reply(text: str) -> str | None:
    """The address that a reply is about: the first one, unless it is given as a contact or belongs to a help desk."""
    position = 0
    while (found := find_address(text, position)) is not None:
        address, start, position = found
        before = text[max(0, start - 30) : start]
        if not _CONTACT.search(before) and not _HELP_DESK.match(address) and "//" not in before[-12:]:
            return address
    return None
