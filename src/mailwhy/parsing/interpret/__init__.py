"""From the things read in a text to drafts of reports: which fact belongs to which report, and what it says."""

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.interpret import dialogs, fields, notices, spoken, stray
from mailwhy.parsing.interpret.reader import Handler, Reader
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.machine import Item, Machine
from mailwhy.parsing.marking import Marked
from mailwhy.parsing.plausible import Vocabulary

__all__ = ["interpret"]

_MOST_DRAFTS = 4000
"""More reports than any ticket holds; a text that goes on is made to cost time."""


def interpret(
    parser: Machine, lexicon: Lexicon, vocabulary: Vocabulary, marked: Marked, items: list[Item]
) -> list[Draft]:
    """The drafts of a text, in order, the implausible ones too; of a text with thousands of reports the first ones."""
    reader = Reader(parser, lexicon, vocabulary, marked.text, _HANDLERS)
    found = iter(marked.found)
    for item in items:
        if len(reader.drafts) >= _MOST_DRAFTS:
            break
        unmarked = item.value_type in _UNMARKED
        if not unmarked:
            place = next(found)
            reader.languages = place.phrase.languages
            reader.phrase_words = place.words
        elif item.start < reader.read_to:
            continue
        if reader.in_headers and item.kind not in _ENDS_HEADERS:
            if item.kind == "subject":
                fields.put_subject(reader, item)
            continue
        reader.handle(item)
    reader.close(len(marked.text))
    return reader.drafts


def _ignore(reader: Reader, item: Item) -> None:
    """A header line whose value is of no interest; its label has ended the value before."""


_UNMARKED = frozenset({
    "HRESULT", "REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "WRAPPER", "ADDRESS_LINE", "ANSWER", "JUNK", "CODE_PAIR",
    "PROVIDER_LINE",
})  # fmt: skip
_ENDS_HEADERS = frozenset(
    {"express", "outlook", "other", "task", "system_administrator", "failed_recipients", "bounce"}
)
_HANDLERS: dict[str, Handler] = {
    "subject": fields.put_subject,
    "account": fields.named_field,
    "server": fields.named_field,
    "protocol": fields.protocol,
    "port": fields.number_field,
    "socket_error": fields.number_field,
    "server_error": fields.server_error,
    "ssl": fields.switch,
    "error_number": fields.error_number,
    "live_mail_error_id": fields.error_number,
    "server_response": fields.server_response,
    "server_reply": spoken.server_reply,
    "reason": spoken.reason,
    "rejected_address": fields.rejected,
    "rejected_sender": fields.rejected,
    "task": dialogs.task,
    "reported": dialogs.reported,
    "express": dialogs.message,
    "outlook": dialogs.message,
    "other": dialogs.message,
    "reply_end": dialogs.reply_end,
    "smtp_server": dialogs.smtp_server,
    "named_account": dialogs.named_account,
    "checked_recipient": dialogs.checked_recipient,
    "webmail_error": dialogs.webmail_error,
    "webmail_address": dialogs.webmail_address,
    "system_administrator": notices.heading,
    "failed_recipients": notices.heading,
    "exchange": notices.heading,
    "bounce": notices.heading,
    "rejected_by": notices.heading,
    "original_headers": notices.original_headers,
    "delivered": notices.delivered,
    "mail_command": notices.command,
    "rcpt_command": notices.command,
    "log_recipient": notices.log_recipient,
    "final_recipient": notices.recipient_field,
    "original_recipient": notices.recipient_field,
    "action": notices.action,
    "status": notices.status,
    "remote_mta": notices.remote_mta,
    "to": _ignore,
    "from": _ignore,
    "sent": _ignore,
    "arrival": _ignore,
    "hresult": dialogs.hresult,
    "reply_line": spoken.lone_reply,
    "status_line": spoken.lone_reply,
    "inline_reply": spoken.lone_reply,
    "answer": spoken.answer,
    "wrapper": notices.wrapper,
    "code_pair": spoken.code_pair,
    "provider_line": spoken.provider_line,
    "log_status": spoken.log_status,
    "address_line": notices.address_line,
    "junk": stray.junk,
}
