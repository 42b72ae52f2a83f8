"""Questions of a conversation as the page shows them: what was asked and answered, and what comes next."""

from collections.abc import Mapping
from typing import NamedTuple

from mailwhy.diagnosis.api import UnknownAnswerError, phrasebook
from mailwhy.diagnosis.dialogue import DialogueState, advance
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase

__all__ = ["Answered", "answered", "led"]


class Answered(NamedTuple):
    """A question and the answer to it, as ids and in words."""

    id: str
    answer: str
    question: str
    label: str


def answered(answers: Mapping[str, str], kb: KnowledgeBase, locale: str) -> list[Answered]:
    """The answers to the questions of diagnoses, in words; ids that there are not are passed over."""
    book = phrasebook(kb, locale)
    questions = [(book.question(name), answer) for name, answer in answers.items() if name in kb.questions]
    return [
        Answered(question.id, answer, question.text, option.label)
        for question, answer in questions
        for option in question.options
        if option.id == answer
    ]


def led(
    dialogue: str, answers: Mapping[str, str], asking: str | None, kb: KnowledgeBase, say: Translator
) -> tuple[DialogueState, list[Answered], str | None]:
    """Where a dialogue stands, the answers in words, and what was wrong with the answer just typed, if anything.

    Raises:
        UnknownDialogueError: there is no such dialogue.
        UnknownAnswerError: an answer is no option of its question.
    """
    wrong = None
    try:
        state = advance(dialogue, answers, say.locale, kb)
    except UnknownAnswerError:
        if asking is None or asking not in answers:
            raise
        wrong = say("This is no mail address or domain. Type it like name@example.com or example.com.")
        state = advance(dialogue, {name: answer for name, answer in answers.items() if name != asking}, say.locale, kb)
    nodes = {node.id: node for node in kb.dialogues[dialogue].nodes}
    told = []
    for name, answer in state.answers.items():
        labels = {option.id: say(option.label, "dialogues") for option in nodes[name].options}
        told.append(Answered(name, answer, say(nodes[name].question, "dialogues"), labels.get(answer, answer)))
    return state, told, wrong
