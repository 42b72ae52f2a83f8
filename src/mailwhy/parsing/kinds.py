"""The kinds of phrase, one row a kind: where its words stand in a language file, and what it means where it is found.

Everything else derives from this table: the keys that a language file may have, the terminals of ``report.lark``, the
order in which a value is read, the weight of a phrase as evidence, the beginnings that the prefilter looks for.
"""

from typing import Literal, NamedTuple

__all__ = ["BEGINNINGS", "BY_NAME", "FIELDS", "KINDS", "NOTICES", "ONE_LINE", "SECTIONS", "SENTENCES", "SOFT", "Kind"]

Value = Literal[
    "", "text", "header", "number", "server_error", "switch", "protocol", "hresult", "response", "reply", "reason",
    "line", "address", "server", "account", "task", "webmail", "webmail_address", "log_status", "endpoint", "refused",
    "sender",
]  # fmt: skip
"""How the value behind a phrase is read (``values.READERS``); empty: the phrase has none."""


class Kind(NamedTuple):
    """What a phrase stands for.

    Attributes:
        name: of the kind; in capitals, the terminal of the grammar.
        section: of the language files, ``section.key``.
        value: how the value behind it is read.
        evidence: points for a failure report (``assemble.ENOUGH`` make one).
        needs: the test of what must stand around it, by its name in ``phrases.TESTS``.
        role: "field" is a label with a value; "sentence" is part of a sentence, whose words stay in the text; "notice"
            is a heading that makes a notice of non-delivery.
        one_line: whether the one-line report of Outlook Express and its like has this label.
        inner: up to so many words of this kind can be the server's own words; 99: any number, 0: none.
        begins: whether a text may be known to hold a report by the beginning of such a phrase.
    """

    name: str
    section: str
    value: Value = ""
    evidence: float = 0.0
    needs: str = ""
    role: Literal["", "field", "sentence", "notice"] = ""
    one_line: bool = False
    inner: int = 0
    begins: bool = False


KINDS: tuple[Kind, ...] = (
    # the one-line report: "Subject 'x', Account: 'y', Server: 'z', Protocol: SMTP, Port: 25, Secure(SSL): No, ..."
    Kind("subject", "fields.subject", "text", 0.3, "text", "field", one_line=True, inner=99),
    Kind("account", "fields.account", "text", 0.5, "text", "field", one_line=True, inner=99),
    Kind("server", "fields.server", "text", 0.5, "host", "field", one_line=True, inner=99),
    Kind("protocol", "fields.protocol", "protocol", 0.5, "protocol", "field", one_line=True, inner=99),
    Kind("server_response", "fields.server_response", "response", 2, "response", "field", one_line=True, inner=99),
    Kind("port", "fields.port", "number", 0.3, "number", "field", one_line=True),
    Kind("ssl", "fields.ssl", "switch", 0.5, "switch", "field", one_line=True),
    Kind("server_error", "fields.server_error", "server_error", 1.5, "number", "field", one_line=True),
    Kind("socket_error", "fields.socket_error", "number", 1.5, "number", "field", one_line=True, begins=True),
    Kind("error_number", "fields.error_number", "hresult", 1, "number", "field", one_line=True, begins=True),
    Kind("live_mail_error_id", "fields.live_mail_error_id", "hresult", 1, "number", "field", True, begins=True),
    # headers of a mail; the subject is the first row's
    Kind("to", "fields.to", "header", 0, "header", "field", inner=99),
    Kind("sent", "fields.sent", "header", 0, "header", "field", inner=99),
    Kind("from", "fields.from", "header", 0, "header", "field", inner=99),
    # fields of delivery status notifications (RFC 3464)
    Kind("final_recipient", "fields.final_recipient", "line", 1, "colon", "field", begins=True),
    Kind("original_recipient", "fields.original_recipient", "line", 1, "colon", "field", begins=True),
    Kind("action", "fields.action", "line", 1.5, "colon", "field", inner=99),
    Kind("status", "fields.status", "line", 1, "colon", "field", inner=99),
    Kind("reason", "fields.reason", "reason", 2, "colon", "field", inner=99, begins=True),
    Kind("remote_mta", "fields.remote_mta", "line", 0, "colon", "field"),
    Kind("arrival", "fields.arrival", "line", 0, "colon", "field"),
    # words before a value, in sentences of clients, notices, sessions and logs
    Kind("rejected_address", "before.rejected_address", "address", 2, "address", begins=True),
    Kind("rejected_sender", "before.rejected_sender", "address", 2, "address", begins=True),
    Kind("server_reply", "before.server_reply", "reply", 2.5, "reply", inner=1, begins=True),
    Kind("smtp_server", "before.smtp_server", "server", 1, "server", inner=9),
    Kind("checked_recipient", "before.checked_recipient", "address", 1, "address", inner=3, begins=True),
    Kind("failed_recipients", "before.failed_recipients", "", 1.5, "recipients", "notice", inner=3, begins=True),
    Kind("endpoint", "before.endpoint", "endpoint", 0, "endpoint", inner=9),
    Kind("delayed_recipients", "before.delayed_recipients", "", 1.5, "recipients", inner=3, begins=True),
    Kind("refused_recipient", "before.refused_recipient", "refused", 1, "line", begins=True),
    Kind("notice_sender", "before.notice_sender", "sender", 1, "", "notice", begins=True),
    Kind("named_account", "before.named_account", "account", 1),
    Kind("webmail_error", "before.webmail_error", "webmail", 3, "bracket", inner=2, begins=True),
    Kind("webmail_address", "before.webmail_address", "webmail_address", 1),
    Kind("mail_command", "before.mail_command", "", 0, inner=9),
    Kind("rcpt_command", "before.rcpt_command", "", 0, "command", inner=9, begins=True),
    Kind("log_recipient", "before.log_recipient", "", 1),
    Kind("log_status", "before.log_status", "log_status", 1),
    # Outlook's send/receive dialog: "Task 'Work - Sending' reported error (0x80042109): '...'"
    Kind("task", "task.label", "task", 1, "quoted"),
    Kind("reported", "task.reported", "hresult", 2, "hresult", begins=True),
    # sentences of clients
    Kind("express", "messages.express", "", 2, "", "sentence", inner=99, begins=True),
    Kind("outlook", "messages.outlook", "", 2, "", "sentence", inner=99, begins=True),
    Kind("other", "messages.other", "", 2, "", "sentence", inner=99, begins=True),
    # what programs and devices log and throw; "network" counts only beside words about mail
    Kind("program", "messages.program", "", 2, "", "sentence", inner=99, begins=True),
    Kind("network", "messages.network", "", 2, "", "sentence", inner=99, begins=True),
    Kind("reply_end", "reply_ends", "", 0.5, "", "sentence"),
    # notices of non-delivery
    Kind("system_administrator", "notices.system_administrator", "", 3, "", "notice", begins=True),
    Kind("exchange", "notices.exchange", "", 1, "heading", "notice", begins=True),
    Kind("bounce", "notices.bounce", "", 1, "", "notice", inner=3, begins=True),
    Kind("original_headers", "notices.original_headers", "", 0.5, "own_line"),
    # a warning: the server still tries to deliver
    Kind("delayed", "notices.delayed", "", 1),
    # "Your message to ann@example.org couldn't be delivered."
    Kind("undelivered", "notices.undelivered", "", 1),
    Kind("rejected_by", "notices.rejected_by", "", 1),
    Kind("delivered", "notices.delivered", "", -6),
)
"""All kinds. Words that two kinds share belong to the first one that a language file names."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
SECTIONS: dict[str, str] = {kind.section: kind.name for kind in KINDS}
"""Keys of the language files, and the kinds that they list the words of."""
WORD_LISTS = frozenset({
    "words.yes", "words.no", "words.on", "words.mail", "words.not_mail", "words.other_protocol", "words.about_mail",
    "words.near_number", "words.host",
    "task.actions", "notices.undeliverable",
})  # fmt: skip
"""Keys of the language files that hold words for looking up, not phrases to be found."""

FIELDS = frozenset(kind.name for kind in KINDS if kind.role == "field")
SENTENCES = frozenset(kind.name for kind in KINDS if kind.role == "sentence")
SOFT = frozenset({"program", "network", "endpoint", "undelivered", "delayed"})
"""Kinds whose words a reply or a diagnosis may hold: they end no value."""
NOTICES = frozenset(kind.name for kind in KINDS if kind.role == "notice")
ONE_LINE = frozenset(kind.name for kind in KINDS if kind.one_line)
BEGINNINGS = frozenset(kind.name for kind in KINDS if kind.begins)
