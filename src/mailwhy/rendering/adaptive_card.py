"""Answers as an Adaptive Card 1.5, the newest schema that Teams shows, under the 28 KB that its webhooks take.

Pasted text stands in text runs, which read no markup (RichTextBlock; a TextBlock and a Fact read Markdown). A button
submits ``{"mailwhy": {"question", "option", "answers"}}``: send the text again with those answers. The program that is
chosen comes along as ``mailwhy_program``.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import chosen_answer, plain
from mailwhy.rendering.document import Detail, documents, heading_of, richest
from mailwhy.rendering.pieces import left_out, nothing_found

__all__ = ["MAX_BYTES", "PROGRAM", "adaptive_card", "card_bytes"]

MAX_BYTES = 27_000
"""The most that a card may take in UTF-16: 28 KB, less what an incoming webhook wraps around it."""
PROGRAM = "mailwhy_program"
"""Id of the choice of a program: where its value stands in what a button submits."""
_MAX_ACTIONS = 5
"""Buttons in a row that Teams shows; it hides those after the sixth, others after the fifth."""
_MARKUP = re.compile(r"[\[\]*_`~\\<>|]|^\s*(?:[-+#]|\d+[.)]\s)")
"""What a Fact would read as Markdown; such a value stands in a text run instead."""

Element = dict[str, Any]

_STYLE: dict[str, Element] = {"strong": {"weight": "Bolder"}, "code": {"fontType": "Monospace"}}


def adaptive_card(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    answers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The diagnoses as a card: the answer, and behind buttons as much of the rest as there is room for.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        answers: the answers that were given already, for the buttons to carry along.
    """
    mapping = _Mapping(answers or {})
    if not diagnoses:
        return _card(
            mapping.elements(nothing_found(suggestions, say), say), say("No error message was recognised."), say
        )

    def make(detail: Detail) -> dict[str, Any]:
        body: list[Element] = []
        for document in documents(diagnoses, detail):
            body += mapping.elements(document.answer(), document.say)
            body += mapping.folds(document.folds, document.number or 1, document.say)
        left = left_out(len(diagnoses) - detail.reports, say)
        return _card([*body, _text(plain(left), separator=True)] if left else body, heading_of(diagnoses[0], say), say)

    return richest(make, lambda card: card_bytes(card) <= MAX_BYTES)


def card_bytes(card: Mapping[str, Any]) -> int:
    """The size of a card as Teams counts it: its JSON in UTF-16."""
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))


def _card(body: Iterable[Element], fallback: str, say: Translator) -> dict[str, Any]:
    elements = list(body)
    inputs = [place for place, element in enumerate(elements) if element["type"] == "Input.ChoiceSet"]
    for place in reversed(inputs[1:]):
        del elements[place : place + 2]  # an id stands once in a card: the choice of the first report is for all
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": say.locale,
        "fallbackText": fallback,
        "body": elements,
    }


class _Mapping:
    """Blocks as elements of a card whose buttons carry the answers given so far."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    def elements(self, blocks: Iterable[kinds.Block], say: Translator) -> list[Element]:
        return [element for block in blocks for element in self._block(block, say)]

    def folds(self, folds: Sequence[kinds.Fold], number: int, say: Translator) -> Iterator[Element]:
        """A row of buttons, and below it what each of them shows and hides."""
        names = [f"mailwhy-{number}-{fold.key}" for fold in folds]
        yield from _actions(
            {"type": "Action.ToggleVisibility", "title": fold.title, "targetElements": [name]}
            for fold, name in zip(folds, names, strict=True)
        )
        for fold, name in zip(folds, names, strict=True):
            items = [_heading(fold.title), *self.elements(fold.blocks, say)]
            yield {"type": "Container", "id": name, "isVisible": False, "items": items}

    def _block(self, block: kinds.Block, say: Translator) -> Iterator[Element]:  # noqa: C901, PLR0912 - one case a block
        match block:
            case kinds.Verdict(title, quote, who):
                yield _heading(title, size="Large")
                if quote:
                    yield _text((kinds.Run("pasted", f"“{quote}”"),), spacing="None")
                if who:
                    yield _text(plain(who))
            case kinds.Heading(text, level, note):
                yield _heading(text, size="Medium" if level == 1 else "Default", separator=level == 1)
                if note:
                    yield _text(plain(note), spacing="None", subtle=True)
            case kinds.Text(line, quiet):
                yield _text(line, subtle=quiet)
            case kinds.Facts(rows):
                safe = [(label, value) for _, label, value in rows if not _MARKUP.search(value)]
                yield {"type": "FactSet", "facts": [{"title": label, "value": value} for label, value in safe]}
                for _, label, value in rows:
                    if (label, value) not in safe:
                        yield _text((kinds.Run("strong", f"{label} "), kinds.Run("pasted", value)), spacing="Small")
            case kinds.Bullets(items):
                yield from (_text((kinds.Run("text", "• "), *item), spacing="Small") for item in items)
            case kinds.Ranking(items):
                for title, likely, lines in items:
                    yield _text((kinds.Run("strong", title), kinds.Run("text", f" ({likely})")))
                    yield from (_text((kinds.Run("text", "• "), *line), spacing="Small") for line in lines)
            case kinds.Steps(items):
                for number, item in enumerate(items, 1):
                    yield _text((kinds.Run("text", f"{number}. "), *item), spacing="Small")
            case kinds.Message(paragraphs):
                yield {"type": "Container", "style": "emphasis", "items": [_text(plain(part)) for part in paragraphs]}
            case kinds.Choice("answer", question, _, options):
                yield from _actions(
                    _submit(label, chosen_answer(question, option, self._answers)) for option, label in options
                )
            case kinds.Choice(_, _, label, options, chosen):
                choices = [{"title": text, "value": value} for value, text in options]
                preset = {"value": chosen} if chosen in dict(options) else {}
                yield {"type": "Input.ChoiceSet", "id": PROGRAM, "label": label, "choices": choices, **preset}
                yield from _actions([_submit(say("Show"), {"answers": dict(self._answers)})])
            case kinds.Answers(label, items):
                yield _heading(label)
                yield from (
                    _text((*plain(f"{text} "), kinds.Run("strong", answer)), spacing="Small")
                    for *_, text, answer in items
                )
                yield from _actions(
                    _submit(
                        say("Take back the answer “{answer}”").format(answer=answer),
                        chosen_answer(question, None, self._answers),
                    )
                    for question, _, _, answer in items
                )
            case kinds.Next(_, sentence):
                yield _text(plain(sentence))
            case kinds.Links(items):
                yield from _actions({"type": "Action.OpenUrl", "title": title, "url": url} for title, url in items)


def _submit(title: str, data: object) -> Element:
    return {"type": "Action.Submit", "title": title, "data": {"mailwhy": data}}


def _actions(actions: Iterable[Element]) -> Iterator[Element]:
    buttons = list(actions)
    for start in range(0, len(buttons), _MAX_ACTIONS):
        yield {"type": "ActionSet", "actions": buttons[start : start + _MAX_ACTIONS]}


def _heading(text: str, size: str = "Default", **layout: object) -> Element:
    # The style is for screen readers; it would also enlarge the text, were the size not given.
    style = {"weight": "Bolder", "size": size, "wrap": True, "style": "heading"}
    return {"type": "TextBlock", "text": text, **style, **layout}


def _text(line: kinds.Line, *, subtle: bool = False, **layout: object) -> Element:
    return {"type": "RichTextBlock", "inlines": [_inline(run, subtle=subtle) for run in line if run.text], **layout}


def _inline(run: kinds.Run, *, subtle: bool) -> str | Element:
    """A text run; a plain one is a string, which takes half the room."""
    style = {**_STYLE.get(run.kind, {}), **({"isSubtle": True} if subtle else {})}
    return {"type": "TextRun", "text": run.text, **style} if style else run.text
