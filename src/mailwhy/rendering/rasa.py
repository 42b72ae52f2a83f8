"""Answers of a Rasa action server: what Rasa posts to ``/webhook`` read, and diagnoses as events and responses.

Rasa keeps the conversation: the pasted text and the answers so far go into the slots ``mailwhy_text`` and
``mailwhy_answers``, and come back with the next call. A button's payload is the intent ``mailwhy_answer`` with the
entities ``mailwhy_question`` and ``mailwhy_option``.
(Rasa, action server's webhook: https://legacy-docs-oss.rasa.com/docs/rasa/action-server)
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import plain
from mailwhy.rendering.document import Detail, documents
from mailwhy.rendering.pieces import left_out, nothing_found
from mailwhy.rendering.text import Style, block_lines

__all__ = ["ANSWER_INTENT", "RasaRequest", "rasa_answer"]

ANSWER_INTENT = "mailwhy_answer"
_TEXT, _ANSWERS, _LOCALE = "mailwhy_text", "mailwhy_answers", "mailwhy_locale"
_PROGRAM = "mailwhy_program"
_QUESTION, _OPTION = "mailwhy_question", "mailwhy_option"
_DETAIL = Detail(reports=5, words=300)
_UNWRAPPED = Style(width=1_000_000)


class _Named(BaseModel):
    name: str | None = None


class _Entity(BaseModel):
    entity: str
    value: Any = None


class _Message(BaseModel):
    text: str | None = None
    intent: _Named = _Named()
    entities: tuple[_Entity, ...] = ()


class _Tracker(BaseModel):
    sender_id: str | None = None
    slots: dict[str, Any] = {}
    latest_message: _Message = _Message()


class RasaRequest(BaseModel):
    """What Rasa posts to an action server; what mailwhy has no use for is passed over."""

    next_action: str | None = None
    tracker: _Tracker = _Tracker()

    @property
    def text(self) -> str:
        """The text to diagnose: the user's message, or the one before where he has answered a question about it."""
        if self._answering:
            return str(self.tracker.slots.get(_TEXT) or "")
        return self.tracker.latest_message.text or ""

    @property
    def answers(self) -> dict[str, str]:
        """The answers so far, by question id; none where the message is a new text."""
        if not self._answering:
            return {}
        kept = self.tracker.slots.get(_ANSWERS)
        before = {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}
        given = {entity.entity: entity.value for entity in self.tracker.latest_message.entities}
        if _QUESTION in given and _OPTION in given:
            before[str(given[_QUESTION])] = str(given[_OPTION])
            if not given[_OPTION]:  # taken back
                del before[str(given[_QUESTION])]
        return before

    @property
    def locale(self) -> str | None:
        """The language that the bot has put into the slot ``mailwhy_locale``, if any."""
        wanted = self.tracker.slots.get(_LOCALE)
        return wanted if isinstance(wanted, str) else None

    @property
    def program(self) -> str | None:
        """The program that the bot has put into the slot ``mailwhy_program``, if any."""
        wanted = self.tracker.slots.get(_PROGRAM)
        return wanted if isinstance(wanted, str) else None

    @property
    def _answering(self) -> bool:
        return self.tracker.latest_message.intent.name == ANSWER_INTENT


def rasa_answer(  # noqa: PLR0913 - by name
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    text: str | None = None,
    answers: Mapping[str, str] | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """The body of an action server's answer: ``events`` that set the slots, and ``responses`` to utter.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        text: the text that was diagnosed, for the slot; None sets no slots.
        answers: the answers that were taken into account.
        full: whether what is folded elsewhere is uttered too.
    """
    slots: dict[str, Any] = {} if text is None else {_TEXT: text, _ANSWERS: dict(answers or {})}
    responses: list[dict[str, Any]] = []
    for document in documents(diagnoses, _DETAIL):
        responses += _responses(document.blocks(full=full), document.say)
    if not diagnoses:
        responses += _responses(nothing_found(suggestions, say), say)
    left = left_out(len(diagnoses) - _DETAIL.reports, say)
    return {
        "events": [{"event": "slot", "name": name, "value": value} for name, value in slots.items()],
        "responses": [*responses, {"text": left}] if left else responses,
    }


def _responses(blocks: Iterable[kinds.Block], say: Translator) -> Iterator[dict[str, Any]]:
    """Buttons go with the text before them, which is the question; other blocks share a text."""
    said: list[kinds.Block] = []
    for block in blocks:
        if isinstance(block, kinds.Choice) and block.kind == "answer":
            yield from _uttered(said[:-1], say)
            buttons = [{"title": label, "payload": _payload(block.id, option)} for option, label in block.options]
            yield {**next(_uttered(said[-1:], say)), "buttons": buttons}
            said = []
        elif isinstance(block, kinds.Answers):
            yield from _uttered(said, say)
            given = [kinds.Text(plain(f"{text} {answer}")) for _, _, text, answer in block.items]
            take_back = say("Take back the answer “{answer}”")
            buttons = [
                {"title": take_back.format(answer=answer), "payload": _payload(question, "")}
                for question, _, _, answer in block.items
            ]
            yield {**next(_uttered([kinds.Text(plain(block.label)), *given], say)), "buttons": buttons}
            said = []
        else:
            said.append(block)
    yield from _uttered(said, say)


def _uttered(blocks: Sequence[kinds.Block], say: Translator) -> Iterator[dict[str, Any]]:
    text = "\n".join(line.strip() for line in block_lines(blocks, say, _UNWRAPPED)).strip()
    if text:
        yield {"text": text}


def _payload(question: str, option: str) -> str:
    return f"/{ANSWER_INTENT}{json.dumps({_QUESTION: question, _OPTION: option})}"
