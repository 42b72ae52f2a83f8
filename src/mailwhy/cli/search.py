"""``mailwhy search WORDS``."""

import sys
from collections.abc import Sequence

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.terminal import style_for

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Searches the knowledge base; 1 where nothing was found."""
    say = language_of(arguments)
    parser = CommandParser("search", say("Searches the knowledge base, in English or French."), say)
    parser.add_argument(
        "words", nargs="+", metavar=say("WORDS"), help=say("the complaint in your own words, or a code")
    )
    add_language(parser, say)
    parser.add_argument("--limit", type=int, default=5, metavar="N", help=say("the most finds to show"))
    parser.add_argument("--json", action="store_true", help=say("print JSON, one object a line"))
    add_knowledge(parser, say)
    options = read_options(parser, arguments)
    if options is None:
        return 0
    kb = knowledge_base(options.kb, say)
    from mailwhy.diagnosis.api import search
    from mailwhy.rendering.text import hits_text

    hits = search(" ".join(options.words), say.locale, kb, max(1, options.limit))
    if options.json:
        sys.stdout.write("".join(hit.model_dump_json() + "\n" for hit in hits))
    elif hits:
        sys.stdout.write(hits_text(hits, style_for(sys.stdout)))
    else:
        sys.stdout.write(say("Nothing was found. Try other words, or fewer.") + "\n")
    return 0 if hits else 1
