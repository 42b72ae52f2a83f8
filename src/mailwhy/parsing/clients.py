"""Which program, or kind of notice, printed a report."""

import re

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.replies import Reply
from mailwhy.parsing.report import Client

__all__ = ["client_of"]

_MICROSOFT_365 = re.compile(r"\.prod\.outlook\.com|protection\.outlook\.com|office 365|microsoft 365", re.IGNORECASE)
_EXCHANGE_WORDS = re.compile(
    r"RESOLVER\.|STOREDRV\.|QUEUE\.Expired|SMTPSEND\.|\.PROD\.OUTLOOK\.COM|\b5\.7\.(?:5\d\d|7\d\d)\b"
)
_DATED_RECIPIENT = re.compile(r"@[^\s'>]+['>]?\s+[^\W\d_]{1,3}\s+(?:\w{2,4}\.?,? )?\d")
_ONE_LINE = frozenset({"account", "server", "port", "ssl", "protocol", "server_response"})
_DIALOG = frozenset({"task", "reported"})
_OF_BOUNCES = frozenset(
    {"address_line", "final_recipient", "log_recipient", "answer", "action", "reason", "status", "diagnosis"}
)
_OF_OTHERS = frozenset({"webmail_error", "other", "checked_recipient", "smtp_server"})
_OF_EXPRESS = frozenset({"express", "rejected_address", "rejected_sender", "hresult"})


def client_of(draft: Draft, text: str, reply: Reply | None) -> Client:
    """The client of a draft.

    Args:
        draft: the draft.
        text: its part of the marked text.
        reply: the server's reply, if there is one.
    """
    kinds = draft.kinds.keys()
    if draft.client or kinds & _DIALOG:
        return draft.client or "outlook-send-receive"
    if draft.is_notice and "webmail_error" not in kinds:
        return _notice(draft, text)
    if "error_number" in kinds or len(kinds & _ONE_LINE) >= 2:
        return _one_line(text.lower())
    if reply is not None and _EXCHANGE_WORDS.search(reply.text):
        return "m365-ndr"
    if kinds & _OF_BOUNCES:
        return "mta-bounce"
    return _sentence(draft, reply)


def _one_line(text: str) -> Client:
    if "windows live mail" in text:
        return "windows-live-mail"
    return "windows-mail" if "windows mail" in text else "outlook-express"


def _sentence(draft: Draft, reply: Reply | None) -> Client:
    """The client of what has neither labels nor headings."""
    kinds = draft.kinds.keys()
    # Thunderbird's sentences are those of Outlook Express in part, but it quotes the server in a sentence.
    if kinds & _OF_OTHERS or ("express" in kinds and "server_reply" in kinds and "hresult" not in kinds):
        return "other"
    if "outlook" in kinds or str(draft.fields.get("error_number")).startswith("0x8004"):
        return "outlook-send-receive"
    if kinds & _OF_EXPRESS:
        return "outlook-express"
    return "bare-reply" if reply is not None else "other"


def _notice(draft: Draft, text: str) -> Client:
    kinds = draft.kinds.keys()
    if "system_administrator" in kinds or ("exchange" not in kinds and _DATED_RECIPIENT.search(text)):
        return "outlook-system-administrator-ndr"
    by_exchange = "exchange" in kinds or ("bounce" not in kinds and draft.message_from >= 0)
    if not by_exchange:
        return "mta-bounce"
    return "m365-ndr" if _MICROSOFT_365.search(text) else "exchange-ndr"
