"""Render a report in any layout, language and damage, read it back, and compare."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.parsing.rendering import DAMAGES, LANGUAGES, LAYOUTS, PLAIN, QUOTES, Style, fits, keeps, printed, render

import mailwhy

FIELDS = (
    "error_number", "server_error", "socket_error", "smtp_code", "enhanced_code", "server", "account", "subject",
    "protocol", "port", "ssl", "rejected_address", "server_response",
)  # fmt: skip

_SETTINGS = settings(
    derandomize=True, deadline=None, max_examples=30, database=None, suppress_health_check=[HealthCheck.too_slow]
)

_NOUNS = ("meadow", "harbour", "lantern", "offer", "violin", "timber", "harvest", "kettle", "orchard", "ladder")
_REPLIES = (
    (550, "5.1.1", "550 5.1.1 User unknown"),
    (554, "5.7.1", "554 5.7.1 Relay access denied"),
    (550, None, "550 relay not permitted"),
    (421, "4.7.0", "421 4.7.0 Too many connections, slow down"),
    (553, "5.7.1", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    (552, "5.2.2", "552 5.2.2 Mailbox full; try again later"),
    (530, "5.7.0", "530 5.7.0 Must issue a STARTTLS command first"),
    (535, "5.7.8", "535 5.7.8 Error: authentication failed"),
)
_ERRORS = ("0x800CCC79", "0x800CCC0E", "0x800CCC0F", "0x800CCC6F", "0x800CCC92", "0x8004210B", "0x80042109")


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of a report; some are missing, as they are in reports."""
    words = draw(st.lists(st.sampled_from(_NOUNS), min_size=1, max_size=3, unique=True))
    code, status, reply = draw(st.sampled_from(_REPLIES))
    host = draw(st.sampled_from(("smtp.example.com", "mail.example.org", "192.0.2.25")))
    found: dict[str, Any] = {
        "subject": " ".join(words).capitalize(),
        "account": draw(st.sampled_from((words[0], f"{words[0]}@example.net", "mail.example.com"))),
        "server": host,
        "protocol": draw(st.sampled_from(("SMTP", "POP3", "IMAP"))),
        "port": draw(st.sampled_from((25, 110, 465, 587, 993, 2525))),
        "ssl": draw(st.booleans()),
        "error_number": draw(st.sampled_from(_ERRORS)),
        "rejected_address": f"{words[-1]}@example.net",
    }
    if draw(st.booleans()):
        found |= {"socket_error": draw(st.sampled_from((10060, 10061, 11001)))}
    if draw(st.integers(0, 3)):
        found |= {"smtp_code": code, "enhanced_code": status, "server_response": reply, "server_error": code}
    return found


def seen(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are there, without the full stop or the quote that a client puts behind a reply."""
    found = {name: fields.get(name) for name in FIELDS}
    bare = {name: value.rstrip(" .'") if isinstance(value, str) else value for name, value in found.items()}
    return {name: value for name, value in bare.items() if value is not None}


def read_back(text: str) -> dict[str, Any]:
    """The fields of the only report in the text."""
    found = mailwhy.parse(text)
    assert len(found) == 1, f"{len(found)} reports in {text!r}"
    return seen(found[0].model_dump())


@pytest.mark.parametrize("language", LANGUAGES)
@_SETTINGS
@given(fields=reports(), layout=st.sampled_from(sorted(LAYOUTS)))
def test_a_plain_report_is_read_back_in_every_language(language: str, fields: dict[str, Any], layout: str) -> None:
    if fits(layout, language, fields):
        text = render(fields, layout, language)
        assert read_back(text) == printed(fields, layout), text


@pytest.mark.parametrize("damage", sorted(DAMAGES))
@_SETTINGS
@given(fields=reports(), layout=st.sampled_from(sorted(LAYOUTS)), language=st.sampled_from(("en", "fr")))
def test_a_damaged_report_is_read_back(damage: str, fields: dict[str, Any], layout: str, language: str) -> None:
    if fits(layout, language, fields) and keeps(damage, layout, language):
        text = DAMAGES[damage](render(fields, layout, language))
        assert read_back(text) == printed(fields, layout), text


@pytest.mark.parametrize("damage", sorted(DAMAGES))
@_SETTINGS
@given(fields=reports(), language=st.sampled_from(LANGUAGES))
def test_damage_is_undone_in_every_language(damage: str, fields: dict[str, Any], language: str) -> None:
    if keeps(damage, "one-line", language):
        text = DAMAGES[damage](render(fields, "one-line", language))
        assert read_back(text) == printed(fields, "one-line"), text


# The order in which damage is done: a client wraps and a keyboard loses accents before a web page escapes and a ticket surrounds.
_IN_ORDER = (
    "wrapped", "indented", "accents-lost", "no-break-spaces", "narrow-spaces", "multiplication-sign", "lower-case-hex",
    "in-quotes", "mojibake", "quoted", "quoted-thrice", "html-escaped", "html-breaks", "quoted-printable",
    "in-a-ticket", "carriage-returns",
)  # fmt: skip


@_SETTINGS
@given(
    fields=reports(),
    layout=st.sampled_from(("one-line", "live-mail", "send-receive", "system-administrator", "exchange", "postfix")),
    language=st.sampled_from(("en", "fr")),
    places=st.sets(st.sampled_from(range(len(_IN_ORDER))), min_size=2, max_size=2),
)
def test_two_kinds_of_damage_are_undone(fields: dict[str, Any], layout: str, language: str, places: set[int]) -> None:
    damages = [_IN_ORDER[place] for place in sorted(places)]
    if fits(layout, language, fields) and all(keeps(damage, layout, language) for damage in damages):
        text = render(fields, layout, language)
        for damage in damages:
            text = DAMAGES[damage](text)
        assert read_back(text) == printed(fields, layout), text


@pytest.mark.parametrize("quotes", sorted(QUOTES))
@_SETTINGS
@given(fields=reports(), language=st.sampled_from(LANGUAGES))
def test_any_quotes_are_taken_off(quotes: str, fields: dict[str, Any], language: str) -> None:
    text = render(fields, "one-line", language, Style(quotes=quotes))
    assert read_back(text) == printed(fields, "one-line"), text


@pytest.mark.parametrize(
    "style",
    [
        pytest.param(Style(colon=" : "), id="blank-before-colon"),
        pytest.param(Style(colon=":"), id="glued"),
        pytest.param(Style(colon=" "), id="no-colons"),
        pytest.param(Style(separator=" "), id="no-commas"),
        pytest.param(Style(separator="; "), id="semicolons"),
        pytest.param(Style(separator=" , "), id="blank-before-comma"),
        pytest.param(Style(separator="\n"), id="lines"),
        pytest.param(Style(separator=",\n"), id="commas-and-lines"),
        pytest.param(Style(lower=True), id="lower-case"),
    ],
)
@_SETTINGS
@given(fields=reports(), language=st.sampled_from(("en", "fr")))
def test_any_punctuation_does(style: Style, fields: dict[str, Any], language: str) -> None:
    text = render(fields, "one-line", language, style)
    assert read_back(text) == printed(fields, "one-line"), text


@_SETTINGS
@given(fields=reports(), language=st.sampled_from(LANGUAGES), order=st.permutations(range(10)))
def test_the_order_of_the_fields_does_not_matter(fields: dict[str, Any], language: str, order: list[int]) -> None:
    text = render(fields, "one-line", language, Style(order=order))
    assert read_back(text) == printed(fields, "one-line"), text


@_SETTINGS
@given(fields=reports(), layout=st.sampled_from(sorted(LAYOUTS)), language=st.sampled_from(LANGUAGES))
def test_reading_is_idempotent(fields: dict[str, Any], layout: str, language: str) -> None:
    if fits(layout, language, fields):
        once = mailwhy.parse(render(fields, layout, language, PLAIN))
        assert [report.client for report in once] == [LAYOUTS[layout].client]
        again = mailwhy.parse(render(once[0].model_dump(), layout, language, PLAIN))
        assert again == once


@_SETTINGS
@given(
    first=reports(),
    second=reports(),
    layouts=st.tuples(st.sampled_from(("one-line", "send-receive", "live-mail")), st.just("one-line")),
    language=st.sampled_from(("en", "fr")),
)
def test_two_reports_in_one_text_stay_apart(
    first: dict[str, Any], second: dict[str, Any], layouts: tuple[str, str], language: str
) -> None:
    parts = [render(fields, layout, language) for fields, layout in zip((first, second), layouts, strict=True)]
    text = "\n\nand then, on the other computer:\n\n".join(parts)
    found = mailwhy.parse(text)
    assert len(found) == 2, text
    for report, fields, layout in zip(found, (first, second), layouts, strict=True):
        assert seen(report.model_dump()) == printed(fields, layout), text
    assert found[0].span[1] <= found[1].span[0]


@_SETTINGS
@given(text=st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    for report in mailwhy.parse(text):
        assert 0 <= report.span[0] < report.span[1] <= len(text)


@_SETTINGS
@given(
    fields=reports(),
    layout=st.sampled_from(sorted(LAYOUTS)),
    language=st.sampled_from(LANGUAGES),
    cut=st.floats(0, 1),
    noise=st.text(alphabet="'\"<>«»‘’:,;0x5 \n#=&\u00a0\ufffd", max_size=12),
)
def test_no_mutilated_report_raises(fields: dict[str, Any], layout: str, language: str, cut: float, noise: str) -> None:
    if fits(layout, language, fields):
        text = render(fields, layout, language)
        place = int(len(text) * cut)
        mutilated = text[:place] + noise + text[place:][len(noise) :]
        for report in mailwhy.parse(mutilated):
            assert 0 <= report.span[0] < report.span[1] <= len(mutilated)
