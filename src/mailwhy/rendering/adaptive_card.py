"""Diagnoses as an Adaptive Card 1.5, the newest schema that Teams shows, under the 28 KB that its webhooks take.

Pasted text stands in text runs only, which read no markup (RichTextBlock; a TextBlock would read Markdown). A button
submits ``{"mailwhy": {"question", "option", "answers"}}``: send the text again with those answers.
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

__all__ = ["MOST_BYTES", "adaptive_card", "card_bytes"]

MOST_BYTES = 27_000
"""The most that a card may take in UTF-16: 28 KB, less what an incoming webhook wraps around it."""
_MOST_ACTIONS = 5
"""Buttons in a row that Teams shows; it hides those after the sixth, others after the fifth."""

Element = dict[str, Any]

_STYLE: dict[str, Element] = {
    "strong": {"weight": "Bolder"},
    "code": {"fontType": "Monospace"},
    "text": {"isSubtle": True},
}


def adaptive_card(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    answers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The diagnoses as a card, with as many of the steps as there is room for.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        answers: the answers that were given already, for the buttons to carry along.
    """
    if not diagnoses:
        return _card(list(_nothing_found(suggestions, say)), say("No error message was recognised."), say)

    def make(detail: Detail) -> dict[str, Any]:
        body = list(_body(diagnoses, say, detail, answers or {}))
        return _card(body, heading_of(diagnoses[0], translator(diagnoses[0].locale)), say)

    return richest(make, lambda card: card_bytes(card) <= MOST_BYTES)


def card_bytes(card: Mapping[str, Any]) -> int:
    """The size of a card as Teams counts it: its JSON in UTF-16."""
    return len(json.dumps(card, ensure_ascii=False).encode("utf-16-le"))


def _card(body: list[Element], fallback: str, say: Translator) -> dict[str, Any]:
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": say.locale,
        "fallbackText": fallback,
        "body": body,
    }


def _body(
    diagnoses: Sequence[Diagnosis], say: Translator, detail: Detail, answers: Mapping[str, str]
) -> Iterator[Element]:
    for number, diagnosis, question, same, own in shown_of(diagnoses, detail):
        if len(diagnoses) > 1:
            yield _heading(own("Report {number}").format(number=number), size="Medium", separator=number > 1)
        yield from _diagnosis(diagnosis, same, own, detail)
        if question:
            yield from _question(question, own, answers)
    left = left_out(len(diagnoses) - detail.reports, say)
    if left:
        yield _text([Run("text", left)], separator=True)


def _diagnosis(diagnosis: Diagnosis, same: int | None, say: Translator, detail: Detail) -> Iterator[Element]:
    yield _heading(heading_of(diagnosis, say), size="Large")
    for cause in () if same else diagnosis.causes[:1]:
        yield from map(_plain, verdict_of(cause, say))
    yield _heading(say("What the report says"))
    for fact in facts_of(diagnosis.report, say):
        yield _text([Run("strong", f"{fact.label} "), Run("text", clip(fact.value, detail.words))], spacing="None")
    for title, sentences in remarks_of(diagnosis, say):
        yield _heading(title)
        yield from (_plain(clip(sentence, detail.words)) for sentence in sentences)
    for cause in diagnosis.causes[:1]:
        yield from _reasons(told_reasons(cause), say, detail)
        if same:
            yield _plain(say("What to do is the same as for report {number}.").format(number=same))
        else:
            yield from _resolutions(cause.resolutions, say, detail)
            yield from _references(cause.references[:2])
    yield from _others(less_likely(diagnosis.causes)[:3], say)


def _reasons(evidence: Sequence[Evidence], say: Translator, detail: Detail) -> Iterator[Element]:
    if evidence:
        yield _heading(say("Why this cause"))
    for found in evidence:
        words = [Run("strong", f"{field_label(found.field, say)} "), Run("code", clip(found.text, detail.words))]
        yield _text([*words, Run("text", f" {found.meaning}")] if found.meaning else words)


def _resolutions(resolutions: Sequence[Resolution], say: Translator, detail: Detail) -> Iterator[Element]:
    if resolutions:
        yield _heading(say("What to do"))
    for place, resolution in enumerate(resolutions[: detail.steps], 1):
        yield _text([Run("strong", f"{place}. {resolution.title}")], spacing="Medium")
        for shown in steps_for(resolution, detail.lists):
            if shown.client != "any" or shown.versions:
                yield _plain(shown.versions or client_name(shown.client, say), subtle=True)
            for step, text in enumerate(shown.steps, 1):
                yield _text([Run("text", f"{place}.{step} "), *runs(text)], spacing="Small")
    more = resolutions[detail.steps :]
    if more:
        if detail.steps:
            yield _plain(say("If that does not help:"), spacing="Medium")
        yield from (_plain(f"• {resolution.title}", spacing="Small") for resolution in more)


def _others(causes: Sequence[Cause], say: Translator) -> Iterator[Element]:
    if causes:
        yield _heading(say("If that is not it"))
    for cause in causes:
        yield _text([Run("strong", f"{cause.title} "), Run("text", f"({likelihood(cause, say)})")], spacing="Small")


def _question(question: Question, say: Translator, answers: Mapping[str, str]) -> Iterator[Element]:
    yield _heading(say("An answer to this would tell more"))
    yield _plain(question.text)
    buttons = (
        {
            "type": "Action.Submit",
            "title": option.label,
            "data": {"mailwhy": chosen_answer(question.id, option.id, answers)},
        }
        for option in question.options
    )
    yield from _actions(buttons)


def _references(references: Iterable[Reference]) -> Iterator[Element]:
    yield from _actions(
        {"type": "Action.OpenUrl", "title": reference.title, "url": reference.url} for reference in references
    )


def _actions(actions: Iterable[Element]) -> Iterator[Element]:
    buttons = list(actions)
    for start in range(0, len(buttons), _MOST_ACTIONS):
        yield {"type": "ActionSet", "actions": buttons[start : start + _MOST_ACTIONS]}


def _nothing_found(suggestions: Sequence[Hit], say: Translator) -> Iterator[Element]:
    yield _plain(not_recognised(say))
    if suggestions:
        yield _heading(say("Perhaps one of these is what you see:"))
    for hit in suggestions[:5]:
        yield _text([Run("strong", f"{hit.title} "), Run("text", clip(hit.summary, 600))])


def _heading(text: str, size: str = "Default", **layout: object) -> Element:
    # The style is for screen readers; it would also enlarge the text, were the size not given.
    style = {"weight": "Bolder", "size": size, "wrap": True, "style": "heading"}
    return {"type": "TextBlock", "text": text, **style, **layout}


def _plain(text: str, *, subtle: bool = False, **layout: object) -> Element:
    return _text([Run("text", text)], subtle=subtle, **layout)


def _text(pieces: Iterable[Run], *, subtle: bool = False, **layout: object) -> Element:
    return {"type": "RichTextBlock", "inlines": [_inline(run, subtle=subtle) for run in pieces], **layout}


def _inline(run: Run, *, subtle: bool) -> str | Element:
    """A text run; a plain one is a string, which takes half the room."""
    if run.kind == "text" and not subtle:
        return run.text
    return {"type": "TextRun", "text": run.text, **_STYLE[run.kind]}
