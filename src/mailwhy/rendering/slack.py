"""Diagnoses as a Slack message of Block Kit blocks, within the limits that Slack publishes and the one it doesn't.

All text stands in plain-text and rich-text elements, which read no markup, so that what was pasted stays text. The
value of a button is JSON: ``{"question", "option", "answers"}``; send the text again with those answers.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailwhy.diagnosis.models import Cause, Diagnosis, Evidence, Hit, Question, Reference, Resolution
from mailwhy.i18n import Translator, translator
from mailwhy.rendering.choosing import (
    Detail,
    Run,
    chosen_answer,
    clip,
    heading_of,
    left_out,
    less_likely,
    likelihood,
    not_recognised,
    remarks_of,
    richest,
    runs,
    shown_of,
    steps_for,
    told_reasons,
    verdict_of,
)
from mailwhy.rendering.facts import client_name, facts_of, field_label

__all__ = ["ACTION", "MOST_CHARACTERS", "slack_message"]

ACTION = "mailwhy-answer"
"""What the ``action_id`` of every button begins with."""

MOST_CHARACTERS = 13_000
"""The most that the JSON of a message may take: Slack refuses about 13,200 characters with msg_blocks_too_long."""
_MOST_HEADER, _MOST_BUTTON, _MOST_VALUE, _MOST_BUTTONS = 150, 75, 2000, 25

Block = dict[str, Any]


def slack_message(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    answers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The diagnoses as the arguments of ``chat.postMessage``: ``text`` and ``blocks``.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        answers: the answers that were given already, for the buttons to carry along.
    """
    if not diagnoses:
        return _message(say("No error message was recognised."), [_rich(_nothing_found(suggestions, say))])
    title = heading_of(diagnoses[0], translator(diagnoses[0].locale))

    def make(detail: Detail) -> dict[str, Any]:
        return _message(title, list(_blocks(diagnoses, say, detail, answers or {})))

    return richest(make, lambda message: len(json.dumps(message, ensure_ascii=False)) <= MOST_CHARACTERS)


def _message(text: str, blocks: list[Block]) -> dict[str, Any]:
    # The text is what notifications and screen readers get; "mrkdwn" off, it is read as it stands.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False, "blocks": blocks}


def _blocks(
    diagnoses: Sequence[Diagnosis], say: Translator, detail: Detail, answers: Mapping[str, str]
) -> Iterator[Block]:
    for number, diagnosis, question, same, own in shown_of(diagnoses, detail):
        if number > 1:
            yield {"type": "divider"}
        if len(diagnoses) > 1:
            yield {"type": "context", "elements": [_plain_text(own("Report {number}").format(number=number))]}
        yield {"type": "header", "text": _plain_text(clip(heading_of(diagnosis, own), _MOST_HEADER))}
        yield _rich(_diagnosis(diagnosis, same, own, detail))
        if question:
            yield _rich(_asked(question, own))
            yield _buttons(question, number, answers)
    left = left_out(len(diagnoses) - detail.reports, say)
    if left:
        yield {"type": "context", "elements": [_plain_text(left)]}


def _diagnosis(diagnosis: Diagnosis, same: int | None, say: Translator, detail: Detail) -> Iterator[Block]:
    for cause in () if same else diagnosis.causes[:1]:
        yield _section(Run("text", " ".join(verdict_of(cause, say))))
    yield _title(say("What the report says"))
    facts = (f"{fact.label}  {clip(fact.value, detail.words)}" for fact in facts_of(diagnosis.report, say))
    yield {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "\n".join(facts)}]}
    for title, sentences in remarks_of(diagnosis, say):
        yield _title(title)
        yield _list([[Run("text", clip(sentence, detail.words))] for sentence in sentences])
    for cause in diagnosis.causes[:1]:
        yield from _reasons(told_reasons(cause), say, detail)
        if same:
            yield _title(say("What to do is the same as for report {number}.").format(number=same))
        else:
            yield from _resolutions(cause.resolutions, say, detail)
            yield from _references(cause.references[:3], say)
    yield from _others(less_likely(diagnosis.causes)[:3], say)


def _reasons(evidence: Sequence[Evidence], say: Translator, detail: Detail) -> Iterator[Block]:
    if evidence:
        yield _title(say("Why this cause"))
        yield _list([_reason(found, say, detail) for found in evidence])


def _reason(found: Evidence, say: Translator, detail: Detail) -> list[Run]:
    words = [Run("text", f"{field_label(found.field, say)} "), Run("code", clip(found.text, detail.words))]
    return [*words, Run("text", f" {found.meaning}")] if found.meaning else words


def _resolutions(resolutions: Sequence[Resolution], say: Translator, detail: Detail) -> Iterator[Block]:
    if resolutions:
        yield _title(say("What to do"))
    for place, resolution in enumerate(resolutions[: detail.steps], 1):
        yield _section(Run("strong", f"{place}. {resolution.title}"))
        for shown in steps_for(resolution, detail.lists):
            if shown.client != "any" or shown.versions:
                yield _section(Run("text", shown.versions or client_name(shown.client, say)))
            yield _list([list(runs(step)) for step in shown.steps], style="ordered")
    more = resolutions[detail.steps :]
    if more:
        if detail.steps:
            yield _title(say("If that does not help:"))
        yield _list([[Run("text", resolution.title)] for resolution in more])


def _others(causes: Sequence[Cause], say: Translator) -> Iterator[Block]:
    if causes:
        yield _title(say("If that is not it"))
        yield _list([[Run("text", f"{cause.title} ({likelihood(cause, say)})")] for cause in causes])


def _references(references: Sequence[Reference], say: Translator) -> Iterator[Block]:
    if references:
        yield _title(say("To read further"))
        links = [{"type": "link", "url": reference.url, "text": reference.title} for reference in references]
        sections = [{"type": "rich_text_section", "elements": [link]} for link in links]
        yield {"type": "rich_text_list", "style": "bullet", "elements": sections}


def _asked(question: Question, say: Translator) -> Iterator[Block]:
    yield _title(say("An answer to this would tell more"))
    yield _section(Run("text", question.text))


def _buttons(question: Question, place: int, answers: Mapping[str, str]) -> Block:
    buttons = [
        {
            "type": "button",
            "action_id": f"{ACTION}-{number}",
            "text": _plain_text(clip(option.label, _MOST_BUTTON)),
            "value": _value(question.id, option.id, answers),
        }
        for number, option in enumerate(question.options[:_MOST_BUTTONS], 1)
    ]
    return {"type": "actions", "block_id": clip(f"mailwhy-{place}-{question.id}", 255), "elements": buttons}


def _value(question: str, option: str, answers: Mapping[str, str]) -> str:
    """The answer as JSON; without the earlier answers where they would not fit, for the bot knows them too."""
    value = json.dumps(chosen_answer(question, option, answers))
    return value if len(value) <= _MOST_VALUE else json.dumps(chosen_answer(question, option, {}))


def _nothing_found(suggestions: Sequence[Hit], say: Translator) -> Iterator[Block]:
    told = not_recognised(say)
    yield _section(Run("text", told))
    if suggestions:
        yield _title(say("Perhaps one of these is what you see:"))
        yield _list([[Run("strong", f"{hit.title} "), Run("text", clip(hit.summary, 600))] for hit in suggestions[:5]])


def _rich(elements: Iterable[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _title(text: str) -> Block:
    # Sections of rich text follow each other without a gap; an empty line sets the next part off.
    return _section(Run("strong", f"\n{text}\n"))


def _section(*pieces: Run) -> Block:
    style = {"strong": {"style": {"bold": True}}, "code": {"style": {"code": True}}, "text": {}}
    elements = [{"type": "text", "text": run.text, **style[run.kind]} for run in pieces if run.text]
    return {"type": "rich_text_section", "elements": elements}


def _list(items: Iterable[Iterable[Run]], *, style: str = "bullet") -> Block:
    return {"type": "rich_text_list", "style": style, "elements": [_section(*item) for item in items]}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
