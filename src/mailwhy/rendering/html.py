"""Diagnoses as a fragment of HTML to put into a page, a ticket or a mail. Everything is escaped that is not ours.

The fragment has no script and no style; its classes begin with ``mailwhy-``. The options of a question are buttons with
name ``answer`` and value ``question=option``: a form around the fragment sends the answer.
"""

from collections.abc import Iterable, Sequence
from html import escape

from mailwhy.diagnosis.models import Cause, Diagnosis, Evidence, Hit, Instructions, Question, Reference, Resolution
from mailwhy.i18n import Translator, translator
from mailwhy.parsing.report import Report
from mailwhy.rendering.choosing import (
    MOST_RESOLUTIONS,
    less_likely,
    likelihood,
    new_questions,
    not_recognised,
    runs,
    same_remedies,
    steps_for,
    told_reasons,
)
from mailwhy.rendering.facts import client_name, facts_of, field_label, responsible_text

__all__ = [
    "Html",
    "answer_buttons",
    "cause_html",
    "element",
    "facts_html",
    "html_answer",
    "inline",
    "likelihood_html",
    "notes_html",
    "others_html",
    "reasons_html",
    "references_html",
    "resolution_html",
    "resolutions_html",
    "steps_html",
]

_VOID = frozenset({"br", "input"})


class Html(str):
    """Text that is HTML already, and safe to put into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What template engines ask for, so as not to escape it again."""
        return str(self)


def element(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """An element. Children that are not :class:`Html` are escaped; None is left out.

    Args:
        name: its tag.
        children: text or elements.
        attributes: a trailing underscore is dropped (``class_``), other underscores become hyphens. True gives an
            attribute without a value; None and False leave it out.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in _VOID:
        return Html(f"<{name}{given}>")
    inside = "".join(_escaped(child) for child in children if child is not None)
    return Html(f"<{name}{given}>{inside}</{name}>")


def html_answer(diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
    """
    if not diagnoses:
        return str(element("div", _nothing_found(suggestions, say), class_="mailwhy", lang=say.locale))
    several = len(diagnoses) > 1
    parts = zip(diagnoses, new_questions(diagnoses), same_remedies(diagnoses), strict=True)
    sections = (
        _diagnosis(diagnosis, question, same, place if several else None)
        for place, (diagnosis, question, same) in enumerate(parts, 1)
    )
    return str(element("div", *sections, class_="mailwhy"))


def _diagnosis(diagnosis: Diagnosis, question: Question | None, same: int | None, number: int | None) -> Html:
    say = translator(diagnosis.locale)
    best = diagnosis.causes[0] if diagnosis.causes else None
    return element(
        "section",
        element("h2", say("Report {number}").format(number=number)) if number else None,
        cause_html(best, say) if best else None,
        element("h3", say("What the report says")),
        facts_html(diagnosis.report, say),
        notes_html(diagnosis, say),
        reasons_html(told_reasons(best), say) if best else None,
        _what_to_do(best, same, say) if best else None,
        others_html(less_likely(diagnosis.causes), say),
        _question(question, say) if question else None,
        references_html(best.references, say) if best and not same else None,
        class_="mailwhy-diagnosis",
        lang=diagnosis.locale,
    )


def _what_to_do(cause: Cause, same: int | None, say: Translator) -> Html:
    if same:
        return element("p", say("What to do is the same as for report {number}.").format(number=same))
    return resolutions_html(cause, say)


def cause_html(cause: Cause, say: Translator) -> Html:
    """The likeliest cause: what happened, how likely that is, and who has to act."""
    return element(
        "div",
        element("h3", cause.title),
        likelihood_html(cause, say),
        element("p", cause.summary),
        element("p", say("Who has to act: {who}.").format(who=responsible_text(cause.responsible, say))),
        element("p", say("This may pass by itself.")) if cause.temporary else None,
        class_="mailwhy-cause",
    )


def likelihood_html(cause: Cause, say: Translator) -> Html:
    """How likely a cause is, as a bar and in words."""
    number = likelihood(cause, say)
    bar = element("meter", number, min=0, max=100, value=round(cause.confidence * 100), aria_hidden="true")
    return element("p", bar, " ", say("Likelihood: {number}").format(number=number), class_="mailwhy-likelihood")


def facts_html(report: Report, say: Translator) -> Html:
    """The facts of a report as a list of terms."""
    rows = [
        element("div", element("dt", fact.label), element("dd", fact.value), data_fact=fact.name)
        for fact in facts_of(report, say)
    ]
    unread = (
        element("p", say("Not understood: {pieces}").format(pieces=" | ".join(report.unread)))
        if report.unread
        else None
    )
    return _joined([element("dl", *rows, class_="mailwhy-facts"), unread])


def notes_html(diagnosis: Diagnosis, say: Translator) -> Html:
    """Settings that differ from the provider's, and contradictions; nothing where there are none."""
    parts = [
        (say("Settings to check"), diagnosis.settings),
        (say("Number and words disagree"), diagnosis.contradictions),
    ]
    return _joined(
        element("div", element("h3", title), _list(sentences), class_="mailwhy-note")
        for title, sentences in parts
        if sentences
    )


def reasons_html(evidence: Iterable[Evidence], say: Translator) -> Html:
    """Why this cause: the words that matched, and what they mean."""
    reasons = [
        element(
            "li",
            element("span", field_label(found.field, say), class_="mailwhy-field"),
            " ",
            element("code", found.text),
            f" {found.meaning}" if found.meaning else None,
        )
        for found in evidence
    ]
    if not reasons:
        return Html("")
    return _joined([element("h3", say("Why this cause")), element("ul", *reasons, class_="mailwhy-reasons")])


def resolutions_html(cause: Cause, say: Translator) -> Html:
    """What to do, the best three with their steps."""
    if not cause.resolutions:
        return Html("")
    shown, more = cause.resolutions[:MOST_RESOLUTIONS], cause.resolutions[MOST_RESOLUTIONS:]
    rest = [element("p", say("If that does not help:")), _list(resolution.title for resolution in more)] if more else []
    return _joined(
        [
            element("h3", say("What to do")),
            *(
                element("div", element("h4", f"{place}. {resolution.title}"), resolution_html(resolution, say))
                for place, resolution in enumerate(shown, 1)
            ),
            *rest,
        ]
    )


def resolution_html(
    resolution: Resolution, say: Translator, *, ticks: bool = False, unfolded: int | None = None
) -> Html:
    """Why a resolution helps, who has to act, and the steps.

    Args:
        resolution: what to show.
        say: translator.
        ticks: whether each step has a box to tick off.
        unfolded: how many lists of steps are open; None opens those for the reader's own program and for everybody.
    """
    open_ = list(steps_for(resolution, unfolded))
    folded = [other for other in resolution.other_instructions if other not in open_]
    return _joined(
        [
            element("p", resolution.why) if resolution.why else None,
            element(
                "p",
                say("Who has to act: {who}.").format(who=responsible_text(resolution.responsible, say)),
                class_="mailwhy-who",
            ),
            *(steps_html(shown, say, ticks=ticks) for shown in open_),
            *(
                element(
                    "details",
                    element("summary", _steps_title(other, say)),
                    steps_html(other, say, ticks=ticks, titled=False),
                )
                for other in folded
            ),
        ]
    )


def steps_html(shown: Resolution | Instructions, say: Translator, *, ticks: bool = False, titled: bool = True) -> Html:
    """Numbered steps; with ``ticks``, each with a box to tick off."""
    title = element("p", _steps_title(shown, say), class_="mailwhy-versions")
    with_title = titled and (shown.client != "any" or shown.versions)
    return _joined(
        [
            title if with_title else None,
            element("ol", *(element("li", _step(step, ticks=ticks)) for step in shown.steps), class_="mailwhy-steps"),
        ]
    )


def _steps_title(shown: Resolution | Instructions, say: Translator) -> str:
    return shown.versions or client_name(shown.client, say)


def _step(text: str, *, ticks: bool) -> Html:
    if not ticks:
        return inline(text)
    return element("label", element("input", type="checkbox"), " ", element("span", inline(text)))


def others_html(causes: Sequence[Cause], say: Translator) -> Html:
    """Less likely causes, with their first remedies."""
    if not causes:
        return Html("")
    told = [
        element(
            "li",
            element("strong", cause.title),
            f" ({likelihood(cause, say)}). {cause.summary}",
            _list(resolution.title for resolution in cause.resolutions[:2]) if cause.resolutions else None,
        )
        for cause in causes
    ]
    return _joined([element("h3", say("If that is not it")), element("ul", *told)])


def _question(question: Question, say: Translator) -> Html:
    return element(
        "fieldset",
        element("legend", say("An answer to this would tell more")),
        element("p", question.text),
        answer_buttons(question),
        class_="mailwhy-question",
    )


def answer_buttons(question: Question, form: str | None = None) -> Html:
    """The options of a question as buttons that send the answer, with the form around them or the one of that id."""
    return element(
        "div",
        *(
            element("button", option.label, type="submit", name="answer", value=f"{question.id}={option.id}", form=form)
            for option in question.options
        ),
        class_="mailwhy-options",
    )


def references_html(references: Sequence[Reference], say: Translator, level: int = 3) -> Html:
    """Pages to read further."""
    if not references:
        return Html("")
    links = (
        element("li", element("a", reference.title, href=reference.url, rel="noreferrer")) for reference in references
    )
    return _joined([element(f"h{level}", say("To read further")), element("ul", *links, class_="mailwhy-references")])


def _nothing_found(suggestions: Sequence[Hit], say: Translator) -> Html:
    told = element(
        "p",
        not_recognised(say),
    )
    if not suggestions:
        return told
    hits = (element("li", element("strong", hit.title), f" {hit.summary}") for hit in suggestions)
    return _joined([told, element("p", say("Perhaps one of these is what you see:")), element("ul", *hits)])


def inline(text: str) -> Html:
    """A text of the knowledge base: menu names become strong, what stands in backticks code."""
    names = {"strong": "strong", "code": "code"}
    return _joined(element(names[run.kind], run.text) if run.kind in names else run.text for run in runs(text))


def _list(texts: Iterable[str]) -> Html:
    return element("ul", *(element("li", text) for text in texts))


def _joined(parts: Iterable[str | None]) -> Html:
    return Html("".join(_escaped(part) for part in parts if part is not None))


def _escaped(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(str(value))}"'
