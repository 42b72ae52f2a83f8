"""``mailwhy [diagnose]``: the main job."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.reading import read_documents
from mailwhy.i18n import Translator, environment_locale, translator

if TYPE_CHECKING:
    from mailwhy.diagnosis.models import Diagnosis, Hit

__all__ = ["run"]

_NOTHING = 1
_SUGGESTIONS = 3
_FORMATS = ("markdown", "html", "adaptive-card", "slack", "rasa")
"""Of :data:`mailwhy.rendering.formats.FORMATS`, which help need not import."""


def run(arguments: Sequence[str]) -> int:
    """Diagnoses a text; 1 where it holds no failure report."""
    say = language_of(arguments)
    options = read_options(_parser(say), arguments)
    if options is None:
        return 0
    documents = read_documents(options.text, options.encoding, say)
    kb = knowledge_base(options.kb, say)
    from mailwhy.diagnosis.api import UnknownAnswerError, UnknownProgramError, diagnose, search
    from mailwhy.parsing import TextTooLargeError

    locale, answers = options.lang or environment_locale(), _answers(options.answer, say)
    program = options.program or os.environ.get("MAILWHY_PROGRAM")
    found: list[tuple[str, list[Diagnosis]]] = []
    for name, of_file in groupby(documents, attrgetter("name")):
        try:
            found.append(
                (name, [one for document in of_file for one in diagnose(document, locale, kb, answers, program)])
            )
        except (UnknownAnswerError, UnknownProgramError) as error:
            raise CommandError(error.spoken(say)) from None
        except TextTooLargeError as error:
            raise CommandError(": ".join(filter(None, (name, error.spoken(say))))) from None
    text = "\n".join(document.text for document in documents)
    diagnoses = [diagnosis for _, of_file in found for diagnosis in of_file]
    hits = [] if diagnoses or not text.strip() else search(text[:1000], say.locale, kb, _SUGGESTIONS)
    if options.json:
        _print_json(found, hits)
    elif options.format:
        from mailwhy.rendering.formats import FORMATS

        said = translator(diagnoses[0].locale) if diagnoses else say
        sys.stdout.write(FORMATS[options.format].render(diagnoses, hits, said, full=options.all).rstrip("\n") + "\n")
    elif not text.strip():
        sys.stdout.write(
            say("There was nothing to read. Paste the whole error message, from its first word to its last number.")
            + "\n"
        )
    else:
        _print_text(found, hits, say, full=options.all)
    return 0 if diagnoses else _NOTHING


def _print_json(found: "list[tuple[str, list[Diagnosis]]]", hits: "list[Hit]") -> None:
    named = [(name, diagnosis) for name, of_file in found for diagnosis in of_file]
    payload: dict[str, object] = {
        "schema_version": 1,
        "diagnoses": [diagnosis.model_dump(mode="json") for _, diagnosis in named],
    }
    if len(found) > 1:
        payload["files"] = [name for name, _ in named]
    if not named:
        payload["suggestions"] = [hit.model_dump(mode="json") for hit in hits]
    sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")


def _print_text(found: "list[tuple[str, list[Diagnosis]]]", hits: "list[Hit]", say: Translator, *, full: bool) -> None:
    from mailwhy.cli.terminal import style_for
    from mailwhy.rendering.text import text_answer

    style = style_for(sys.stdout)
    answers = [text_answer(diagnoses, hits, say, style, full=full) for _, diagnoses in found]
    if len(found) > 1:
        named = zip(found, answers, strict=True)
        answers = [f"{style.heading(f'{name}:')}\n{answer}" for (name, _), answer in named]
    sys.stdout.write("\n".join(answers))


def _parser(say: Translator) -> CommandParser:
    parser = CommandParser("diagnose", say("Says why a mail was not sent, and what to do."), say)
    parser.add_argument(
        "text",
        nargs="*",
        metavar=say("TEXT or FILE"),
        help=say(
            "the error message, or files with it (text, .eml, .msg, PDF, Word, pictures); - or nothing reads "
            "standard input"
        ),
    )
    add_language(parser, say)
    parser.add_argument("--json", action="store_true", help=say("print one JSON object instead of text"))
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        metavar="NAME",
        help=say("print for a ticket, a web page or a chat: {names}").format(names=", ".join(_FORMATS)),
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="QUESTION=OPTION",
        help=say("answer a question of an earlier diagnosis"),
    )
    parser.add_argument(
        "--program", metavar="NAME", help=say("program to give the steps for, such as thunderbird (or MAILWHY_PROGRAM)")
    )
    parser.add_argument(
        "--all", action="store_true", help=say("show the facts, the reasons, and every remedy for every program")
    )
    parser.add_argument(
        "--encoding", metavar="NAME", help=say("encoding of the file, such as cp1252; else it is told from the bytes")
    )
    add_knowledge(parser, say)
    return parser


def _answers(given: Sequence[str], say: Translator) -> Mapping[str, str]:
    answers = {}
    for answer in given:
        question, equals, option = answer.partition("=")
        if not equals:
            raise CommandError(say("--answer takes QUESTION=OPTION, not {answer}").format(answer=answer))
        answers[question] = option
    return answers
