"""``mailwhy ask DIALOGUE``: asks the questions of a dialogue on the terminal."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.terminal import style_for
from mailwhy.i18n import Translator

if TYPE_CHECKING:
    from mailwhy.diagnosis.dialogue import DialogueQuestion

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Asks until an outcome is reached; answers may be given beforehand."""
    say = language_of(arguments)
    parser = CommandParser("ask", say("Asks a few questions, and says what follows from the answers."), say)
    parser.add_argument("dialogue", nargs="?", default="relay", metavar="DIALOGUE", help=say("which dialogue: relay"))
    add_language(parser, say)
    parser.add_argument(
        "--answer", action="append", default=[], metavar="QUESTION=OPTION", help=say("answer a question beforehand")
    )
    parser.add_argument(
        "--json", action="store_true", help=say("print where the answers lead as one JSON object, and ask nothing")
    )
    add_knowledge(parser, say)
    options = read_options(parser, arguments)
    if options is None:
        return 0
    from mailwhy.diagnosis.dialogue import DialogueState, UnknownDialogueError, advance
    from mailwhy.diagnosis.questions import UnknownAnswerError
    from mailwhy.rendering.text import outcome_text, wrapped

    kb = knowledge_base(options.kb, say)
    answers = dict(_pair(answer, say) for answer in options.answer)

    def state() -> DialogueState:
        try:
            return advance(options.dialogue, answers, say.locale, kb)
        except (UnknownDialogueError, UnknownAnswerError) as error:
            raise CommandError(error.spoken(say)) from None

    now = state()
    if options.json:
        sys.stdout.write(now.model_dump_json(indent=2) + "\n")
        return 0
    style = style_for(sys.stdout)
    sys.stdout.write("\n".join([style.heading(now.title), *wrapped(now.summary, style, indent=0)]) + "\n")
    while question := now.question:
        answers[question.id] = _asked(question, say)
        try:
            now = advance(options.dialogue, answers, say.locale, kb)
        except UnknownAnswerError as error:
            sys.stdout.write(f"  {error.spoken(say)}\n")
            del answers[question.id]
    if now.outcome is not None:
        sys.stdout.write("\n" + outcome_text(now.outcome, say, style))
    return 0


def _asked(question: "DialogueQuestion", say: Translator) -> str:
    sys.stdout.write(f"\n{question.text}\n")
    if question.note:
        sys.stdout.write(f"  ({question.note})\n")
    for place, option in enumerate(question.options, 1):
        sys.stdout.write(f"  {place}. {option.label}\n")
    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise CommandError(say("the answers ended before the outcome; nothing was decided"), 1)
        answer = line.strip()
        if question.kind == "domain" and answer:
            return answer
        if answer.isdigit() and 1 <= int(answer) <= len(question.options):
            return question.options[int(answer) - 1].id
        if answer in {option.id for option in question.options}:
            return answer
        sys.stdout.write("  " + say("Type the number of an answer.") + "\n")


def _pair(answer: str, say: Translator) -> tuple[str, str]:
    question, equals, option = answer.partition("=")
    if not equals:
        raise CommandError(say("--answer takes QUESTION=OPTION, not {answer}").format(answer=answer))
    return question, option
