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
_TASK_TAIL = re.compile(r"\s*[-–—]\s*$")


def task(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    number_first = draft.kinds.keys() == {"hresult"} and item.start - draft.end < NEAR // 2
    if (draft.has_core or draft.is_notice or draft.fields) and not number_first:
        reader.close(item.start)
        draft = reader.begin(item)
    if not reader.bounded(item) and not number_first:
        return
    draft.saw("task", item.end, item.end, 1, reader.languages)
    name, _ = read_value(item.value, bounded=True)
    draft.put("account", account_of_task(reader, name) if name else None)


def account_of_task(reader: Reader, name: str) -> str | None:
    head, dash, tail = name.rpartition("-")
    if not dash:
        head, dash, tail = name.rpartition("–")
    action = " ".join(WORDS.findall(fold(tail)))
    if dash and (action in _actions(reader) or not action):
        return _TASK_TAIL.sub("", head).strip() or None
    if " ".join(WORDS.findall(fold(name))) in _actions(reader) or ":" in name:
        return None
    return name if "@" in name.split(" ", maxsplit=1)[0] or len(name.split()) <= 3 else None


def _actions(reader: Reader) -> set[str]:
    return {" ".join(WORDS.findall(action)) for action in reader.words.get("actions", ())}


def reported(reader: Reader, item: Item) -> None:
    if item.value_type != "HRESULT_VALUE":
        server_reply(reader, item)
        return
    draft = reader.begin(item)
    if draft.has("error_number"):
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("reported", item.end, item.end, 2, reader.languages)
    draft.put("error_number", read_hresult(item.value))


def message(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    close_to_number = "reported" in draft.kinds and item.start - draft.end < 40
    if (draft.has_core and not close_to_number and draft.message_from >= 0) or (draft.has_core and not close_to_number and (draft.is_notice or item.start - draft.end > 120)):
        reader.close(item.start)
        draft = reader.begin(item)
    line = reader.text[item.start + 1 : item.start + 120]
    words = len(WORDS.findall(line))
    draft.saw(item.kind, item.end, item.end, 2 if words >= 4 else 1, reader.languages)
    if draft.message_from < 0:
        draft.message_from = item.start
    sentence = re.search(r"[.。!?]['\"»”’]?(?:\s|$)|\n\s*\n|\Z", reader.text[item.end : item.end + 400])
    draft.end = max(draft.end, min(item.end + (sentence.end() if sentence else 100), len(reader.text)))


def hresult(reader: Reader, item: Item) -> None:
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
    draft.saw("hresult", item.end, item.end, hresult_evidence(number or "", reader.text, item.start))
    draft.put("error_number", number)


def smtp_server(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    host = find_host(item.value)
    if host and not draft.is_notice:
        draft.saw("smtp_server", item.end, item.value_start + host[1], 1, reader.languages)
        draft.put("server", host[0])
    reader.leftover(item, host[1] if host else 0)


def named_account(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    match = re.match(r"\s*['\"«“‘]?\s*(.{1,80}?)\s*['\"»”’]?(?:\.\s|\.$|,\s|\n| account\b)", item.value)
    draft.saw("named_account", item.end, item.end, 1, reader.languages)
    if match:
        draft.put("account", match[1])
        draft.end = item.value_start + match.end(1)


def checked_recipient(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    draft.saw("checked_recipient", item.end, item.end, 1, reader.languages)
    found = find_address(item.value[:200])
    if found:
        draft.put("rejected_address", found[0])
        draft.end = item.value_start + found[2]


def webmail_error(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    if "webmail_error" in draft.kinds or draft.has_core:
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("webmail_error", item.end, item.end, 3, reader.languages)
    draft.message_from = item.start
    bracket = re.match(r"\s*\((-?\d+)\)", item.value)
    if bracket and 200 <= int(bracket[1]) < 600:
        draft.put("smtp_code", int(bracket[1]))
    elif bracket is None:
        following = item.value + reader.text[item.end : item.end + 300].split("\n")[0]
        reply = read_reply(following, need_code=True)
        if reply:
            draft.hear(1, reply, item.start)
            draft.end = item.value_start + reply.end


def webmail_address(reader: Reader, item: Item) -> None:
    draft = reader.begin(item)
    draft.saw("webmail_address", item.end, item.end, 1, reader.languages)
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
    if reader.draft.kinds:
        reader.draft.saw("reply_end", item.end, item.end, 0.5, reader.languages)
