"""The knowledge base that a command uses: the built-in one, with an organisation's folders over it."""

import os

from mailwhy.cli.commands import CommandParser
from mailwhy.cli.errors import CommandError
from mailwhy.i18n import Translator
from mailwhy.knowledge import KnowledgeBase, KnowledgeError

__all__ = ["add_knowledge", "knowledge_base", "overlay_folders"]


def add_knowledge(parser: CommandParser, say: Translator) -> None:
    """Adds --kb."""
    parser.add_argument(
        "--kb",
        action="append",
        default=[],
        metavar="DIR",
        help=say("folder of your organisation's own knowledge (also MAILWHY_KB)"),
    )


def overlay_folders(named: list[str]) -> list[str]:
    """The folders of MAILWHY_KB (separated as in PATH), then those of --kb, which win."""
    return [*filter(None, os.environ.get("MAILWHY_KB", "").split(os.pathsep)), *named]


def knowledge_base(named: list[str], say: Translator) -> KnowledgeBase:
    """The knowledge base with the named folders.

    Raises:
        CommandError: a folder is not valid; every problem is named.
    """
    folders = overlay_folders(named)
    try:
        kb = KnowledgeBase.load(*folders)
        if folders:
            # Whether its wordings can be used shows only when they are put to use: better now than amid a run.
            from mailwhy.knowledge.wording import wording_index

            wording_index(kb)
    except KnowledgeError as error:
        raise CommandError(say("the knowledge base can't be used:") + f"\n{error}") from None
    return kb
