"""``mailwhy serve``: the HTTP service."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.service import add_address, add_limits, at_least, needing, settings_of, warn_if_open
from mailwhy.i18n import Translator

__all__ = ["run"]

_PORT = 8625


def run(arguments: Sequence[str]) -> int:
    """Serves until it is told to end (SIGTERM, or Ctrl-C)."""
    say = language_of(arguments)
    options = read_options(_parser(say), arguments)
    if options is None:
        return 0
    with needing("server", say):
        from mailwhy.chatbot import serving
        from mailwhy.chatbot.http.app import Service

    settings = replace(
        settings_of(options),
        workers=options.workers,
        access_log=not options.no_access_log,
        feedback=options.feedback,
        order_by_feedback=options.order_by_feedback,
    )
    if settings.order_by_feedback and settings.feedback is None:
        raise CommandError(say("--order-by-feedback needs --feedback, which names the store"))
    kb = knowledge_base(options.kb, say)
    with needing("server", say):
        from mailwhy.chatbot.feedback.errors import StoreError

        try:
            service = Service(kb, settings)
            listening = serving.listen(options.host, options.port)
        except (StoreError, serving.AddressError) as error:
            raise CommandError(str(error)) from None
    serving.set_up_log()
    warn_if_open(options.host, say)
    sys.stderr.write(say("mailwhy answers at {url} (end it with Ctrl-C)").format(url=serving.url_of(listening)) + "\n")
    sys.stderr.flush()
    serving.run(
        service.asgi,
        listening,
        on_drain=service.drain,
        drain_seconds=options.drain,
        proxies=options.trust_proxy,
        seconds=options.timeout,
    )
    return 0


def _parser(say: Translator) -> CommandParser:
    parser = CommandParser(
        "serve", say("Answers over HTTP, for chatbots and programs; /openapi.json describes it. Keeps no texts."), say
    )
    add_address(parser, say, _PORT)
    add_limits(parser, say)
    parser.add_argument(
        "--workers",
        type=at_least(1, most=64),
        default=2,
        metavar="N",
        help=say("processes for long texts, each ended when its time is up"),
    )
    parser.add_argument("--no-access-log", action="store_true", help=say("log no requests (texts never are)"))
    parser.add_argument(
        "--drain",
        type=at_least(0, float),
        default=0.5,
        metavar="SECONDS",
        help=say("how long to go on answering after it was told to end, so that no request is lost"),
    )
    parser.add_argument(
        "--feedback",
        default=os.environ.get("MAILWHY_FEEDBACK") or None,
        metavar="STORE",
        help=say("file or SQLAlchemy URL to keep feedback in (also MAILWHY_FEEDBACK); none is kept if left out"),
    )
    parser.add_argument(
        "--order-by-feedback", action="store_true", help=say("show first what helped more often, by the feedback")
    )
    add_language(parser, say)
    add_knowledge(parser, say)
    return parser
