"""Mail: mbox files and single messages (.eml, Maildir); each message is a ticket."""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from typing import IO, Final

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import Rejected
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item, Ticket
from mailwhy.i18n import N_

__all__ = ["read"]

_LARGEST: Final = 32 * 1024 * 1024
_LONGEST_LINE: Final = 1024 * 1024
_SEPARATOR = re.compile(rb"From \S.*\d{4}|From - ")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_PARSER = BytesParser(policy=policy.default)  # type: ignore[arg-type, unused-ignore]


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a mail names its own
    """The messages: their subject, their text, and the delivery report where they are notices."""
    stream = source.stream
    messages = _mbox(stream) if source.format == "mbox" else iter([stream.read(_LARGEST + 1)])
    for number, content in enumerate(messages, 1):
        if len(content) > _LARGEST:
            yield Rejected(number, N_("the message is larger than {size} MiB"), {"size": _LARGEST >> 20})
            continue
        try:
            yield _ticket(number, content)
        except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
            # The email package raises all of these on headers and encodings that are broken enough.
            yield Rejected(number, N_("the message can't be read: {reason}"), {"reason": str(error)})


def _mbox(stream: IO[bytes]) -> Iterator[bytes]:
    """The messages of an mbox file; of one that is too large only the beginning."""
    lines: list[bytes] = []
    size = 0
    blank = True
    while line := stream.readline(_LONGEST_LINE):
        if blank and _SEPARATOR.match(line):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif size <= _LARGEST:
            lines.append(line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    if lines:
        yield b"".join(lines)


def _ticket(number: int, content: bytes) -> Ticket:
    message = _PARSER.parsebytes(_QUOTED_FROM.sub(rb"\1", content))
    if not isinstance(message, EmailMessage):
        raise MessageError("no message")
    subject = str(message.get("Subject", "")).strip()
    parts = [("subject", subject), ("body", "\n\n".join(_texts(message, 0)).replace("\r\n", "\n").strip())]
    identifier = str(message.get("Message-ID", "")).strip().strip("<>")
    return Ticket(number, identifier or None, str(message.get("Date", "")) or None, [part for part in parts if part[1]])


def _texts(message: EmailMessage, depth: int) -> Iterator[str]:
    """The text parts in order; of alternatives the plainest; not the mail that a notice sends back."""
    kind = message.get_content_type()
    if depth > 20 or (message.get_content_disposition() == "attachment" and kind != "message/delivery-status"):
        return
    if kind == "multipart/alternative":
        found = [list(_texts(part, depth + 1)) for part in _children(message)]
        yield from next((texts for texts in found if any(map(str.strip, texts))), [])
    elif kind == "message/delivery-status":
        yield "\n".join(str(block) for block in _children(message))
    elif kind.startswith("message/") or kind == "text/rfc822-headers":
        return
    elif message.is_multipart():
        for part in _children(message):
            yield from _texts(part, depth + 1)
    elif kind in ("text/plain", "text/html"):
        yield _content(message)


def _children(message: EmailMessage) -> list[EmailMessage]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, EmailMessage)] if isinstance(payload, list) else []


def _content(message: EmailMessage) -> str:
    try:
        return str(message.get_content())
    except (LookupError, UnicodeError):  # a charset that there isn't
        payload = message.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
