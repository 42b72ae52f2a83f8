"""Mails: what is read of them, however they are encoded, nested or broken."""

import base64
import quopri
from collections.abc import Callable

import pytest

import mailwhy
from mailwhy.documents import documents_of_text, open_document
from mailwhy.documents.mail import MAX_BYTES, looks_like_mail, read_mail
from mailwhy.documents.markup import html_text

NOTICE = """This is the mail system at host relay.example.org.

Your message could not be delivered to one or more recipients.

<lea@shop.example>: host mx.shop.example[192.0.2.7] said: 550 5.1.1 <lea@shop.example>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)
"""
STATUS = """Reporting-MTA: dns; relay.example.org

Final-Recipient: rfc822; lea@shop.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.shop.example
Diagnostic-Code: smtp; 550 5.1.1 <lea@shop.example>: Recipient address
    rejected: User unknown
"""
HEADERS = "From: MAILER-DAEMON@relay.example.org\nTo: paul@example.org\nSubject: Undelivered Mail Returned to Sender\n"
BACK = "From: paul@example.org\nTo: lea@shop.example\nSubject: Offer 12\n\nGood morning\n"


def single(encoding: str) -> str:
    encoded = {
        "7bit": lambda text: text,
        "base64": lambda text: base64.encodebytes(text.encode()).decode(),
        "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    }[encoding](NOTICE)
    return (
        f"{HEADERS}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: {encoding}\n\n{encoded}"
    )


def report(text: str = NOTICE) -> str:
    return (
        f"{HEADERS}MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=cut\n\n"
        f"--cut\nContent-Type: text/plain\n\n{text}\n--cut\nContent-Type: message/delivery-status\n\n{STATUS}\n"
        f"--cut\nContent-Type: message/rfc822\n\n{BACK}\n--cut--\n"
    )


def html() -> str:
    body = NOTICE.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>\n")
    return f"{HEADERS}MIME-Version: 1.0\nContent-Type: text/html\n\n<html><body><p>{body}</p></body></html>"


def forwarded() -> str:
    return (
        "From: paul@example.org\nTo: help@example.org\nSubject: came back\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: text/plain\n\nPlease help, Paul\n"
        f"--out\nContent-Type: message/rfc822\n\n{report()}\n--out--\n"
    )


def attached() -> str:
    inner = base64.encodebytes(report().encode()).decode()
    return (
        "From: paul@example.org\nTo: help@example.org\nSubject: came back\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: text/plain\n\nPlease help, Paul\n"
        "--out\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment; filename="notice.eml"\n\n{inner}\n--out--\n'
    )


MAILS: dict[str, Callable[[], str]] = {
    "7bit": lambda: single("7bit"),
    "base64": lambda: single("base64"),
    "quoted-printable": lambda: single("quoted-printable"),
    "report": report,
    "report without the reason in words": lambda: report("See the details."),
    "html": html,
    "forwarded": forwarded,
    "attached": attached,
}


@pytest.mark.parametrize("name", MAILS)
def test_a_notice_is_read_once_with_its_recipient_and_reply(name: str) -> None:
    (document,) = open_document(MAILS[name]().encode(), "notice.eml")
    (found,) = mailwhy.parse(document.text)
    assert (found.rejected_address, found.smtp_code, found.enhanced_code) == ("lea@shop.example", 550, "5.1.1")


@pytest.mark.parametrize("name", MAILS)
def test_pasted_source_is_decoded_like_a_file(name: str) -> None:
    source = MAILS[name]()
    assert looks_like_mail(source)
    assert documents_of_text(source)[0].text == open_document(source.encode(), "x.eml")[0].text


def test_what_came_back_is_named_but_not_read() -> None:
    mail = read_mail(report().encode())
    assert (mail.recipients, mail.original_subject) == (("lea@shop.example",), "Offer 12")
    assert "Good morning" not in mail.text


def test_exim_names_the_recipients_in_a_header() -> None:
    assert read_mail(f"X-Failed-Recipients: lea@shop.example\n{single('7bit')}".encode()).recipients == (
        "lea@shop.example",
    )


@pytest.mark.parametrize("charset", ["iso-2022-jp", "cp1252", "koi8-r", "utf-16"])
def test_any_charset(charset: str) -> None:
    words = {"iso-2022-jp": "宛先不明", "cp1252": "refusé", "koi8-r": "не найден", "utf-16": "abgewiesen"}[charset]
    body = base64.encodebytes(words.encode(charset)).decode()
    source = f"{HEADERS}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n{body}"
    assert words in read_mail(source.encode()).text


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain" + "(" * 20_000,
        "Message-ID: " + "(" * 20_000,
        "Content-Disposition: " + "(" * 20_000,
        "Content-Type: text/plain" + "; a=b" * 20_000,
        "Subject: " + "=?utf-8?q?x" * 5_000,
        "Content-Type: text/plain; charset=none-such",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: x-uuencode",
    ],
    ids=lambda header: header[:24],
)
def test_a_hostile_header_costs_nothing_but_itself(header: str) -> None:
    assert isinstance(read_mail(f"{header}\n{HEADERS}\n{NOTICE}".encode()).text, str)


def test_thousands_of_nested_parts_end() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000))
    assert isinstance(read_mail((HEADERS + nested + "x").encode()).text, str)


@pytest.mark.parametrize(
    "text",
    ["Hello Paul: this is a note\nabout: nothing\n", "Subject: 'x', Account: 'y', Server: 'z'", "", "550 5.1.1 no\n"],
)
def test_ordinary_text_is_no_mail(text: str) -> None:
    assert not looks_like_mail(text)
    assert documents_of_text(text)[0].text == text


def test_a_mail_that_is_too_large_is_refused() -> None:
    with pytest.raises(mailwhy.documents.DocumentError, match="32 MiB"):
        open_document(b"x" * (MAX_BYTES + 1), "x.eml")


@pytest.mark.parametrize("piece", ["<!--", "<style>", " ", "<br", "<a ", "&", "<p>"])
def test_html_of_any_length_is_read_in_one_go(piece: str) -> None:
    assert isinstance(html_text("<br>" + piece * 200_000 + "x"), str)


def test_addresses_in_angle_brackets_stay() -> None:
    assert html_text("<p>Unknown: <b@shop.example></p><style>p {}</style>") == "Unknown: <b@shop.example>"
