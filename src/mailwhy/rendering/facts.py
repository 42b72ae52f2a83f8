"""The facts of a report and the words for them, as every rendering shows them."""

from typing import NamedTuple

from mailwhy.diagnosis.models import Evidence
from mailwhy.i18n import N_, Translator
from mailwhy.knowledge.vocabulary import Responsible
from mailwhy.parsing.report import Report

__all__ = ["Fact", "client_name", "fact_rows", "facts_of", "field_label", "reason", "responsible_text"]

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
}
_SHOWN = tuple(name for name in _LABELS if name != "code")

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
    "bare-reply": N_("reply of a server alone"),
    "program": N_("log of a program or device"),
    "session": N_("transcript of an SMTP session"),
    "described": N_("told in your own words"),
    "other": N_("another program"),
    "any": N_("any program"),
}


class Fact(NamedTuple):
    """One fact of a report: the name of its field, what people call it, and its value in words."""

    name: str
    label: str
    value: str


def facts_of(report: Report, say: Translator) -> list[Fact]:
    """Every fact that the report states, most telling first."""
    facts = [Fact("client", say("Read as"), client_name(report.client, say))]
    for name in _SHOWN:
        value = getattr(report, name)
        if value is not None:
            shown = (say("Yes") if value else say("No")) if isinstance(value, bool) else str(value)
            facts.append(Fact(name, field_label(name, say), shown))
    return facts


def fact_rows(report: Report, say: Translator) -> list[tuple[str, str]]:
    """Label and value of every fact that the report states, most telling first."""
    return [(fact.label, fact.value) for fact in facts_of(report, say)]


def field_label(name: str, say: Translator) -> str:
    """The name of a report's field for people."""
    return say(_LABELS[name]) if name in _LABELS else name


def client_name(client: str, say: Translator) -> str:
    """The name of a client, or of a kind of notice, for people."""
    return say(_CLIENTS[client]) if client in _CLIENTS else client


def responsible_text(responsible: Responsible, say: Translator) -> str:
    """Who has to act, in words."""
    return say(_RESPONSIBLE[responsible])


def reason(evidence: Evidence, say: Translator) -> str:
    """One reason in words: which words of which field, and what they mean."""
    told = say("{field}: “{words}”").format(field=field_label(evidence.field, say), words=evidence.text)
    return f"{told} - {evidence.meaning}" if evidence.meaning else told
