"""What of a diagnosis is worth showing, and how much of it, where room is short: the same for every rendering."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from mailwhy.diagnosis.models import Cause, Diagnosis, Evidence, Instructions, Question, Resolution
from mailwhy.i18n import Translator, translator
from mailwhy.rendering.facts import client_name, responsible_text

__all__ = [
    "MOST_RESOLUTIONS",
    "Detail",
    "Run",
    "Shown",
    "chosen_answer",
    "clip",
    "heading_of",
    "left_out",
    "less_likely",
    "likelihood",
    "new_questions",
    "not_recognised",
    "one_line",
    "other_clients",
    "remarks_of",
    "richest",
    "runs",
    "same_remedies",
    "shown_of",
    "steps_for",
    "told_reasons",
    "verdict_of",
]

_SHORTLY = 0.10
"""A second cause less likely than this is not worth a reader's time."""
_MOST_REASONS = 4
_MOST_REMARKS = 4
MOST_RESOLUTIONS = 3
"""More steps than these nobody reads to the end."""

_RUN = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")

Made = TypeVar("Made")


class Run(NamedTuple):
    """A piece of a step: a menu name (``strong``), something to type (``code``) or ordinary text."""

    kind: Literal["text", "strong", "code"]
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """How much to show where a message must not be long.

    Attributes:
        reports: how many reports; the others are only counted.
        steps: how many resolutions of each with their steps; the others only by title.
        lists: how many lists of steps of each: for other versions, for an administrator.
        words: the longest piece of the pasted text, in characters.
    """

    reports: int
    steps: int
    lists: int = 1
    words: int = 300


_DETAILS = (
    Detail(5, 3, lists=9),
    *(Detail(5, steps) for steps in (3, 2, 1)),
    *(Detail(reports, 1) for reports in (3, 2)),
    *(Detail(1, steps) for steps in (3, 2, 1, 0)),
    Detail(1, 0, words=60),
)


def richest(make: Callable[[Detail], Made], fits: Callable[[Made], bool]) -> Made:
    """What ``make`` builds with as much detail as ``fits`` allows; with the least where nothing fits."""
    made = make(_DETAILS[0])
    for detail in _DETAILS[1:]:
        if fits(made):
            return made
        made = make(detail)
    return made


def runs(text: str) -> Iterator[Run]:
    """The pieces of a text of the knowledge base, whose menu names stand between ** and **, and code in backticks."""
    place = 0
    for found in _RUN.finditer(text):
        if found.start() > place:
            yield Run("text", text[place : found.start()])
        strong, code = found["strong"], found["code"]
        yield Run("strong", strong.replace("`", "")) if strong else Run("code", code)
        place = found.end()
    if place < len(text):
        yield Run("text", text[place:])


class Shown(NamedTuple):
    """A diagnosis that there is room for."""

    number: int
    """Its report's, from 1."""
    diagnosis: Diagnosis
    question: Question | None
    """Its question, or None where an earlier one asks the same."""
    same: int | None
    """The number of an earlier report with the same cause and remedies, or None."""
    say: Translator
    """Of its language."""


def shown_of(diagnoses: Sequence[Diagnosis], detail: Detail) -> Iterator[Shown]:
    """The diagnoses that there is room for."""
    shown = diagnoses[: detail.reports]
    for number, (diagnosis, question, same) in enumerate(
        zip(shown, new_questions(shown), same_remedies(shown), strict=True), 1
    ):
        yield Shown(number, diagnosis, question, same, translator(diagnosis.locale))


def verdict_of(cause: Cause, say: Translator) -> list[str]:
    """What a cause means, in sentences: what happened, who has to act, whether it may pass."""
    told = [cause.summary, say("Who has to act: {who}.").format(who=responsible_text(cause.responsible, say))]
    return [*told, say("This may pass by itself.")] if cause.temporary else told


def remarks_of(diagnosis: Diagnosis, say: Translator) -> Iterator[tuple[str, Sequence[str]]]:
    """What is to be remarked on in a report, each kind under its heading."""
    for title, sentences in (
        (say("Settings to check"), diagnosis.settings),
        (say("Number and words disagree"), diagnosis.contradictions),
    ):
        if sentences:
            yield title, sentences[:_MOST_REMARKS]


def told_reasons(cause: Cause) -> Sequence[Evidence]:
    """The reasons to show; what a provider's settings say is told among the settings to check."""
    return [evidence for evidence in cause.evidence if not evidence.entry.startswith("providers/")][:_MOST_REASONS]


def less_likely(causes: Sequence[Cause]) -> Sequence[Cause]:
    """The causes after the likeliest that are worth naming."""
    return [cause for cause in causes[1:] if cause.confidence >= _SHORTLY]


def likelihood(cause: Cause, say: Translator) -> str:
    """How likely a cause is, in whole per cent, never quite certain."""
    return say("{number}%").format(number=min(99, round(cause.confidence * 100)))


def heading_of(diagnosis: Diagnosis, say: Translator) -> str:
    """The likeliest cause in a few words."""
    if not diagnosis.causes:
        return say("The cause is not known")
    best = diagnosis.causes[0]
    return f"{best.title} ({likelihood(best, say)})"


def steps_for(resolution: Resolution, lists: int | None = None) -> Sequence[Resolution | Instructions]:
    """The lists of steps that concern the reader, or the first of them: for his client, and for everybody."""
    others = (other for other in resolution.other_instructions if other.client in ("any", resolution.client))
    shown: list[Resolution | Instructions] = [resolution, *others]
    return shown[:lists]


def other_clients(resolution: Resolution, say: Translator) -> Sequence[str]:
    """The names of the programs that there are further steps for."""
    shown = ("any", resolution.client)
    hidden = (other.client for other in resolution.other_instructions if other.client not in shown)
    return list(dict.fromkeys(client_name(client, say) for client in hidden))


def new_questions(diagnoses: Sequence[Diagnosis]) -> Sequence[Question | None]:
    """The question of each diagnosis, or None where it has none or an earlier one asks the same."""
    asked: set[str] = set()
    questions: list[Question | None] = []
    for diagnosis in diagnoses:
        question = diagnosis.question
        questions.append(question if question and question.id not in asked else None)
        if question:
            asked.add(question.id)
    return questions


def left_out(reports: int, say: Translator) -> str | None:
    """What to tell of reports that there was no room for; None where there are none."""
    if reports <= 0:
        return None
    told = say.plural(
        "{number} more report was found; send it by itself.",
        "{number} more reports were found; send each by itself.",
        reports,
    )
    return told.format(number=reports)


def not_recognised(say: Translator) -> str:
    """What to tell somebody whose text holds no report."""
    return say(
        "No error message of a mail program was recognised in this text. Paste the message as the program shows it, "
        "with its numbers and the server's reply."
    )


def chosen_answer(question: str, option: str, earlier: Mapping[str, str]) -> dict[str, object]:
    """What a button carries: the answer it stands for, and all answers so far with it, to be sent with the text."""
    return {"question": question, "option": option, "answers": {**earlier, question: option}}


def same_remedies(diagnoses: Sequence[Diagnosis]) -> Sequence[int | None]:
    """For each diagnosis, the number (from 1) of an earlier one with the same cause and remedies, or None."""
    first: dict[tuple[object, ...], int] = {}
    earlier: list[int | None] = []
    for number, diagnosis in enumerate(diagnoses, 1):
        key = tuple((cause.id, cause.resolutions) for cause in diagnosis.causes[:1])
        earlier.append(first.get(key) if key else None)
        first.setdefault(key, number)
    return earlier


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def clip(text: str, most: int) -> str:
    """A text on one line, cut at a word where it is longer than ``most`` characters."""
    text = one_line(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > most // 2 else cut).rstrip()}…"
