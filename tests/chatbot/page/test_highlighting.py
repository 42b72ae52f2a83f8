"""Facts are marked where they stand in the text as given."""

import re

import pytest

from mailwhy.chatbot.page.highlighting import highlighted
from mailwhy.i18n import translator
from mailwhy.parsing import parse
from mailwhy.parsing.report import Report


def marks(text: str, report: Report) -> dict[str, str]:
    shown = highlighted(text, report, translator("en"))
    inner = re.compile(r'<mark title="[^"]*" data-fact="(\w+)">((?:(?!</?mark).)*)</mark>', re.DOTALL)
    found: dict[str, str] = {}
    html = str(shown)
    while match := inner.search(html):
        found[match[1]] = match[2]
        html = html[: match.start()] + match[2] + html[match.end() :]
    return found


def report_of(text: str, **fields: object) -> Report:
    return Report.model_validate({"client": "other", "span": (0, len(text)), **fields})


def test_codes_are_marked_inside_the_reply() -> None:
    text = "Port: 25, 550 5.7.1 refused by 10.0.0.25, Server Error: 550"
    reply = "550 5.7.1 refused by 10.0.0.25"
    report = report_of(text, port=25, smtp_code=550, enhanced_code="5.7.1", server_response=reply, server_error=550)
    html = str(highlighted(text, report, translator("en")))
    assert '<mark title="Server&#x27;s reply" data-fact="server_response"><mark title="Reply code"' in html
    assert 'Port: <mark title="Port" data-fact="port">25</mark>' in html
    assert html.endswith(
        '<mark title="Server error" data-fact="server_error">550</mark><span class="around"></span></div>'
    )


@pytest.mark.parametrize("broken", ["mailbox\nfull", "mailbox   full", "mailbox\n> full", "MAILBOX Full"])
def test_wrapped_quoted_and_shouted_values_are_found(broken: str) -> None:
    text = f"552 {broken} - sorry"
    assert marks(text, report_of(text, server_response="552 mailbox full")).keys() == {"server_response"}


def test_a_value_is_not_found_inside_another_word() -> None:
    text = "smtp.example.com SMTP 2525 25"
    found = str(highlighted(text, report_of(text, port=25, protocol="SMTP"), translator("en")))
    assert found.index(">SMTP<") > found.index("example")
    assert '2525 <mark title="Port"' in found


def test_what_stands_nowhere_is_not_marked() -> None:
    assert marks("nothing here", report_of("nothing here", server="smtp.example.com")) == {}


def test_only_the_surroundings_of_the_report_are_shown() -> None:
    text = "a " * 5000 + "550 no" + " b" * 5000
    report = Report(client="bare-reply", span=(10_000, 10_006), server_response="550 no")
    shown = str(highlighted(text, report, translator("en")))
    assert len(shown) < 1000
    assert shown.count("…") == 2


def test_everything_is_escaped() -> None:
    text = "550 <b>no</b> & <script>"
    shown = str(highlighted(text, report_of(text, server_response="550 <b>no</b>"), translator("en")))
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown


def test_text_is_kept_whole(report: str) -> None:
    (found,) = parse(report)
    shown = str(highlighted(report, found, translator("en")))
    from html import unescape

    assert unescape(re.sub(r"<[^>]*>", "", shown)) == report
    assert set(marks(report, found)) >= {"server", "port", "account", "subject", "rejected_address", "error_number"}
