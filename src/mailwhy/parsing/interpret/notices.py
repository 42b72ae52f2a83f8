"""Notices of non-delivery: headings, recipients, fields of delivery status notifications (RFC 3464), log lines."""

import re

from mailwhy.parsing.folding import fold
from mailwhy.parsing.interpret.reader import NEAR, WORDS, Reader
from mailwhy.parsing.machine import Item
from mailwhy.parsing.plausible import is_report
from mailwhy.parsing.replies import read_wrapper
from mailwhy.parsing.values import find_address

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_HEADING_EVIDENCE = {"system_administrator": 3.0, "failed_recipients": 1.5, "exchange": 1.0, "bounce": 1.0,
                     "rejected_by": 1.0}  # fmt: skip
_OF_NOTICES = frozenset({"exchange", "bounce", "rejected_by"})
_OF_DIALOGS = frozenset({"task", "reported", "error_number", "server_response"})


def heading(reader: Reader, item: Item) -> None:
    """A sentence or heading that only notices have."""
    draft = reader.begin(item)
    if item.kind in _OF_NOTICES and draft.kinds.keys() & _OF_DIALOGS:
        return  # words of the client's own sentence
    first = item.kind in {"system_administrator", "failed_recipients"}
    # A notice names its recipients once, below its first sentence and the subject; some name them last.
    goes_on = not draft.heard and not draft.recipients and draft.fields.keys() <= {"subject"}
    if item.kind == "failed_recipients" and draft.heard and not draft.recipients and not draft.fields:
        goes_on = item.start - draft.end < 2 * NEAR
        if goes_on:
            draft.put("subject", reader.header_subject)
    named = find_address(reader.text[item.end : item.end + 120]) if draft.recipients and not draft.is_notice else None
    if named and named[0] == draft.recipients[draft.recipient].address:
        goes_on = True  # the words below a session that tell its outcome once more
    if first and not goes_on and (is_report(draft) or not draft.heard) and (draft.has_core or draft.fields):
        reader.close(item.start)
        draft = reader.begin(item)
    long = item.kind in {"bounce", "failed_recipients"} and reader.phrase_words >= 5
    evidence = 2.0 if long else _HEADING_EVIDENCE[item.kind]
    draft.saw(item.kind, item.end, evidence, reader.languages)
    reader.in_headers = False
    if item.kind == "failed_recipients":
        reader.expects = "recipient"


def original_headers(reader: Reader, item: Item) -> None:
    """The headers of the original message follow: of them only the subject is of interest."""
    if reader.draft.is_notice:
        reader.draft.saw("original_headers", item.end, 0.5, reader.languages)
        reader.end_message(item.start)
        reader.in_headers = True


def delivered(reader: Reader, item: Item) -> None:
    """A sentence that only notices of success have."""
    reader.begin(item).saw("delivered", item.end, -6, reader.languages)


def command(reader: Reader, item: Item) -> None:
    """An SMTP command in a session; a recipient that it names may be refused next."""
    reader.expects = "command" if item.kind == "rcpt_command" else ""
    reader.command_recipient = None


def log_recipient(reader: Reader, item: Item) -> None:
    """The recipient in a line of a log: ``to=<x>``."""
    draft = reader.begin(item)
    # A mail server that refuses a client logs its reply first, from= and to= behind it on the same line.
    behind_reply = draft.heard and not draft.recipients and "\n" not in reader.text[draft.end : item.start]
    if draft.has_core and not behind_reply:
        reader.close(item.start)
        draft = reader.begin(item)
    draft.saw("log_recipient", item.end, 1)
    reader.expects = "recipient"


def recipient_field(reader: Reader, item: Item) -> None:
    """Final-Recipient and Original-Recipient (RFC 3464)."""
    draft = reader.begin(item)
    draft.saw(item.kind, item.end, 1)
    found = find_address(item.value)
    if not found:
        return
    by_rfc = ";" in item.value  # Final-Recipient: rfc822;x; other systems' "Original address: x" is the better one
    if item.kind == "original_recipient" and draft.recipients and not draft.heard and not by_rfc:
        draft.recipients[draft.recipient].address = found[0]
        draft.numbers[found[0].lower()] = draft.recipient
    elif item.kind == "final_recipient" or not draft.recipients:
        draft.name_recipient(found[0], item.start)
    draft.end = item.value_start + found[2]


def action(reader: Reader, item: Item) -> None:
    """Action (RFC 3464)."""
    draft = reader.begin(item)
    word = WORDS.search(fold(item.value))
    if word and word.group() in {"failed", "delayed"}:
        draft.saw("action", item.end, 1.5)
    elif word and word.group() in {"relayed", "delivered", "expanded"}:
        draft.saw("delivered", item.end, -6)


def status(reader: Reader, item: Item) -> None:
    """Status (RFC 3464), or ``dsn=`` in a log."""
    match = _STATUS.search(item.value[:20])
    if match and match.group()[0] != "2":
        draft = reader.begin(item)
        draft.saw("status", item.end, 1)
        draft.status = draft.status or match.group()


def remote_mta(reader: Reader, item: Item) -> None:
    """Remote-MTA (RFC 3464)."""
    host = re.search(r"[\w-]+(?:\.[\w-]+)+", item.value)
    if host and reader.draft.kinds and reader.draft.remote_host is None:
        reader.draft.remote_host = host.group()


def address_line(reader: Reader, item: Item) -> None:
    """A line that begins with an address, or one of Exim's log that ends with it: a recipient, if this is a notice."""
    found = find_address(item.value.rpartition(" ")[2])
    if not found:
        return
    draft = reader.draft
    if not draft.is_notice and not draft.recipients and draft.has_core:
        reader.close(item.start)
    draft = reader.begin(item)
    draft.saw("address_line", item.end, 0.5)
    draft.name_recipient(found[0], item.start)
    reader.expects = ""
    reader.address_end = item.end


def wrapper(reader: Reader, item: Item) -> None:
    """What Exchange puts around a reply: ``<host #5.1.1 smtp;550 5.1.1 text>``."""
    code, reply, host = read_wrapper(item.value)
    draft = reader.begin(item)
    reader.end_message(item.start)
    draft.saw("wrapper", item.end, 2 if reply else 1.5)
    draft.wrapper_code = draft.wrapper_code or code
    draft.remote_host = draft.remote_host or host
    if reply is not None:
        draft.hear(1, reply, item.start)
