"""The facts of a report and the words for them, as every format shows them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from mailwhy.diagnosis.models import Cause
from mailwhy.i18n import N_, Translator
from mailwhy.knowledge.vocabulary import Responsible, Side
from mailwhy.parsing.report import Report

_LABELS = {
    "error_number": N_("Error number"),
    "server_response": N_("Server's reply"),
    "client_message": N_("Message of the program"),
    "server_error": N_("Server error"),
    "socket_error": N_("Socket error"),
    "smtp_code": N_("Reply code"),
    "enhanced_code": N_("Status code"),
    "server": N_("Server"),
    "port": N_("Port"),
    "ssl": N_("Secure (SSL)"),
    "protocol": N_("Protocol"),
    "account": N_("Account"),
    "subject": N_("Subject"),
    "rejected_address": N_("Refused address"),
    "remote_host": N_("Answering host"),
    "code": N_("Code"),
    "answer": N_("Your answer"),
}
_SHOWN = tuple(name for name in _LABELS if name not in ("code", "answer"))

_RESPONSIBLE: dict[Responsible, str] = {
    "sender": N_("You, the sender"),
    "provider": N_("Your mail provider"),
    "administrator": N_("An administrator"),
    "recipient": N_("The recipient's side"),
    "recipient_administrator": N_("The recipient's mail administrator"),
}
_CLIENTS = {
    "outlook-express": "Outlook Express",
    "windows-mail": "Windows Mail",
    "windows-live-mail": "Windows Live Mail",
    "thunderbird": "Thunderbird",
    "apple-mail": N_("Mail on a Mac"),
    "ios-mail": N_("Mail on an iPhone or iPad"),
    "outlook-mobile": N_("Outlook on a phone or tablet"),
    "outlook-web": N_("Outlook on the web"),
    "printer-scanner": N_("a printer or scanner"),
    "application": N_("a website or application"),
    "mail-server": N_("a mail server"),
    "outlook-classic": N_("Outlook for Windows (classic)"),
    "new-outlook": N_("new Outlook for Windows"),
    "outlook-mac": N_("Outlook for Mac"),
    "outlook-send-receive": N_("Outlook, send/receive"),
    "outlook-system-administrator-ndr": N_("Outlook, notice of the System Administrator"),
    "exchange-ndr": N_("Exchange, notice of non-delivery"),
    "m365-ndr": N_("Microsoft 365, notice of non-delivery"),
    "mta-bounce": N_("notice of a mail server"),
    "bare-reply": N_("reply of a server, without its context"),
    "program": N_("log of a program or device"),
    "session": N_("transcript of an SMTP session"),
    "described": N_("a description in your own words"),
    "other": N_("a program that was not identified"),
    "any": N_("any program"),
}


_ACTS: dict[Responsible, str] = {
    "sender": N_("You have to act."),
    "provider": N_("Your mail provider has to act; your mail program is not at fault."),
    "administrator": N_("Your administrator has to act; your mail program is not at fault."),
    "recipient": N_("The recipient has to act; your mail program and its settings are not at fault."),
    "recipient_administrator": N_(
        "The administrator of the recipient's mail has to act; your mail program and its settings are not at fault."
    ),
}
_NOT_AT_FAULT: dict[Side, str] = {
    "submission": N_("It failed at your outgoing server; the recipient is not at fault."),
    "recipient": N_("Your mail program and its settings are not at fault."),
    "client": N_("It failed in your mail program; no server is at fault."),
    "device_or_program": N_("It failed in the device or program; the recipient is not at fault."),
    "retrieval": N_("It failed while mail was fetched; sending is not affected."),
    "webmail": N_("It failed in the webmail; your computer is not at fault."),
}
"""What is clear of blame by where it failed, for a sender who has to act himself."""
_FORWARD: dict[Responsible, str] = {
    "provider": N_(
        "Hello, a message of mine could not be sent. Please find the reason on your side and tell me what to change."
    ),
    "administrator": N_(
        "Hello, a message of mine was not delivered, and our own mail system seems to be the reason. Please check it, "
        "and tell me how I can send until then."
    ),
    "recipient": N_(
        "Hello, a message of mine to you came back for the reason below. Please see to it, or give me another address."
    ),
    "recipient_administrator": N_(
        "Hello, your mail system refused a message of ours. Please check why; its reply stands below, word for word."
    ),
}
_FORWARDED: dict[bool, tuple[str, ...]] = {
    True: ("rejected_address", "remote_host"),
    False: ("rejected_address", "remote_host", "server", "port", "ssl", "account", "error_number"),
}
"""Facts of a text to send on, besides the reply; for the recipient's side only what concerns it."""
_LETTERS = re.compile(r"[^\W\d_]{3}")
_EXAMPLE_HOST = re.compile(r"\bsmtp\.example\.(?:com|net|org)\b")
_EXAMPLE_ADDRESS = re.compile(r"\b192\.0\.2\.\d{1,3}\b")
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")


class Fact(NamedTuple):
    """One fact of a report: the name of its field, what people call it, and its value in words."""

    name: str
    label: str
    value: str


def facts_of(report: Report, say: Translator) -> list[Fact]:
    """Every fact that the report states, most telling first."""
    facts = [Fact("client", say("Read as"), client_name(report.client, say))]
    facts += [_fact(report, name, say) for name in _SHOWN if getattr(report, name) is not None]
    if len(report.recipients) > 1:
        facts.append(Fact("recipients", say("Recipients"), ", ".join(report.recipients)))
    return facts


def _fact(report: Report, name: str, say: Translator) -> Fact:
    value = getattr(report, name)
    shown = (say("Yes") if value else say("No")) if isinstance(value, bool) else str(value)
    return Fact(name, field_label(name, say), shown)


def unread_of(report: Report) -> Sequence[str]:
    """The passages of a report that were not used and hold a word; remains of numbers help nobody."""
    return [piece for piece in report.unread if _LETTERS.search(piece)]


def field_label(name: str, say: Translator) -> str:
    """The name of a report's field for people."""
    return say(_LABELS[name]) if name in _LABELS else name


def client_name(client: str, say: Translator) -> str:
    """The name of a client, or of a kind of notice, for people."""
    return say(_CLIENTS[client]) if client in _CLIENTS else client


def responsible_text(responsible: Responsible, say: Translator) -> str:
    """Who has to act, in words."""
    return say(_RESPONSIBLE[responsible])


def who_acts(cause: Cause, report: Report, say: Translator) -> str:
    """Who has to act, what is not at fault as far as that is known, and whether it may pass."""
    told = [say("For now nobody has to act.") if report.temporary_notice else say(_ACTS[cause.responsible])]
    if cause.responsible == "sender" and report.side in _NOT_AT_FAULT:
        told.append(say(_NOT_AT_FAULT[report.side]))
    if cause.temporary and not report.temporary_notice:
        told.append(say("This may pass by itself."))
    return " ".join(told)


def forward_text(responsible: Responsible, report: Report, say: Translator) -> Sequence[str]:
    """A text to send on to who has to act: what is asked for, then the reply, then further facts.

    Empty where the sender has to act himself, or where the report holds no reply and no facts to show.
    """
    if responsible not in _FORWARD:
        return []
    words = report.server_response or report.client_message
    names = _FORWARDED[responsible.startswith("recipient")]
    facts = [_fact(report, name, say) for name in names if getattr(report, name) is not None]
    said = [say("“{words}”").format(words=words)] if words else []
    rest = (
        [say("; ").join(say("{field}: {value}").format(field=fact.label, value=fact.value) for fact in facts)]
        if facts
        else []
    )
    return [say(_FORWARD[responsible]), *said, *rest] if said or rest else []


def settled(step: str, report: Report) -> str:
    """A step with the report's own server and address for the examples that stand in it (RFC 2606, RFC 5737)."""
    if report.server and "." in report.server:
        step = _EXAMPLE_HOST.sub(lambda _: str(report.server), step)
    found = _ADDRESS.search(report.server_response or report.client_message or "")
    return _EXAMPLE_ADDRESS.sub(lambda _: found[0], step) if found else step
