"""Leads through a decision tree of ``kb/dialogues``: a few answers in, the next question or the outcome out.

Nothing is remembered between calls: a conversation is its answers so far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from mailwhy.diagnosis.api import phrasebook, translator_for
from mailwhy.diagnosis.models import Option, Resolution
from mailwhy.diagnosis.providers import ProviderIndex
from mailwhy.diagnosis.questions import UnknownAnswerError
from mailwhy.i18n import N_, SpokenError, Translator, negotiate
from mailwhy.knowledge import KnowledgeBase, builtin

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import DialogueEntry, DialogueNode, DialogueOutcome, DialogueRule

__all__ = ["DialogueQuestion", "DialogueState", "Outcome", "UnknownDialogueError", "advance"]

_DOMAIN = re.compile(r"(?:[^@\s]+@)?((?:[\w-]{1,63}\.)+[\w-]{2,63})\.?")


class UnknownDialogueError(SpokenError):
    """There is no dialogue of that id."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class DialogueQuestion(_Model):
    """The next question; a ``choice`` among options, or a ``domain`` to type (an address will do)."""

    id: str
    kind: Literal["choice", "domain"]
    text: str
    note: str | None = None
    options: tuple[Option, ...] = ()


class Outcome(_Model):
    """The end of a dialogue: is this relaying, will it be let through, and what to do (None: it does not apply)."""

    id: str
    relaying: bool | None
    let_through: Literal["yes", "no", "perhaps"] | None
    title: str
    explanation: str
    cause: str | None = None
    resolutions: tuple[Resolution, ...] = ()


class DialogueState(_Model):
    """Where a dialogue stands: a question, or the outcome."""

    dialogue: str
    title: str
    summary: str
    answers: dict[str, str]
    question: DialogueQuestion | None = None
    outcome: Outcome | None = None
    locale: str


def advance(
    dialogue: str, answers: Mapping[str, str] | None = None, locale: str | None = None, kb: KnowledgeBase | None = None
) -> DialogueState:
    """Where the answers lead: the next question, or the outcome.

    Args:
        dialogue: id of the dialogue, such as ``relay``.
        answers: by question id, the id of an option or the domain (or address) that was typed. Answers to questions
            that the dialogue does not come to are left out of the state.
        locale: language; English where it is None or not spoken.
        kb: the knowledge base; None means the built-in one.

    Raises:
        UnknownDialogueError: there is no such dialogue.
        UnknownAnswerError: an answer is no option of its question, or no mail domain.
    """
    base = kb or builtin()
    if dialogue not in base.dialogues:
        template = N_("there is no dialogue “{dialogue}”; there is {dialogues}")
        raise UnknownDialogueError(template, dialogue=dialogue, dialogues=", ".join(base.dialogues))
    entry = base.dialogues[dialogue]
    say = translator_for(negotiate(locale) or "en", base)
    given, taken = answers or {}, dict[str, str]()
    nodes = {node.id: node for node in entry.nodes}
    place = entry.start
    while (node := nodes.get(place)) and node.id in given and node.id not in taken:  # a circle ends where it began
        taken[node.id], place = _follow(node, given[node.id], taken, base)
    return DialogueState(
        dialogue=entry.id,
        title=say(entry.title, "dialogues"),
        summary=say(entry.summary, "dialogues"),
        answers=taken,
        question=_question(node, say) if node else None,
        outcome=None if node else _outcome(entry, place, say, base),
        locale=say.locale,
    )


def _follow(node: DialogueNode, answer: str, earlier: Mapping[str, str], kb: KnowledgeBase) -> tuple[str, str]:
    """The answer in its usual form, and the id of the node or outcome that it leads to."""
    if node.domain:
        domain = _domain_of(answer)
        return domain, next(rule.next for rule in node.domain if _applies(rule, domain, earlier, kb))
    ways = {option.id: option.next for option in node.options}
    if answer not in ways:
        template = N_("“{answer}” is no option of the question “{question}”; it has {options}")
        raise UnknownAnswerError(template, answer=answer, question=node.id, options=", ".join(ways))
    return answer, ways[answer]


def _applies(rule: DialogueRule, domain: str, earlier: Mapping[str, str], kb: KnowledgeBase) -> bool:
    return rule.same_domain_as is None or _same_provider(domain, earlier[rule.same_domain_as], kb)


def _same_provider(one: str, other: str, kb: KnowledgeBase) -> bool:
    """Whether two mail domains are served by one provider: equal, one below the other, or listed together."""
    if one == other or one.endswith(f".{other}") or other.endswith(f".{one}"):
        return True
    providers = kb.made(ProviderIndex.of)
    return not set(providers.of_domain(one)).isdisjoint(providers.of_domain(other))


def _domain_of(answer: str) -> str:
    found = _DOMAIN.fullmatch(answer.strip(" \t\r\n<>\"'"))
    if not found:
        template = N_("“{answer}” is no mail address or domain; type it like name@example.com or example.com")
        raise UnknownAnswerError(template, answer=answer)
    return found[1].lower()


def _question(node: DialogueNode, say: Translator) -> DialogueQuestion:
    return DialogueQuestion(
        id=node.id,
        kind="domain" if node.domain else "choice",
        text=say(node.question, "dialogues"),
        note=say(node.note, "dialogues") if node.note else None,
        options=tuple(Option(id=option.id, label=say(option.label, "dialogues")) for option in node.options),
    )


def _outcome(entry: DialogueEntry, place: str, say: Translator, kb: KnowledgeBase) -> Outcome:
    found: DialogueOutcome = next(outcome for outcome in entry.outcomes if outcome.id == place)
    book = phrasebook(kb, say.locale)
    return Outcome(
        id=found.id,
        relaying=found.relaying,
        let_through=found.let_through,
        title=say(found.title, "dialogues"),
        explanation=say(found.explanation, "dialogues"),
        cause=found.cause,
        resolutions=tuple(book.resolution(name) for name in found.resolutions if name in kb.resolutions),
    )
