"""Text that no label or shape claims: the address a heading announced, the diagnosis below an address."""

import re

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.interpret.reader import PARAGRAPH_END, WORDS, Reader
from mailwhy.parsing.machine import Item
from mailwhy.parsing.replies import Reply, read_reply
from mailwhy.parsing.values import find_address

_DIAGNOSIS_END = re.compile(r"\n\s*\n|[\ue000-\ue0ff]|\n(?=[^\n]*#\d)|(?=\n\s*<[^\n]*#)")
_NAMED_WITH_REASON = re.compile(r"[>'\"]{0,2}:[ :]*[^\W\d_]+ [^\W\d_]").match
_DATE_OR_EXCHANGE = re.compile(r"\S{1,3} (?:\S{2,4},? )?\d{1,4}[/. -]|MSEXCH")


def junk(reader: Reader, item: Item) -> None:
    """Text that nothing claims."""
    draft = reader.draft
    if reader.in_headers:
        return
    found = find_address(item.value) if reader.expects and "@" in item.value else None
    if found and reader.expects == "command":
        reader.command_recipient = (found[0], item.start)
        reader.expects = ""
    elif found:
        draft.name_recipient(found[0], item.start)
        draft.end = max(draft.end, item.value_start + found[2])
        reader.expects = ""
        if "log_recipient" not in draft.kinds:
            reader.address_end = item.end
            behind = item.value_start + found[2]
            if _NAMED_WITH_REASON(item.value, found[2]):  # "recipients failed: x@example.org: Relay access denied"
                reader.address_end = behind
                about_recipient(reader, item._replace(start=behind, value_start=behind, value=item.value[found[2] :]))
        return
    if reader.awaits_reply and WORDS.search(item.value):
        reader.awaits_reply = False
        if announced_reply(reader, item):
            return
    if "(in reply to" in item.value and not draft.heard:
        before_in_reply_to(reader, item)
    if reader.address_end >= 0 and WORDS.search(item.value):
        about_recipient(reader, item)
    reader.note_unread(item)


def announced_reply(reader: Reader, item: Item) -> bool:
    """Hear the paragraph below a phrase such as "The reason was:"; an address on its last line is the recipient."""
    paragraph = PARAGRAPH_END.split(reader.text[item.start : item.start + 1500], maxsplit=1)[0].rstrip()
    head, _, tail = paragraph.rpartition("\n")
    found = find_address(tail) if head and "@" in tail else None
    whole = found is not None and found[0] == tail.strip(" <>")
    reply = read_reply(head if whole else paragraph)
    draft = reader.begin(item)
    if reply is None or draft.heard:
        return False
    if found is not None and whole:
        draft.name_recipient(found[0], item.start)
    draft.saw("diagnosis", item.start + reply.end, 0.5 + reader.vocabulary.text_evidence(reply))
    draft.hear(3, reply, item.start)
    reader.read_to = item.start + len(paragraph)
    return True


def before_in_reply_to(reader: Reader, item: Item) -> None:
    """A reply without its code, of which only Postfix's "(in reply to RCPT TO command)" tells what it is."""
    end = item.start + item.value.index("(in reply to")
    start = max(reader.text.rfind("\n\n", 0, end) + 1, reader.draft.end if reader.draft.kinds else 0)
    reply = read_reply(reader.text[start:end])
    if reply:
        draft = reader.begin(item)
        draft.start = min(draft.start, start)
        draft.saw("in_reply_to", item.end, 2)
        draft.hear(6, reply, start)


def about_recipient(reader: Reader, item: Item) -> None:
    """Text on the line after a recipient: the diagnosis, in the words of the system that gave up."""
    draft = reader.draft
    between = reader.text[reader.address_end : item.start]
    reader.address_end = -1
    if between.count("\n") > 2 or draft.heard:
        return
    stretch = _DIAGNOSIS_END.split(reader.text[item.start : item.start + 1500], maxsplit=1)[0]
    reply = read_reply(stretch.lstrip(":. "))
    if reply is None or (reply.code is not None and reply.code < 400):
        return
    if _is_explanation(draft, reply, between):
        if draft.message_from < 0:
            draft.message_from, draft.message_to = item.start, item.start + len(stretch)
        return
    draft.saw("diagnosis", item.start + reply.end, reader.vocabulary.text_evidence(reply))
    draft.hear(6, reply, item.start)


def _is_explanation(draft: Draft, reply: Reply, between: str) -> bool:
    """Whether the words below a recipient are Exchange's explanation for people, not a diagnosis of the server."""
    if draft.kinds.keys() & {"system_administrator", "exchange"} or _DATE_OR_EXCHANGE.match(reply.text):
        return True
    if "failed_recipients" not in draft.kinds or "bounce" in draft.kinds or reply.code or reply.enhanced:
        return False
    return "\n" in between and (len(WORDS.findall(reply.text)) > 8 or reply.text.endswith("."))
