"""``mailwhy mcp``: the server for AI assistants."""

import sys
from collections.abc import Sequence

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.service import add_address, add_limits, needing, settings_of, warn_if_open
from mailwhy.i18n import Translator

__all__ = ["run"]

_PORT = 8626


def run(arguments: Sequence[str]) -> int:
    """Serves the assistant that started it over standard input and output, or others over HTTP."""
    say = language_of(arguments)
    options = read_options(_parser(say), arguments)
    if options is None:
        return 0
    with needing("mcp", say):
        from mailwhy.chatbot.answering import Answerer
        from mailwhy.chatbot.mcp.server import mcp_server
    server = mcp_server(Answerer(knowledge_base(options.kb, say)))
    if not options.http:
        server.run("stdio")
        return 0
    with needing("mcp", say):
        from mailwhy.chatbot import serving
        from mailwhy.chatbot.mcp.http import PATH, guarded_app

    app = guarded_app(server, settings_of(options), options.host)
    try:
        listening = serving.listen(options.host, options.port)
    except serving.AddressError as error:
        raise CommandError(str(error)) from None
    serving.set_up_log()
    warn_if_open(options.host, say)
    url = serving.url_of(listening) + PATH
    sys.stderr.write(say("mailwhy answers at {url} (end it with Ctrl-C)").format(url=url) + "\n")
    sys.stderr.flush()
    serving.run(app, listening, proxies=options.trust_proxy, seconds=options.timeout)
    return 0


def _parser(say: Translator) -> CommandParser:
    parser = CommandParser(
        "mcp",
        say(
            "Answers AI assistants by the Model Context Protocol. An assistant starts it itself and talks to it over"
            " standard input and output; --http lets others call it."
        ),
        say,
    )
    parser.add_argument("--http", action="store_true", help=say("answer over streamable HTTP at /mcp"))
    add_address(parser, say, _PORT)
    add_limits(parser, say)
    add_language(parser, say)
    add_knowledge(parser, say)
    return parser
