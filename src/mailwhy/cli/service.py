"""What the commands that start a service share: their options, and how they say what is missing."""

import argparse
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailwhy.chatbot.settings import Settings
from mailwhy.cli.commands import CommandParser
from mailwhy.cli.errors import CommandError
from mailwhy.i18n import Translator

__all__ = ["add_address", "add_limits", "at_least", "needing", "settings_of", "warn_if_open"]

_FAR_PORT = 65535


@contextmanager
def needing(extra: str, say: Translator) -> Iterator[None]:
    """Turns the lack of an optional dependency into the command that installs it.

    Raises:
        CommandError: something that the extra brings is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "mailwhy":
            raise
        told = say("this needs a part that is not installed; install it with: {command}")
        raise CommandError(told.format(command=f"pip install 'mailwhy[{extra}]'")) from None


def at_least(least: float, kind: Callable[[str], float] = int, most: float = float("inf")) -> Callable[[str], float]:
    """A type for an option: a number within bounds."""

    def number(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not within {least:g} and {most:g}")
        return value

    return number


def add_address(parser: CommandParser, say: Translator, port: int) -> None:
    """Adds --host and --port."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help=say("address to listen at; this machine's own if left out"),
    )
    parser.add_argument(
        "--port",
        type=at_least(0, most=_FAR_PORT),
        default=port,
        metavar="N",
        help=say("port to listen at ({port} if left out; 0 takes a free one)").format(port=port),
    )


def add_limits(parser: CommandParser, say: Translator) -> None:
    """Adds the limits on requests."""
    limits = (
        ("--max-bytes", at_least(1024, most=1024 * 1024), 262_144, say("longest request, in bytes")),
        ("--timeout", at_least(0.1, float), 10.0, say("seconds that a request may take")),
        ("--concurrency", at_least(1), 200, say("most requests at once")),
        ("--rate", at_least(0), 0, say("most requests of a caller in a minute; 0 sets no limit")),
    )
    for name, kind, usual, told in limits:
        shown = say("{what} ({usual} if left out)").format(what=told, usual=usual)
        parser.add_argument(name, type=kind, default=usual, metavar="N", help=shown)
    parser.add_argument(
        "--trust-proxy",
        nargs="?",
        type=at_least(1, most=9),
        const=1,
        default=0,
        metavar="N",
        help=say("N proxies in front tell who calls (X-Forwarded-For; 1 if left out)"),
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help=say("name that callers may use where no token is asked for, beside this machine's own (repeat it)"),
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """What the options say, with the token that callers must send: an option would show in the list of processes."""
    token = os.environ.get("MAILWHY_TOKEN") or None
    # A web page that gives its own name this machine's address has no token, but would need none here.
    own = ["localhost", options.host, socket.gethostname(), *options.allow_host]
    return Settings(
        token=token,
        hosts=None if token else frozenset(name.lower().rstrip(".") for name in own),
        most_bytes=options.max_bytes,
        seconds=options.timeout,
        at_once=options.concurrency,
        each_minute=options.rate,
    )


def warn_if_open(host: str, say: Translator) -> None:
    """Says so where other machines can call without a token."""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    if not near and not os.environ.get("MAILWHY_TOKEN"):
        told = say("mailwhy: other machines can call this without a token; set MAILWHY_TOKEN to ask for one")
        sys.stderr.write(told + "\n")
