"""Says ranked causes in a language: what stands in the knowledge base, translated, as the models of the contract.

Knows no matching. What it builds is kept for each language, since a batch asks for the same texts a million times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from mailwhy.diagnosis.evidence import Finding
from mailwhy.diagnosis.models import (
    Cause,
    Evidence,
    GivenAnswer,
    Instructions,
    Option,
    Question,
    Reference,
    Resolution,
)  # fmt: skip
from mailwhy.diagnosis.ranking import Ranked
from mailwhy.diagnosis.remedies import Advice
from mailwhy.diagnosis.settings_text import settings_step, settings_values
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import SteppedClient
from mailwhy.parsing.report import Client

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import CauseEntry, InstructionEntry, ReferenceEntry, SubmissionEntry

__all__ = ["Phrasebook", "families"]

_PLACES = 4
"""Decimal places of a confidence; more would pretend to know more."""

Reader = Client | SteppedClient
"""Whom steps are for: the client that printed a report, or the program that the reader chose."""

Settings = tuple["SubmissionEntry", ...]
"""What a provider publishes for sending, best first; empty where it isn't known."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_STEPS_FOR: dict[str, tuple[str, ...]] = {
    "outlook-express": ("outlook-express", "windows-live-mail"),
    "windows-mail": ("outlook-express", "windows-live-mail"),
    "windows-live-mail": ("windows-live-mail", "outlook-express"),
    "outlook-send-receive": ("outlook-classic",),
    "outlook-system-administrator-ndr": ("outlook-classic",),
    "program": ("application", "printer-scanner"),
    "session": ("mail-server", "application"),
    **{
        name: (name,)
        for name in get_args(SteppedClient)
        if name not in ("any", "windows-mail", "windows-live-mail", "outlook-express")
    },
}
"""Clients whose steps fit a report, best first. The other reports don't tell which client their reader uses."""

_NO_MENUS = frozenset({"program", "session", "application", "printer-scanner", "mail-server"})
"""Readers without a mail program before them: the menus of one would only mislead."""


class Phrasebook:
    """The texts of a knowledge base in one language."""

    def __init__(self, kb: KnowledgeBase, translate: Translator) -> None:
        self._kb = kb
        self._translate = translate
        self._causes: dict[tuple[str, Reader | None, Advice | None], Cause] = {}
        self._resolutions: dict[tuple[str, Reader | None, Settings], Resolution] = {}

    def cause(
        self,
        ranked: Ranked,
        client: Reader | None,
        answers: Mapping[str, str] | None = None,
        advice: Advice | None = None,
    ) -> Cause:
        """A ranked cause, with the steps for a client (None: it doesn't matter); answers count among the evidence."""
        template = self.cause_text(ranked.cause, client, advice)
        evidence = tuple(self._evidence(finding, weight) for finding, weight in ranked.evidence)
        if answers:
            evidence += tuple(self._answered(ranked.cause, answers))
        return template.model_copy(update={"confidence": round(ranked.confidence, _PLACES), "evidence": evidence})

    def cause_text(self, cause: str, client: Reader | None = None, advice: Advice | None = None) -> Cause:
        """A cause without evidence, of confidence 0: the text of the knowledge base, and what is advised in one report.

        Without advice it has the resolutions of the knowledge base's entry, in their usual order.
        """
        client = client if client in _STEPS_FOR else None
        found = self._causes.get((cause, client, advice))
        if found is None:
            found = self._causes[cause, client, advice] = self._cause(self._kb.causes[cause], client, advice)
        return found

    def resolution(self, resolution: str, client: Reader | None = None, settings: Settings = ()) -> Resolution:
        """A resolution, with the steps that fit the client first and the values of a provider's settings in them."""
        client = client if client in _STEPS_FOR else None
        found = self._resolutions.get((resolution, client, settings))
        if found is None:
            found = self._resolution(resolution, client, settings)
            self._resolutions[resolution, client, settings] = found
        return found

    def question(self, question: str) -> Question:
        """A question with its options."""
        entry = self._kb.questions[question]
        say = self._translate
        return Question.model_construct(
            id=entry.id,
            text=say(entry.question, "questions"),
            options=tuple(
                Option.model_construct(id=option.id, label=say(option.label, "questions")) for option in entry.options
            ),
        )

    def given(self, question: str, option: str) -> GivenAnswer:
        """An answer to a question, in words."""
        entry = self._kb.questions[question]
        label = next(known.label for known in entry.options if known.id == option)
        say = self._translate
        return GivenAnswer.model_construct(
            question=question, option=option, text=say(entry.question, "questions"), label=say(label, "questions")
        )

    def _answered(self, cause: str, answers: Mapping[str, str]) -> Iterator[Evidence]:
        """The answers that speak for a cause, or against it."""
        for name, option in answers.items():
            effects = next(known.effects for known in self._kb.questions[name].options if known.id == option)
            if weight := effects.get(cause):
                given = self.given(name, option)
                yield Evidence.model_construct(
                    field="answer", text=given.label, entry=f"questions/{name}", weight=weight, meaning=given.text
                )

    def _cause(self, entry: CauseEntry, client: Reader | None, advice: Advice | None) -> Cause:
        say, known = self._translate, self._kb.resolutions
        names = advice.resolutions if advice else tuple(name for name in entry.resolutions if name in known)
        settings = advice.settings if advice else ()
        return Cause.model_construct(
            id=entry.id,
            confidence=0.0,
            title=say(entry.title, "causes"),
            summary=say(entry.summary, "causes"),
            details=say(entry.details, "causes"),
            responsible=advice.responsible if advice else entry.responsible,
            temporary=entry.temporary,
            resolutions=tuple(self.resolution(name, client, settings) for name in names),
            references=_references(entry.references),
        )

    def _resolution(self, name: str, client: Reader | None, settings: Settings) -> Resolution:
        entry, say = self._kb.resolutions[name], self._translate
        values = settings_values(settings, say)
        first, *others = _fitting(entry.instructions, client)
        shown = (
            self._instructions(first, values)
            if first
            else Instructions.model_construct(client="any", versions=None, steps=())
        )
        # A resolution that puts settings right begins with what to set.
        begin = (settings_step(settings, say),) if settings and entry.mends else ()
        return Resolution.model_construct(
            id=entry.id,
            title=say(entry.title, "resolutions"),
            why=say(entry.why, "resolutions"),
            responsible=entry.responsible,
            client=shown.client,
            versions=shown.versions,
            steps=(*begin, *shown.steps),
            other_instructions=tuple(self._instructions(other, values) for other in others if other),
            references=_references(entry.references),
        )

    def _instructions(self, entry: InstructionEntry, values: Mapping[str, str]) -> Instructions:
        say = self._translate
        return Instructions.model_construct(
            client=entry.client,
            versions=say(entry.versions, "resolutions") if entry.versions else None,
            steps=tuple(_filled(say(step, "resolutions"), values) for step in entry.steps),
        )

    def _evidence(self, finding: Finding, weight: float) -> Evidence:
        domain = finding.entry.partition("/")[0]
        meaning = self._translate(finding.meaning, domain) if finding.meaning else None
        return Evidence.model_construct(
            field=finding.field, text=finding.text, entry=finding.entry, weight=round(weight, _PLACES), meaning=meaning
        )


def families(client: str) -> Sequence[str]:
    """The programs whose steps fit a client, best first; none where it does not tell which one its reader uses."""
    return _STEPS_FOR.get(client, ())


def _fitting(instructions: Sequence[InstructionEntry], client: Reader | None) -> Sequence[InstructionEntry | None]:
    """The instructions, those for a client first; where it has none of its own, those of its nearest relative.

    Where neither has any, and where the client is not known, the general list goes first: a single list for any client
    stands in for a missing one, while several are for different people (the sender, the administrator) and go together.
    None comes first where there is nothing but menus that the reader does not have.
    """
    general = [entry for entry in instructions if entry.client == "any"]
    own = next(
        (
            found
            for family in families(client or "")
            if (found := [entry for entry in instructions if entry.client == family])
        ),
        [],
    )
    first = [*own, *general] if len(general) > 1 or not own else own
    others = [entry for entry in instructions if entry not in first]
    return [*first, *others] if first or client not in _NO_MENUS else [None, *others]


def _filled(step: str, values: Mapping[str, str]) -> str:
    """A step with the values that it names in braces; braces around anything else stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), step) if "{" in step else step


def _references(entries: Iterable[ReferenceEntry]) -> tuple[Reference, ...]:
    return tuple(Reference.model_construct(title=entry.title, url=entry.url) for entry in entries)
