"""From the grammar's constructs to parts of reports: Lark's transformer, one method a construct.

A part says what one construct states and how strongly that speaks for a failure report. Which parts make a report is
decided over the whole list, in ``assemble``.
"""

import re
from typing import Any, NamedTuple

from lark import Transformer

from mailwhy.parsing.kinds import BY_NAME
from mailwhy.parsing.lexer import Lexeme
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.replies import Reply, address_in_reply, read_reply, read_wrapper
from mailwhy.parsing.values import WORDS, find_address, read_hresult

__all__ = ["Part", "PartBuilder", "ReplyCandidate"]

_PROTOCOLS = {"SMTP": "SMTP", "ESMTP": "SMTP", "POP": "POP3", "POP3": "POP3", "IMAP": "IMAP", "IMAP4": "IMAP",
              "HTTP": "HTTPMAIL", "HTTPMAIL": "HTTPMAIL", "NNTP": "NNTP"}  # fmt: skip
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SPOKEN = re.compile(
    r"(?:[^\n]*?(?:SERVER -> CLIENT:|SMTP<|<[-~*]{0,2}\*?|Out:|S:|reply: b?['\"]))?[ \t]*([2-5]\d\d.*)"
).match
_CODE_PAIR = re.compile(r"\((?:code: )?(\d{3}),\s{0,4}(?:b?(['\"])(.*?)\2(.*)|response: (.*)\))", re.DOTALL)
_REFUSED = re.compile(r"['\"]([^\s'\"@]{1,64}@[^\s'\"@]{1,255})['\"]: ?$")
_ADDRESSED = re.compile(r"<([^\s<>@]{1,64}@[^\s<>]{1,190})>:\s[^<>\n]{1,120}\Z")
_NAMED_WITH_REASON = re.compile(r"[>'\"]{0,2}:[ :]*(?=[^\W\d_]+ [^\W\d_])").match
_DIAGNOSIS_END = re.compile(r"\n\s*\n|\n(?=[^\n]*#\d)|(?=\n\s*<[^\n]*#)")
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_MAX_PARAGRAPH = 1_500
_IN_REPLY_TO = "(in reply to"


class ReplyCandidate(NamedTuple):
    """A reply, how plainly it was introduced (0 = by the client's own label), and where it starts."""

    rank: int
    reply: Reply
    start: int


class Part(NamedTuple):
    """What one construct states.

    Attributes:
        kind: of the construct's first phrase or shape.
        start: position in the normalized text.
        end: where what was read ends.
        evidence: points for a failure report.
        fields: names and values of the report's fields.
        reply: what a server answered.
        recipient: a refused address and where it is named.
        diagnosis: words behind a recipient that may be the reason: the reply in them, where they start and end, and how
            many line ends stand before them.
        languages: of the phrase.
        words: of the phrase, how many.
        detail: what else the kind needs.
    """

    kind: str
    start: int
    end: int
    evidence: float = 0.0
    fields: tuple[tuple[str, Any], ...] = ()
    reply: ReplyCandidate | None = None
    recipient: tuple[str, int] | None = None
    diagnosis: tuple[Reply, int, int, int] | None = None
    languages: tuple[str, ...] = ()
    words: int = 1
    detail: Any = None


class PartBuilder(Transformer[Any, list[Part]]):
    """Builds the parts, bottom-up. Each method takes the tokens and parts of its construct."""

    def start(self, children: list[Any]) -> list[Part]:
        """All parts of the text, in order."""
        parts: list[Part] = []
        for child in children:
            if isinstance(child, Part):
                parts.append(child)
            elif isinstance(child, list):
                parts += child
        return parts

    def text(self, children: list[Lexeme]) -> Part | None:
        """Words; or a reply without its code, which only Postfix's "(in reply to RCPT TO command)" gives away."""
        (token,) = children
        start, end = token.start_pos or 0, token.end_pos or 0
        found = token.find(_IN_REPLY_TO)
        if found < 0:
            return Part("text", start, end)
        reply = read_reply(token[:found])
        if reply is None:
            return None
        return Part("in_reply_to", start, end, 2, reply=ReplyCandidate(6, reply, start))

    # ---- dialogs

    def header(self, children: list[Lexeme]) -> Lexeme:
        """A header line whose value is of no interest."""
        return children[0]

    def subject(self, children: list[Lexeme]) -> Part:
        """A subject, of the failed message or of a mail around the report."""
        label, value = children
        return _field(label, value, value.reading[0] if isinstance(value.reading, tuple) else value.reading)

    def headers(self, children: list[Any]) -> list[Part]:
        """Subjects; among headers those of a mail around the report, unless in quotes as a dialog prints them."""
        among = any(isinstance(child, Lexeme) for child in children)
        subjects = [child for child in children if isinstance(child, Part)]
        if not among:
            return subjects
        return [part if part.detail else part._replace(kind="header_subject") for part in subjects]

    def field(self, children: list[Lexeme]) -> Part:
        """A label of the one-line report, or of Windows Live Mail, with its value."""
        label, value = children
        read = value.reading
        if label.type == "PROTOCOL":
            read = _PROTOCOLS.get(read)
        return _field(label, value, read)

    def server_response(self, children: list[Lexeme]) -> Part:
        """The server's reply behind the client's label."""
        label, value = children
        reply = value.reading
        part = _labelled(label, value)
        if reply is None:
            return part._replace(evidence=0, end=label.end_pos or 0)
        evidence = 2 if reply.code or reply.enhanced else 1.5
        return part._replace(evidence=evidence, reply=ReplyCandidate(0, reply, part.start))

    def refused(self, children: list[Lexeme]) -> Part:
        """The refused recipient or sender, in the client's sentence."""
        label, value = children
        fields = (("rejected_address", value.reading),) if value.reading else ()
        return _labelled(label, value)._replace(fields=fields)

    def sentence(self, children: list[Lexeme]) -> Part:
        """The beginning of one of the client's own sentences."""
        return _labelled(children[0])

    def reported(self, children: list[Lexeme]) -> Part:
        """The error number in brackets of the send/receive dialog."""
        label, value = children
        return _field(label, value, value.reading)

    def send_receive(self, children: list[Any]) -> list[Part]:
        """The name of a task of Outlook's send/receive dialog, and its error number."""
        if isinstance(children[0], Part):
            return children
        label, value, *reported = children
        if value.reading is None:
            return reported
        return [_labelled(label, value)._replace(detail=value.reading), *reported]

    def in_sentence(self, children: list[Lexeme]) -> Part:
        """A server, account or recipient named in a sentence."""
        label, value = children
        part = _labelled(label, value)
        if value.reading is None:
            return part._replace(end=label.end_pos or 0)
        if label.type == "SMTP_SERVER":
            return part._replace(fields=(("server", value.reading),), evidence=2 if value.quoted else 1)
        name = "account" if label.type == "NAMED_ACCOUNT" else "rejected_address"
        return part._replace(fields=((name, value.reading),))

    def webmail_error(self, children: list[Lexeme]) -> Part:
        """Roundcube: ``SMTP Error (550): ...`` or ``SMTP Error: [550] ...``."""
        label, value = children
        part = _labelled(label, value)
        if isinstance(value.reading, Reply):
            return part._replace(reply=ReplyCandidate(1, value.reading, part.start))
        if value.reading is not None and 200 <= value.reading < 600:
            return part._replace(fields=(("smtp_code", value.reading),))
        return part

    def webmail_address(self, children: list[Lexeme]) -> Part | None:
        """Roundcube: ``Failed to add recipient "x" (reply)``."""
        label, value = children
        address, reply = value.reading
        if address is None and reply is None:
            return None
        part = _labelled(label, value)
        return part._replace(
            fields=(("rejected_address", address),) if address else (),
            reply=ReplyCandidate(1, reply, part.start) if reply else None,
        )

    # ---- notices

    def heading(self, children: list[Lexeme]) -> Part:
        """A sentence or heading that only notices have."""
        return _labelled(children[0], children[-1])

    def diagnosis(self, children: list[Lexeme]) -> Lexeme | None:
        """The words behind a recipient, if there are any."""
        return next((token for token in children if token.type == "TEXT"), None)

    def recipients(self, children: list[Any]) -> Part:
        """A heading, the failed recipient that it names, and the words behind it."""
        part = _labelled(children[0])
        if part.kind == "delayed_recipients":
            part = part._replace(kind="failed_recipients", detail="delayed")
        found = next((child for child in children[1:] if child is not None and child.type == "ADDRESS"), None)
        if found is None:
            return part
        named = part._replace(recipient=(found.reading, found.start_pos), end=max(part.end, found.end_pos))
        diagnosis = children[-1]
        if diagnosis is None or diagnosis is found:
            return named
        return named._replace(diagnosis=_diagnosis(found, diagnosis, inline=True))

    def recipient(self, children: list[Any]) -> Part | None:
        """A line that begins with an address, or one of Exim's log that ends with it, and the words behind it."""
        line = children[0]
        found = find_address(line.rpartition(" ")[2])
        if not found:
            return None
        part = Part("address_line", line.start_pos, line.end_pos, 0.5, recipient=(found[0], line.start_pos))
        if len(children) < 2 or children[1] is None:
            return part
        return part._replace(diagnosis=_diagnosis(line, children[1], inline=False))

    def refused_recipient(self, children: list[Lexeme]) -> Part:
        """A line that gives the reason and the recipient."""
        label, value = children
        address, reply = value.reading
        part = _labelled(label, value)
        said = ReplyCandidate(4, reply, part.start)
        return part._replace(recipient=(address, part.start), reply=said)

    def announced(self, children: list[Lexeme]) -> Part:
        """A reply behind words that introduce it, or in the paragraph below them."""
        label, value, *rest = children
        part = _labelled(label, value)
        reply = value.reading
        if reply is not None:
            coded = reply.code is not None or reply.enhanced is not None
            said = ReplyCandidate(1 if coded else 3, reply, part.start)
            fails = reply.code is None or reply.code >= 400
            named = _ADDRESSED.search(label.source, max(0, part.start - 250), part.start)
            return part._replace(
                recipient=(named[1], named.start()) if named and fails else None,
                evidence=2.5 if coded else 1,
                reply=said if fails else None,
            )
        text = next((token for token in rest if token.type == "TEXT"), None)
        part = part._replace(kind="announcement", evidence=0)
        if text is None or "\n" not in label.source[label.end_pos : text.start_pos] + text[:1]:
            return part
        return _announced_below(part, text)

    def original(self, children: list[Any]) -> list[Part]:
        """The headers of the original message: of them only the subject is of interest."""
        label = children[0]
        lists = [child for child in children[1:] if isinstance(child, list)]
        subjects = [part._replace(kind="original_subject") for child in lists for part in child]
        return [_labelled(label), *subjects[:1]]

    # ---- fields of delivery status notifications, and of logs

    def dsn_field(self, children: list[Lexeme]) -> Part | None:
        """One field (RFC 3464), or ``dsn=`` in a log."""
        label, value = children
        part = _labelled(label, value)
        raw = value.reading or ""
        read = getattr(self, f"_{part.kind}", None)
        return read(part, raw) if read else None

    def _final_recipient(self, part: Part, raw: str) -> Part:
        found = find_address(raw)
        by_rfc = ";" in raw  # Final-Recipient: rfc822;x; other systems' "Original address: x" is the better one
        return part._replace(recipient=(found[0], part.start) if found else None, detail=by_rfc)

    _original_recipient = _final_recipient

    def _action(self, part: Part, raw: str) -> Part | None:
        word = WORDS.search(fold(raw))
        action = word.group() if word else ""
        if action in {"failed", "delayed"}:
            return part._replace(detail=action)
        if action in {"relayed", "delivered", "expanded"}:
            return part._replace(kind="delivered", evidence=BY_NAME["delivered"].evidence)
        return None

    def _status(self, part: Part, raw: str) -> Part | None:
        match = _STATUS.search(raw[:20])
        return part._replace(detail=match.group()) if match and match.group()[0] != "2" else None

    def _remote_mta(self, part: Part, raw: str) -> Part | None:
        host = _HOST.search(raw)
        return part._replace(detail=host.group()) if host else None

    def reason(self, children: list[Lexeme]) -> Part | None:
        """A reply behind "Reason:"."""
        label, value = children
        reply = value.reading
        if reply is None:
            return None
        coded = reply.code is not None or reply.enhanced is not None
        part = _labelled(label, value)
        return part._replace(evidence=2 if coded else 0.5, reply=ReplyCandidate(1 if coded else 4, reply, part.start))

    # ---- sessions, programs and logs

    def exchange(self, children: list[Lexeme]) -> Part:
        """Commands and the answer to them; the first line of the answer that refuses counts."""
        commands = [token for token in children if token.type == "CLIENT_LINE"]
        lines = [line for token in children if token.type == "SERVER_LINE" for line in token.splitlines()]
        start, end = children[0].start_pos or 0, children[-1].end_pos or 0
        part = Part("session", start, end, 0.5)
        spoken = [match[1] for line in lines if (match := _SPOKEN(line))]
        refused = next((number for number, line in enumerate(spoken) if line[0] in "45"), None)
        if refused is None:
            return part
        code = spoken[refused][:3]
        same = [line for line in spoken[refused:] if line.startswith(code)]
        reply = read_reply("\n".join(same), need_code=True)
        if reply is None:
            return part
        command = commands[-1] if commands else ""
        in_reply = address_in_reply(reply.text)
        named = find_address(in_reply or command) if in_reply or "RCPT TO:" in command.upper() else None
        # A server that does not know EHLO is greeted with HELO; that is no failure.
        rank = 8 if "EHLO" in command.upper() and code in {"500", "502", "504"} else 2
        return part._replace(
            evidence=2,
            reply=ReplyCandidate(rank, reply, children[len(commands)].start_pos or 0),
            recipient=(named[0], start) if named else None,
        )

    def failure(self, children: list[Lexeme]) -> Part:
        """Words of a program's log or exception."""
        return _labelled(children[0])

    def endpoint(self, children: list[Lexeme]) -> Part | None:
        """A server and its port, as a connection that failed or a print of the settings names them."""
        value = children[-1]
        if value.reading is None:
            return None
        return Part("endpoint", children[0].start_pos or 0, value.end_pos or 0, detail=value.reading)

    def transaction(self, children: list[Lexeme]) -> Part | None:
        """RCPT TO, and what the server answered; the recipient is of interest if it was refused."""
        address = next((token for token in children if token.type == "ADDRESS"), None)
        last = children[-1]
        if last.type in {"RCPT_COMMAND", "ADDRESS", "TEXT", "GAP"}:
            return None
        part = self.exchange([last]) if last.type == "SERVER_LINE" else self.lone_reply([last])
        if part is None or part.reply is None or address is None:
            return part
        return part._replace(recipient=(address.reading, address.start_pos or 0), detail=2.0)

    def log_recipient(self, children: list[Lexeme]) -> Part:
        """The recipient in a line of a log: ``to=<x>``."""
        part = _labelled(children[0])
        found = children[-1]
        if found.type != "ADDRESS":
            return part
        return part._replace(recipient=(found.reading, found.start_pos or 0), end=found.end_pos or 0)

    def log_status(self, children: list[Lexeme]) -> Part | None:
        """The reason in a line of a log: ``status=deferred (text)``."""
        label, value = children
        if value.reading is None:
            return None
        part = _labelled(label, value)
        return part._replace(reply=ReplyCandidate(4, value.reading, part.start))

    def code_pair(self, children: list[Lexeme]) -> Part | None:
        """Python's smtplib: ``(530, b'5.7.0 text', 'sender')``, ``{'recipient': (550, b'5.1.1 text')}``."""
        (token,) = children
        start, end = token.start_pos or 0, token.end_pos or 0
        match = _CODE_PAIR.match(token)
        reply = read_reply(match[3] or match[5] or "") if match else None
        if match is None or reply is None:
            return None
        key = _REFUSED.search(token.source[max(0, start - 330) : start])
        found = key[1] if key else (find_address(match[4] or "") or (None,))[0]
        fields = (("smtp_code", int(match[1])), ("rejected_address", found))
        return Part("code_pair", start, end, fields=fields[: 2 if found else 1], reply=ReplyCandidate(2, reply, start))

    def hresult(self, children: list[Lexeme]) -> Part:
        """An HRESULT without a label."""
        (token,) = children
        number = read_hresult(token)
        return Part("hresult", token.start_pos or 0, token.end_pos or 0, fields=(("error_number", number),))

    # ---- what stands alone

    def lone_reply(self, children: list[Lexeme]) -> Part | None:
        """A reply that only its code, or its place in a session, gives away."""
        (token,) = children
        kind, start, end = token.type.lower(), token.start_pos or 0, token.end_pos or 0
        if token.reading is None:
            return None
        reply, of_http = token.reading
        if reply.code is not None and reply.code < 400:
            return Part("text", start, end)
        rank = 2 if kind == "transcript" else 5
        return Part(kind, start, end, reply=ReplyCandidate(rank, reply, start), detail="http" if of_http else None)

    def provider_line(self, children: list[Lexeme]) -> Part | None:
        """A reply without its code, which the number of Orange or La Poste at its end gives away."""
        (token,) = children
        start = token.start_pos or 0
        reply = read_reply(token)
        if reply is None:
            return None
        return Part("provider_line", start, start + reply.end, 2, reply=ReplyCandidate(6, reply, start))

    def wrapper(self, children: list[Lexeme]) -> Part:
        """What Exchange puts around a reply: ``<host #5.1.1 smtp;550 5.1.1 text>``."""
        (token,) = children
        start = token.start_pos or 0
        code, reply, host = read_wrapper(token)
        said = ReplyCandidate(1, reply, start) if reply else None
        return Part("wrapper", start, token.end_pos or 0, 2 if reply else 1.5, reply=said, detail=(code, host))


def _labelled(label: Lexeme, value: Lexeme | None = None) -> Part:
    kind = BY_NAME[label.type.lower()]
    end = (value or label).end_pos or 0
    return Part(kind.name, label.start_pos or 0, end, kind.evidence, languages=label.languages, words=label.words)


def _field(label: Lexeme, value: Lexeme, read: Any) -> Part:
    part = _labelled(label, value)
    name = "error_number" if part.kind in {"live_mail_error_id", "reported"} else part.kind
    return part._replace(fields=((name, read),), detail=value.quoted)


def _paragraph(token: Lexeme, start: int, ends: re.Pattern[str]) -> str:
    """The text from ``start`` on up to where the paragraph ends, or the next phrase."""
    stretch = token.source[start : min(token.limit, start + _MAX_PARAGRAPH)]
    return ends.split(stretch, maxsplit=1)[0]


def _announced_below(part: Part, text: Lexeme) -> Part:
    """The paragraph below a phrase such as "The reason was:"; an address on its last line is the recipient."""
    start = text.start_pos or 0
    paragraph = _paragraph(text, start, _PARAGRAPH_END).rstrip()
    head, _, tail = paragraph.rpartition("\n")
    found = find_address(tail) if head and "@" in tail else None
    whole = found is not None and found[0] == tail.strip(" <>")
    reply = read_reply(head if whole else paragraph)
    if reply is None:
        return part
    return part._replace(
        end=start + len(paragraph),
        recipient=(found[0], start) if found and whole else None,
        diagnosis=(reply, start, start + reply.end, 0),
    )


def _diagnosis(named: Lexeme, text: Lexeme, *, inline: bool) -> tuple[Reply, int, int, int] | None:
    """The words behind a recipient as a reply; a heading that names it in a sentence has them on the next line."""
    start = text.start_pos or 0
    if inline and text.source[named.end_pos or 0 : start + 1].count("\n") == 0:
        if reason := _NAMED_WITH_REASON(text.source, named.end_pos or 0):
            start = reason.end()
        else:  # the rest of the sentence
            newline = text.find("\n")
            if newline < 0:
                return None
            start += newline + 1
    after = start
    start += len(text.source[start : text.end_pos]) - len(text.source[start : text.end_pos].lstrip(": \t\n."))
    between = text.source[after if inline else named.end_pos or 0 : start]
    reply = read_reply(_paragraph(text, start, _DIAGNOSIS_END))
    if reply is None or (reply.code is not None and reply.code < 400):
        return None
    return reply, start, start + reply.end, between.count("\n")
