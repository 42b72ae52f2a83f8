"""Mails as they are transported (RFC 5322, MIME): one text for each, with what a notice of non-delivery says as fields.

A mail's text is made of its subject, the person's or the server's words, the fields of a delivery status notification
(RFC 3464) and, of the message that came back, subject and recipients. Attached and forwarded mails are read like
the mail itself: a notice is often forwarded to the helpdesk.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import IO, Final

from mailwhy.documents.decoding import decoded
from mailwhy.documents.markup import html_text

__all__ = ["MAX_BYTES", "Mail", "looks_like_mail", "mail_bytes", "read_mail", "split_mbox"]

MAX_BYTES: Final = 32 * 1024 * 1024
"""A larger mail is not read."""

_MAX_PARTS: Final = 200
_MAX_DEPTH: Final = 20
_MAX_HEADER: Final = 8 * 1024
"""Characters of a header that are read. RFC 5322 (2.1.1) allows 998 a line; a thousand recipients fill more, and the
parser of the standard library takes quadratic time for thousands of parameters."""
_MAX_LINE: Final = 1024 * 1024
_MAX_ORIGINAL: Final = 20

_SEPARATOR = re.compile(rb"From \S.*\d{4}|From - ")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_EMLX_LENGTH = re.compile(rb"\d{1,10}\s*\n")
_FIELD = r"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t][^\r\n]{0,998}(?:\r?\n[ \t][^\r\n]{0,998}){0,50}\r?\n"
_BEGINNING = re.compile(r"[\ufeff \t\r\n]{0,200}(?:From [^\n]{1,200}\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")
_HEADERS = re.compile(rf"(?:From [^\r\n]{{1,200}}\r?\n)?(?:{_FIELD}){{2}}")
_OF_TRANSPORT = re.compile(
    r"^(?:Received|Return-Path|MIME-Version|Content-Type|Message-ID|Delivered-To|X-Failed-Recipients)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = 16 * 1024
# compat32 reads any header without building a tree of it: no header can cost more than its length, or recurse.
_PARSER: Final = BytesParser(policy=policy.compat32)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be read of a mail.

    ``text`` is made of all readable parts. ``recipients`` and ``subject`` are those of the message that a notice sends
    back, where it does.
    """

    subject: str = ""
    text: str = ""
    date: str | None = None
    identifier: str | None = None
    recipients: tuple[str, ...] = ()
    original_subject: str | None = None
    pictures: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been collected of a mail so far."""

    texts: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    original_subject: str | None = None
    pictures: list[bytes] = field(default_factory=list)
    parts: int = 0


def looks_like_mail(text: str) -> bool:
    """Whether a text is the source of a mail: it begins with headers, one of which only a mail in transport has."""
    if not _BEGINNING.match(text):
        return False
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    end = re.search(r"\r?\n[ \t]*\r?\n", head)
    block = head[: end.start() + 1] if end else head
    return _HEADERS.match(head) is not None and _OF_TRANSPORT.search(block) is not None


def mail_bytes(text: str) -> bytes:
    """The source of a mail that was pasted as text; letters beyond ASCII are taken for UTF-8."""
    return text.lstrip("\ufeff \t\r\n").encode("utf-8", "surrogateescape")


def split_mbox(stream: IO[bytes]) -> Iterator[bytes]:
    """The mails of an mbox file (RFC 4155); of one larger than ``MAX_BYTES`` one byte more than that."""
    lines: list[bytes] = []
    size = 0
    blank = True
    while line := stream.readline(_MAX_LINE):
        if blank and _SEPARATOR.match(line):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif size <= MAX_BYTES:
            lines.append(line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    if lines:
        yield b"".join(lines)


def read_mail(content: bytes) -> Mail:
    """A mail from its source (``.eml``, a message of an mbox file, Apple's ``.emlx``).

    Broken headers, unknown charsets and damaged encodings cost the part that they are in, nothing else.
    """
    content = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if length := _EMLX_LENGTH.match(content):
        content = content[length.end() : length.end() + int(length.group())]
    content = _QUOTED_FROM.sub(rb"\1", content)
    try:
        message = _PARSER.parsebytes(content)
    except RecursionError:  # thousands of parts in parts: read as one part
        message = _PARSER.parsebytes(content, headersonly=True)
        del message["Content-Type"]
    reading = _Reading()
    subject = _header(message, "Subject")
    _collect(message, reading, 0)
    failed = _addresses(message, "X-Failed-Recipients")  # Exim
    text = "\n\n".join(part for part in (subject, *reading.texts) if part)
    return Mail(
        subject=subject,
        text=text,
        date=_header(message, "Date") or None,
        identifier=_header(message, "Message-ID").strip("<>") or None,
        recipients=tuple(dict.fromkeys(failed or reading.recipients))[:_MAX_ORIGINAL],
        original_subject=reading.original_subject,
        pictures=tuple(reading.pictures),
    )


def _collect(message: Message, reading: _Reading, depth: int) -> None:
    reading.parts += 1
    if depth > _MAX_DEPTH or reading.parts > _MAX_PARTS:
        return
    kind = message.get_content_type()
    if kind == "multipart/alternative":
        _alternative(message, reading, depth)
    elif kind.startswith("message/") or kind == "text/rfc822-headers":
        _enclosed(message, kind, reading, depth)
    elif message.is_multipart():
        for part in _children(message):
            _collect(part, reading, depth + 1)
    else:
        _leaf(message, kind, reading, depth)


def _leaf(message: Message, kind: str, reading: _Reading, depth: int) -> None:
    """A part that holds no others: text, a picture, or a mail attached as a file."""
    if kind.startswith("image/"):
        reading.pictures.append(_payload(message))
    elif kind in ("text/plain", "text/html") and not _is_attachment(message):
        text = _content(message)
        reading.texts.append((html_text(text) if kind == "text/html" else text).strip())
    elif looks_like_mail(_payload(message)[:_HEAD].decode("latin-1")):
        _inner(_PARSER.parsebytes(_payload(message)), reading, depth)


def _enclosed(message: Message, kind: str, reading: _Reading, depth: int) -> None:
    """What a notice encloses: the fields of the delivery status, the message that came back or its headers."""
    if kind == "message/delivery-status":
        blocks = [_fields(block) for block in _children(message)]
        reading.texts.append("\n\n".join(filter(None, blocks)) or _content(message))
    elif kind == "text/rfc822-headers":
        _original(_PARSER.parsebytes(_payload(message), headersonly=True), reading)
    else:
        for inner in _children(message):
            _inner(inner, reading, depth)


def _alternative(message: Message, reading: _Reading, depth: int) -> None:
    """The first of several forms of one text that has words in it."""
    for part in _children(message):
        before = len(reading.texts)
        _collect(part, reading, depth + 1)
        if any(reading.texts[before:]):
            return


def _inner(inner: Message, reading: _Reading, depth: int) -> None:
    """A mail within a mail: a notice is read, the message that a notice sends back only named."""
    if _is_notice(inner):
        reading.texts.append(_header(inner, "Subject"))
        _collect(inner, reading, depth + 1)
    elif reading.parts > 1 and any(reading.texts):
        _original(inner, reading)
    else:
        _collect(inner, reading, depth + 1)


def _is_notice(message: Message) -> bool:
    sender = _header(message, "From").lower()
    return (
        message.get_content_type() == "multipart/report"
        or "X-Failed-Recipients" in message
        or _header(message, "Return-Path") == "<>"
        or "mailer-daemon" in sender
        or "postmaster" in sender
        or _header(message, "Auto-Submitted").startswith("auto-replied")
    )


def _original(message: Message, reading: _Reading) -> None:
    reading.recipients += _addresses(message, "To")
    reading.original_subject = reading.original_subject or _header(message, "Subject") or None


def _fields(block: Message) -> str:
    """One block of a delivery status: a field a line, unfolded."""
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in block.items())


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))[:_MAX_HEADER]
    try:
        decoded = str(make_header(decode_header(raw)))
    except (LookupError, ValueError, MessageError):  # a charset that there is not, a broken encoded word
        decoded = raw
    return " ".join(decoded.encode("utf-8", "replace").decode("utf-8").split())


def _addresses(message: Message, name: str) -> list[str]:
    values = [str(value)[:_MAX_HEADER] for value in message.get_all(name, [])[:_MAX_ORIGINAL]]
    return [address for _, address in getaddresses(values) if "@" in address]


def _is_attachment(message: Message) -> bool:
    return str(message.get("Content-Disposition", ""))[:_MAX_HEADER].lstrip().lower().startswith("attachment")


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _payload(message: Message) -> bytes:
    # Some programs write the header twice, "7bit" first; Base64 is meant, since nobody names it for nothing.
    encodings = [str(value).strip().lower() for value in message.get_all("Content-Transfer-Encoding", [])]
    if len(encodings) > 1 and "base64" in encodings:
        del message["Content-Transfer-Encoding"]
        message["Content-Transfer-Encoding"] = "base64"
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(message: Message) -> str:
    raw = _payload(message)
    charset = str(message.get_param("charset") or "")[:40]
    try:
        return raw.decode(charset or "utf-8").replace("\r\n", "\n")
    except (LookupError, UnicodeError, ValueError):
        return decoded(raw).replace("\r\n", "\n")
