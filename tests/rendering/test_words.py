"""Markdown, HTML and Rasa: what was pasted stays text, whatever it looks like."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import translator
from mailwhy.rendering.blocks import clip, one_line, runs
from mailwhy.rendering.formats import FORMATS
from mailwhy.rendering.html import element, html_answer, inline
from mailwhy.rendering.markdown import markdown_answer, markdown_text
from mailwhy.rendering.rasa import RasaRequest, rasa_answer

from .conftest import MARKUP, hostile, longest

ALLOWED = {
    "div", "section", "h2", "h3", "h4", "p", "meter", "dl", "dt", "dd", "ul", "ol", "li", "span", "code", "strong",
    "details", "summary", "fieldset", "legend", "button", "a", "q", "blockquote", "label", "select", "option",
}  # fmt: skip


def tokens(markdown: str) -> list[Token]:
    read = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown)
    return [token for block in read for token in (block, *(block.children or ()))]


class Reader(HTMLParser):
    """The tags of a fragment, checked for being closed in order, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_pasted_markup_is_text_in_markdown(locale: str) -> None:
    found = tokens(markdown_answer([hostile(locale)], [], translator(locale), full=True))
    assert not [token for token in found if token.type in ("html_block", "html_inline", "image", "fence", "s_open")]
    links = {token.attrs["href"] for token in found if token.type == "link_open"}
    assert links == {reference.url for reference in hostile(locale).causes[0].references}
    codes = [token.content for token in found if token.type == "code_inline"]
    assert codes.count(MARKUP) == 5  # subject, account, reply, the evidence, and what was not understood
    said = "".join(token.content for token in found if token.type in ("text", "text_special"))
    assert said.count(MARKUP) == 3  # the sentences on settings, in the answer too, and on the contradiction


@pytest.mark.parametrize("text", ["- a", "+ a", "# a", "1. a", "12) a", "=== a", "> a", "a | b", "__a__", "\\"])
def test_nothing_at_the_start_of_a_line_is_markup(text: str) -> None:
    found = tokens(markdown_text(text) + "\n")
    assert {token.type for token in found} <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert "".join(token.content for token in found if token.type.startswith("text")) == text


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_whatever_was_pasted_is_read_back_from_markdown(text: str) -> None:
    found = tokens(markdown_text(text) + "\n")
    assert {token.type for token in found} <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert "".join(token.content for token in found if token.type.startswith("text")) == one_line(text)


@given(text=st.text("`'a \\<*", min_size=1, max_size=30).filter(str.strip))
def test_code_spans_hold_any_backticks(text: str) -> None:
    diagnosis = hostile()
    report = diagnosis.report.model_copy(update={"subject": text, "unread": ()})
    codes = [
        token.content
        for token in tokens(
            markdown_answer([diagnosis.model_copy(update={"report": report})], [], translator("en"), full=True)
        )
        if token.type == "code_inline"
    ]
    assert one_line(text) in codes


def test_markdown_keeps_the_steps_in_order(locale: str) -> None:
    for diagnosis in longest(locale):
        told = markdown_answer([diagnosis], [], translator(locale))
        lists = [token for token in tokens(told) if token.type == "ordered_list_open"]
        assert lists
        for token in lists:
            assert token.attrs.get("start", 1) == 1


def test_pasted_markup_is_text_in_html(locale: str) -> None:
    html = html_answer([hostile(locale), hostile(locale)], [], translator(locale))
    read = Reader(html)
    assert read.tags <= ALLOWED
    assert not {name for name in read.attributes if name.startswith("on") or name == "style"}
    assert read.text.count(MARKUP) == 2 * 7 + 1  # the settings stand in the first answer too


def test_html_is_well_formed_for_every_cause(locale: str) -> None:
    for diagnosis in longest(locale):
        read = Reader(html_answer([diagnosis], [], translator(locale)))
        assert read.tags <= ALLOWED
        assert "**" not in read.text.replace(MARKUP, "")
        assert diagnosis.causes[0].title in read.text


def test_attributes_are_escaped() -> None:
    assert element("a", "x", href='"><script>') == '<a href="&quot;&gt;&lt;script&gt;">x</a>'


def test_steps_show_menu_names_and_code() -> None:
    assert inline("Open **File > Options**, type `a<b`") == (
        "Open <strong>File &gt; Options</strong>, type <code>a&lt;b</code>"
    )
    assert [run.kind for run in runs("`*.doc` and ** alone")] == ["code", "text"]


def test_a_question_becomes_buttons_with_the_answer() -> None:
    html = html_answer([hostile()], [], translator("en"))
    question = hostile().question
    assert question is not None
    for option in question.options:
        assert f'<button type="submit" name="answer" value="{question.id}={option.id}">' in html


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_report_gives_a_friendly_word_and_what_may_be_meant(name: str, locale: str) -> None:
    say = translator(locale)
    hit = Hit(kind="cause", id="x", title="A <b>title</b>", summary="A summary", score=1, locale=locale)
    rendered = FORMATS[name].render([], [hit], say)
    told = json.dumps(json.loads(rendered), ensure_ascii=False) if rendered.startswith("{") else rendered
    first = say(
        "No error message of a mail program was recognised in this text. Paste the message as the program shows it, "
        "with its numbers and the server's reply."
    ).split()[0]
    assert first in told
    assert "A summary" in told
    assert ("<b>" in told) == (name not in ("markdown", "html"))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_tells_cause_and_first_remedy(name: str, locale: str, ordinary: Diagnosis) -> None:
    diagnosis = hostile(locale)
    rendered = FORMATS[name].render([diagnosis, diagnosis], [], translator(locale))
    told = " ".join(rendered.replace("&#x27;", "'").replace("\\", "").split())
    cause = diagnosis.causes[0]
    assert cause.title in told
    assert cause.resolutions[0].title in told
    for number in (1, 2):
        assert translator(locale)("Report {number}").format(number=number) in told


@pytest.mark.parametrize("name", ["markdown", "html", "rasa"])
def test_the_same_remedies_are_told_once(name: str, ordinary: Diagnosis) -> None:
    told = FORMATS[name].render([ordinary] * 3, [], translator("en"), full=True)
    assert told.count(ordinary.causes[0].resolutions[0].title) == 2  # in the answer, and above all its steps
    assert told.count("the same as for report 1") == 2


def test_likelihood_is_never_certain() -> None:
    sure = hostile().causes[0].model_copy(update={"confidence": 1.0})
    told = markdown_answer([hostile().model_copy(update={"causes": (sure,)})], [], translator("en"), full=True)
    assert "99%" in told
    assert "100%" not in told


def test_clip_cuts_at_a_word_and_counts_the_ellipsis() -> None:
    assert clip("one two three", 8) == "one two…"
    assert clip("a" * 20, 8) == "a" * 7 + "…"
    assert clip(" one\n two ", 8) == "one two"


def request_of(text: str, intent: str, slots: dict[str, object], **entities: str) -> RasaRequest:
    found = [{"entity": name, "value": value, "confidence": 1.0} for name, value in entities.items()]
    return RasaRequest.model_validate(
        {
            "next_action": "action_mailwhy",
            "sender_id": "u1",
            "tracker": {
                "sender_id": "u1",
                "slots": slots,
                "latest_message": {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": found},
                "events": [],
            },
            "domain": {"intents": []},
            "version": "3.6.0",
        }
    )


def test_rasa_remembers_the_text_and_sends_the_answer_back() -> None:
    first = request_of("550 relaying denied", "inform", {"mailwhy_text": "older", "mailwhy_answers": {"a": "b"}})
    assert (first.text, first.answers) == ("550 relaying denied", {})
    told = rasa_answer([hostile()], [], translator("en"), text=first.text, answers=first.answers)
    slots = {event["name"]: event["value"] for event in told["events"]}
    assert slots == {"mailwhy_text": "550 relaying denied", "mailwhy_answers": {}}
    button = next(response for response in told["responses"] if "buttons" in response)["buttons"][0]
    intent, _, entities = button["payload"].removeprefix("/").partition("{")
    again = request_of(
        button["payload"], intent, {**slots, "mailwhy_answers": {"a": "b"}}, **json.loads("{" + entities)
    )
    assert again.text == "550 relaying denied"
    question = hostile().question
    assert question is not None
    assert again.answers == {"a": "b", "works-at-home": question.options[0].id}


@pytest.mark.parametrize("slots", [{}, {"mailwhy_answers": "none", "mailwhy_text": None, "mailwhy_locale": 3}])
def test_rasa_slots_of_another_form_are_passed_over(slots: dict[str, object]) -> None:
    asked = request_of("/mailwhy_answer", "mailwhy_answer", slots)
    assert (asked.text, asked.answers, asked.locale) == ("", {}, None)


def test_rasa_counts_reports_beyond_five() -> None:
    told = rasa_answer([hostile()] * 7, [], translator("en"))
    assert "2" in told["responses"][-1]["text"]
    assert sum("buttons" in response for response in told["responses"]) == 1
