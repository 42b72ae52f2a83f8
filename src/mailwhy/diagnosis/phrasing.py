"""Says ranked causes in a language: what stands in the knowledge base, translated, as the models of the contract.

Knows no matching. What it builds is kept for each language, since a batch asks for the same texts a million times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mailwhy.diagnosis.evidence import Finding
from mailwhy.diagnosis.models import Cause, Evidence, Instructions, Option, Question, Reference, Resolution
from mailwhy.diagnosis.ranking import Ranked
from mailwhy.diagnosis.remedies import Advice
from mailwhy.diagnosis.settings_text import settings_step, settings_values
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing.report import Client

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import CauseEntry, InstructionEntry, ReferenceEntry

__all__ = ["Phrasebook"]

_PLACES = 4
"""Decimal places of a confidence; more would pretend to know more."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_STEPS_FOR: dict[Client, tuple[str, ...]] = {
    "outlook-express": ("outlook-express", "windows-live-mail"),
    "windows-mail": ("outlook-express", "windows-live-mail"),
    "windows-live-mail": ("windows-live-mail", "outlook-express"),
    "outlook-send-receive": ("outlook-classic",),
    "outlook-system-administrator-ndr": ("outlook-classic",),
}
"""Clients whose steps fit a report, best first. The other reports don't tell which client their reader uses."""


class Phrasebook:
    """The texts of a knowledge base in one language."""

    def __init__(self, kb: KnowledgeBase, translate: Translator) -> None:
        self._kb = kb
        self._translate = translate
        self._causes: dict[tuple[str, Client | None], Cause] = {}
        self._resolutions: dict[tuple[str, Client | None], Resolution] = {}
        self._advised: dict[tuple[str, Client | None, Advice], Cause] = {}

    def cause(self, ranked: Ranked, client: Client | None, advice: Advice | None = None) -> Cause:
        """A ranked cause, with the steps for the client that printed the report (None where it doesn't matter).

        Without advice it has the resolutions of the knowledge base's entry, in their usual order.
        """
        template = self.advised(ranked.cause, client, advice) if advice else self.cause_text(ranked.cause, client)
        evidence = tuple(self._evidence(finding, weight) for finding, weight in ranked.evidence)
        return template.model_copy(update={"confidence": round(ranked.confidence, _PLACES), "evidence": evidence})

    def cause_text(self, cause: str, client: Client | None = None) -> Cause:
        """A cause without evidence, of confidence 0: the text of the knowledge base."""
        client = client if client in _STEPS_FOR else None
        found = self._causes.get((cause, client))
        if found is None:
            found = self._causes[cause, client] = self._cause(self._kb.causes[cause], client)
        return found

    def advised(self, cause: str, client: Client | None, advice: Advice) -> Cause:
        """A cause without evidence, with what to do about it in one report and the settings' values filled in."""
        key = (cause, client if client in _STEPS_FOR else None, advice)
        found = self._advised.get(key)
        if found is None:
            resolutions = tuple(self._filled(self.resolution(name, client), advice) for name in advice.resolutions)
            update = {"resolutions": resolutions, "responsible": advice.responsible}
            found = self._advised[key] = self.cause_text(cause, client).model_copy(update=update)
        return found

    def _filled(self, resolution: Resolution, advice: Advice) -> Resolution:
        """A resolution with the values of the account's server: in its steps, and before those that are about them."""
        values = settings_values(advice.settings, self._translate)
        steps, others = _fill(resolution.steps, values), resolution.other_instructions
        if advice.settings and self._kb.resolutions[resolution.id].mends:
            steps = (settings_step(advice.settings, self._translate), *steps)
        others = tuple(other.model_copy(update={"steps": _fill(other.steps, values)}) for other in others)
        return resolution.model_copy(update={"steps": steps, "other_instructions": others})

    def resolution(self, resolution: str, client: Client | None = None) -> Resolution:
        """A resolution, with the steps that fit the client first."""
        client = client if client in _STEPS_FOR else None
        found = self._resolutions.get((resolution, client))
        if found is None:
            found = self._resolutions[resolution, client] = self._resolution(resolution, client)
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

    def _cause(self, entry: CauseEntry, client: Client | None) -> Cause:
        say = self._translate
        return Cause.model_construct(
            id=entry.id,
            confidence=0.0,
            title=say(entry.title, "causes"),
            summary=say(entry.summary, "causes"),
            details=say(entry.details, "causes"),
            responsible=entry.responsible,
            temporary=entry.temporary,
            resolutions=tuple(
                self.resolution(name, client) for name in entry.resolutions if name in self._kb.resolutions
            ),
            references=_references(entry.references),
        )

    def _resolution(self, name: str, client: Client | None) -> Resolution:
        entry, say = self._kb.resolutions[name], self._translate
        first, *others = _fitting(entry.instructions, client)
        shown = self._instructions(first)
        return Resolution.model_construct(
            id=entry.id,
            title=say(entry.title, "resolutions"),
            why=say(entry.why, "resolutions"),
            responsible=entry.responsible,
            client=shown.client,
            versions=shown.versions,
            steps=shown.steps,
            other_instructions=tuple(self._instructions(other) for other in others),
            references=_references(entry.references),
        )

    def _instructions(self, entry: InstructionEntry) -> Instructions:
        say = self._translate
        return Instructions.model_construct(
            client=entry.client,
            versions=say(entry.versions, "resolutions") if entry.versions else None,
            steps=tuple(say(step, "resolutions") for step in entry.steps),
        )

    def _evidence(self, finding: Finding, weight: float) -> Evidence:
        domain = finding.entry.partition("/")[0]
        meaning = self._translate(finding.meaning, domain) if finding.meaning else None
        return Evidence.model_construct(
            field=finding.field, text=finding.text, entry=finding.entry, weight=round(weight, _PLACES), meaning=meaning
        )


def _fitting(instructions: Sequence[InstructionEntry], client: Client | None) -> Sequence[InstructionEntry]:
    """The instructions for a client, best first; all of them where the client is not known.

    Where a client has none of its own, those of its nearest relative do. A single list for any client only stands in
    for a missing one; several are for different people (the sender, the administrator) and are always needed.
    """
    if client is None:
        return instructions
    general = [entry for entry in instructions if entry.client == "any"]
    for family in _STEPS_FOR[client]:
        own = [entry for entry in instructions if entry.client == family]
        if own:
            return [*own, *general] if len(general) > 1 else own
    return general or instructions


def _fill(steps: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Steps with the values where they name one; braces of anything else stay as they are."""
    return tuple(_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), step) for step in steps)


def _references(entries: Iterable[ReferenceEntry]) -> tuple[Reference, ...]:
    return tuple(Reference.model_construct(title=entry.title, url=entry.url) for entry in entries)
