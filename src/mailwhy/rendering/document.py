"""A diagnosis as one document of blocks: the short answer, and folds with all the rest. Every format maps these.

The answer says what happened, who has to act, one thing to do, what to send on, and what to try next. Where the cause
is doubtful it says so in words, and the question comes first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mailwhy.diagnosis.models import Cause, Diagnosis, Question
from mailwhy.diagnosis.phrasing import families
from mailwhy.i18n import Translator, translator
from mailwhy.parsing.report import Report
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import clip, line, plain
from mailwhy.rendering.facts import client_name, facts_of, forward_text, responsible_text, unread_of, who_acts
from mailwhy.rendering.pieces import (
    MAX_STEPS,
    UNKNOWN,
    less_likely,
    likelihood,
    links,
    lists_of,
    note_of,
    programs_of,
    reason_line,
    reasons_of,
    remedy,
    steps_of,
)

_SURE, _DOUBTFUL = 0.8, 0.5
"""Below the first a cause is called probable, below the second only possible."""
_MAX_NEXT = 2
_MAX_REPLY, _MAX_QUOTE = 44, 90
"""A reply up to the first is quoted whole; of a longer one the words that matched, up to the second."""
_WORDS = ("server_response", "client_message")
"""Fields in which somebody speaks; the others hold codes and settings."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much to show where a message must not be long.

    Attributes:
        reports: how many reports; the others are only counted.
        remedies: how many remedies of each with their steps in the fold; the others only by title.
        lists: how many lists of steps of each: for other programs, for an administrator.
        words: the longest piece of the pasted text, in characters.
        folds: whether there are folds at all.
    """

    reports: int = 1000
    remedies: int = 100
    lists: int = 100
    words: int = 4000
    folds: bool = True


FULL = Detail()
_DETAILS = (
    Detail(5, 3, 9, 300),
    *(Detail(5, remedies, lists, 300) for remedies, lists in ((3, 2), (3, 1), (2, 1), (1, 1))),
    *(Detail(5, 0, 1, words) for words in (300, 100)),
    *(Detail(reports, 0, 1, 200, folds=False) for reports in (5, 3, 2, 1)),
    Detail(1, 0, 1, 60, folds=False),
)


def richest(make: Callable[[Detail], Made], fits: Callable[[Made], bool]) -> Made:
    """What ``make`` builds with as much detail as ``fits`` allows; with the least where nothing fits."""
    made = make(_DETAILS[0])
    for detail in _DETAILS[1:]:
        if fits(made):
            return made
        made = make(detail)
    return made


@dataclass(frozen=True, slots=True)
class Document:
    """What there is to say about one report, in parts.

    Attributes:
        number: of the report, where there are several.
        same: the number of an earlier report with the same cause and remedies, or None.
        verdict: what happened, and who has to act.
        notices: what to know before anything else.
        question: what to ask, with its options; it comes first where the cause is doubtful (``doubtful``).
        action: the one thing to do.
        message: a text to send on, where somebody else must act.
        after: what to try next, the answers given, the choice of a program.
        folds: the facts, the reasons, every remedy, other causes, more to read.
        say: translator of the diagnosis' language.
    """

    number: int | None
    same: int | None
    verdict: kinds.Verdict
    notices: tuple[kinds.Block, ...]
    question: tuple[kinds.Block, ...]
    doubtful: bool
    action: tuple[kinds.Block, ...]
    message: tuple[kinds.Block, ...]
    after: tuple[kinds.Block, ...]
    folds: tuple[kinds.Fold, ...]
    say: Translator

    def answer(self) -> Iterator[kinds.Block]:
        """The short answer."""
        if self.number is not None:
            yield kinds.Heading(self.say("Report {number}").format(number=self.number), 1)
        yield from self.notices
        if self.doubtful:
            yield from self.question
        yield from (self.verdict, *self.action, *self.message)
        if not self.doubtful:
            yield from self.question
        yield from self.after

    def blocks(self, *, full: bool) -> Iterator[kinds.Block]:
        """The short answer; with ``full``, all that is folded after it."""
        yield from self.answer()
        for fold in self.folds if full else ():
            yield kinds.Heading(fold.title)
            yield from fold.blocks


def documents(diagnoses: Sequence[Diagnosis], detail: Detail = FULL) -> Iterator[Document]:
    """A document for each diagnosis that there is room for, in its own language.

    A question is asked once, and remedies that an earlier report has too are not said again.
    """
    asked: set[str] = set()
    first: dict[tuple[object, ...], int] = {}
    for number, diagnosis in enumerate(diagnoses[: detail.reports], 1):
        question = diagnosis.question if diagnosis.question and diagnosis.question.id not in asked else None
        remedies = tuple((cause.id, cause.resolutions) for cause in diagnosis.causes[:1])
        same = first.get(remedies) if remedies else None
        yield _document(diagnosis, number if len(diagnoses) > 1 else None, question, same, detail)
        asked |= {question.id} if question else set()
        first.setdefault(remedies, number)


def _document(
    diagnosis: Diagnosis, number: int | None, question: Question | None, same: int | None, detail: Detail
) -> Document:
    say, report = translator(diagnosis.locale), diagnosis.report
    best = diagnosis.causes[0] if diagnosis.causes else None
    who = who_acts(best, report, say) if best and best.id != UNKNOWN else ""
    return Document(
        number,
        same,
        kinds.Verdict(heading_of(diagnosis, say), clip(_quote(best, report), detail.words), who),
        tuple(_notices(report, say)),
        tuple(_question(question, say)) if question else (),
        best is None or best.id == UNKNOWN or best.confidence < _DOUBTFUL,
        tuple(_action(diagnosis, best, same, say, detail)) if best else (),
        tuple(_message(report, best, say, detail)) if best else (),
        tuple(_after(diagnosis, best, same, say)),
        tuple(fold for fold in _folds(diagnosis, best, same, say, detail) if fold.blocks) if detail.folds else (),
        say,
    )


def heading_of(diagnosis: Diagnosis, say: Translator) -> str:
    """What happened in a few words, and how sure that is."""
    if not diagnosis.causes:
        return say("The cause is not known")
    best = diagnosis.causes[0]
    if best.id == UNKNOWN or best.confidence >= _SURE:
        return best.title
    hedged = say("Probably: {cause}") if best.confidence >= _DOUBTFUL else say("Perhaps: {cause}")
    return hedged.format(cause=best.title)


def _quote(best: Cause | None, report: Report) -> str:
    """The words of the report that decided: the whole reply where it is short, else the two parts that matched best."""
    reasons = reasons_of(best) if best else []
    field = next((found.field for found in reasons if found.field in _WORDS), None)
    said = (getattr(report, field) if field else None) or report.server_response or report.client_message or ""
    if not said:
        return reasons[0].text if reasons else ""
    if field and len(said) > _MAX_REPLY:
        return clip(_matched([found.text for found in reasons if found.field == field][:2], said), _MAX_QUOTE)
    return clip(said, _MAX_QUOTE)


def _matched(parts: Sequence[str], said: str) -> str:
    """One or two parts of what was said, in their order; as one where they meet."""
    spans = sorted((said.find(part), said.find(part) + len(part)) for part in parts)
    (start, end), (later, last) = spans[0], spans[-1]
    if start < 0:
        return parts[0]
    return said[start : max(end, last)] if later <= end + 1 else f"{said[start:end]} … {said[later:last]}"


def _notices(report: Report, say: Translator) -> Iterator[kinds.Block]:
    if report.temporary_notice:
        told = say(
            "This is only a warning of a delay: the server is still trying to deliver the message. Don't send it again."
        )
        yield kinds.Text(plain(told))
    if report.client == "described":
        told = say(
            "Only your own words were read; with the error message itself, copied as it stands, the answer is surer."
        )
        yield kinds.Text(plain(told))


def _question(question: Question, say: Translator) -> Iterator[kinds.Block]:
    yield kinds.Text((kinds.Run("strong", question.text),))
    options = tuple((option.id, option.label) for option in question.options)
    yield kinds.Choice("answer", question.id, say("An answer makes the cause more certain."), options)


def _action(
    diagnosis: Diagnosis, best: Cause, same: int | None, say: Translator, detail: Detail
) -> Iterator[kinds.Block]:
    if same:
        yield kinds.Text(plain(say("What to do is the same as for report {number}.").format(number=same)))
        return
    for sentence in diagnosis.settings[:1]:
        yield kinds.Text(plain(clip(sentence, detail.words)))
    for resolution in best.resolutions[:1]:
        yield kinds.Heading(say("What to do: {remedy}").format(remedy=resolution.title), note=note_of(resolution, say))
        if (
            diagnosis.program not in (None, "any")
            and programs_of(best)
            and resolution.client not in families(diagnosis.program)
        ):
            own = client_name(diagnosis.program, say)
            yield kinds.Text(plain(say("There are no steps for {program} here.").format(program=own)), quiet=True)
        if not resolution.steps:
            yield kinds.Text(plain(resolution.why or ""))
            continue
        yield steps_of(resolution.steps[:MAX_STEPS], diagnosis.report)
        left = len(resolution.steps) - MAX_STEPS
        if left > 0:
            told = say.plural(
                "{number} more step stands among the details.", "{number} more steps stand among the details.", left
            )
            yield kinds.Text(plain(told.format(number=left)), quiet=True)


def _message(report: Report, best: Cause, say: Translator, detail: Detail) -> Iterator[kinds.Block]:
    first = best.resolutions[0].responsible if best.resolutions else "sender"
    responsible = first if best.responsible == "sender" else best.responsible
    facts = forward_text(responsible, report, say)
    if facts and best.id != UNKNOWN:
        yield kinds.Heading(say("Text to forward: {who}").format(who=responsible_text(responsible, say)))
        yield kinds.Message((facts[0], *(clip(fact, detail.words) for fact in facts[1:])))


def _after(diagnosis: Diagnosis, best: Cause | None, same: int | None, say: Translator) -> Iterator[kinds.Block]:
    following = best.resolutions[1 : 1 + _MAX_NEXT] if best and not same else ()
    if following:
        titles = say("; ").join(resolution.title for resolution in following)
        yield kinds.Next(titles, say("If that does not help: {titles}.").format(titles=titles))
    if diagnosis.answers:
        given = tuple((item.question, item.option, item.text, item.label) for item in diagnosis.answers)
        yield kinds.Answers(say("Your answers so far"), given)
    if best and not same and (programs := programs_of(best)):
        chosen = diagnosis.program or best.resolutions[0].client
        options = tuple((name, client_name(name, say)) for name in programs)
        yield kinds.Choice("program", "program", say("Steps for"), options, None if chosen == "any" else chosen)


def _folds(
    diagnosis: Diagnosis, best: Cause | None, same: int | None, say: Translator, detail: Detail
) -> Iterator[kinds.Fold]:
    yield kinds.Fold("facts", say("What the report says"), tuple(_facts(diagnosis.report, say, detail)))
    if best:
        yield kinds.Fold("reasons", say("Why this cause"), tuple(_reasons(diagnosis, best, say, detail)))
        if not same:
            yield kinds.Fold(
                "remedies", say("Every remedy, step by step"), tuple(_remedies(diagnosis, best, say, detail))
            )
    yield kinds.Fold("others", say("If that is not it"), tuple(_others(less_likely(diagnosis.causes), say, detail)))
    if best and not same:
        further = (kinds.Text(plain(best.details)),) if best.details and detail.remedies else ()
        yield kinds.Fold(
            "further", say("To read further"), (*further, *((links(best.references),) if best.references else ()))
        )


def _facts(report: Report, say: Translator, detail: Detail) -> Iterator[kinds.Block]:
    yield kinds.Facts(tuple((fact.name, fact.label, clip(fact.value, detail.words)) for fact in facts_of(report, say)))
    unread = unread_of(report)
    if unread:
        pieces = tuple(
            run
            for piece in unread
            for run in (kinds.Run("text", " | "), kinds.Run("pasted", clip(piece, detail.words)))
        )
        yield kinds.Text(line(say("Passages that were not used: {pieces}"), pieces=pieces[1:]), quiet=True)


def _reasons(diagnosis: Diagnosis, best: Cause, say: Translator, detail: Detail) -> Iterator[kinds.Block]:
    yield kinds.Text(plain(best.summary))
    if best.id != UNKNOWN:
        yield kinds.Text(plain(say("Likelihood: {number}").format(number=likelihood(best, say))), quiet=True)
    if reasons := reasons_of(best):
        yield kinds.Bullets(tuple(reason_line(found, say, detail.words) for found in reasons))
    for title, sentences in (
        (say("Settings to check"), diagnosis.settings),
        (say("Number and words disagree"), diagnosis.contradictions),
    ):
        if sentences:
            yield kinds.Heading(title, 3)
            yield kinds.Bullets(tuple(plain(clip(sentence, detail.words)) for sentence in sentences))


def _remedies(diagnosis: Diagnosis, best: Cause, say: Translator, detail: Detail) -> Iterator[kinds.Block]:
    for place, resolution in enumerate(best.resolutions[: detail.remedies], 1):
        done = place == 1 and len(resolution.steps) <= MAX_STEPS
        lists = [shown for shown in lists_of(resolution)[: detail.lists] if not (done and shown is resolution)]
        yield from remedy(resolution, say, lists, place=place, report=diagnosis.report)
        if done and not lists:
            yield kinds.Text(plain(say("Its steps stand above.")), quiet=True)
    titles = tuple(plain(resolution.title) for resolution in best.resolutions[max(1, detail.remedies) :])
    if titles:
        yield kinds.Bullets(titles)


def _others(causes: Sequence[Cause], say: Translator, detail: Detail) -> Iterator[kinds.Block]:
    if causes:
        yield kinds.Ranking(
            tuple((cause.title, likelihood(cause, say), tuple(_other(cause, say, detail))) for cause in causes)
        )


def _other(cause: Cause, say: Translator, detail: Detail) -> Iterator[kinds.Line]:
    if detail.remedies:
        yield plain(cause.summary)
    yield from (reason_line(found, say, detail.words) for found in reasons_of(cause)[:1])
    yield from (plain(resolution.title) for resolution in cause.resolutions[:2])
