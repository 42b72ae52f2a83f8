"""Labels with their values: the one-line report, Windows Live Mail, the rejected address."""

import re

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.folding import fold
from mailwhy.parsing.interpret.reader import PARAGRAPH_END, WORDS, Reader
from mailwhy.parsing.interpret.spoken import read_reply_from
from mailwhy.parsing.machine import Item
from mailwhy.parsing.marking import MARKS
from mailwhy.parsing.plausible import labelled_evidence
from mailwhy.parsing.replies import read_reply
from mailwhy.parsing.values import find_address, read_hresult, read_number, read_value

_WEIGHT = {"subject": 0.3, "account": 0.5, "server": 0.5, "protocol": 0.5, "port": 0.3, "ssl": 0.5,
           "server_error": 1.5, "socket_error": 1.5}  # fmt: skip
_PROTOCOLS = {"SMTP": "SMTP", "ESMTP": "SMTP", "POP": "POP3", "POP3": "POP3", "IMAP": "IMAP", "IMAP4": "IMAP",
              "HTTP": "HTTPMAIL", "HTTPMAIL": "HTTPMAIL", "NNTP": "NNTP"}  # fmt: skip
_SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+ [^\W\d_]+")
_STOP = re.compile(r"[\n.。](?:\s|$)")
_CODED = re.compile(r"[45]\d\d[ -](?:[45]\.\d|<)")
_EMPTY = re.compile(r"[\s:=]*['\"<\[]")
_GOES_ON = re.compile(r"[ \t]*(?:#|\d\.\d|[^\W\d_]|<)")
_HEADER_MARK = re.compile("[" + MARKS["to"] + MARKS["from"] + MARKS["sent"] + "]")


def field(reader: Reader, item: Item, *, repeats: bool = False) -> Draft:
    """The draft that a labelled field belongs to; a second field of the same kind begins another report.

    Args:
        reader: has the draft.
        item: the field.
        repeats: whether it only repeats what has been read without this label.
    """
    kind = "error_number" if item.kind == "live_mail_error_id" else item.kind
    draft = reader.begin(item)
    if kind == "account" and "named_account" in draft.kinds and kind not in draft.kinds:
        draft.fields.pop(kind, None)  # the sentence above named it, the label says it better
    if draft.has(kind) and not repeats and (not draft.is_notice or kind == "error_number"):
        reader.close(item.start)
        draft = reader.begin(item)
    reader.end_message(item.start)
    draft.saw(kind, item.end, 0, reader.languages)
    draft.evidence += _WEIGHT.get(kind, 0)
    return draft


def put_subject(reader: Reader, item: Item) -> None:
    """The subject of the failed message; not that of the notice, nor of a mail around it."""
    bounded = item.value_type == "QUOTED"
    value, end = read_value(item.value, bounded=bounded or reader.bounded(item), last=bounded)
    if value and fold(value).startswith(reader.undeliverable):
        return
    if reader.in_headers:
        reader.draft.put("subject", value)
        return
    if not reader.draft.is_notice and item.value_type != "QUOTED" and among_headers(reader, item):
        reader.header_subject = value
        return
    draft = reader.draft
    if draft.is_notice:
        draft.put("subject", value)
        draft.saw("subject", item.value_start + end, 0, reader.languages)
        return
    draft = field(reader, item)
    draft.put("subject", value)
    reader.leftover(item, end)


def among_headers(reader: Reader, item: Item) -> bool:
    """Whether a subject is that of a mail which only brings the report along: From, Sent or To stand beside it."""
    around = reader.text[max(0, item.start - 160) : item.start], reader.text[item.end : item.end + 2]
    above = around[0].rstrip(" \t").endswith("\n") and _HEADER_MARK.search(around[0])
    return bool(above or _HEADER_MARK.match(around[1]))


def named_field(reader: Reader, item: Item) -> None:
    """Account and server."""
    last = item.value_type == "QUOTED" and item.kind not in {"account", "server"}
    value, end = read_value(item.value, bounded=item.value_type == "QUOTED" or reader.bounded(item), last=last)
    if value is None and item.value_type != "QUOTED" and not _EMPTY.match(fold(item.value)):
        return  # "in the event log of the server:" labels nothing
    if item.kind == "server" and item.value_type != "QUOTED" and value and _SENTENCE.match(value):
        return  # "Failed to connect to server: Connection timed out"
    if item.kind == "server" and value and _CODED.match(value):  # "RCPT not accepted from server: 550 5.7.1 ..."
        reader.leftover(item, read_reply_from(reader, item, item.value))
        return
    draft = field(reader, item)
    draft.put(item.kind, value)
    draft.end = item.value_start + end
    reader.leftover(item, end)


def number_field(reader: Reader, item: Item) -> None:
    """Port and socket error, and the server error where it is a number."""
    draft = field(reader, item)
    if item.value_type == "NUMBER":
        draft.put(item.kind, read_number(item.value))
    else:
        draft.put(item.kind, None)
        if item.value_type == "PARAGRAPH":
            reader.note_unread(item)


def server_error(reader: Reader, item: Item) -> None:
    """The field "Server Error", or the reply that a notice prints behind these words."""
    rest = reader.text[item.end : item.end + 200]
    ended = item.value.rstrip()[-1:] in {",", ";"}
    if item.value_type != "NUMBER" or ended or not _GOES_ON.match(rest):
        number_field(reader, item)
        return
    # "Server error: '550 5.7.1 Unable to relay'" in a notice: a reply, not the field
    following = reader.text[item.value_start : item.value_start + 2000]
    stretch = PARAGRAPH_END.split(following, maxsplit=1)[0]
    reader.read_to = item.value_start + read_reply_from(reader, item, stretch)


def switch(reader: Reader, item: Item) -> None:
    """The field "Secure (SSL)"."""
    draft = field(reader, item)
    word = WORDS.search(fold(item.value)) if item.value_type == "WORD" else None
    if word and word.group() in reader.words.get("yes", ()):
        draft.put("ssl", value=True)
    elif word and word.group() in reader.words.get("no", ()):
        draft.put("ssl", value=False)
    else:
        draft.put("ssl", None)
    if "/" in item.value:  # "No/Yes" says neither
        draft.fields["ssl"] = None


def protocol(reader: Reader, item: Item) -> None:
    """The field "Protocol"."""
    draft = field(reader, item)
    word = WORDS.search(item.value)
    draft.put("protocol", _PROTOCOLS.get(word.group().upper()) if word else None)


def error_number(reader: Reader, item: Item) -> None:
    """The client's error number."""
    value = read_hresult(item.value) if item.value_type == "HRESULT_VALUE" else None
    # The number may stand in front of the message as well, in brackets.
    before = reader.draft
    repeats = value is not None and before.fields.get("error_number") == value and "error_number" not in before.kinds
    draft = field(reader, item, repeats=repeats)
    draft.put("error_number", value)
    draft.evidence += labelled_evidence(value) if value else 0
    if item.kind == "live_mail_error_id":
        draft.client = "windows-live-mail"
    if value is None:
        reader.note_unread(item)


def server_response(reader: Reader, item: Item) -> None:
    """The server's reply behind the client's label."""
    draft = field(reader, item)
    draft.fields["server_response"] = None
    reply = read_reply(item.value, last_quote=item.value_type == "QUOTED")
    if reply is None:
        return
    draft.hear(0, reply, item.start)
    draft.evidence += 2 if reply.code or reply.enhanced else 1.5
    draft.end = item.value_start + reply.end
    if not reader.bounded(item):
        reader.leftover(item, reply.end)


def rejected(reader: Reader, item: Item) -> None:
    """The refused recipient or sender, in the client's sentence."""
    draft = reader.begin(item)
    reader.end_message(item.start)
    draft.saw(item.kind, item.end, 2, reader.languages)
    found = find_address(item.value if reader.bounded(item) else _STOP.split(item.value, maxsplit=1)[0] + " ")
    if found:
        draft.put("rejected_address", found[0])
        draft.end = item.value_start + found[2]
