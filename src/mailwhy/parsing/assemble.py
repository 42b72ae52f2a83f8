"""Which parts make a report: a pass over the parts of a text, for what no grammar can say.

A second label of the same kind begins another report; so does what stands far away, and a first sentence behind
something complete. What a part is worth as evidence may depend on the words around it.
"""

import re
from collections.abc import Callable
from typing import Any

from mailwhy.parsing.drafts import Draft, is_report
from mailwhy.parsing.kinds import NOTICES, ONE_LINE
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.plausible import ENOUGH, Vocabulary, labelled_evidence
from mailwhy.parsing.replies import Reply
from mailwhy.parsing.transform import Part, ReplyCandidate
from mailwhy.parsing.values import MAIL_PORT_NUMBERS, WORDS

__all__ = ["assemble"]

MAX_DRAFTS = 4_000
"""More reports than any ticket holds; a text that goes on is made to cost time."""
NEAR = 200
"""Characters between things that may belong together."""
FAR = 700
"""Characters between things that don't belong together, whatever they are."""
MAX_SENTENCE = 400

_DIALOG = frozenset({"task", "reported", "error_number", "server_response"})
_CLIENT_SENTENCES = frozenset({"express", "outlook", "other"})
_FOUR_WORDS = re.compile(r"[\W_]*+(?:[^\W_]++[\W_]++){3}[^\W_]").match
_SENTENCE_END = re.compile(r"[.。!?\n](?:(?<!\n)['\"»”’]?(?:\s|\Z)|(?<=\n)\s*\n)").search
_TASK_TAIL = re.compile(r"(?<!\s)\s*+[-–—]\s*+$")
_DATE_OR_EXCHANGE = re.compile(r"\S{1,3} (?:\S{2,4},? )?\d{1,4}[/. -]|MSEXCH").match
_LONE = frozenset({"reply_line", "status_line", "inline_reply", "transcript", "text", "wrapper", "address_line",
                   "code_pair", "hresult", "provider_line", "in_reply_to"})  # fmt: skip
_BEFORE_FIELDS = frozenset({
    "subject", "account", "server", "protocol", "port", "ssl", "server_error", "socket_error", "error_number",
    "live_mail_error_id", "server_response", "rejected_address", "rejected_sender", "server_reply", "webmail_address",
    "wrapper", "reply_line", "status_line", "inline_reply", "transcript", "original_headers", "announcement",
})  # fmt: skip
"""Parts that the client's own sentences end before."""


class _Assembly:
    """The state of the pass: the draft that parts go to, and the drafts that are complete."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.drafts: list[Draft] = []
        self.draft = Draft()
        self.header_subject: str | None = None
        self.read_to = -1

    def close(self) -> Draft:
        """End the draft; what comes belongs to another."""
        draft = self.draft
        if draft.kinds:
            if draft.message_from >= 0 and draft.message_to < 0:
                draft.message_to = draft.end
            self.drafts.append(draft)
        self.draft = Draft()
        return self.draft

    def draft_for(self, part: Part, *, new: bool = False) -> Draft:
        """The draft that a part goes to."""
        draft = self.draft
        if draft.kinds and (new or self.is_far(draft, part.start)):
            draft = self.close()
        if not draft.kinds:
            draft.start = draft.end = part.start
        return draft

    def is_far(self, draft: Draft, start: int) -> bool:
        """Whether so much stands between that what comes belongs to something else."""
        gap = start - draft.end
        if gap < NEAR // 4 or (draft.is_notice and not draft.has_core):
            return False
        if draft.is_notice or draft.has_core or draft.message_from >= 0:
            return gap > FAR
        # A number named in the story above the report is no part of it.
        between = self.text[draft.end : start]
        return gap > NEAR or ("\n\n" in between and len(WORDS.findall(between)) > 4)


def assemble(parts: list[Part], text: str, vocabulary: Vocabulary) -> list[Draft]:
    """The drafts of a text, in order, the implausible ones too; of a text with thousands of reports the first ones."""
    state = _Assembly(text, vocabulary)
    for part in parts:
        if part.start < state.read_to and part.kind in _LONE:
            continue
        if len(state.drafts) >= MAX_DRAFTS:
            break
        rule: Callable[[_Assembly, Part], Any] = _RULES.get(part.kind, _join)
        rule(state, part)
    state.close()
    return state.drafts


def _end_message(draft: Draft, part: Part) -> None:
    """The client's own sentences end before a label or a reply, unless they have ended already."""
    if part.kind in _BEFORE_FIELDS and draft.message_from >= 0 and draft.message_to < 0:
        draft.message_to = part.start


def _join(state: _Assembly, part: Part, *, new: bool = False, evidence: float | None = None) -> Draft:
    """Add a part to the draft, or begin another one with it."""
    draft = state.draft_for(part, new=new)
    _end_message(draft, part)
    if part.recipient is not None:
        draft.name_recipient(part.recipient)
    draft.saw(part, evidence)
    for name, value in part.fields:
        draft.put(name, value)
    if part.reply is not None:
        draft.add_reply(part.reply)
    return draft


def _text(state: _Assembly, part: Part) -> None:
    """Words that nothing claims are kept."""
    draft = state.draft
    in_message = draft.message_from >= 0 and (draft.message_to < 0 or part.start < draft.message_to)
    if draft.kinds and not in_message:
        draft.unread.append((part.start, part.end))


# ---- dialogs


def _field(state: _Assembly, part: Part) -> None:
    """A labelled field; a second one of the same kind begins another report."""
    (name, value), *_ = part.fields or ((part.kind, None),)
    draft = state.draft_for(part)
    if name == "account" and "named_account" in draft.kinds and name not in draft.kinds:
        draft.fields.pop(name, None)  # the sentence above named it, the label says it better
    # The number may stand in front of the message as well, in brackets.
    repeats = (
        name == "error_number" and value is not None and draft.fields.get(name) == value and name not in draft.kinds
    )
    new = name in draft.fields and not repeats and (not draft.is_notice or name == "error_number")
    evidence = part.evidence
    if name == "error_number":
        evidence = labelled_evidence(value) if value else 0
    elif name == "ssl":
        words = state.vocabulary
        part = part._replace(fields=((name, True if value in words.yes else False if value in words.no else None),))
    draft = _join(state, part, new=new, evidence=0)
    draft.evidence += evidence
    if value is None and name not in {"subject", "account", "server"}:
        draft.unread.append((part.start, part.end))


def _subject(state: _Assembly, part: Part) -> None:
    """The subject of the failed message; not that of the notice, nor of a mail around it."""
    ((_, value),) = part.fields
    if value and fold(value).startswith(state.vocabulary.undeliverable):
        return
    if state.draft.is_notice:
        state.draft.put("subject", value)
        state.draft.saw(part._replace(kind="subject"), 0)
    elif part.kind == "header_subject":
        state.header_subject = value
    else:
        _field(state, part)


def _original_subject(state: _Assembly, part: Part) -> None:
    ((_, value),) = part.fields
    if not (value and fold(value).startswith(state.vocabulary.undeliverable)):
        state.draft.put("subject", value)


def _server_response(state: _Assembly, part: Part) -> None:
    draft = state.draft_for(part)
    draft = _join(state, part, new="server_response" in draft.fields and not draft.is_notice, evidence=0)
    draft.evidence += part.evidence
    draft.fields["server_response"] = None


def _task(state: _Assembly, part: Part) -> None:
    """The name of a task of Outlook's send/receive dialog, which is the account's."""
    draft = state.draft_for(part)
    number_first = draft.kinds.keys() == {"hresult"} and part.start - draft.end < NEAR // 2
    begins = (draft.has_core or draft.is_notice or draft.fields) and not number_first
    draft = _join(state, part, new=bool(begins))
    draft.put("account", _account_of_task(part.detail, state.vocabulary) if part.detail else None)


def _account_of_task(name: str, vocabulary: Vocabulary) -> str | None:
    """The account in a name such as "Work - Sending", or None."""
    head, dash, tail = name.rpartition("-")
    if not dash:
        head, dash, tail = name.rpartition("–")
    action = " ".join(WORDS.findall(fold(tail)))
    if dash and (action in vocabulary.actions or not action):
        return _TASK_TAIL.sub("", head).strip() or None
    if " ".join(WORDS.findall(fold(name))) in vocabulary.actions or ":" in name:
        return None
    return name if "@" in name.split(" ", maxsplit=1)[0] or len(name.split()) <= 3 else None


def _reported(state: _Assembly, part: Part) -> None:
    """The error number in brackets of the send/receive dialog."""
    ((_, number),) = part.fields
    draft = state.draft_for(part)
    named_before = draft.fields.get("error_number") == number and "reported" not in draft.kinds
    _join(state, part, new="error_number" in draft.fields and not named_before)


def _sentence(state: _Assembly, part: Part) -> None:
    """The beginning of one of the client's own sentences."""
    text = state.text
    if part.kind == "reply_end":
        if state.draft.kinds:
            state.draft.saw(part)
        return
    draft = state.draft_for(part)
    gap = text[draft.end : part.start]
    goes_on = "reported" in draft.kinds and len(gap) < 40 and "\n\n" not in gap
    apart = draft.message_from >= 0 or draft.is_notice or len(gap) > NEAR // 2
    if draft.has_core and not goes_on and apart:
        draft = state.draft_for(part, new=True)
    if part.kind == "express" and state.vocabulary.of_other_servers(
        text[part.start : part.start + 60].partition("\n")[0]
    ):
        return
    draft.saw(part, 2 if _FOUR_WORDS(text, part.start, part.start + 119) else 1)
    if draft.message_from < 0:
        draft.message_from = part.start
    last = min(part.start + MAX_SENTENCE, len(text))
    sentence = _SENTENCE_END(text, part.start, last)
    draft.end = max(draft.end, sentence.end() if sentence else last)


def _hresult(state: _Assembly, part: Part) -> None:
    """An HRESULT without a label."""
    ((_, number),) = part.fields
    draft = state.draft_for(part)
    known = draft.fields.get("error_number")
    new = False
    if known is not None:
        bare = not (ONE_LINE - {"error_number"}) & draft.fields.keys() and "reported" not in draft.kinds
        if known == number or not bare:
            draft.unread.append((part.start, part.end))
            return
        new = True
    _join(state, part, new=new, evidence=state.vocabulary.hresult_evidence(number or "", state.text, part.start))


def _smtp_server(state: _Assembly, part: Part) -> None:
    """A server named in a sentence."""
    draft = state.draft_for(part)
    if part.fields and not draft.is_notice:
        _join(state, part)


def _webmail_error(state: _Assembly, part: Part) -> None:
    draft = state.draft_for(part)
    draft = _join(state, part, new="webmail_error" in draft.kinds or draft.has_core)
    draft.message_from = part.start


# ---- notices


def _heading(state: _Assembly, part: Part) -> None:
    """A sentence or heading that only notices have."""
    draft = state.draft_for(part)
    if part.kind in {"exchange", "bounce", "rejected_by"} and draft.kinds.keys() & _DIALOG:
        return  # words of the client's own sentence
    first = part.kind in {"system_administrator", "failed_recipients"}
    # A notice names its recipients once, below its first sentence and the subject; some name them last.
    goes_on = not draft.replies and not draft.recipients and draft.fields.keys() <= {"subject"}
    if part.kind == "failed_recipients" and draft.replies and not draft.recipients and not draft.fields:
        goes_on = part.start - draft.end < 2 * NEAR
        if goes_on:
            draft.put("subject", state.header_subject)
    if part.recipient and draft.recipients and not draft.is_notice:
        goes_on = goes_on or part.recipient[0] == draft.recipients[draft.recipient][0]  # a session's outcome once more
    plausible = is_report(draft) or not draft.replies
    new = first and not goes_on and plausible and (draft.has_core or bool(draft.fields))
    long = part.kind in {"bounce", "failed_recipients", "rejected_by"} and part.words >= 5
    draft = _join(state, part, new=new, evidence=2.0 if long else None)
    draft.delayed = draft.delayed or part.detail == "delayed"
    _add_diagnosis(state, draft, part)


def _undelivered(state: _Assembly, part: Part) -> None:
    """Words behind a recipient that tell what became of the message."""
    draft = state.draft
    if "failed_recipients" in draft.kinds and not state.is_far(draft, part.start):
        draft.saw(part)


def _delayed(state: _Assembly, part: Part) -> None:
    """Words of a warning: the server still tries to deliver."""
    _join(state, part).delayed = True


def _address_line(state: _Assembly, part: Part) -> None:
    """A line that begins with an address: a recipient, if this is a notice."""
    draft = state.draft
    new = not draft.is_notice and not draft.recipients and draft.has_core
    draft = _join(state, part, new=new)
    _add_diagnosis(state, draft, part)


def _add_diagnosis(state: _Assembly, draft: Draft, part: Part) -> None:
    """The words behind a recipient: the reason in the words of the system that gave up, or an explanation."""
    if part.diagnosis is None or draft.replies:
        return
    reply, start, end, lines = part.diagnosis
    if lines > 2:
        return
    if _is_explanation(draft, reply, lines):
        if draft.message_from < 0:
            draft.message_from, draft.message_to = start, end
        return
    said = Part("diagnosis", start, end, state.vocabulary.text_evidence(reply), reply=ReplyCandidate(6, reply, start))
    draft.saw(said)
    draft.add_reply(ReplyCandidate(6, reply, start))


def _is_explanation(draft: Draft, reply: Reply, lines: int) -> bool:
    """Whether the words below a recipient are Exchange's explanation for people, not a diagnosis of the server."""
    if draft.kinds.keys() & {"system_administrator", "exchange"} or _DATE_OR_EXCHANGE(reply.text):
        return True
    if "failed_recipients" not in draft.kinds or "bounce" in draft.kinds or reply.code or reply.enhanced:
        return False
    return lines > 0 and (len(WORDS.findall(reply.text)) > 8 or reply.text.endswith("."))


def _original_headers(state: _Assembly, part: Part) -> None:
    if state.draft.is_notice:
        _end_message(state.draft, part)
        state.draft.saw(part)


def _server_reply(state: _Assembly, part: Part) -> None:
    """A reply behind words that introduce it."""
    draft = _join(state, part)
    draft.remote_host = draft.remote_host or state.vocabulary.host_before(state.text, part.start)


def _announcement(state: _Assembly, part: Part) -> None:
    """Words that introduce a reply, with a paragraph below them that may be it."""
    draft = state.draft_for(part)
    _end_message(draft, part)
    if part.diagnosis is None or draft.replies:
        return
    reply, start, end, _ = part.diagnosis
    if part.recipient is not None:
        draft.name_recipient(part.recipient)
    draft.saw(part._replace(kind="diagnosis", end=end), 0.5 + state.vocabulary.text_evidence(reply))
    draft.add_reply(ReplyCandidate(3, reply, start))
    state.read_to = part.end


# ---- fields of delivery status notifications, sessions, logs


def _final_recipient(state: _Assembly, part: Part) -> None:
    draft = state.draft_for(part)
    named, by_rfc = part.recipient, part.detail
    if named is None:
        draft.saw(part)
    elif part.kind == "original_recipient" and draft.recipients and not draft.replies and not by_rfc:
        draft.recipients[draft.recipient] = (named[0], draft.recipients[draft.recipient][1])
        draft.saw(part)
    elif part.kind == "final_recipient" or not draft.recipients:
        _join(state, part)
    else:
        draft.saw(part)


def _action(state: _Assembly, part: Part) -> None:
    draft = _join(state, part)
    if part.detail == "delayed":
        draft.delayed = True
    elif part.detail == "failed":
        draft.failed = True


def _status(state: _Assembly, part: Part) -> None:
    draft = _join(state, part)
    draft.status = draft.status or part.detail


def _remote_mta(state: _Assembly, part: Part) -> None:
    if state.draft.kinds:
        state.draft.remote_host = state.draft.remote_host or part.detail


def _wrapper(state: _Assembly, part: Part) -> None:
    draft = _join(state, part)
    code, host = part.detail
    draft.wrapper_code = draft.wrapper_code or code
    draft.remote_host = draft.remote_host or host


def _log_recipient(state: _Assembly, part: Part) -> None:
    """The recipient in a line of a log."""
    draft = state.draft_for(part)
    # A mail server that refuses a client logs its reply first, from= and to= behind it on the same line.
    behind_reply = draft.replies and not draft.recipients and "\n" not in state.text[draft.end : part.start]
    _join(state, part, new=draft.has_core and not behind_reply)


def _code_pair(state: _Assembly, part: Part) -> None:
    if part.reply is not None:
        _join(state, part, evidence=state.vocabulary.reply_evidence(part.reply.reply, state.text, part.start))


def _lone_reply(state: _Assembly, part: Part) -> None:
    """A reply that only its code, or its place in a session, gives away; one too weak to begin a report is left out."""
    if part.reply is None or (part.detail == "http" and not state.draft.kinds.keys() & _CLIENT_SENTENCES):
        return
    evidence = state.vocabulary.reply_evidence(part.reply.reply, state.text, part.start)
    if part.kind == "transcript" or part.recipient:
        evidence = max(evidence, 2.0)
    draft = state.draft_for(part)
    goes_on = (
        draft.is_notice
        or draft.recipients
        or "transcript" in draft.kinds
        or (not draft.replies and "server_response" not in draft.fields and part.start - draft.end < NEAR)
    )
    if draft.has_core and not goes_on and evidence < ENOUGH:
        return
    if part.recipient and draft.recipients:
        part = part._replace(recipient=None)
    _join(state, part, new=draft.has_core and not goes_on, evidence=evidence)


def _session(state: _Assembly, part: Part) -> None:
    """A command and its answer in a session."""
    draft = _join(state, part)
    if part.reply is not None:
        draft.evidence = max(draft.evidence, ENOUGH)
    draft.end = max(draft.end, part.end)


def _failure(state: _Assembly, part: Part) -> None:
    """Words of a program's log or exception; those of any connection need words about mail beside them."""
    if (state.draft.is_notice or state.draft.recipients) and not state.is_far(state.draft, part.start):
        return  # words of a diagnosis
    evidence = part.evidence
    if part.kind == "network" and "program" not in state.draft.kinds and "session" not in state.draft.kinds:
        evidence = state.vocabulary.network_evidence(state.text, part.start, part.end)
        if evidence and state.draft.endpoint and state.draft.endpoint[1] in MAIL_PORT_NUMBERS:
            evidence = part.evidence
    draft = state.draft_for(part)
    draft.saw(part, evidence)
    if draft.message_from < 0 and not draft.is_notice:
        line = state.text.rfind("\n", max(0, part.start - NEAR), part.start) + 1
        draft.message_from = max(line, part.start - NEAR, draft.start if len(draft.kinds) > 1 else 0)
        draft.start = min(draft.start, draft.message_from)
    newline = state.text.find("\n", part.end)
    draft.end = max(draft.end, min(newline if newline >= 0 else len(state.text), part.end + NEAR))


def _endpoint(state: _Assembly, part: Part) -> None:
    """A server and its port; the first one that has a port counts."""
    if state.draft.is_notice or state.draft.recipients:
        return
    draft = state.draft_for(part)
    draft.saw(part)
    if draft.endpoint is None or (draft.endpoint[1] is None and part.detail[1] is not None):
        draft.endpoint = part.detail


def _provider_line(state: _Assembly, part: Part) -> None:
    if not state.draft_for(part).replies:
        _join(state, part)


def _in_reply_to(state: _Assembly, part: Part) -> None:
    """Words of which only Postfix's "(in reply to RCPT TO command)" tells that they are a reply."""
    if not state.draft.replies:
        _join(state, part)


_RULES: dict[str, Callable[[_Assembly, Part], Any]] = {
    "text": _text,
    **dict.fromkeys(ONE_LINE, _field),
    "subject": _subject,
    "header_subject": _subject,
    "original_subject": _original_subject,
    "server_response": _server_response,
    "task": _task,
    "reported": _reported,
    **dict.fromkeys((*_CLIENT_SENTENCES, "reply_end"), _sentence),
    "hresult": _hresult,
    "smtp_server": _smtp_server,
    "webmail_error": _webmail_error,
    **dict.fromkeys((*NOTICES, "rejected_by"), _heading),
    "undelivered": _undelivered,
    "delayed": _delayed,
    "address_line": _address_line,
    "original_headers": _original_headers,
    "server_reply": _server_reply,
    "announcement": _announcement,
    "final_recipient": _final_recipient,
    "original_recipient": _final_recipient,
    "action": _action,
    "status": _status,
    "remote_mta": _remote_mta,
    "wrapper": _wrapper,
    "log_recipient": _log_recipient,
    "code_pair": _code_pair,
    **dict.fromkeys(("reply_line", "status_line", "inline_reply", "transcript"), _lone_reply),
    "session": _session,
    **dict.fromkeys(("program", "network"), _failure),
    "endpoint": _endpoint,
    "provider_line": _provider_line,
    "in_reply_to": _in_reply_to,
}
