"""The answer: short, the first step near its top, doubt in words, and nothing lost behind ``full``."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import mailwhy
from mailwhy.diagnosis.models import Diagnosis
from mailwhy.i18n import translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.document import documents
from mailwhy.rendering.facts import facts_of
from mailwhy.rendering.formats import FORMATS, UnknownFormatError
from mailwhy.rendering.pieces import lists_of, reasons_of
from mailwhy.rendering.text import Style, text_answer

from .conftest import hostile, report

FIXTURES = Path(__file__).parent.parent / "fixtures" / "reports"
DIALOG = "Error Number: 0x800CCC79, Server: 'smtp.example.com', Port: 25, Secure(SSL): No"
BLOCKED = "554 5.7.1 Service unavailable; Client host [81.2.3.4] blocked using zen.spamhaus.org"


def diagnoses(locale: str, program: str | None = None) -> Iterator[Diagnosis]:
    for path in sorted(FIXTURES.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield from mailwhy.diagnose(entry["text"], locale, program=program)[:1]


def answer_of(diagnosis: Diagnosis, **options: Any) -> str:
    return text_answer([diagnosis], [], translator(diagnosis.locale), Style(hints=True), **options)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("program", [None, "new-outlook", "thunderbird"])
def test_an_answer_fits_a_screen_and_its_first_step_stands_near_the_top(locale: str, program: str | None) -> None:
    answers = [answer_of(diagnosis, full=False).splitlines() for diagnosis in diagnoses(locale, program)]
    steps = [next((place for place, line in enumerate(lines, 1) if line.startswith("1. ")), 99) for lines in answers]
    assert statistics.median(map(len, answers)) <= (20 if program else 18)
    assert statistics.median(steps) <= 7
    assert sum(place <= 7 for place in steps) >= 0.8 * len(steps)


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_nothing_is_lost_where_all_is_asked_for(name: str, locale: str) -> None:
    for diagnosis in list(diagnoses(locale))[::9]:
        say = translator(locale)
        told = FORMATS[name].render([diagnosis], [], say, full=True)
        for mark, plain in (("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"), ("\\", ""),
                            ("<strong>", ""), ("</strong>", ""), ("<code>", ""), ("</code>", ""), ("*", ""), ("`", "")):  # fmt: skip
            told = told.replace(mark, plain)
        best = diagnosis.causes[0]
        wanted = [fact.value for fact in facts_of(diagnosis.report, say)]
        wanted += [found.text for found in reasons_of(best)] + [best.title, best.summary, best.details or ""]
        wanted += [*diagnosis.settings, *diagnosis.contradictions]
        wanted += [url.url for url in best.references]
        for remedy in best.resolutions:
            wanted += [remedy.title, remedy.why or ""]
            wanted += [shown.versions or "" for shown in remedy.other_instructions]
            steps = (step for shown in lists_of(remedy) for step in shown.steps)
            wanted += [step for step in steps if "example" not in step and "192.0.2." not in step]
        said = "".join(told.split())  # a long word may be broken
        for words in wanted:
            assert "".join(words.replace("*", "").replace("`", "").replace("\\", "").split()) in said


@pytest.mark.parametrize(("confidence", "opening"), [(0.95, "The"), (0.7, "Probably: "), (0.3, "Perhaps: ")])
def test_doubt_is_said_in_words(confidence: float, opening: str) -> None:
    cause = hostile().causes[0].model_copy(update={"confidence": confidence})
    diagnosis = hostile().model_copy(update={"causes": (cause,)})
    (document,) = documents([diagnosis])
    told = answer_of(diagnosis)
    assert document.verdict.title.startswith(opening)
    assert "%" not in told
    question, verdict = told.index(diagnosis.question.text[:30]), told.index(opening)  # type: ignore[union-attr]
    assert (question < verdict) == (confidence < 0.5)


def test_what_is_not_known_has_no_likelihood() -> None:
    (diagnosis,) = mailwhy.diagnose("Error Number: 0x80040119", "en")
    if diagnosis.causes[0].id == "unknown":
        assert "%" not in answer_of(diagnosis, full=True).partition("If that is not it")[0]


def test_a_warning_of_a_delay_says_so_first() -> None:
    delayed = hostile().model_copy(update={"report": report("mta-bounce", temporary_notice=True)})
    assert answer_of(delayed).startswith("This is only a warning of a delay: the server is still trying")


def test_a_description_says_that_only_words_were_read() -> None:
    described = hostile().model_copy(update={"report": report("described")})
    assert "Only your own words were read" in answer_of(described)


def test_what_is_not_at_fault_is_said_by_where_it_failed() -> None:
    for side, words in (
        ("submission", "the recipient is not at fault"),
        ("recipient", "Your mail program and its set"),
    ):
        found = hostile().model_copy(update={"report": report("mta-bounce", side=side)})
        assert words in flat(answer_of(found))


def test_a_text_to_forward_holds_the_facts(locale: str) -> None:
    (diagnosis,) = mailwhy.diagnose(BLOCKED, locale)
    assert diagnosis.causes[0].responsible == "provider"
    (document,) = documents([diagnosis])
    (message,) = [block for block in document.message if isinstance(block, kinds.Message)]
    assert BLOCKED in message.paragraphs[1]
    assert message.paragraphs[0].startswith(("Hello", "Bonjour"))
    (mine,) = mailwhy.diagnose(DIALOG, locale)
    assert not next(documents([mine])).message


@pytest.mark.parametrize("client", ["program", "session"])
def test_programs_and_servers_get_no_menus_of_outlook(client: str) -> None:
    menus = {"outlook-classic", "new-outlook", "outlook-express", "outlook-mac", "windows-live-mail"}
    for found in diagnoses("en"):
        reread = found.report.model_copy(update={"client": client})
        from mailwhy.diagnosis.api import diagnose_report

        for cause in diagnose_report(reread, "en").causes:
            assert not {remedy.client for remedy in cause.resolutions} & menus


def test_steps_name_the_server_of_the_report() -> None:
    text = "Error Number: 0x800CCC0D, Server: 'smtp.mail-host.example', Account: 'x', Port: 25"
    (diagnosis,) = mailwhy.diagnose(text, "en")
    told = answer_of(diagnosis, full=True)
    assert "nslookup smtp.mail-host.example" in flat(told)
    assert "nslookup smtp.example.com" not in told


def test_answers_are_kept_with_the_diagnosis_and_speak_for_causes(locale: str) -> None:
    (diagnosis,) = mailwhy.diagnose("Error Number: 0x800CCC79", locale, answers={"works-at-home": "only-away"})
    (given,) = diagnosis.answers
    assert (given.question, given.option) == ("works-at-home", "only-away")
    relay = next(cause for cause in diagnosis.causes if cause.id == "relay_denied")
    assert [found.text for found in relay.evidence if found.entry == "questions/works-at-home"] == [given.label]
    assert given.label in flat(answer_of(diagnosis))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_render_is_public(name: str) -> None:
    found = mailwhy.diagnose(BLOCKED, "en")
    made = mailwhy.render(found[0], name)
    assert isinstance(made, str) == (FORMATS[name].media_type.startswith("text/"))
    assert mailwhy.render(found, name) == made


def test_a_format_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownFormatError, match="there is no format “papyrus”; there are text, markdown"):
        mailwhy.render([], "papyrus")


def test_a_program_that_there_is_not_is_refused_even_without_a_report() -> None:
    with pytest.raises(ValueError, match="there are no steps for “pine”"):
        mailwhy.diagnose("Hello", program="pine")
