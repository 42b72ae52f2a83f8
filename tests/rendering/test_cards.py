"""Cards and messages keep the limits of Teams and Slack, and what was pasted stays text in them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mailwhy.diagnosis.api import PROGRAMS, diagnose_report
from mailwhy.diagnosis.models import Diagnosis
from mailwhy.i18n import translator
from mailwhy.rendering.adaptive_card import PROGRAM, adaptive_card, card_bytes
from mailwhy.rendering.slack import slack_message

from .conftest import MARKUP, hostile, longest, longest_question

CARD_ELEMENTS = {
    "TextBlock", "RichTextBlock", "TextRun", "ActionSet", "Action.Submit", "Action.OpenUrl", "Action.ToggleVisibility",
    "Container", "FactSet", "Input.ChoiceSet",
}  # fmt: skip
MARKDOWN = re.compile(r"[\[\]*_`~\\<>|]")


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def card_faults(card: dict[str, Any]) -> list[str]:
    """What Teams would not take: https://adaptivecards.io/explorer, schema 1.5."""
    faults = []
    if card_bytes(card) > 28 * 1024:
        faults.append(f"{card_bytes(card)} bytes")
    if (card["type"], card["version"]) != ("AdaptiveCard", "1.5") or not card["fallbackText"]:
        faults.append("frame")
    for node in nodes(card["body"]):
        kind = node.get("type")
        if kind is not None and kind not in CARD_ELEMENTS:
            faults.append(f"element {kind}")
        if kind in ("TextBlock", "TextRun") and not node["text"]:
            faults.append("empty text")
        if kind == "RichTextBlock" and not all(node["inlines"]):
            faults.append("empty run")
        if kind == "FactSet" and any(MARKDOWN.search(fact["value"]) or not fact["value"] for fact in node["facts"]):
            faults.append("a fact that would be read as Markdown")
        if kind == "ActionSet" and not 1 <= len(node["actions"]) <= 6:
            faults.append("actions in a row")
    ids = [node["id"] for node in nodes(card["body"]) if "type" in node and "id" in node]
    shown = [name for node in nodes(card["body"]) for name in node.get("targetElements", [])]
    if len(set(ids)) != len(ids) or not set(shown) <= set(ids):
        faults.append("ids")
    return faults


def card_text(card: dict[str, Any]) -> list[str]:
    """The text of each rich text block, which reads no markup."""
    blocks = [node for node in nodes(card) if node.get("type") == "RichTextBlock"]
    return ["".join(run if isinstance(run, str) else run["text"] for run in block["inlines"]) for block in blocks]


def message_faults(message: dict[str, Any]) -> list[str]:
    """What Slack would not take: https://docs.slack.dev/reference/block-kit."""
    faults = []
    blocks = message["blocks"]
    if not message["text"] or not 1 <= len(blocks) <= 50:
        faults.append("text or number of blocks")
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        faults.append("msg_blocks_too_long")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) != len(ids) or any(len(name) > 255 for name in ids):
        faults.append("block_id")
    if any(node.get("type") == "mrkdwn" for node in nodes(blocks)):
        faults.append("markup is read")
    if any(node.get("type") == "text" and not node["text"] for node in nodes(blocks)):
        faults.append("empty text")
    return faults + [fault for block in blocks for fault in block_faults(block)]


def block_faults(block: dict[str, Any]) -> list[str]:
    if block["type"] == "header" and not 1 <= len(block["text"]["text"]) <= 150:
        return ["header"]
    if block["type"] == "context" and len(block["elements"]) > 10:
        return ["context"]
    return button_faults(block["elements"]) if block["type"] == "actions" else []


def button_faults(buttons: list[dict[str, Any]]) -> list[str]:
    faults = [] if 1 <= len(buttons) <= 25 else ["buttons"]
    if len({button["action_id"] for button in buttons}) != len(buttons):
        faults.append("action_id")
    if any(len(button["text"]["text"]) > 75 for button in buttons):
        faults.append("button text")
    if any(len(button["value"]) > 2000 for button in buttons):
        faults.append("button value")
    return faults


def test_the_longest_entries_stay_within_the_limits_of_teams(locale: str) -> None:
    say = translator(locale)
    faulty = {d.causes[0].id: found for d in longest(locale) if (found := card_faults(adaptive_card([d], [], say)))}
    assert not faulty


def test_the_longest_entries_stay_within_the_limits_of_slack(locale: str) -> None:
    say = translator(locale)
    faulty = {d.causes[0].id: found for d in longest(locale) if (found := message_faults(slack_message([d], [], say)))}
    assert not faulty


def test_many_reports_are_counted_where_there_is_no_room(locale: str) -> None:
    say = translator(locale)
    many = list(longest(locale))[:40]
    card, message = adaptive_card(many, [], say), slack_message(many, [], say)
    assert not card_faults(card) + message_faults(message)
    shown = json.dumps(card, ensure_ascii=False).count('"size": "Large"')
    assert 1 <= shown < 40
    assert str(40 - shown) in card_text(card)[-1]


def test_an_ordinary_answer_keeps_its_steps(ordinary: Diagnosis) -> None:
    say = translator("en")
    card = card_text(adaptive_card([ordinary], [], say))
    message = [node["text"] for node in nodes(slack_message([ordinary], [], say)) if node.get("type") == "text"]
    for step in ordinary.causes[0].resolutions[0].steps:
        plain = step.replace("**", "").replace("`", "")
        assert plain in "".join(card)
        assert plain in "".join(message)


def test_pasted_markup_stands_in_elements_that_read_none() -> None:
    diagnosis, say = hostile(), translator("en")
    card = adaptive_card([diagnosis], [], say)
    assert not [node for node in nodes(card) if node.get("type") == "TextBlock" and "script" in node["text"]]
    assert (
        sum(MARKUP in text for text in card_text(card)) == 8
    )  # the settings stand in the answer and among the reasons
    message = slack_message([diagnosis], [], say)
    assert not message_faults(message)
    assert "channel" not in message["text"]
    told = [node for node in nodes(message["blocks"]) if "<!channel>" in str(node.get("text", ""))]
    assert told
    assert {node["type"] for node in told} == {"text"}
    assert sum(str(node["text"]).count(MARKUP) for node in told) == 1  # the settings; the quote is cut
    whole = slack_message([diagnosis], [], say, full=True)
    assert not message_faults(whole)
    assert (
        sum(str(node.get("text")).count(MARKUP) for node in nodes(whole["blocks"]) if node.get("type") == "text") == 8
    )


def test_the_text_of_a_message_is_escaped() -> None:
    diagnosis = hostile()
    cause = diagnosis.causes[0].model_copy(update={"title": "a <b> & c"})
    message = slack_message([diagnosis.model_copy(update={"causes": (cause,)})], [], translator("en"))
    assert message["text"].startswith("a &lt;b&gt; &amp; c")


def test_buttons_carry_the_answer_and_those_before(locale: str) -> None:
    say, diagnosis = translator(locale), hostile(locale)
    question = diagnosis.question
    assert question is not None
    expected = [
        {
            "question": question.id,
            "option": option.id,
            "answers": {"current-network": "same", question.id: option.id},
        }
        for option in question.options
    ]
    earlier = {"current-network": "same"}
    submits = [node for node in nodes(adaptive_card([diagnosis], [], say, answers=earlier)) if "data" in node]
    program = {"answers": earlier}
    assert [node["data"]["mailwhy"] for node in submits if node["data"]["mailwhy"] != program] == expected
    assert [node["data"]["mailwhy"] for node in submits].count(program) == 1
    labels = [node["title"] for node in submits if node["data"]["mailwhy"] != program]
    assert labels == [option.label for option in question.options]
    buttons = [node for node in nodes(slack_message([diagnosis], [], say, answers=earlier)) if "value" in node]
    assert [json.loads(node["value"]) for node in buttons] == expected


def test_a_button_gives_up_earlier_answers_that_do_not_fit() -> None:
    many = {f"question-{number}": "some-long-option-of-it" for number in range(100)}
    message = slack_message([hostile()], [], translator("en"), answers=many)
    assert not message_faults(message)
    button = next(node for node in nodes(message) if "value" in node)
    assert json.loads(button["value"])["answers"] == {"works-at-home": json.loads(button["value"])["option"]}


def test_the_same_remedies_are_told_once(ordinary: Diagnosis) -> None:
    say = translator("en")
    title = ordinary.causes[0].resolutions[0].title
    card, message = adaptive_card([ordinary] * 3, [], say), slack_message([ordinary] * 3, [], say)
    for told in (json.dumps(card), json.dumps(message)):
        assert told.count(title) == 1
        assert told.count("the same as for report 1") == 2


def test_one_question_is_asked_once() -> None:
    card = adaptive_card([hostile(), hostile()], [], translator("en"))
    asked = [node for node in nodes(card) if node.get("data", {}).get("mailwhy", {}).get("question")]
    assert len(asked) == len(hostile().question.options)  # type: ignore[union-attr]


def test_the_question_comes_before_the_links_and_the_rest_is_folded() -> None:
    card = adaptive_card([hostile()], [], translator("en"))
    kinds = [node.get("type") for node in nodes(card)]
    assert kinds.index("Action.Submit") < kinds.index("Action.ToggleVisibility") < kinds.index("Action.OpenUrl")
    folded = [element for element in card["body"] if element["type"] == "Container" and "id" in element]
    assert folded
    assert not any(element["isVisible"] for element in folded)
    assert any(node["type"] == "FactSet" for element in folded for node in element["items"])


def test_a_program_can_be_chosen_on_a_card() -> None:
    card = adaptive_card([hostile(), hostile()], [], translator("en"))
    (choice,) = [node for node in nodes(card) if node.get("type") == "Input.ChoiceSet"]
    names = [option["value"] for option in choice["choices"]]
    assert choice["id"] == PROGRAM
    assert {"outlook-classic", "outlook-mac"} <= set(names) <= set(PROGRAMS)


def test_an_answer_can_be_taken_back(ordinary: Diagnosis) -> None:
    answers = {"works-at-home": "only-away", "current-network": "same"}
    given = diagnose_report(ordinary.report, "en", answers={"works-at-home": "only-away"})
    for made in (adaptive_card, slack_message):
        message = made([given], [], translator("en"), answers=answers)
        carried = [node["data"]["mailwhy"] for node in nodes(message) if "data" in node]
        carried += [json.loads(node["value"]) for node in nodes(message) if node.get("type") == "button"]
        back = {"question": "works-at-home", "option": None, "answers": {"current-network": "same"}}
        assert back in carried


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_option_fits_a_button_after_cutting(language: str) -> None:
    question = longest_question(language)
    diagnosis = hostile(language).model_copy(update={"question": question})
    assert not message_faults(slack_message([diagnosis], [], translator(language)))
