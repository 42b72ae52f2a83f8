"""What a client or a notice says in its own sentences is kept whole: the knowledge base matches on it."""

import pytest

from mailwhy.parsing import parse

CASES = {
    "a notice gives the reason behind the recipient": (
        (
            "Your message did not reach some or all of the intended recipients.\n\n"
            "      Subject:  plans\n      Sent:     4/2/2004 9:15 AM\n\n"
            "The following recipient(s) could not be reached:\n\n"
            "      'thistle@example.net' on 4/2/2004 9:15 AM\n"
            "            The recipient name is not recognized\n"
        ),
        "The recipient name is not recognized",
    ),
    "and in French": (
        (
            "Votre message n'a pas atteint certains ou tous les destinataires prévus.\n\n"
            "      Objet :   plans\n      Date :    02/04/2004 09:15\n\n"
            "Impossible d'atteindre le ou les destinataires suivants :\n\n"
            "      'chardon@example.net' le 02/04/2004 09:15\n"
            "            Le nom du destinataire n'est pas reconnu\n"
        ),
        "Le nom du destinataire n'est pas reconnu",
    ),
    "a webmail gives it behind its label": (
        "Erreur SMTP (535) : échec d'authentification.",
        "échec d'authentification",
    ),
    "Thunderbird around the name of the server": (
        "The message could not be sent because the connection to Outgoing server (SMTP) mail.example.net timed out. Try again.",
        "connection to Outgoing server (SMTP) mail.example.net timed out",
    ),
    "the send/receive dialog between its quotes": (
        (
            "Task 'Garden - Sending' reported error (0x80040119): "
            "'There must be at least one name or contact group in the To, Cc, or Bcc box.'"
        ),
        "There must be at least one name or contact group in the To, Cc, or Bcc box",
    ),
    "a dialog of fields in front of the first label, even if its words are unknown": (
        (
            "Your mail carrier has gone for lunch. Account: 'Garden', Server: 'mail.example.net', Protocol: SMTP, Port: 25, "
            "Secure(SSL): No, Error Number: 0x800CCC0E"
        ),
        "Your mail carrier has gone for lunch",
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_the_sentence_is_kept(text: str, said: str) -> None:
    """The sentence is in the message of the client, on one line."""
    (report,) = parse(text)
    assert said in (report.client_message or "")


def test_the_message_of_a_dialog_ends_before_its_fields() -> None:
    """Fields and the server's reply are no sentences of the client."""
    (report,) = parse(
        "The connection to the server has failed. Account: 'Garden', Server: 'mail.example.net', Protocol: SMTP, "
        "Port: 25, Secure(SSL): No, Socket Error: 10061, Error Number: 0x800CCC0E"
    )
    assert report.client_message == "The connection to the server has failed."


def test_the_message_of_a_notice_ends_before_the_reply() -> None:
    """The words of the server are matched on their own."""
    (report,) = parse(
        "Delivery has failed to these recipients or groups:\n\nthistle@example.net\n"
        "The recipient's mailbox is full and can't accept messages now.\n\n"
        "Diagnostic information for administrators:\n\nGenerating server: MX1.example.com\n\nthistle@example.net\n"
        "Remote Server returned '554 5.2.2 mailbox full; quota reached'\n"
    )
    message = report.client_message or ""
    assert "mailbox is full and can't accept" in message
    assert "quota reached" not in message


def test_two_dialogs_keep_their_own_sentences() -> None:
    """What stands before the second dialog's labels is not taken from the first."""
    first = (
        "The mill is closed. Account: 'A', Server: 'a.example.net', Protocol: SMTP, Port: 25, Error Number: 0x800CCC0E"
    )
    second = (
        "The pond is dry. Account: 'B', Server: 'b.example.net', Protocol: SMTP, Port: 25, Error Number: 0x800CCC0E"
    )
    messages = [report.client_message for report in parse(f"{first}\n\n{second}")]
    assert messages == ["The mill is closed.", "The pond is dry."]
