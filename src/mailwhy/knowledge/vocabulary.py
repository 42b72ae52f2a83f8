"""Words that the knowledge base and the diagnosis share."""

from typing import Literal, get_args

__all__ = ["CODE_KINDS", "EVIDENCE_KINDS", "CodeKind", "EvidenceKind", "Responsible", "SteppedClient"]

Responsible = Literal["sender", "provider", "administrator", "recipient", "recipient_administrator"]
"""Who has to act; an administrator is the sender's own unless it is the recipient's."""

CodeKind = Literal["hresult", "winsock", "smtp-reply", "smtp-enhanced", "outlook-mac"]
"""Kinds of code; each is a name space of its own."""

EvidenceKind = Literal[
    "reply", "notice", "words", "smtp-enhanced", "smtp-reply", "hresult", "winsock", "settings", "symptom"
]
"""Kinds of evidence, as ``kb/weights.yaml`` names them."""

SteppedClient = Literal[
    "outlook-classic",
    "new-outlook",
    "outlook-mac",
    "outlook-mobile",
    "outlook-web",
    "thunderbird",
    "apple-mail",
    "ios-mail",
    "windows-mail",
    "windows-live-mail",
    "outlook-express",
    "printer-scanner",
    "application",
    "mail-server",
    "any",
]
"""Programs and devices that steps are written for; ``application`` is a website or an own program, ``mail-server`` what
an administrator works on."""

Side = Literal["submission", "recipient", "webmail", "device_or_program", "retrieval", "client", "unknown"]
"""Where a message failed: at the sender's own outgoing server, at a server on the way to or at the recipient, in a
webmail, in a device or program that sends by itself, while mail was fetched, or in the mail program itself."""


CODE_KINDS: tuple[CodeKind, ...] = get_args(CodeKind)
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
