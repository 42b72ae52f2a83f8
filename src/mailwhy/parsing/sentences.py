"""What a client or a notice says in its own sentences: the words around the fields and the server's reply."""

import re
from collections.abc import Callable

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.lexicon import INSERTED
from mailwhy.parsing.marking import MARKS

__all__ = ["client_message", "end_of_sentences"]

Plain = Callable[[int, int], str]
"""The words, as they were written, between two positions of the marked text."""

_MOST = 2000
"""Characters that a message is cut to; sentences of clients are far shorter."""

_FIELD = re.compile("[" + "".join(mark for kind, mark in MARKS.items() if kind not in INSERTED) + "]")
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
    if draft.message_from < 0:
        return None
    until = draft.message_to if draft.message_to >= 0 else draft.end
    label = _FIELD.search(text, draft.message_from, until)
    return _one_line(plain(draft.message_from, label.start() if label else until))


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
