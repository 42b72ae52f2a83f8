"""Sentences and dialogs: Outlook's send/receive window, Thunderbird, Roundcube, the client's own first sentence."""

import re

from mailwhy.parsing.folding import fold
from mailwhy.parsing.interpret.reader import NEAR, WORDS, Reader
from mailwhy.parsing.interpret.spoken import server_reply
from mailwhy.parsing.machine import Item
from mailwhy.parsing.plausible import hresult_evidence
from mailwhy.parsing.replies import read_reply
from mailwhy.parsing.values import find_address, find_host, read_hresult, read_value

_ONE_LINE = frozenset({"subject", "account", "server", "protocol", "server_response", "port", "ssl", "server_error",
                       "socket_error", "error_number"})  # fmt: skip
_FOUR_WORDS = re.compile(r"[\W_]*(?:[^\W_]+[\W_]+){3}[^\W_]").match
_SENTENCE_END = re.compile(r"[.。!?\n](?:(?<!\n)['\"»”’]?(?:\s|\Z)|(?<=\n)\s*\n)").search
_KIND_OF_SERVER = re.compile(r"\s*(?:SMTP|\(SMTP\)|sortant \(SMTP\))\s", re.IGNORECASE)
_ACCOUNT_NAME = re.compile(r"\s*['\"«“‘]?\s*(.{1,80}?)\s*['\"»”’]?(?:\.\s|\.$|,\s|\n| account\b)")
_LOGIN = re.compile(r":[^\s:]+@[^\s:]+").match
"""The user name that Apple Mail prints behind the server's: smtp.example.net:user@example.net."""
_TASK_TAIL = re.compile(r"\s*[-–—]\s*$")


def task(reader: Reader, item: Item) -> None:
    """The name of a task of Outlook's send/receive dialog, which is the account's."""
    draft = reader.begin(item)
    number_first = draft.kinds.keys() == {"hresult"} and item.start - draft.end < NEAR // 2
    if (draft.has_core or draft.is_notice or draft.fields) and not number_first:
        reader.close(item.start)
        draft = reader.begin(item)
    if not reader.bounded(item) and not number_first:
        return
    draft.saw("task", item.end, 1, reader.languages)
    name, _ = read_value(item.value, bounded=True)
    draft.put("account", account_of_task(reader, name) if name else None)


def account_of_task(reader: Reader, name: str) -> str | None:
    """The account in a name such as "Work - Sending", or None."""
    head, dash, tail = name.rpartition("-")
    if not dash:
        head, dash, tail = name.rpartition("–")
    action = " ".join(WORDS.findall(fold(tail)))
    if dash and (action in reader.vocabulary.actions or not action):
        return _TASK_TAIL.sub("", head).strip() or None
    if " ".join(WORDS.findall(fold(name))) in reader.vocabulary.actions or ":" in name:
        return None
    return name if "@" in name.split(" ", maxsplit=1)[0] or len(name.split()) <= 3 else None


def reported(reader: Reader, item: Item) -> None:
    """The error number in brackets of the send/receive dialog."""
    if item.value_type != "HRESULT_VALUE":
        server_reply(reader, item)
        return
    draft = reader.begin(item)
    number = read_hresult(item.value)
    named_before = draft.fields.get("error_number") == number and "reported" not in draft.kinds
    if draft.has("error_number") and not named_before:
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("reported", item.end, 2, reader.languages)
    draft.put("error_number", number)


def message(reader: Reader, item: Item) -> None:
    """The beginning of one of the client's own sentences."""
    draft = reader.begin(item)
    gap = reader.text[draft.end : item.start]
    goes_on = "reported" in draft.kinds and len(gap) < 40 and "\n\n" not in gap
    if draft.has_core and not goes_on and (draft.message_from >= 0 or draft.is_notice or len(gap) > NEAR // 2):
        reader.close(item.start)
        draft = reader.begin(item)
    line = reader.text[item.start + 1 : item.start + 61].partition("\n")[0]
    if item.kind == "express" and reader.vocabulary.of_other_servers(line):
        return
    is_sentence = _FOUR_WORDS(reader.text, item.start + 1, item.start + 120)
    draft.saw(item.kind, item.end, 2 if is_sentence else 1, reader.languages)
    if draft.message_from < 0:
        draft.message_from = item.start
    last = min(item.end + 400, len(reader.text))
    sentence = _SENTENCE_END(reader.text, item.end, last)
    draft.end = max(draft.end, sentence.end() if sentence else last)


def hresult(reader: Reader, item: Item) -> None:
    """An HRESULT without a label."""
    number = read_hresult(item.value)
    draft = reader.begin(item)
    known = draft.fields.get("error_number")
    if known is not None:
        bare = not (_ONE_LINE - {"error_number"}) & draft.fields.keys() and "reported" not in draft.kinds
        if known == number or not bare:
            reader.note_unread(item)
            return
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("hresult", item.end, hresult_evidence(number or "", reader.text, item.start))
    draft.put("error_number", number)


def smtp_server(reader: Reader, item: Item) -> None:
    """A server named in a sentence of Thunderbird or Apple Mail."""
    draft = reader.begin(item)
    kind = _KIND_OF_SERVER.match(item.value)
    skipped = kind.end() if kind else 0
    host = find_host(item.value[skipped:])
    end = skipped + host[1] if host else 0
    if host and not draft.is_notice:
        quoted = fold(item.value[skipped:]).lstrip()[:1] in {"'", '"'}  # as Thunderbird prints it; instructions do not
        draft.saw("smtp_server", item.value_start + end, 2 if quoted else 1, reader.languages)
        draft.put("server", host[0])
        login = _LOGIN(item.value, end)
        end = login.end() if login else end
    reader.leftover(item, end)


def named_account(reader: Reader, item: Item) -> None:
    """An account named in a sentence."""
    draft = reader.begin(item)
    match = _ACCOUNT_NAME.match(item.value)
    draft.saw("named_account", item.end, 1, reader.languages)
    if match:
        draft.put("account", match[1])
        draft.end = item.value_start + match.end(1)


def checked_recipient(reader: Reader, item: Item) -> None:
    """A recipient named in a sentence."""
    draft = reader.begin(item)
    draft.saw("checked_recipient", item.end, 1, reader.languages)
    found = find_address(item.value[:200])
    if found:
        draft.put("rejected_address", found[0])
        draft.end = item.value_start + found[2]


def webmail_error(reader: Reader, item: Item) -> None:
    """Roundcube: ``SMTP Error (550): ...`` or ``SMTP Error: [550] ...``."""
    draft = reader.begin(item)
    if "webmail_error" in draft.kinds or draft.has_core:
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("webmail_error", item.end, 3, reader.languages)
    draft.message_from = item.start
    bracket = re.match(r"\s*\((-?\d+)\)", item.value)
    if bracket and 200 <= int(bracket[1]) < 600:
        draft.put("smtp_code", int(bracket[1]))
    elif bracket is None:
        rest = "" if item.value.endswith("\n") else reader.text[item.end : item.end + 300].split("\n")[0]
        following = item.value + rest
        reply = read_reply(following, need_code=True)
        if reply:
            draft.hear(1, reply, item.start)
            draft.end = item.value_start + reply.end


def webmail_address(reader: Reader, item: Item) -> None:
    """Roundcube: ``Failed to add recipient "x" (reply)``."""
    draft = reader.begin(item)
    draft.saw("webmail_address", item.end, 1, reader.languages)
    reader.end_message(item.end)
    found = find_address(item.value[:200])
    if found:
        draft.put("rejected_address", found[0])
    bracket = re.search(r"[)'\"»”\s]\s*\(", item.value[found[2] if found else 0 :])
    opening = bracket.end() + (found[2] if found else 0) if bracket else item.value.find("(") + 1
    if opening > 0:
        closing = item.value.rfind(")")
        reply = read_reply(item.value[opening : closing if closing > opening else None])
        if reply:
            draft.hear(1, reply, item.start)
            draft.end = item.value_start + max(closing, opening)


def reply_end(reader: Reader, item: Item) -> None:
    """The client goes on in its own words behind the server's reply."""
    if reader.draft.kinds:
        reader.draft.saw("reply_end", item.end, 0.5, reader.languages)
