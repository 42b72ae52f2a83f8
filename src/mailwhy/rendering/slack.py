"""Answers as a Slack message of Block Kit blocks, within the limits that Slack publishes and the one it doesn't.

All text stands in plain-text and rich-text elements, which read no markup, so that what was pasted stays text. The
value of a button is JSON: ``{"question", "option", "answers"}``; send the text again with those answers.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import Line, Run, chosen_answer, clip, plain
from mailwhy.rendering.document import Detail, documents, heading_of, richest
from mailwhy.rendering.pieces import left_out, nothing_found

__all__ = ["ACTION", "MAX_CHARACTERS", "slack_message"]

ACTION = "mailwhy-answer"
"""What the ``action_id`` of every button begins with."""

MAX_CHARACTERS = 13_000
"""The most that the JSON of a message may take: Slack refuses about 13,200 characters with msg_blocks_too_long."""
_MAX_HEADER, _MAX_BUTTON, _MAX_VALUE, _MAX_BUTTONS = 150, 75, 2000, 25

Block = dict[str, Any]


def slack_message(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    answers: Mapping[str, str] | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """The diagnoses as the arguments of ``chat.postMessage``: ``text`` and ``blocks``.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        answers: the answers that were given already, for the buttons to carry along.
        full: whether what is folded elsewhere is shown too, as far as there is room.
    """
    given = answers or {}
    if not diagnoses:
        told = say("No error message was recognised.")
        return _message(told, _blocks(nothing_found(suggestions, say), say, given, count(1)))

    def make(detail: Detail) -> dict[str, Any]:
        made: list[Block] = []
        numbers = count(1)
        for document in documents(diagnoses, detail):
            made += [{"type": "divider"}] if made else []
            made += _blocks(document.blocks(full=full), document.say, given, numbers)
        left = left_out(len(diagnoses) - detail.reports, say)
        return _message(heading_of(diagnoses[0], say), [*made, _context(left)] if left else made)

    return richest(make, lambda message: len(json.dumps(message, ensure_ascii=False)) <= MAX_CHARACTERS)


def _message(text: str, blocks: Iterable[Block]) -> dict[str, Any]:
    # The text is what notifications and screen readers get; "mrkdwn" off, it is read as it stands.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False, "blocks": list(blocks)}


def _blocks(
    blocks: Iterable[kinds.Block], say: Translator, answers: Mapping[str, str], numbers: Iterator[int]
) -> Iterator[Block]:
    """Blocks of Slack: neighbours that are text share one, since a message has 50 at most."""
    rich: list[Block] = []
    for block in blocks:
        if isinstance(block, kinds.Verdict):
            apart: Block | None = {"type": "header", "text": _plain_text(clip(block.title, _MAX_HEADER))}
        elif isinstance(block, kinds.Choice | kinds.Answers):
            apart = _actions(block, say, answers, next(numbers))
            rich += _answers(block)
        else:
            apart = None
        if apart and rich:
            yield {"type": "rich_text", "elements": rich}
            rich = []
        if apart:
            yield apart
        rich += _rich(block)
    if rich:
        yield {"type": "rich_text", "elements": rich}


def _answers(block: kinds.Block) -> Iterator[Block]:
    if isinstance(block, kinds.Answers):
        yield _title(block.label)
        yield _list([(*plain(f"{text} "), Run("strong", answer)) for _, _, text, answer in block.items])


def _rich(block: kinds.Block) -> Iterator[Block]:  # noqa: C901 - one case a block
    match block:
        case kinds.Verdict(_, quote, who) if quote or who:
            quoted = Run("pasted", f"“{quote}”\n" if quote else "")
            yield _section((quoted, Run("text", f"{who}\n" if who else "")))
        case kinds.Heading(text, _, note):
            yield _title(f"{text} ({note})" if note else text)
        case kinds.Text(line):
            yield _section((*line, Run("text", "\n")))
        case kinds.Facts(rows):
            facts = "\n".join(f"{label}  {value}" for _, label, value in rows)
            yield {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": facts}]}
        case kinds.Bullets(items):
            yield _list(items)
        case kinds.Ranking(items):
            yield _list([_ranked(title, likely, lines) for title, likely, lines in items])
        case kinds.Steps(items):
            yield _list(items, style="ordered")
        case kinds.Message(paragraphs):
            yield {"type": "rich_text_quote", "elements": [{"type": "text", "text": "\n".join(paragraphs)}]}
        case kinds.Next(_, sentence):
            yield _section(plain(f"{sentence}\n"))
        case kinds.Links(items):
            links = [{"type": "link", "url": url, "text": title} for title, url in items]
            sections = [{"type": "rich_text_section", "elements": [link]} for link in links]
            yield {"type": "rich_text_list", "style": "bullet", "elements": sections}


def _ranked(title: str, likely: str, lines: Iterable[Line]) -> Line:
    told = (Run("strong", title), Run("text", f" ({likely})"))
    return (*told, *(run for line in lines for run in (Run("text", "\n"), *line)))


def _actions(
    block: kinds.Choice | kinds.Answers, say: Translator, answers: Mapping[str, str], number: int
) -> Block | None:
    chosen: list[tuple[str, str, str | None]]
    if isinstance(block, kinds.Answers):
        take_back = say("Take back the answer “{answer}”")
        chosen = [(take_back.format(answer=label), question, None) for question, _, _, label in block.items]
    elif block.kind == "answer":
        chosen = [(label, block.id, option) for option, label in block.options]
    else:
        return None
    buttons = [
        {
            "type": "button",
            "action_id": f"{ACTION}-{place}",
            "text": _plain_text(clip(label, _MAX_BUTTON)),
            "value": _value(question, option, answers),
        }
        for place, (label, question, option) in enumerate(chosen[:_MAX_BUTTONS], 1)
    ]
    return {"type": "actions", "block_id": f"mailwhy-{number}", "elements": buttons}


def _value(question: str, option: str | None, answers: Mapping[str, str]) -> str:
    """The answer as JSON; without the earlier answers where they would not fit, for the bot knows them too."""
    value = json.dumps(chosen_answer(question, option, answers))
    return value if len(value) <= _MAX_VALUE else json.dumps(chosen_answer(question, option, {}))


def _title(text: str) -> Block:
    # Sections of rich text follow each other without a gap; an empty line sets the next part off.
    return _section((Run("strong", f"\n{text}\n"),))


def _section(line: Iterable[Run]) -> Block:
    style: dict[str, Block] = {"strong": {"style": {"bold": True}}, "code": {"style": {"code": True}}}
    elements = [{"type": "text", "text": run.text, **style.get(run.kind, {})} for run in line if run.text]
    return {"type": "rich_text_section", "elements": elements}


def _list(items: Iterable[Line], *, style: str = "bullet") -> Block:
    return {"type": "rich_text_list", "style": style, "elements": [_section(item) for item in items]}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_plain_text(text)]}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
