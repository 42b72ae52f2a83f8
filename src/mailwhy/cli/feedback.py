"""``mailwhy feedback``: what helps for which cause."""

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import add_knowledge, knowledge_base
from mailwhy.cli.service import needing
from mailwhy.cli.terminal import style_for
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mailwhy.chatbot.feedback.summary import Row

__all__ = ["run"]

_NOTHING = 1


def run(arguments: Sequence[str]) -> int:
    """Shows the feedback of a store; 1 where it holds none."""
    say = language_of(arguments)
    parser = CommandParser("feedback", say("Shows what helped for which cause, by the feedback that was kept."), say)
    parser.add_argument(
        "store",
        nargs="?",
        default=os.environ.get("MAILWHY_FEEDBACK") or None,
        metavar=say("STORE"),
        help=say("file or SQLAlchemy URL that mailwhy serve --feedback named (also MAILWHY_FEEDBACK)"),
    )
    parser.add_argument("--json", action="store_true", help=say("print one JSON object instead of text"))
    add_language(parser, say)
    add_knowledge(parser, say)
    options = read_options(parser, arguments)
    if options is None:
        return 0
    if options.store is None:
        raise CommandError(say("name the store: mailwhy feedback FILE, or set MAILWHY_FEEDBACK"))
    kb = knowledge_base(options.kb, say)
    with needing("server", say):
        from mailwhy.chatbot.feedback.errors import StoreError
        from mailwhy.chatbot.feedback.store import FeedbackStore
        from mailwhy.chatbot.feedback.summary import summary

        try:
            store = FeedbackStore(options.store, create=False)
            rows = summary(store.tally(), kb)
            store.close()
        except StoreError as error:
            raise CommandError(str(error)) from None
    if options.json:
        payload = {"schema_version": 1, "feedback": [row._asdict() for row in rows]}
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")
    elif rows:
        _print(rows, kb, say)
    else:
        sys.stdout.write(say("No feedback has been kept yet.") + "\n")
    return 0 if rows else _NOTHING


def _print(rows: "Sequence[Row]", kb: KnowledgeBase, say: Translator) -> None:
    from mailwhy.diagnosis.api import phrasebook

    style, book = style_for(sys.stdout), phrasebook(kb, say.locale)
    shown = None
    for row in rows:
        if row.cause != shown:
            title = book.cause_text(row.cause).title if row.cause in kb.causes else row.cause
            sys.stdout.write(("\n" if shown else "") + style.strong(title) + f" [{row.cause}]\n")
            shown = row.cause
        title = book.resolution(row.resolution).title if row.resolution in kb.resolutions else row.resolution
        told = say("helped {helped} of {tried}").format(helped=row.helped, tried=row.tried)
        sys.stdout.write(f"  {told:<20}  {title} [{row.resolution}]\n")
