"""Gives the answers, whichever door the question came in by. Stateless: all it keeps is the knowledge base."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailwhy.chatbot.dialogue_answers import check_answers
from mailwhy.chatbot.feedback.ordering import Tally, reordered
from mailwhy.chatbot.models import Answer, Notice, SearchAnswer
from mailwhy.diagnosis.api import diagnose_report, explain, phrasebook, program_of, search
from mailwhy.diagnosis.dialogue import DialogueState, advance
from mailwhy.diagnosis.models import Cause, CodeExplanation
from mailwhy.diagnosis.questions import effects_of
from mailwhy.i18n import available_locales, negotiate
from mailwhy.i18n.negotiation import accept_language
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing import parse

__all__ = ["Answerer", "UnknownCauseError", "Wish", "wish_for"]

_FALLBACK = "en"
_SUGGESTIONS = 3
MOST_REPORTS = 20
"""Diagnoses in one answer. A diagnosis is a hundred times as long as its report: a text that repeats a report over and
over would be answered with a hundred megabytes."""
_SEARCHED = 1000
"""Characters of a text without a report that are searched for; a complaint in words is shorter."""
_READ = 500
"""Characters of an Accept-Language header that are looked at; browsers send less than a hundred."""


class UnknownCauseError(LookupError):
    """There is no cause of that id."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The language that was asked for: the one there is (None: nobody said), and a notice where it fell back."""

    locale: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def or_english(self) -> str:
        """A language in any case."""
        return self.locale or _FALLBACK


def wish_for(asked: str | None, header: str | None = None) -> Wish:
    """The language of an answer: the one asked for, else those of an Accept-Language header.

    Args:
        asked: a locale by name, or None.
        header: the header's value, or None.
    """
    if not asked and not header:
        return Wish()
    accepted = accept_language(header[:_READ]) if header else []
    found = negotiate(asked, *accepted)
    if not asked or negotiate(asked):
        return Wish(found)
    told = f"there are no answers in “{asked}”, only in {', '.join(available_locales())}; locale says which was used"
    return Wish(found, (Notice(code="locale-not-available", message=told),))


class Answerer:
    """Answers from one knowledge base.

    Args:
        kb: the knowledge base.
        tally: gives what helped so far, where the order of resolutions is to follow it; None leaves the order alone.
    """

    def __init__(self, kb: KnowledgeBase, tally: Callable[[], Tally] | None = None) -> None:
        self.kb = kb
        self._tally = tally

    def diagnose(
        self, text: str, wish: Wish, answers: Mapping[str, str] | None = None, program: str | None = None
    ) -> Answer:
        """Why the mail of this text was not sent.

        Raises:
            TextTooLargeError: the text is longer than the parser's limit.
            UnknownAnswerError: an answer names no known question or option.
            UnknownProgramError: there is no such program.
        """
        program_of(program)
        if answers:
            effects_of(answers, self.kb)  # a wrong answer is told, whatever the text holds
        reports = parse(text, kb=self.kb)
        diagnoses = tuple(
            diagnose_report(report, wish.locale, self.kb, answers, program) for report in reports[:MOST_REPORTS]
        )
        if not diagnoses:
            hits = search(text[:_SEARCHED], wish.or_english, self.kb, _SUGGESTIONS) if text.strip() else []
            return Answer(locale=wish.or_english, diagnoses=(), suggestions=tuple(hits), warnings=wish.notices)
        notices = wish.notices
        if len(reports) > MOST_REPORTS:
            told = f"the text holds {len(reports)} reports; the first {MOST_REPORTS} are diagnosed"
            notices = (*notices, Notice(code="more-reports", message=told))
        return self.ordered(
            Answer(locale=diagnoses[0].locale, found=len(reports), diagnoses=diagnoses, warnings=notices)
        )

    def ordered(self, answer: Answer) -> Answer:
        """An answer whose resolutions are in the order of the feedback, where that is wanted."""
        if self._tally is None:
            return answer
        tally = self._tally()
        return answer.model_copy(update={"diagnoses": tuple(reordered(found, tally) for found in answer.diagnoses)})

    def explain(self, code: str, wish: Wish) -> CodeExplanation:
        """What a code means.

        Raises:
            UnknownCodeError: the text has the form of no code.
        """
        return explain(code, wish.locale, self.kb)

    def cause(self, name: str, wish: Wish) -> Cause:
        """All that the knowledge base says about a cause.

        Raises:
            UnknownCauseError: there is none of that id.
        """
        if name not in self.kb.causes:
            raise UnknownCauseError(f"there is no cause “{name}”; use an id that a diagnosis gave")
        return phrasebook(self.kb, wish.or_english).cause_text(name)

    def search(self, query: str, wish: Wish, limit: int) -> SearchAnswer:
        """Entries of the knowledge base on a complaint in words."""
        return SearchAnswer(
            query=query, locale=wish.or_english, hits=tuple(search(query, wish.or_english, self.kb, limit))
        )

    def dialogue(self, name: str, wish: Wish, answers: Mapping[str, str] | None = None) -> DialogueState:
        """Where the answers lead in a dialogue.

        Raises:
            UnknownDialogueError: there is no such dialogue.
            UnknownAnswerError: an answer is no option of its question, or no mail domain.
        """
        if answers and name in self.kb.dialogues:
            check_answers(name, answers, self.kb)
        return advance(name, answers, wish.locale, self.kb)
