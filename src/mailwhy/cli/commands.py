"""The commands by name, and what all of them share: options, languages, help.

Nothing heavy is imported here: ``mailwhy --help`` must not wait for a grammar that it doesn't use.
"""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

from mailwhy.cli.errors import CommandError
from mailwhy.i18n import N_, Translator, available_locales, environment_locale, negotiate, translator

__all__ = ["COMMANDS", "Command", "CommandParser", "add_language", "overview", "read_options", "spoken"]


class Command(NamedTuple):
    """A command: the module whose ``run(arguments) -> exit code`` does it, and its line in the overview.

    ``lasting`` commands run for long; the others answer and end.
    """

    module: str
    help: str
    lasting: bool = False


COMMANDS = {
    "diagnose": Command("mailwhy.cli.diagnose", N_("say why a mail was not sent, and what to do (the default)")),
    "explain": Command("mailwhy.cli.explain", N_("say what a code means: 0x800CCC79, 550, 5.7.1, 10060")),
    "ask": Command("mailwhy.cli.ask", N_("answer a few questions, for instance whether a message needs relaying")),
    "search": Command("mailwhy.cli.search", N_("search the knowledge base for a complaint in words")),
    "serve": Command("mailwhy.cli.serve", N_("answer over HTTP, for chatbots and programs"), lasting=True),
    "mcp": Command("mailwhy.cli.mcp", N_("answer AI assistants, over the Model Context Protocol"), lasting=True),
    "feedback": Command("mailwhy.cli.feedback", N_("show what helped for which cause, where feedback was kept")),
    "batch": Command(
        "mailwhy.cli.batch", N_("find and explain the failure reports of whole ticket exports"), lasting=True
    ),
    "kb": Command("mailwhy.cli.kb", N_("list, show and check the knowledge base")),
}


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help whose usage line begins in the user's language."""

    def __init__(self, prog: str, prefix: str) -> None:
        super().__init__(prog)
        self.prefix = prefix

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or self.prefix)


class CommandParser(argparse.ArgumentParser):
    """An argument parser that speaks the user's language and leaves exiting to the caller."""

    def __init__(self, name: str, description: str, say: Translator) -> None:
        prefix = say("Usage: ")

        def formatter(prog: str) -> argparse.HelpFormatter:
            return _Formatter(prog, prefix)

        super().__init__(prog=f"mailwhy {name}", description=description, add_help=False, formatter_class=formatter)
        self._say = say
        self._optionals.title = say("Options")
        self._positionals.title = say("Arguments")
        self.add_argument("-h", "--help", action="help", help=say("show this help and exit"))

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The options, which may stand between arguments."""
        # argparse would cut an English prefix off the usage that it remembers.
        self.usage = self.format_usage().removeprefix(self._say("Usage: ")).strip().replace("%", "%%")
        return self.parse_intermixed_args(list(arguments))

    def error(self, message: str) -> NoReturn:
        """Ends the command with what was wrong and how to get help."""
        hint = self._say(N_("{command} --help shows how")).format(command=self.prog)
        raise CommandError(f"{message}\n{self.format_usage().rstrip()}\n{hint}")


def read_options(parser: CommandParser, arguments: Sequence[str]) -> argparse.Namespace | None:
    """The options, or None where only help was asked for and has been printed."""
    try:
        return parser.parse(arguments)
    except SystemExit:
        return None


def add_language(parser: CommandParser, say: Translator) -> None:
    """Adds --lang."""
    names = ", ".join(available_locales())
    parser.add_argument("--lang", metavar="LANG", help=say("language of the answer: {names}").format(names=names))


def spoken(chosen: str | None, *fallbacks: str) -> Translator:
    """The translator for the chosen language, else the environment's, else the first fallback there is, else English.

    Raises:
        CommandError: a language was chosen that mailwhy does not speak.
    """
    if chosen is not None:
        found = negotiate(chosen)
        if found is None:
            say, names = spoken(None), ", ".join(available_locales())
            raise CommandError(say("mailwhy does not speak {lang}; it speaks {names}").format(lang=chosen, names=names))
        return translator(found)
    return translator(environment_locale() or negotiate(*fallbacks) or "en")


def language_of(arguments: Iterable[str]) -> Translator:
    """The translator that help and errors of this command line are written in, found before its options are parsed."""
    words = list(arguments)
    chosen: Any = None
    for place, word in enumerate(words):
        if word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
        elif word == "--lang" and place + 1 < len(words):
            chosen = words[place + 1]
    return spoken(chosen)


def overview(say: Translator) -> str:
    """The help of the command as a whole."""
    lines = [
        say("Usage: ") + "mailwhy [" + say("COMMAND") + "] [" + say("OPTIONS") + "] [" + say("TEXT or FILE") + "]",
        "",
        say("Why was my mail not sent, and what do I do now?"),
        say("Give the error message as an argument, as a file, or paste it into standard input."),
        "",
        say("Commands") + ":",
        *(f"  {name:<10} {say(command.help)}" for name, command in COMMANDS.items()),
        "",
        say("Examples") + ":",
        "  mailwhy message.txt",
        '  mailwhy "Error Number: 0x800CCC79, 550 Relaying denied"',
        "  mailwhy explain 0x800CCC79",
        "  mailwhy ask relay",
        "",
        say("mailwhy COMMAND --help shows the options of a command."),
        say("Exit codes: 0 found, 1 nothing recognised, 2 wrong usage or unreadable input."),
    ]
    return "\n".join(lines) + "\n"
