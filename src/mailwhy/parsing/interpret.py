"""From the things read in a text to drafts of reports: which fact belongs to which report, and what it says."""

import re
from collections.abc import Callable

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.folding import fold
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.machine import Item, Machine
from mailwhy.parsing.marking import MARKS, Marked
from mailwhy.parsing.plausible import Vocabulary, hresult_evidence, is_report, labelled_evidence
from mailwhy.parsing.replies import Reply, address_in_reply, read_reply, read_wrapper
from mailwhy.parsing.values import find_address, find_host, read_hresult, read_number, read_value

__all__ = ["Interpreter"]

_MOST_DRAFTS = 4000
_MOST_REPLIES = 200
"""Limits for texts that are made to cost time: no report has so many replies, no ticket so many reports."""

_FAR = 700
_NEAR = 200
_MESSAGES = frozenset({"express", "outlook", "other"})
_ONE_LINE = frozenset({"subject", "account", "server", "protocol", "server_response", "port", "ssl", "server_error",
                       "socket_error", "error_number"})  # fmt: skip
_WEIGHT = {"subject": 0.3, "account": 0.5, "server": 0.5, "protocol": 0.5, "port": 0.3, "ssl": 0.5,
           "server_error": 1.5, "socket_error": 1.5}  # fmt: skip
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_PROTOCOLS = {"SMTP": "SMTP", "ESMTP": "SMTP", "POP": "POP3", "POP3": "POP3", "IMAP": "IMAP", "IMAP4": "IMAP",
              "HTTP": "HTTPMAIL", "HTTPMAIL": "HTTPMAIL", "NNTP": "NNTP"}  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")
_SHAPED = re.compile(r"\d{3}|-ERR|@")
_EMPTY = re.compile(r"[\s:=]*['\"<\[]")
_FAILED_LINE = re.compile(
    r"^[^\w\n]{0,20}(?:S: ?|<<< ?|smtp; ?|err(?:or|eur|ore) )?([45]\d\d(?:[ \-]|[.,:] )|-ERR |HTTP/1)", re.MULTILINE | re.IGNORECASE
)
_DATE_OR_EXCHANGE = re.compile(r"\S{1,3} (?:\S{2,4},? )?\d{1,4}[/. -]|MSEXCH")
_PARAGRAPH_END = re.compile(r"\n\s*\n|[\ue000-\ue0ff]")
_GREETING = re.compile(r"\s*2\d\d[ -]\S{1,80} [45]\d\d[ -]")
_SPEAKER = re.compile(r"^(?:S: ?|<<< ?)", re.MULTILINE)
_SAID_TO = re.compile(r"(?:host|h[oô]te|server|serveur|at)\s+([\w.-]+\.\w+)[^\n]{0,60}$", re.IGNORECASE)
_TASK_TAIL = re.compile(r"\s*[-–—]\s*$")


class Interpreter:
    """Reads the items of one marked text into drafts."""

    def __init__(
        self, parser: Machine, lexicon: Lexicon, vocabulary: Vocabulary, marked: Marked, items: list[Item]
    ) -> None:
        self._parser = parser
        self._words = lexicon.words
        self._undeliverable = tuple(lexicon.words.get("undeliverable", ()))
        self._vocabulary = vocabulary
        self._text = marked.text
        self._found = iter(marked.found)
        self._items = items
        self._drafts: list[Draft] = []
        self._draft = Draft(0, 0)
        self._languages: tuple[str, ...] = ()
        self._phrase_words = 0
        self._expects = ""  # what the next address is: a recipient, the recipient of a RCPT TO command, ...
        self._command_recipient: tuple[str, int] | None = None
        self._in_headers = False
        self._awaits_reply = False  # a phrase announced a reply that stands in the next paragraph
        self._header_subject: str | None = None
        self._read_to = -1  # what starts before this has been read already
        self._address_end = -1  # end of a line that names a recipient; text on the next line is about it

    def read(self) -> list[Draft]:
        """All drafts, in order, the implausible ones too; of a text with thousands of reports the first ones."""
        for item in self._items:
            if len(self._drafts) >= _MOST_DRAFTS:
                break
            handler = _HANDLERS.get(item.kind)
            if item.start < self._read_to and item.value_type in _UNMARKED:
                continue
            if handler is None:
                self._junk(item)
                continue
            if item.value_type not in _UNMARKED:
                found = next(self._found)
                self._languages = found.phrase.languages
                self._phrase_words = found.words
            if self._in_headers and item.kind not in _ENDS_HEADERS:
                if item.kind == "subject":
                    self._put_subject(item)
                continue
            handler(self, item)
        self._close(len(self._text))
        return self._drafts

    # -- drafts -------------------------------------------------------------------------------------------------------

    def _close(self, position: int) -> None:
        draft = self._draft
        if draft.kinds:
            if draft.message_from >= 0 and draft.message_to < 0:
                draft.message_to = draft.end
            self._drafts.append(draft)
        self._draft = Draft(position, position)
        self._expects = ""
        self._in_headers = False
        self._awaits_reply = False
        self._command_recipient = None
        self._address_end = -1

    def _begin(self, item: Item) -> Draft:
        """A draft that ``item`` may belong to, as far as its place goes."""
        draft = self._draft
        if draft.kinds and self._is_far(draft, item.start):
            self._close(item.start)
            draft = self._draft
        if not draft.kinds:
            draft.start = item.start
        return draft

    def _is_far(self, draft: Draft, start: int) -> bool:
        """Whether so much stands between that what comes belongs to something else."""
        if draft.is_notice and not draft.has_core:
            return False
        gap = start - draft.end
        if draft.is_notice or draft.has_core or draft.message_from >= 0 or gap < _NEAR // 4:
            return gap > _FAR
        # A number named in the story above the report is no part of it.
        between = self._text[draft.end : start]
        return gap > _NEAR or ("\n\n" in between and len(_WORDS.findall(between)) > 4)

    def _end_message(self, position: int) -> None:
        if self._draft.message_from >= 0 and self._draft.message_to < 0:
            self._draft.message_to = position

    # -- the one-line report ------------------------------------------------------------------------------------------

    def _field(self, item: Item) -> Draft:
        kind = "error_number" if item.kind == "live_mail_error_id" else item.kind
        draft = self._begin(item)
        if draft.has(kind) and (not draft.is_notice or kind == "error_number"):
            self._close(item.start)
            draft = self._begin(item)
        self._end_message(item.start)
        draft.saw(kind, item.end, item.end, 0, self._languages)
        draft.evidence += _WEIGHT.get(kind, 0)
        return draft

    def _put_subject(self, item: Item) -> None:
        bounded = item.value_type == "QUOTED"
        value, end = read_value(item.value, bounded=bounded or self._bounded(item), last=bounded)
        if value and fold(value).startswith(self._undeliverable):
            return
        if self._in_headers:
            self._draft.put("subject", value)
            return
        if not self._draft.is_notice and item.value_type != "QUOTED" and self._among_headers(item):
            self._header_subject = value
            return
        draft = self._draft
        if draft.is_notice:
            draft.put("subject", value)
            draft.saw("subject", item.end, item.value_start + end, 0, self._languages)
            return
        draft = self._field(item)
        draft.put("subject", value)
        self._leftover(item, end)

    def _among_headers(self, item: Item) -> bool:
        """Whether a subject is that of a mail which only brings the report along: From, Sent or To stand beside it."""
        around = self._text[max(0, item.start - 160) : item.start], self._text[item.end : item.end + 2]
        above = around[0].rstrip(" \t").endswith("\n") and _HEADER_MARK.search(around[0])
        return bool(above or _HEADER_MARK.match(around[1]))

    def _named_field(self, item: Item) -> None:
        last = item.value_type == "QUOTED" and item.kind not in {"account", "server"}
        value, end = read_value(item.value, bounded=item.value_type == "QUOTED" or self._bounded(item), last=last)
        if value is None and item.value_type != "QUOTED" and not _EMPTY.match(fold(item.value)):
            return  # "in the event log of the server:" labels nothing
        draft = self._field(item)
        draft.put(item.kind, value)
        draft.end = item.value_start + end
        self._leftover(item, end)

    def _bounded(self, item: Item) -> bool:
        """Whether a label follows the value at once."""
        return "\ue000" <= self._text[item.end : item.end + 1] <= "\ue0ff"

    def _leftover(self, item: Item, end: int) -> None:
        """What follows the value in the same stretch of text: looked through for anything without a label."""
        self._reread(item.value[end:], item.value_start + end)

    def _reread(self, rest: str, start: int) -> None:
        if not _WORDS.search(rest):
            return
        if not _SHAPED.search(rest):
            self._junk(Item("junk", start, start + len(rest), rest, start, "JUNK"))
            return
        for item in self._parser.read(rest):
            moved = item._replace(start=item.start + start, end=item.end + start, value_start=item.value_start + start)
            _HANDLERS.get(item.kind, Interpreter._junk)(self, moved)

    def _number_field(self, item: Item) -> None:
        draft = self._field(item)
        if item.value_type == "NUMBER":
            draft.put(item.kind, read_number(item.value))
        else:
            draft.put(item.kind, None)
            if item.value_type == "PARAGRAPH":
                self._note_unread(item)

    def _server_error(self, item: Item) -> None:
        rest = self._text[item.end : item.end + 200]
        if item.value_type != "NUMBER" or not re.match(r"[ \t]*(?:#|\d\.\d|[^\W\d_]|<)", rest) or item.value.rstrip()[-1:] in {",", ";"}:
            self._number_field(item)
            return
        # "Server error: '550 5.7.1 Unable to relay'" in a notice: a reply, not the field
        stretch = re.split(r"\n\s*\n|[\ue000-\ue0ff]", self._text[item.value_start : item.value_start + 2000], maxsplit=1)[0]
        self._read_to = item.value_start + self._read_reply_from(item, stretch)

    def _switch(self, item: Item) -> None:
        draft = self._field(item)
        word = _WORDS.search(fold(item.value)) if item.value_type == "WORD" else None
        if word and word.group() in self._words.get("yes", ()):
            draft.put("ssl", value=True)
        elif word and word.group() in self._words.get("no", ()):
            draft.put("ssl", value=False)
        else:
            draft.put("ssl", None)
        if "/" in item.value:  # "No/Yes" says neither
            draft.fields["ssl"] = None

    def _protocol(self, item: Item) -> None:
        draft = self._field(item)
        word = _WORDS.search(item.value)
        draft.put("protocol", _PROTOCOLS.get(word.group().upper()) if word else None)

    def _error_number(self, item: Item) -> None:
        draft = self._field(item)
        value = read_hresult(item.value) if item.value_type == "HRESULT_VALUE" else None
        draft.put("error_number", value)
        draft.evidence += labelled_evidence(value) if value else 0
        if item.kind == "live_mail_error_id":
            draft.client = "windows-live-mail"
        if value is None:
            self._note_unread(item)

    def _server_response(self, item: Item) -> None:
        draft = self._field(item)
        draft.fields["server_response"] = None
        reply = read_reply(item.value, last_quote=item.value_type == "QUOTED")
        if reply is None:
            return
        draft.hear(0, reply, item.start)
        draft.evidence += 2 if reply.code or reply.enhanced else 1.5
        draft.end = item.value_start + reply.end
        if not self._bounded(item):
            self._leftover(item, reply.end)

    def _rejected(self, item: Item) -> None:
        draft = self._begin(item)
        self._end_message(item.start)
        draft.saw(item.kind, item.end, item.end, 2, self._languages)
        sentence = re.split(r"[\n.。](?:\s|$)", item.value, maxsplit=1)[0] + " "
        found = find_address(item.value if self._bounded(item) else sentence)
        if found:
            draft.put("rejected_address", found[0])
            draft.end = item.value_start + found[2]

    # -- dialogs ------------------------------------------------------------------------------------------------------

    def _task(self, item: Item) -> None:
        draft = self._begin(item)
        number_first = draft.kinds.keys() == {"hresult"} and item.start - draft.end < _NEAR // 2
        if (draft.has_core or draft.is_notice or draft.fields) and not number_first:
            self._close(item.start)
            draft = self._begin(item)
        if not self._bounded(item) and not number_first:
            return
        draft.saw("task", item.end, item.end, 1, self._languages)
        name, _ = read_value(item.value, bounded=True)
        draft.put("account", self._account_of_task(name) if name else None)

    def _account_of_task(self, name: str) -> str | None:
        head, dash, tail = name.rpartition("-")
        if not dash:
            head, dash, tail = name.rpartition("–")
        action = " ".join(_WORDS.findall(fold(tail)))
        if dash and (action in self._actions or not action):
            return _TASK_TAIL.sub("", head).strip() or None
        if " ".join(_WORDS.findall(fold(name))) in self._actions or ":" in name:
            return None
        return name if "@" in name.split(" ")[0] or len(name.split()) <= 3 else None

    @property
    def _actions(self) -> set[str]:
        return {" ".join(_WORDS.findall(action)) for action in self._words.get("actions", ())}

    def _reported(self, item: Item) -> None:
        if item.value_type != "HRESULT_VALUE":
            self._server_reply(item)
            return
        draft = self._begin(item)
        if draft.has("error_number"):
            self._close(item.start)
            draft = self._begin(item)
        draft.saw("reported", item.end, item.end, 2, self._languages)
        draft.put("error_number", read_hresult(item.value))

    def _message(self, item: Item) -> None:
        draft = self._begin(item)
        close_to_number = "reported" in draft.kinds and item.start - draft.end < 40
        if draft.has_core and not close_to_number and draft.message_from >= 0:
            self._close(item.start)
            draft = self._begin(item)
        elif draft.has_core and not close_to_number and (draft.is_notice or item.start - draft.end > 120):
            self._close(item.start)
            draft = self._begin(item)
        line = self._text[item.start + 1 : item.start + 120]
        words = len(_WORDS.findall(line))
        draft.saw(item.kind, item.end, item.end, 2 if words >= 4 else 1, self._languages)
        if draft.message_from < 0:
            draft.message_from = item.start
        sentence = re.search(r"[.。!?]['\"»”’]?(?:\s|$)|\n\s*\n|\Z", self._text[item.end : item.end + 400])
        draft.end = max(draft.end, min(item.end + (sentence.end() if sentence else 100), len(self._text)))

    def _hresult(self, item: Item) -> None:
        number = read_hresult(item.value)
        draft = self._begin(item)
        known = draft.fields.get("error_number")
        if known is not None:
            bare = not (_ONE_LINE - {"error_number"}) & draft.fields.keys() and "reported" not in draft.kinds
            if known == number or not bare:
                self._note_unread(item)
                return
            self._close(item.start)
            draft = self._begin(item)
        draft.saw("hresult", item.end, item.end, hresult_evidence(number or "", self._text, item.start))
        draft.put("error_number", number)

    def _server_reply(self, item: Item) -> None:
        end = self._read_reply_from(item, item.value)
        self._leftover(item, end)

    def _read_reply_from(self, item: Item, raw: str) -> int:
        """Hear the reply at the beginning of ``raw``, which starts at the item's value; give its end in ``raw``."""
        draft = self._begin(item)
        if len(draft.heard) >= _MOST_REPLIES:
            return 0
        self._end_message(item.start)
        reply = read_reply(raw)
        if reply is None:
            self._awaits_reply = item.kind == "server_reply" and "\n" in self._text[item.value_start : item.end + 2]
            return 0
        if draft.remote_host is None:
            host = _SAID_TO.search(self._text[max(0, item.start - 120) : item.start].rpartition("\n")[2])
            draft.remote_host = host[1].rstrip(".") if host else None
        coded = reply.code is not None or reply.enhanced is not None
        draft.saw("server_reply", item.end, item.value_start + reply.end, 2.5 if coded else 1, self._languages)
        if reply.code is None or reply.code >= 400:
            draft.hear(1 if coded else 3, reply, item.start)
        return reply.end

    def _reason(self, item: Item) -> None:
        draft = self._begin(item)
        raw = item.value
        if self._text[item.start - 1 : item.start] == "(":
            closing = re.search(r"\)[^\S\n]*(?:\n|$)", raw)
            raw = raw[: closing.start()] if closing else raw
        reply = read_reply(raw)
        if reply is None:
            return
        coded = reply.code is not None or reply.enhanced is not None
        draft.saw("reason", item.end, item.value_start + reply.end, 2 if coded else 0.5)
        draft.hear(1 if coded else 4, reply, item.start)
        self._leftover(item, len(raw))

    def _smtp_server(self, item: Item) -> None:
        draft = self._begin(item)
        host = find_host(item.value)
        if host and not draft.is_notice:
            draft.saw("smtp_server", item.end, item.value_start + host[1], 1, self._languages)
            draft.put("server", host[0])
        self._leftover(item, host[1] if host else 0)

    def _named_account(self, item: Item) -> None:
        draft = self._begin(item)
        match = re.match(r"\s*['\"«“‘]?\s*(.{1,80}?)\s*['\"»”’]?(?:\.\s|\.$|,\s|\n| account\b)", item.value)
        draft.saw("named_account", item.end, item.end, 1, self._languages)
        if match:
            draft.put("account", match[1])
            draft.end = item.value_start + match.end(1)

    def _checked_recipient(self, item: Item) -> None:
        draft = self._begin(item)
        draft.saw("checked_recipient", item.end, item.end, 1, self._languages)
        found = find_address(item.value[:200])
        if found:
            draft.put("rejected_address", found[0])
            draft.end = item.value_start + found[2]

    def _webmail_error(self, item: Item) -> None:
        draft = self._begin(item)
        if "webmail_error" in draft.kinds or draft.has_core:
            self._close(item.start)
            draft = self._begin(item)
        draft.saw("webmail_error", item.end, item.end, 3, self._languages)
        draft.message_from = item.start
        bracket = re.match(r"\s*\((-?\d+)\)", item.value)
        if bracket and 200 <= int(bracket[1]) < 600:
            draft.put("smtp_code", int(bracket[1]))
        elif bracket is None:
            following = item.value + self._text[item.end : item.end + 300].split("\n")[0]
            reply = read_reply(following, need_code=True)
            if reply:
                draft.hear(1, reply, item.start)
                draft.end = item.value_start + reply.end

    def _webmail_address(self, item: Item) -> None:
        draft = self._begin(item)
        draft.saw("webmail_address", item.end, item.end, 1, self._languages)
        self._end_message(item.end)
        found = find_address(item.value[:200])
        if found:
            draft.put("rejected_address", found[0])
        bracket = re.search(r"[)'\"»”\s]\s*\(", item.value[found[2] if found else 0 :])
        opening = bracket.end() + (found[2] if found else 0) if bracket else item.value.find("(") + 1
        if opening > 0:
            closing = item.value.rfind(")")
            reply = read_reply(item.value[opening : closing if closing > opening else None])
            if reply:
                draft.hear(1, reply, item.start)
                draft.end = item.value_start + max(closing, opening)

    def _reply_end(self, item: Item) -> None:
        if self._draft.kinds:
            self._draft.saw("reply_end", item.end, item.end, 0.5, self._languages)

    # -- notices ------------------------------------------------------------------------------------------------------

    def _heading(self, item: Item) -> None:
        draft = self._begin(item)
        if item.kind in _OF_NOTICES and draft.kinds.keys() & _OF_DIALOGS:
            return  # words of the client's own sentence
        first = item.kind in {"system_administrator", "failed_recipients"}
        # A notice names its recipients once, below its first sentence and the subject; some name them last.
        goes_on = not draft.heard and not draft.recipients and draft.fields.keys() <= {"subject"}
        if item.kind == "failed_recipients" and draft.heard and not draft.recipients and not draft.fields:
            goes_on = item.start - draft.end < 2 * _NEAR
            if goes_on:
                draft.put("subject", self._header_subject)
        if first and not goes_on and (is_report(draft) or not draft.heard) and (draft.has_core or draft.fields):
            self._close(item.start)
            draft = self._begin(item)
        phrase = self._phrase_words
        evidence = 2.0 if item.kind in {"bounce", "failed_recipients"} and phrase >= 5 else _HEADING_EVIDENCE[item.kind]
        draft.saw(item.kind, item.end, item.end, evidence, self._languages)
        self._in_headers = False
        if item.kind == "failed_recipients":
            self._expects = "recipient"

    def _original_headers(self, item: Item) -> None:
        if self._draft.is_notice:
            self._draft.saw("original_headers", item.end, item.end, 0.5, self._languages)
            self._end_message(item.start)
            self._in_headers = True

    def _delivered(self, item: Item) -> None:
        self._begin(item).saw("delivered", item.end, item.end, -6, self._languages)

    def _command(self, item: Item) -> None:
        self._expects = "command" if item.kind == "rcpt_command" else ""
        self._command_recipient = None

    def _log_recipient(self, item: Item) -> None:
        draft = self._begin(item)
        if draft.has_core:
            self._close(item.start)
            draft = self._begin(item)
        draft.saw("log_recipient", item.end, item.end, 1)
        self._expects = "recipient"

    def _recipient_field(self, item: Item) -> None:
        draft = self._begin(item)
        draft.saw(item.kind, item.end, item.end, 1)
        found = find_address(item.value)
        if not found:
            return
        if item.kind == "original_recipient" and draft.recipients and not draft.heard and "ddress" in self._label(item):
            draft.recipients[draft.recipient].address = found[0]
        elif item.kind == "final_recipient" or not draft.recipients:
            draft.name_recipient(found[0], item.start)
        draft.end = item.value_start + found[2]

    def _label(self, item: Item) -> str:
        return "address" if item.value[:1] == ":" and "rfc822" not in item.value.lower() else ""

    def _action(self, item: Item) -> None:
        draft = self._begin(item)
        word = _WORDS.search(fold(item.value))
        if word and word.group() in {"failed", "delayed"}:
            draft.saw("action", item.end, item.end, 1.5)
        elif word and word.group() in {"relayed", "delivered", "expanded"}:
            draft.saw("delivered", item.end, item.end, -6)

    def _status(self, item: Item) -> None:
        match = _STATUS.search(item.value[:20])
        if match and match.group()[0] != "2":
            draft = self._begin(item)
            draft.saw("status", item.end, item.end, 1)
            draft.status = draft.status or match.group()

    def _remote_mta(self, item: Item) -> None:
        host = re.search(r"[\w-]+(?:\.[\w-]+)+", item.value)
        if host and self._draft.kinds and self._draft.remote_host is None:
            self._draft.remote_host = host.group()

    def _address_line(self, item: Item) -> None:
        found = find_address(item.value)
        if not found:
            return
        draft = self._draft
        after_colon = self._text[item.end : item.end + 1] == ":"
        if not draft.is_notice and not draft.recipients and draft.has_core:
            self._close(item.start)
        draft = self._begin(item)
        draft.saw("address_line", item.end, item.end, 0.5)
        if not (draft.is_notice or draft.heard) and not after_colon and not self._text[item.end : item.end + 3].strip(" \r"):
            self._address_end = item.end
        draft.name_recipient(found[0], item.start)
        self._expects = ""
        self._address_end = item.end

    # -- replies without a label --------------------------------------------------------------------------------------

    def _lone_reply(self, item: Item) -> None:
        if len(self._draft.heard) >= _MOST_REPLIES:
            return
        failed = _FAILED_LINE.search(item.value) if item.kind == "reply_line" else None
        skipped = failed.start(1) if failed else 0
        if failed and fold(item.value[skipped - 1 : skipped]) in {"'", '"', "<", "[", "{", "("}:
            skipped -= 1
        if item.kind == "reply_line" and failed is None and not _GREETING.match(item.value):
            self._expects = ""
            self._command_recipient = None
            return
        raw = _SPEAKER.sub(lambda match: " " * len(match.group()), item.value[skipped:])
        quote = self._text[item.start - 1 : item.start]
        if item.kind == "inline_reply" and quote.strip() and fold(quote) in "'\"":
            raw, skipped = quote + raw, -1
        of_http = raw.lstrip().startswith("HTTP/1")
        if of_http and not self._draft.kinds.keys() & _MESSAGES:
            return  # a web server's
        reply = read_reply(raw, need_code=item.kind != "status_line" and not of_http)
        if reply is None or (reply.code is not None and reply.code < 400):
            self._junk(item)
            return
        self._awaits_reply = False
        evidence = self._vocabulary.reply_evidence(reply, self._text, item.start)
        if item.kind == "answer" or self._command_recipient:
            evidence = max(evidence, 2)
        draft = self._begin(item)
        goes_on = (
            draft.is_notice
            or draft.recipients
            or "answer" in draft.kinds
            or (not draft.heard and not draft.has("server_response") and item.start - draft.end < _NEAR)
        )
        if draft.has_core and not goes_on:
            if evidence < 2:
                return
            self._close(item.start)
            draft = self._begin(item)
        self._end_message(item.start)
        if self._command_recipient and not draft.recipients:
            draft.name_recipient(*self._command_recipient)
        draft.saw(item.kind, item.end, item.start + skipped + reply.end, evidence)
        draft.hear(2 if item.kind == "answer" else 5, reply, item.start)
        self._leftover(item, skipped + reply.end)

    def _answer(self, item: Item) -> None:
        if item.value.startswith("<<<"):
            self._lone_reply(item)
        else:
            command = re.match(r">>> ?RCPT TO:", item.value, re.IGNORECASE)
            found = find_address(item.value) if command else None
            self._command_recipient = (found[0], item.start) if found else None

    def _code_pair(self, item: Item) -> None:
        """Python's smtplib: ``(530, b'5.7.0 text', 'sender')``."""
        match = re.match(r"\((\d{3}), b?(['\"])(.*?)\2(.*)", item.value)
        reply = read_reply(match[3]) if match else None
        if match is None or reply is None:
            return
        draft = self._begin(item)
        draft.saw("inline_reply", item.end, item.end, self._vocabulary.reply_evidence(reply, self._text, item.start))
        draft.put("smtp_code", int(match[1]))
        draft.hear(2, reply, item.start)
        found = find_address(match[4])
        if found:
            draft.put("rejected_address", found[0])

    def _provider_line(self, item: Item) -> None:
        """A reply without its code, which the number of Orange or La Poste at its end gives away."""
        reply = read_reply(item.value)
        draft = self._begin(item)
        if reply and not draft.heard:
            draft.saw("reply_line", item.end, item.start + reply.end, 2)
            draft.hear(6, reply, item.start)

    def _log_status(self, item: Item) -> None:
        match = re.match(r"(?:bounced|deferred|undeliverable|expired)\s*\((.*?)\)?\s*$", item.value.split("\n")[0], re.IGNORECASE)
        reply = read_reply(match[1]) if match and not self._bounded(item) else None
        if reply:
            draft = self._begin(item)
            draft.saw("log_status", item.end, item.end, 1)
            draft.hear(4, reply, item.start)

    def _wrapper(self, item: Item) -> None:
        code, reply, host = read_wrapper(item.value)
        draft = self._begin(item)
        self._end_message(item.start)
        draft.saw("wrapper", item.end, item.end, 1.5)
        draft.wrapper_code = draft.wrapper_code or code
        draft.remote_host = draft.remote_host or host
        if reply is not None:
            draft.hear(1, reply, item.start)

    # -- everything else ----------------------------------------------------------------------------------------------

    def _note_unread(self, item: Item) -> None:
        draft = self._draft
        in_message = draft.message_from >= 0 and (draft.message_to < 0 or item.start < draft.message_to)
        if draft.kinds and not in_message and _WORDS.search(item.value):
            self._draft.unread.append((item.start, item.end))

    def _junk(self, item: Item) -> None:
        draft = self._draft
        if self._in_headers:
            return
        found = find_address(item.value) if self._expects and "@" in item.value else None
        if found and self._expects == "command":
            self._command_recipient = (found[0], item.start)
            self._expects = ""
        elif found:
            draft.name_recipient(found[0], item.start)
            draft.end = max(draft.end, item.value_start + found[2])
            self._expects = ""
            if "log_recipient" not in draft.kinds:
                self._address_end = item.end
            return
        if self._awaits_reply and _WORDS.search(item.value):
            self._awaits_reply = False
            if self._announced_reply(item):
                return
        if "(in reply to" in item.value and not draft.heard:
            self._before_in_reply_to(item)
        if self._address_end >= 0 and _WORDS.search(item.value):
            self._about_recipient(item)
        self._note_unread(item)

    def _announced_reply(self, item: Item) -> bool:
        """Hear the paragraph below a phrase such as "The reason was:"; an address on its last line is the recipient."""
        paragraph = _PARAGRAPH_END.split(self._text[item.start : item.start + 1500], maxsplit=1)[0].rstrip()
        head, _, tail = paragraph.rpartition("\n")
        found = find_address(tail) if head and "@" in tail else None
        whole = found is not None and found[0] == tail.strip(" <>")
        reply = read_reply(head if whole else paragraph)
        draft = self._begin(item)
        if reply is None or draft.heard:
            return False
        if found is not None and whole:
            draft.name_recipient(found[0], item.start)
        draft.saw("diagnosis", item.end, item.start + reply.end, self._vocabulary.text_evidence(reply))
        draft.hear(3, reply, item.start)
        self._read_to = item.start + len(paragraph)
        return True

    def _before_in_reply_to(self, item: Item) -> None:
        """A reply without its code, of which only Postfix's "(in reply to RCPT TO command)" tells what it is."""
        end = item.start + item.value.index("(in reply to")
        start = max(self._text.rfind("\n\n", 0, end) + 1, self._draft.end if self._draft.kinds else 0)
        reply = read_reply(self._text[start:end])
        if reply:
            draft = self._begin(item)
            draft.start = min(draft.start, start)
            draft.saw("in_reply_to", item.end, item.end, 2)
            draft.hear(6, reply, start)

    def _about_recipient(self, item: Item) -> None:
        """Text on the line after a recipient: the diagnosis, in the words of the system that gave up."""
        draft = self._draft
        between = self._text[self._address_end : item.start]
        self._address_end = -1
        if between.count("\n") > 2 or draft.heard:
            return
        stretch = re.split(r"\n\s*\n|[\ue000-\ue0ff]|\n(?=[^\n]*#\d)|(?=\n\s*<[^\n]*#)", self._text[item.start :][:1500], maxsplit=1)[0]
        reply = read_reply(stretch.lstrip(":. "))
        if reply is None or (reply.code is not None and reply.code < 400):
            return
        if self._is_explanation(draft, reply, between):
            if draft.message_from < 0:
                draft.message_from, draft.message_to = item.start, item.start + len(stretch)
            return
        draft.saw("diagnosis", item.end, item.start + reply.end, self._vocabulary.text_evidence(reply))
        draft.hear(6, reply, item.start)


    def _is_explanation(self, draft: Draft, reply: Reply, between: str) -> bool:
        """Whether the words below a recipient are Exchange's explanation for people, not a diagnosis of the server."""
        if draft.kinds.keys() & {"system_administrator", "exchange"} or _DATE_OR_EXCHANGE.match(reply.text):
            return True
        if "failed_recipients" not in draft.kinds or "bounce" in draft.kinds or reply.code or reply.enhanced:
            return False
        return "\n" in between and (len(_WORDS.findall(reply.text)) > 8 or reply.text.endswith("."))


_UNMARKED = frozenset({"HRESULT", "REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "WRAPPER", "ADDRESS_LINE", "ANSWER", "JUNK", "CODE_PAIR",
                       "PROVIDER_LINE"})  # fmt: skip
_ENDS_HEADERS = frozenset({"express", "outlook", "other", "task", "system_administrator", "failed_recipients", "bounce"})
_HEADING_EVIDENCE = {"system_administrator": 3.0, "failed_recipients": 1.5, "exchange": 1.0, "bounce": 1.0, "rejected_by": 1.0}
_OF_NOTICES = frozenset({"exchange", "bounce", "rejected_by"})
_OF_DIALOGS = frozenset({"task", "reported", "error_number", "server_response"})
_HEADER_MARK = re.compile("[" + MARKS["to"] + MARKS["from"] + MARKS["sent"] + "]")
_HANDLERS: dict[str, Callable[[Interpreter, Item], None]] = {
    "subject": Interpreter._put_subject,
    "account": Interpreter._named_field,
    "server": Interpreter._named_field,
    "protocol": Interpreter._protocol,
    "port": Interpreter._number_field,
    "socket_error": Interpreter._number_field,
    "server_error": Interpreter._server_error,
    "ssl": Interpreter._switch,
    "error_number": Interpreter._error_number,
    "live_mail_error_id": Interpreter._error_number,
    "server_response": Interpreter._server_response,
    "server_reply": Interpreter._server_reply,
    "reason": Interpreter._reason,
    "rejected_address": Interpreter._rejected,
    "rejected_sender": Interpreter._rejected,
    "task": Interpreter._task,
    "reported": Interpreter._reported,
    "express": Interpreter._message,
    "outlook": Interpreter._message,
    "other": Interpreter._message,
    "reply_end": Interpreter._reply_end,
    "smtp_server": Interpreter._smtp_server,
    "named_account": Interpreter._named_account,
    "checked_recipient": Interpreter._checked_recipient,
    "webmail_error": Interpreter._webmail_error,
    "webmail_address": Interpreter._webmail_address,
    "system_administrator": Interpreter._heading,
    "failed_recipients": Interpreter._heading,
    "exchange": Interpreter._heading,
    "bounce": Interpreter._heading,
    "rejected_by": Interpreter._heading,
    "original_headers": Interpreter._original_headers,
    "delivered": Interpreter._delivered,
    "mail_command": Interpreter._command,
    "rcpt_command": Interpreter._command,
    "log_recipient": Interpreter._log_recipient,
    "final_recipient": Interpreter._recipient_field,
    "original_recipient": Interpreter._recipient_field,
    "action": Interpreter._action,
    "status": Interpreter._status,
    "remote_mta": Interpreter._remote_mta,
    "to": lambda reader, item: None,
    "from": lambda reader, item: None,
    "sent": lambda reader, item: None,
    "arrival": lambda reader, item: None,
    "hresult": Interpreter._hresult,
    "reply_line": Interpreter._lone_reply,
    "status_line": Interpreter._lone_reply,
    "inline_reply": Interpreter._lone_reply,
    "answer": Interpreter._answer,
    "wrapper": Interpreter._wrapper,
    "code_pair": Interpreter._code_pair,
    "provider_line": Interpreter._provider_line,
    "log_status": Interpreter._log_status,
    "address_line": Interpreter._address_line,
}
