"""The facts that one failure report states."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailwhy.knowledge.vocabulary import Side

__all__ = ["CLIENTS", "Client", "Report", "Side"]

Client = Literal[
    "outlook-express",
    "windows-mail",
    "windows-live-mail",
    "outlook-send-receive",
    "outlook-system-administrator-ndr",
    "exchange-ndr",
    "m365-ndr",
    "mta-bounce",
    "bare-reply",
    "program",
    "session",
    "described",
    "other",
]
"""The program, or the kind of notice, that printed a report.

``program`` is the log or the exception of an application or device, ``session`` the transcript of an SMTP session,
``described`` a failure told in the person's own words, without any printed words.
"""

CLIENTS: tuple[Client, ...] = Client.__args__  # type: ignore[attr-defined]


class Report(BaseModel):
    """One failure report, as a mail client, a server or a notice of non-delivery printed it.

    A field is None when the text does not state it; nothing is guessed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    client: Client = Field(description="The program or kind of notice that printed the report.")
    languages: tuple[str, ...] = Field(
        default=(), description="Languages of the client's labels and sentences (BCP 47), most used first."
    )
    error_number: str | None = Field(
        default=None, description='The client\'s HRESULT, "0x" and eight upper-case hexadecimal digits.'
    )
    server_error: int | None = Field(default=None, description='Decimal value of the field "Server Error".')
    socket_error: int | None = Field(default=None, description='Winsock error of the field "Socket Error".')
    smtp_code: int | None = Field(default=None, description="First reply code of the server's reply (RFC 5321).")
    enhanced_code: str | None = Field(default=None, description="Enhanced status code (RFC 3463), such as 5.7.1.")
    server: str | None = Field(default=None, description="Mail server named in the account, by the client's own label.")
    account: str | None = Field(default=None, description="Name of the account, or of the send/receive task.")
    subject: str | None = Field(default=None, description="Subject of the message that failed.")
    protocol: str | None = Field(default=None, description="SMTP, POP3, IMAP, HTTPMAIL or NNTP, by its label.")
    port: int | None = Field(default=None, description="TCP port of the server, by its label.")
    ssl: bool | None = Field(default=None, description='Value of the field "Secure (SSL)".')
    rejected_address: str | None = Field(default=None, description="Recipient or sender address that was refused.")
    server_response: str | None = Field(
        default=None, description="The server's reply on one line, from its reply code on where one is printed."
    )
    client_message: str | None = Field(
        default=None, description="What the client itself said, in its own sentences, on one line."
    )
    remote_host: str | None = Field(
        default=None, description="Host that gave the reply, where a notice names it (host x said); not the account's."
    )
    recipients: tuple[str, ...] = Field(
        default=(), description="All recipients that a notice names as failed for this reason, in order."
    )
    side: Side = Field(default="unknown", description="Where it failed, as far as the report tells.")
    temporary_notice: bool = Field(
        default=False, description="Whether it is a warning of a delay: the server still tries to deliver."
    )
    span: tuple[int, int] = Field(description="Start and end of the report in the text as given, in code points.")
    unread: tuple[str, ...] = Field(
        default=(), description="Pieces of the report that were not understood, in order; kept, not dropped."
    )
