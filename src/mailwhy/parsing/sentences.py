"""What a client or a notice says in its own sentences: the words around the fields and the server's reply."""

import re
from collections.abc import Callable

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.marking import MARKS

__all__ = ["client_message", "end_of_sentences", "start_of_sentences"]

Plain = Callable[[int, int], str]
"""The words, as they were written, between two positions of the marked text."""

_MOST = 2000
"""Characters that a message is cut to; sentences of clients are far shorter."""

_LABELS = frozenset({"account", "server", "protocol", "port", "ssl", "server_error", "socket_error", "error_number"})
_ENDING = _LABELS | {
    "subject",
    "server_response",
    "live_mail_error_id",
    "rejected_address",
    "named_account",
    "reported",
}
_ENDS = re.compile("[" + "".join(MARKS[kind] for kind in sorted(_ENDING)) + "]")
_LOOK_BACK = 300
_PARAGRAPH = re.compile(r"[^\n]*(?:\n(?!\s*\n|\s*\Z)[^\n]*)*")
_BLANK = re.compile(r"\s*\n")
_LINE = re.compile(r"[^\n]*")
_IN_SENTENCES = frozenset({"webmail_error", "smtp_server", "checked_recipient", "other"})
_REPORTED = frozenset({"reported"})


def client_message(draft: Draft, text: str, plain: Plain, span: tuple[int, int], reply_at: int | None) -> str | None:
    """What the client itself said, on one line, or None.

    A dialog of labelled fields says it in front of the first label. A notice, Outlook's send/receive dialog, a webmail
    or Thunderbird says it around addresses and host names, so there it is everything up to the server's reply.

    Args:
        draft: the draft that the report comes from.
        text: the marked text.
        plain: the way back to the words, since a sentence may hold words that are labels elsewhere.
        span: where the report starts and ends, its last sentences included.
        reply_at: where the server's reply starts, or None.
    """
    if draft.is_notice or draft.kinds.keys() & (_IN_SENTENCES | _REPORTED):
        start, end = span
        until = reply_at if reply_at is not None and reply_at > start else end
        return _one_line(plain(start, until))
    begin = draft.message_from if draft.message_from >= 0 else span[0]
    until = draft.message_to if draft.message_to > begin else draft.end
    label = _ENDS.search(text, begin, until)
    if draft.message_from < 0 and label is None:
        return None
    return _one_line(plain(begin, label.start() if label else until))


def start_of_sentences(draft: Draft, text: str, floor: int) -> int:
    """Where the words start that stand before the first label of a dialog, if they are none of the known sentences.

    Args:
        draft: the draft.
        text: the marked text.
        floor: where the report before ends, or 0.
    """
    start = draft.start
    if draft.message_from >= 0 or draft.is_notice or len(draft.kinds.keys() & _LABELS) < 2:
        return start
    before = text[max(floor, start - _LOOK_BACK) : start]
    paragraph = before.rpartition("\n\n")[2]
    return start - len(paragraph.lstrip())


def end_of_sentences(draft: Draft, text: str, end: int, limit: int) -> int:
    """Where the sentences end that a report without a reply closes with.

    A notice names the recipient and then the reason, in the rest of its paragraph or in the next two; Outlook's
    send/receive dialog gives it in the same paragraph, a webmail on the same line.
    """
    if draft.is_notice:
        for _ in range(3):
            end = _matched(_PARAGRAPH, text, end, limit)
            following = _matched(_BLANK, text, end, limit)
            if following == end:
                break
            end = following
        return end
    if draft.kinds.keys() & _REPORTED:
        return _matched(_PARAGRAPH, text, end, limit)
    return _matched(_LINE, text, end, limit) if draft.kinds.keys() & _IN_SENTENCES else end


def _matched(pattern: re.Pattern[str], text: str, start: int, limit: int) -> int:
    found = pattern.match(text, start, max(start, min(limit, start + _MOST)))
    return found.end() if found else start


def _one_line(words: str) -> str | None:
    return " ".join(words[:_MOST].split()).strip(" \"'«»“”‘’:;,<>(") or None
