"""The three questions that mailwhy answers: what about this text, what is this code, what is known about this."""

from collections.abc import Mapping
from typing import get_args

from mailwhy.diagnosis.codes import UnknownCodeError, identify
from mailwhy.diagnosis.contradictions import contradictions
from mailwhy.diagnosis.evidence import Findings, collect
from mailwhy.diagnosis.explaining import explain_code
from mailwhy.diagnosis.models import CodeExplanation, Diagnosis, Hit
from mailwhy.diagnosis.phrasing import Phrasebook
from mailwhy.diagnosis.questions import UnknownAnswerError, effects_of, next_question
from mailwhy.diagnosis.ranking import rank
from mailwhy.diagnosis.remedies import advise, circumstances
from mailwhy.diagnosis.settings_text import describe
from mailwhy.documents import Document
from mailwhy.i18n import N_, SpokenError, Translator, negotiate, translator
from mailwhy.knowledge import KnowledgeBase, builtin
from mailwhy.knowledge.vocabulary import SteppedClient
from mailwhy.parsing import parse
from mailwhy.parsing.report import Report

__all__ = [
    "PROGRAMS",
    "UnknownAnswerError",
    "UnknownCodeError",
    "UnknownProgramError",
    "builtin",
    "diagnose",
    "diagnose_report",
    "explain",
    "phrasebook",
    "program_of",
    "search",
    "translator_for",
]

_DEFAULT_LOCALE = "en"


PROGRAMS: tuple[SteppedClient, ...] = tuple(name for name in get_args(SteppedClient) if name != "any")
"""The programs and devices that steps may be asked for."""


class UnknownProgramError(SpokenError):
    """There is no program of that name among those that steps are written for."""


def diagnose(
    text: str | Document,
    locale: str | None = None,
    kb: KnowledgeBase | None = None,
    answers: Mapping[str, str] | None = None,
    program: str | None = None,
) -> list[Diagnosis]:
    """Why was the mail not sent: one diagnosis for each failure report in the text, in order; [] where there is none.

    Args:
        text: whatever was pasted: a dialog, a notice, a whole ticket; or a document that ``open_document`` gave.
        locale: language of the answer (BCP 47 or POSIX name); None means the language of each report. One that
            mailwhy doesn't speak falls back to the report's, then to English.
        kb: the knowledge base; None means the built-in one.
        answers: option ids by question id, as earlier diagnoses asked for them.
        program: the program whose steps the reader wants (one of :data:`PROGRAMS`); None means the report's own.

    Raises:
        TextTooLargeError: the text is longer than the parser's limit.
        UnknownAnswerError: an answer names no known question or option.
        UnknownProgramError: there is no such program.
    """
    base, chosen = kb or builtin(), program_of(program)
    effects_of(answers or {}, base)  # a wrong answer is refused, whatever the text holds
    return [_diagnose(report, locale, base, answers or {}, chosen) for report in parse(text, kb=base)]


def diagnose_report(
    report: Report,
    locale: str | None = None,
    kb: KnowledgeBase | None = None,
    answers: Mapping[str, str] | None = None,
    program: str | None = None,
) -> Diagnosis:
    """The diagnosis of a report that was read before; arguments and errors as for :func:`diagnose`."""
    return _diagnose(report, locale, kb or builtin(), answers or {}, program_of(program))


def program_of(name: str | None) -> SteppedClient | None:
    """A program by its name, or "any" for steps that fit all; None where none was named.

    Raises:
        UnknownProgramError: there is no such program; the message names those that there are.
    """
    if not name:
        return None
    known: tuple[SteppedClient, ...] = (*PROGRAMS, "any")
    found = next((program for program in known if program == name.strip().lower()), None)
    if found is None:
        template = N_("there are no steps for “{program}”; there are some for {programs}")
        raise UnknownProgramError(template, program=name, programs=", ".join(PROGRAMS))
    return found


def explain(code: str, locale: str | None = None, kb: KnowledgeBase | None = None) -> CodeExplanation:
    """What a code means, the causes that it speaks for, and what to do.

    Args:
        code: an HRESULT (``0x800CCC79``, ``-2146644871``), a reply code (``550``), an enhanced status code
            (``5.7.1``), a Winsock error (``10060``) or an error number of Outlook for Mac (``-19738``).
        locale: language of the answer; English where it is None or not spoken.
        kb: the knowledge base; None means the built-in one.

    Raises:
        UnknownCodeError: the text has the form of no code. A well-formed code that nothing is known about is
            explained as far as its form tells, with certainty "unknown".
    """
    base = kb or builtin()
    say = translator_for(negotiate(locale) or _DEFAULT_LOCALE, base)
    kind, usual = identify(code, base)
    return explain_code(kind, usual, base, phrasebook(base, say.locale), say)


def search(query: str, locale: str | None = None, kb: KnowledgeBase | None = None, limit: int = 10) -> list[Hit]:
    """What the knowledge base holds about a complaint in words, in either language, best first.

    Args:
        query: words as people type them, with or without accents and typing errors; a code finds that code.
        locale: language of the titles; English where it is None or not spoken.
        kb: the knowledge base; None means the built-in one.
        limit: the most hits to give.
    """
    from mailwhy.diagnosis.finding import find  # the search engine is only loaded by those who search

    base = kb or builtin()
    return find(query, base, translator_for(negotiate(locale) or _DEFAULT_LOCALE, base), limit)


def phrasebook(kb: KnowledgeBase, locale: str) -> Phrasebook:
    """The texts of the knowledge base in a language, kept for its lifetime."""
    books = kb.made(_no_phrasebooks)
    if locale not in books:
        books[locale] = Phrasebook(kb, translator_for(locale, kb))
    return books[locale]


def _no_phrasebooks(_: KnowledgeBase) -> dict[str, Phrasebook]:
    return {}


def translator_for(locale: str, kb: KnowledgeBase) -> Translator:
    """The translator of an available language, with the translations of the knowledge base's overlays."""
    return translator(locale, *(folder / "locales" for folder in kb.overlays))


def _diagnose(
    report: Report,
    locale: str | None,
    kb: KnowledgeBase,
    answers: Mapping[str, str],
    program: SteppedClient | None,
) -> Diagnosis:
    spoken = negotiate(locale, *report.languages) or _DEFAULT_LOCALE
    book, say = phrasebook(kb, spoken), translator_for(spoken, kb)
    findings: Findings = collect(report, kb)
    ranked = rank(findings.evidence, kb.weights, kb.causes, effects_of(answers, kb))
    question = next_question(ranked, kb, answers)
    known = circumstances(report, kb)
    return Diagnosis.model_construct(
        report=report,
        causes=tuple(
            book.cause(cause, program or report.client, answers, advise(cause, findings.settings, known, kb))
            for cause in ranked
            if cause.cause in kb.causes
        ),
        contradictions=contradictions(ranked, findings.evidence, kb, say),
        settings=tuple(describe(finding, say) for finding in findings.settings),
        question=book.question(question) if question else None,
        answers=tuple(book.given(name, option) for name, option in answers.items()),
        program=program,
        locale=spoken,
    )
