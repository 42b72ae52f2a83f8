"""What a server answered, with and without words that introduce it."""

import re

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.folding import fold
from mailwhy.parsing.interpret.reader import MOST_REPLIES, NEAR, Reader
from mailwhy.parsing.interpret.stray import junk
from mailwhy.parsing.machine import Item
from mailwhy.parsing.plausible import ENOUGH
from mailwhy.parsing.replies import read_reply
from mailwhy.parsing.values import find_address

_REFUSED = re.compile(r"['\"]([^\s'\"@]{1,64}@[^\s'\"@]{1,255})['\"]: ?$")
_OPENING = frozenset({"'", '"', "<", "[", "{", "("})
_MESSAGES = frozenset({"express", "outlook", "other"})
_FAILED_LINE = re.compile(
    r"^[^\w\n]{0,20}(?:S: ?|<<< ?|smtp; ?|err(?:or|eur|ore) )?([45]\d\d(?:[ \-]|[.,:] )|-ERR |HTTP/1)",
    re.MULTILINE | re.IGNORECASE,
)
_LOG_STATUS = re.compile(r"(?:bounced|deferred|undeliverable|expired)\s*\((.*?)\)?\s*$", re.IGNORECASE)
_GREETING = re.compile(r"\s*2\d\d[ -]\S{1,80} [45]\d\d[ -]")
_SPEAKER = re.compile(r"^(?:S: ?|<<< ?)", re.MULTILINE)
_SAID_TO = re.compile(r"(?:host|h[oô]te|server|serveur|at)\s+([\w.-]+\.\w+)[^\n]{0,60}$", re.IGNORECASE)


def server_reply(reader: Reader, item: Item) -> None:
    """A reply behind words that introduce it."""
    end = read_reply_from(reader, item, item.value)
    reader.leftover(item, end)


def read_reply_from(reader: Reader, item: Item, raw: str) -> int:
    """Hear the reply at the beginning of ``raw``, which starts at the item's value; give its end in ``raw``."""
    draft = reader.begin(item)
    if len(draft.heard) >= MOST_REPLIES:
        return 0
    reader.end_message(item.start)
    reply = read_reply(raw)
    if reply is None:
        reader.awaits_reply = item.kind == "server_reply" and "\n" in reader.text[item.value_start : item.end + 2]
        return 0
    if draft.remote_host is None:
        host = _SAID_TO.search(reader.text[max(0, item.start - 120) : item.start].rpartition("\n")[2])
        draft.remote_host = host[1].rstrip(".") if host else None
    coded = reply.code is not None or reply.enhanced is not None
    draft.saw("server_reply", item.value_start + reply.end, 2.5 if coded else 1, reader.languages)
    if reply.code is None or reply.code >= 400:
        draft.hear(1 if coded else 3, reply, item.start)
    return reply.end


def reason(reader: Reader, item: Item) -> None:
    """A reply behind "Reason:"."""
    draft = reader.begin(item)
    raw = item.value
    if reader.text[item.start - 1 : item.start] == "(":
        closing = re.search(r"\)[^\S\n]*(?:\n|$)", raw)
        raw = raw[: closing.start()] if closing else raw
    reply = read_reply(raw)
    if reply is None:
        return
    coded = reply.code is not None or reply.enhanced is not None
    draft.saw("reason", item.value_start + reply.end, 2 if coded else 0.5)
    draft.hear(1 if coded else 4, reply, item.start)
    reader.leftover(item, len(raw))


def lone_reply(reader: Reader, item: Item) -> None:
    """A reply that only its code, or its place in a session, gives away."""
    if len(reader.draft.heard) >= MOST_REPLIES:
        return
    found = _failing_line(item) if item.kind == "reply_line" else _as_quoted(reader, item)
    if found is None:
        reader.expects = ""
        reader.command_recipient = None
        return
    raw, skipped = found
    of_http = raw.lstrip().startswith("HTTP/1")
    if of_http and not reader.draft.kinds.keys() & _MESSAGES:
        return  # a web server's
    reply = read_reply(raw, need_code=item.kind != "status_line" and not of_http)
    if reply is None or (reply.code is not None and reply.code < 400):
        junk(reader, item)
        return
    reader.awaits_reply = False
    evidence = reader.vocabulary.reply_evidence(reply, reader.text, item.start)
    if item.kind == "answer" or reader.command_recipient:
        evidence = max(evidence, 2)
    draft = _draft_for(reader, item, evidence)
    if draft is None:
        return
    reader.end_message(item.start)
    if reader.command_recipient and not draft.recipients:
        draft.name_recipient(*reader.command_recipient)
    draft.saw(item.kind, item.start + skipped + reply.end, evidence)
    draft.hear(2 if item.kind == "answer" else 5, reply, item.start)
    reader.leftover(item, skipped + reply.end)


def _failing_line(item: Item) -> tuple[str, int] | None:
    """The lines of a session from the first that tells of a failure, and what was skipped; None if there is none."""
    failed = _FAILED_LINE.search(item.value)
    if failed is None and not _GREETING.match(item.value):
        return None
    skipped = failed.start(1) if failed else 0
    if failed and fold(item.value[skipped - 1 : skipped]) in _OPENING:
        skipped -= 1
    return _SPEAKER.sub(lambda match: " " * len(match.group()), item.value[skipped:]), skipped


def _as_quoted(reader: Reader, item: Item) -> tuple[str, int]:
    """The text of an item together with the quote in front of it, which tells where the reply ends."""
    quote = reader.text[item.start - 1 : item.start]
    if item.kind == "inline_reply" and quote.strip() and fold(quote) in _OPENING:
        return quote + item.value, -1
    return _SPEAKER.sub(lambda match: " " * len(match.group()), item.value), 0


def _draft_for(reader: Reader, item: Item, evidence: float) -> Draft | None:
    """The draft that a reply without an introduction belongs to; None if it is too weak to begin one."""
    draft = reader.begin(item)
    goes_on = (
        draft.is_notice
        or draft.recipients
        or "answer" in draft.kinds
        or (not draft.heard and not draft.has("server_response") and item.start - draft.end < NEAR)
    )
    if not draft.has_core or goes_on:
        return draft
    if evidence < ENOUGH:
        return None
    reader.close(item.start)
    return reader.begin(item)


def answer(reader: Reader, item: Item) -> None:
    """A line of sendmail's transcript: what the server answered (<<<), or what it was told (>>>)."""
    if item.value.startswith("<<<"):
        lone_reply(reader, item)
    else:
        command = re.match(r">>> ?RCPT TO:", item.value, re.IGNORECASE)
        found = find_address(item.value) if command else None
        reader.command_recipient = (found[0], item.start) if found else None


def code_pair(reader: Reader, item: Item) -> None:
    """Python's smtplib: ``(530, b'5.7.0 text', 'sender')``, ``{'recipient': (550, b'5.1.1 text')}``."""
    match = re.match(r"\((\d{3}), b?(['\"])(.*?)\2(.*)", item.value)
    reply = read_reply(match[3]) if match else None
    if match is None or reply is None:
        return
    draft = reader.begin(item)
    draft.saw("inline_reply", item.end, reader.vocabulary.reply_evidence(reply, reader.text, item.start))
    draft.put("smtp_code", int(match[1]))
    draft.hear(2, reply, item.start)
    key = _REFUSED.search(reader.text[max(0, item.start - 330) : item.start])
    found = (key[1],) if key else find_address(match[4])
    if found:
        draft.put("rejected_address", found[0])


def provider_line(reader: Reader, item: Item) -> None:
    """A reply without its code, which the number of Orange or La Poste at its end gives away."""
    reply = read_reply(item.value)
    draft = reader.begin(item)
    if reply and not draft.heard:
        draft.saw("reply_line", item.start + reply.end, 2)
        draft.hear(6, reply, item.start)


def log_status(reader: Reader, item: Item) -> None:
    """The reason in a line of a log: ``status=deferred (text)``."""
    match = _LOG_STATUS.match(item.value.split("\n")[0])
    reply = read_reply(match[1]) if match and not reader.bounded(item) else None
    if reply:
        draft = reader.begin(item)
        draft.saw("log_status", item.end, 1)
        draft.hear(4, reply, item.start)
