"""What ``parse`` promises whatever the text is: limits, spans, several reports, nothing in ordinary text."""

import pytest

from mailwhy.parsing import TextTooLargeError, could_hold_report, parse

ONE_LINE = (
    "The message could not be sent. Subject 'Kite', Account: 'beach', Server: 'smtp.example.com', Protocol: SMTP, "
    "Server Response: '550 5.7.1 Relaying denied', Port: 25, Secure(SSL): No, Server Error: 550, Error Number: 0x800CCC69"
)


def test_all_that_one_line_says() -> None:
    (report,) = parse(ONE_LINE)
    assert report.model_dump(exclude={"languages"}) == {
        "client": "outlook-express",
        "error_number": "0x800CCC69",
        "server_error": 550,
        "socket_error": None,
        "smtp_code": 550,
        "enhanced_code": "5.7.1",
        "server": "smtp.example.com",
        "account": "beach",
        "subject": "Kite",
        "protocol": "SMTP",
        "port": 25,
        "ssl": False,
        "rejected_address": None,
        "server_response": "550 5.7.1 Relaying denied",
        "client_message": "The message could not be sent.",
        "remote_host": None,
        "recipients": (),
        "side": "submission",
        "temporary_notice": False,
        "span": (0, len(ONE_LINE)),
        "unread": (),
    }
    assert report.languages[0] == "en"


def test_the_limit_is_named_and_can_be_set() -> None:
    with pytest.raises(TextTooLargeError, match=r"6 characters long.* limit is 5\b"):
        parse("x" * 6, max_length=5)
    assert parse(ONE_LINE, max_length=len(ONE_LINE))


@pytest.mark.parametrize(
    "damaged",
    [
        "Hello,\n\n> " + ONE_LINE.replace("Server: ", "Server:\n> ") + "\n\nThanks",
        "<p>" + ONE_LINE.replace("'", "&#39;") + "</p>",
        ONE_LINE.replace("Port", "Po=\nrt"),
        "\ufeff" + ONE_LINE.replace(" ", "\u00a0"),
        ONE_LINE.replace("a", "a\u200b"),
    ],
    ids=["quoted", "html", "soft-breaks", "no-break-spaces", "zero-width"],
)
def test_the_span_points_into_the_text_as_given(damaged: str) -> None:
    (report,) = parse(damaged)
    start, end = report.span
    assert damaged[start:].startswith("The")
    assert damaged[:end].endswith("0x800CCC69")
    assert (report.port, report.server, report.error_number) == (25, "smtp.example.com", "0x800CCC69")


def test_reports_far_apart_in_a_long_ticket() -> None:
    story = "We moved the printer to the other room and nothing else was changed that day.\n" * 60
    text = story + ONE_LINE + "\n\n" + story + ONE_LINE.replace("Kite", "Boat") + "\n\n" + story
    first, second = parse(text)
    assert (first.subject, second.subject) == ("Kite", "Boat")
    assert text[slice(*first.span)] == ONE_LINE
    assert first.span[1] <= second.span[0]
    assert text[slice(*second.span)].startswith("The message")


def test_a_server_named_in_the_story_is_no_part_of_the_report() -> None:
    text = "Our outgoing server (SMTP) relays for members only, says the page.\nThen this came up:\n\n" + ONE_LINE
    (report,) = parse(text)
    assert text[slice(*report.span)] == ONE_LINE
    assert report.server == "smtp.example.com"


def test_recipients_with_replies_of_their_own_are_reports_of_their_own() -> None:
    text = (
        "<ann@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n\n"
        "<ben@example.org>: host mx.example.org[192.0.2.2] said: 552 5.2.2 Mailbox full (in reply to RCPT TO command)\n"
    )
    first, second = parse(text)
    assert (first.rejected_address, first.smtp_code) == ("ann@example.com", 550)
    assert (second.rejected_address, second.smtp_code) == ("ben@example.org", 552)
    assert first.span[1] <= second.span[0]


def test_what_is_not_understood_is_kept() -> None:
    (report,) = parse(ONE_LINE.replace("Port: 25", "Port: twenty-five, or so the box says"))
    assert report.port is None
    assert any("twenty-five" in piece for piece in report.unread)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "Room 550, second floor. Call 421 for the key.",
        "On Sunday 550 people came, and 20 % of them paid 5.50.",
        "HTTP/1.1 503 Service Unavailable",
        "See RFC 5321, section 4.2.1, and RFC 3463 for 5.1.1.",
        "The printer stops with 0x80070005 at 12:10.",
        "Free at 0x800CCC0E: 12 bytes; the emulator prints the address of the frame. " * 3,
        "Upload over FTP:\n331 Password required\n550 report.csv: No such file or directory\n",
        "Please open port 465 and 587 for the new scanner; SSL: yes, server: see the sheet.",
        "Your message was successfully delivered.\n<a@example.org>: 250 2.0.0 Ok\nAction: relayed\nStatus: 2.0.0\n",
    ],
)
def test_ordinary_text_holds_no_report(text: str) -> None:
    assert parse(text) == []


def test_the_quick_look_agrees() -> None:
    assert could_hold_report(ONE_LINE)
    assert not could_hold_report("We moved the printer to the other room. " * 200)
    assert not could_hold_report("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Error Number: -2147467259, Account: 'a', Server: 'b.example'", {"error_number": "0x80004005"}),
        ("Error Number: 2148322425 Account: 'x'", {"error_number": "0x800CCC79"}),
        ("550 relay not permitted", {"smtp_code": 550, "client": "bare-reply"}),
        ("-ERR [AUTH] Invalid login", {"server_response": "-ERR [AUTH] Invalid login", "smtp_code": None}),
        ("Outlook: 0x80040600", {"error_number": "0x80040600", "client": "outlook-send-receive"}),
        ("SMTP Error (-1): Connection to server failed.", {"client": "other", "smtp_code": None}),
        ("SMTP Error: [553] Sender not local", {"smtp_code": 553, "server_response": "[553] Sender not local"}),
        ("Secure (SSL): No/Yes, Account: 'a', Server: 'b.example', Socket Error: 10060", {"ssl": None}),
        ("smtplib.SMTPRecipientsRefused: (550, b'5.1.1 User unknown', 'o@example.org')",
         {"smtp_code": 550, "enhanced_code": "5.1.1", "rejected_address": "o@example.org"}),
        ("mx postfix/smtp[7]: A1: to=<z@example.org>, relay=none, dsn=4.4.1, status=deferred (connect to x: timed out)",
         {"rejected_address": "z@example.org", "enhanced_code": "4.4.1", "server_response": "connect to x: timed out"}),
        ("Recipient is full. Mailbox quota.\n(in reply to RCPT TO command)",
         {"server_response": "Recipient is full. Mailbox quota."}),
        ("Unable to send messages for the Work (bob) account. Error Number: 0x800CCC0E", {"account": "Work (bob)"}),
        (">>> RCPT To:<q@example.org>\n<<< 550 5.1.1 no such user\n",
         {"rejected_address": "q@example.org", "client": "mta-bounce"}),
        ("Server error: '554 5.7.1 Unable to relay for k@example.org'",
         {"server_error": None, "smtp_code": 554, "rejected_address": "k@example.org"}),
        ("Task 'Sending' reported error (0x800CCC13): 'Unable to connect to the network.'", {"account": None}),
        ("Unknown Error\n\nHTTP/1.1 402 Payment required for this Hotmail account",
         {"server_response": "HTTP/1.1 402 Payment required for this Hotmail account"}),
    ],
)  # fmt: skip
def test_less_common_shapes(text: str, expected: dict[str, object]) -> None:
    (report,) = parse(text)
    assert {name: getattr(report, name) for name in expected} == expected


@pytest.mark.parametrize("words", ["E-MA\u0130L", "e-ma\u0131l", "\u0130MAP", "E-Mail", "\u017fending mail"])
def test_words_about_mail_are_known_in_any_case(words: str) -> None:
    filling = "lorem ipsum dolor " * 6
    assert [report.error_number for report in parse(f"{words} - {filling} 0x800CCC0E {filling}")] == ["0x800CCC0E"]
