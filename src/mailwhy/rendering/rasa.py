"""Answers of a Rasa action server: what Rasa posts to ``/webhook`` read, and diagnoses as events and responses.

Rasa keeps the conversation: the pasted text and the answers so far go into the slots ``mailwhy_text`` and
``mailwhy_answers``, and come back with the next call. A button's payload is the intent ``mailwhy_answer`` with the
entities ``mailwhy_question`` and ``mailwhy_option``.
(Rasa, action server's webhook: https://legacy-docs-oss.rasa.com/docs/rasa/action-server)
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from mailwhy.diagnosis.models import Cause, Diagnosis, Hit, Question, Resolution
from mailwhy.i18n import Translator
from mailwhy.rendering.choosing import (
    Detail,
    clip,
    heading_of,
    left_out,
    less_likely,
    likelihood,
    not_recognised,
    runs,
    shown_of,
    steps_for,
    told_reasons,
    verdict_of,
)
from mailwhy.rendering.facts import client_name, facts_of, reason

__all__ = ["ANSWER_INTENT", "RasaRequest", "rasa_answer"]

ANSWER_INTENT = "mailwhy_answer"
_TEXT, _ANSWERS, _LOCALE = "mailwhy_text", "mailwhy_answers", "mailwhy_locale"
_QUESTION, _OPTION = "mailwhy_question", "mailwhy_option"
_DETAIL = Detail(reports=5, steps=1)
"""A chat is read in small bites: the steps of the best remedy, the others by name."""


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
        return before

    @property
    def locale(self) -> str | None:
        """The language that the bot has put into the slot ``mailwhy_locale``, if any."""
        wanted = self.tracker.slots.get(_LOCALE)
        return wanted if isinstance(wanted, str) else None

    @property
    def _answering(self) -> bool:
        return self.tracker.latest_message.intent.name == ANSWER_INTENT


def rasa_answer(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    *,
    text: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The body of an action server's answer: ``events`` that set the slots, and ``responses`` to utter.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        text: the text that was diagnosed, for the slot; None sets no slots.
        answers: the answers that were taken into account.
    """
    slots: dict[str, Any] = {} if text is None else {_TEXT: text, _ANSWERS: dict(answers or {})}
    return {
        "events": [{"event": "slot", "name": name, "value": value} for name, value in slots.items()],
        "responses": list(_responses(diagnoses, say) if diagnoses else _nothing_found(suggestions, say)),
    }


def _responses(diagnoses: Sequence[Diagnosis], say: Translator) -> Iterator[dict[str, Any]]:
    for number, diagnosis, question, same, own in shown_of(diagnoses, _DETAIL):
        title = [own("Report {number}").format(number=number)] if len(diagnoses) > 1 else []
        yield {"text": "\n".join([*title, *_what_happened(diagnosis, own)])}
        if same:
            yield {"text": own("What to do is the same as for report {number}.").format(number=same)}
        for cause in () if same else diagnosis.causes[:1]:
            yield from _what_to_do(cause, less_likely(diagnosis.causes), own)
        if question:
            yield _asked(question)
    left = left_out(len(diagnoses) - _DETAIL.reports, say)
    if left:
        yield {"text": left}


def _what_happened(diagnosis: Diagnosis, say: Translator) -> Iterator[str]:
    yield heading_of(diagnosis, say)
    for cause in diagnosis.causes[:1]:
        yield from verdict_of(cause, say)
        yield from (f"• {clip(reason(evidence, say), _DETAIL.words)}" for evidence in told_reasons(cause))
    if not diagnosis.causes:
        facts = facts_of(diagnosis.report, say)
        yield from (f"• {fact.label}: {clip(fact.value, _DETAIL.words)}" for fact in facts)
    for sentence in (*diagnosis.settings, *diagnosis.contradictions):
        yield f"• {clip(sentence, _DETAIL.words)}"


def _what_to_do(cause: Cause, others: Sequence[Cause], say: Translator) -> Iterator[dict[str, Any]]:
    lines: list[str] = []
    for resolution in cause.resolutions[: _DETAIL.steps]:
        lines += _steps(resolution, say)
    more = cause.resolutions[_DETAIL.steps :]
    if more:
        lines += [say("If that does not help:"), *(f"• {resolution.title}" for resolution in more)]
    if others:
        lines += [say("If that is not it"), *(f"• {other.title} ({likelihood(other, say)})" for other in others)]
    if lines:
        yield {"text": "\n".join(lines)}


def _steps(resolution: Resolution, say: Translator) -> Iterator[str]:
    yield resolution.title
    for shown in steps_for(resolution, _DETAIL.lists):
        if shown.client != "any" or shown.versions:
            yield f"({shown.versions or client_name(shown.client, say)})"
        for number, step in enumerate(shown.steps, 1):
            yield f"{number}. {''.join(run.text for run in runs(step))}"


def _asked(question: Question) -> dict[str, Any]:
    return {
        "text": question.text,
        "buttons": [
            {"title": option.label, "payload": _payload(question.id, option.id)} for option in question.options
        ],
    }


def _payload(question: str, option: str) -> str:
    return f"/{ANSWER_INTENT}{json.dumps({_QUESTION: question, _OPTION: option})}"


def _nothing_found(suggestions: Sequence[Hit], say: Translator) -> Iterator[dict[str, Any]]:
    told = not_recognised(say)
    hits = [f"• {hit.title}: {clip(hit.summary, _DETAIL.words)}" for hit in suggestions]
    perhaps = [say("Perhaps one of these is what you see:"), *hits] if hits else []
    yield {"text": "\n".join([told, *perhaps])}
