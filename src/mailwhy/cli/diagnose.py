"""``mailwhy [diagnose]``: the main job."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.reading import read_text
from mailwhy.i18n import Translator, environment_locale, translator
from mailwhy.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mailwhy.diagnosis.models import Diagnosis

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
    text = read_text(options.text, options.encoding, say)
    kb = knowledge_base(options.kb, say)
    from mailwhy.diagnosis.api import UnknownAnswerError, diagnose
    from mailwhy.parsing import TextTooLargeError

    try:
        diagnoses = diagnose(text, options.lang or environment_locale(), kb, _answers(options.answer, say))
    except (TextTooLargeError, UnknownAnswerError) as error:
        raise CommandError(error.spoken(say)) from None
    if options.format:
        return _formatted(diagnoses, text, kb, options.format, say)
    if not diagnoses:
        return _nothing_found(text, kb, options, say)
    if options.json:
        payload = {"schema_version": 1, "diagnoses": [diagnosis.model_dump(mode="json") for diagnosis in diagnoses]}
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")
        return 0
    from mailwhy.cli.terminal import style_for
    from mailwhy.rendering.text import diagnosis_text

    style = style_for(sys.stdout, everything=options.all)
    several = len(diagnoses) > 1
    for place, diagnosis in enumerate(diagnoses, 1):
        if place > 1:
            sys.stdout.write("\n")
        number = place if several else None
        sys.stdout.write(diagnosis_text(diagnosis, translator(diagnosis.locale), style, number=number))
    return 0


def _parser(say: Translator) -> CommandParser:
    parser = CommandParser("diagnose", say("Says why a mail was not sent, and what to do."), say)
    parser.add_argument(
        "text",
        nargs="*",
        metavar=say("TEXT or FILE"),
        help=say("the error message or a file with it; - or nothing reads standard input"),
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
        "--all", action="store_true", help=say("show the steps of every remedy, for every mail program")
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


def _formatted(diagnoses: "list[Diagnosis]", text: str, kb: KnowledgeBase, name: str, say: Translator) -> int:
    from mailwhy.diagnosis.api import search
    from mailwhy.rendering.formats import FORMATS

    hits = [] if diagnoses or not text.strip() else search(text[:1000], say.locale, kb, _SUGGESTIONS)
    spoken = translator(diagnoses[0].locale) if diagnoses else say
    sys.stdout.write(FORMATS[name].render(diagnoses, hits, spoken).rstrip("\n") + "\n")
    return 0 if diagnoses else _NOTHING


def _nothing_found(text: str, kb: KnowledgeBase, options: argparse.Namespace, say: Translator) -> int:
    """A friendly word, and what the knowledge base has on complaints of such words."""
    from mailwhy.diagnosis.api import search

    hits = search(text[:1000], say.locale, kb, _SUGGESTIONS) if text.strip() else []
    if options.json:
        payload = {"schema_version": 1, "diagnoses": [], "suggestions": [hit.model_dump(mode="json") for hit in hits]}
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")
        return _NOTHING
    if not text.strip():
        sys.stdout.write(
            say("There was nothing to read. Paste the whole error message, from its first word to its last number.")
            + "\n"
        )
        return _NOTHING
    sys.stdout.write(
        say(
            "No error message of a mail program was recognised in this text. Paste the message as the program shows "
            "it, with its numbers and the server's reply."
        )
        + "\n"
    )
    if hits:
        from mailwhy.cli.terminal import style_for
        from mailwhy.rendering.text import hits_text

        sys.stdout.write("\n" + say("Perhaps one of these is what you see:") + "\n\n")
        sys.stdout.write(hits_text(hits, style_for(sys.stdout)))
    return _NOTHING
