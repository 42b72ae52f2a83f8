"""Replies without code or label, told by their wording; and people who use the same words."""

import pytest

from mailwhy.diagnosis.api import builtin
from mailwhy.diagnosis.bare import bare_notice, bare_reply


@pytest.mark.parametrize(
    "text",
    [
        "User unknown",
        "Mailbox full",
        "Relaying denied",
        "sorry, no mailbox here by that name",
        "Domain does not exist: example.net",
        "unable to deliver this message after 3 days",
        "Recipient bob@example.org: quota exceeded, delivery failed to /var/spool/mail/bob",
        "Host or domain name not found. Name service error for name=exmaple.test type=MX: Host not found, try later please",
        "  connect to mx.example.org[192.0.2.7]:25: Connection timed out\n",
    ],
)
def test_a_machines_words_are_a_reply(text):
    found = bare_reply(text, builtin())
    assert found is not None
    assert found.client == "bare-reply"
    assert found.server_response == " ".join(text.split())
    assert text[slice(*found.span)] == text.strip()


def test_codes_in_it_are_read():
    found = bare_reply("450 4.2.2 bob@example.org: mailbox full", builtin())
    assert found is not None
    assert (found.smtp_code, found.enhanced_code) == (450, "4.2.2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, how are you?",
        "My colleague says that his mailbox is full.",
        "Why does the shop write that the user is unknown?",
        "In chapter 4.7.1 of the handbook the relay was denied by the examiner since the coil was burnt.",
        "Upload to ftp.example.org ends with 530 Login incorrect since Monday.",
        "Bonjour, ma boîte est pleine, que faire ?",
        "The invoice was rejected by accounting because the order number was missing, and the supplier wants to know when it is paid.",
        "one line\nanother line\na third\na fourth\nUser unknown",
        "User unknown " * 200,
    ],
)
def test_a_persons_words_are_not(text):
    assert bare_reply(text, builtin()) is None


def test_codes_side_by_side_are_a_reply_within_a_question():
    found = bare_reply("Bonjour, que veut dire « 452 4.2.2 user is over quota » ?", builtin())
    assert found is not None
    assert (found.smtp_code, found.enhanced_code) == (452, "4.2.2")
    assert found.server_response == "452 4.2.2 user is over quota"


@pytest.mark.parametrize(
    "text",
    [
        "None of your e-mail accounts could send to this recipient.",
        "Hi, Outlook says: Outlook must be online or connected to complete this action. What now?",
    ],
)
def test_a_clients_own_sentence_is_a_notice(text):
    found = bare_notice(text, builtin())
    assert found is not None
    assert found.client_message == text


@pytest.mark.parametrize("text", ["", "Outlook is offline today.", "I could not send to this recipient."])
def test_talk_is_no_notice(text):
    assert bare_notice(text, builtin()) is None
