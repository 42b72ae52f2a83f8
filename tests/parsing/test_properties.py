"""Properties of the parser on any text whatever."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailwhy.parsing import could_hold_report, parse

_PIECES = st.sampled_from([
    "Server: ", "'smtp.example.com'", ", ", "Subject 'x'", "Account:", "Error Number: ", "0x800CCC79", "550 5.1.1 ", "<a@b.example>",
    "said: ", "Port: 25", "Secure (SSL): No", "Réponse du serveur : « ", " »", "\n", "\n\n", "> ", "&#39;", "=\n", "Task 'x - Sending' ",
    "reported error (", ")", "The message could not be sent. ", "(in reply to ", "#5.7.1", "smtp;", "<<< ", ">>> RCPT TO:", "-ERR no",
    "件名：", "。", "\ue003", "Your message did not reach some or all of the intended recipients.", "le 12/03/2010", "SMTP Error (550): ",
])  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=300), st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join))
_SETTINGS = settings(
    derandomize=True, deadline=None, max_examples=300, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@_SETTINGS
@given(_TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    reports = parse(text)
    spans = [report.span for report in reports]
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert could_hold_report(text) or not reports
    for report in reports:
        assert report.server_response is None or "\n" not in report.server_response
        assert report.smtp_code is None or 200 <= report.smtp_code < 600


@_SETTINGS
@given(_TEXTS)
def test_reading_is_repeatable(text: str) -> None:
    assert parse(text) == parse(text)
