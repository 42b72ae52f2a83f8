"""``mailwhy explain CODE``."""

import sys
from collections.abc import Sequence

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.terminal import style_for

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Explains codes; 1 where nothing is known about any of them."""
    say = language_of(arguments)
    parser = CommandParser("explain", say("Says what a code means, and what to do about it."), say)
    parser.add_argument(
        "code", nargs="+", metavar="CODE", help=say("such as 0x800CCC79, -2146644871, 550, 5.7.1 or 10060")
    )
    add_language(parser, say)
    parser.add_argument("--json", action="store_true", help=say("print JSON, one object a line"))
    parser.add_argument("--all", action="store_true", help=say("show every remedy for every program"))
    add_knowledge(parser, say)
    options = read_options(parser, _protected(arguments))
    if options is None:
        return 0
    kb = knowledge_base(options.kb, say)
    from mailwhy.diagnosis.api import UnknownCodeError, explain
    from mailwhy.rendering.text import explanation_text

    known = 0
    for place, code in enumerate(options.code):
        try:
            explanation = explain(code, say.locale, kb)
        except UnknownCodeError as error:
            raise CommandError(error.spoken(say)) from None
        known += explanation.certainty != "unknown" or bool(explanation.causes)
        if options.json:
            sys.stdout.write(explanation.model_dump_json() + "\n")
        else:
            sys.stdout.write(
                ("\n" if place else "") + explanation_text(explanation, say, style_for(sys.stdout), full=options.all)
            )
    return 0 if known else 1


def _protected(arguments: Sequence[str]) -> list[str]:
    """A negative number is a code here, not an option: a leading blank keeps argparse from taking it for one."""
    return [f" {word}" if word[:1] == "-" and word[1:].isdigit() else word for word in arguments]
