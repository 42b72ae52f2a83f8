"""On which side a failure is: derived from the facts of a report."""

import pytest

from mailwhy.knowledge.vocabulary import Side
from mailwhy.parsing.report import Report
from mailwhy.parsing.side import derive_side


@pytest.mark.parametrize(
    ("side", "facts"),
    [
        ("submission", {"client": "outlook-express", "protocol": "SMTP", "port": 25}),
        ("retrieval", {"client": "outlook-express", "protocol": "POP3", "port": 110}),
        ("retrieval", {"client": "other", "port": 993}),
        ("retrieval", {"client": "bare-reply", "server_response": "-ERR Invalid login"}),
        ("retrieval", {"client": "outlook-express", "server": "imap.example.org"}),
        ("submission", {"client": "outlook-send-receive", "error_number": "0x80042109"}),
        ("retrieval", {"client": "outlook-send-receive", "error_number": "0x80042108"}),
        ("client", {"client": "outlook-send-receive", "error_number": "0x8004010F"}),
        ("submission", {"client": "outlook-express", "error_number": "0x800CCC79"}),
        ("recipient", {"client": "mta-bounce", "smtp_code": 550}),
        ("recipient", {"client": "m365-ndr", "smtp_code": 550}),
        ("recipient", {"client": "outlook-system-administrator-ndr", "remote_host": "mx.example.org"}),
        ("submission", {"client": "outlook-system-administrator-ndr", "smtp_code": 550}),
        ("device_or_program", {"client": "program"}),
        ("submission", {"client": "session", "smtp_code": 535}),
        ("submission", {"client": "bare-reply", "smtp_code": 535}),
        ("unknown", {"client": "bare-reply", "smtp_code": 550}),
        ("webmail", {"client": "other", "client_message": "Roundcube says: no"}),
        ("submission", {"client": "other", "server": "smtp.example.org"}),
        ("unknown", {"client": "other"}),
    ],
)
def test_the_side_follows_from_the_facts(side: Side, facts: dict[str, object]) -> None:
    assert derive_side(Report.model_validate({"span": (0, 1), **facts})) == side
