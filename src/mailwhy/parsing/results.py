"""From a draft to the reports it holds: one, or one for each recipient that got a reply of its own."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.replies import Reply, address_in_reply
from mailwhy.parsing.report import Client, Report
from mailwhy.parsing.side import SIGN_IN_CODES, derive_side
from mailwhy.parsing.transform import ReplyCandidate

__all__ = ["Origin", "reports_of"]

MAX_MESSAGE = 2_000
"""Characters that a client's message is cut to; sentences of clients are far shorter."""

_LOOK_BACK = 300
_Match = Callable[[str, int, int], re.Match[str] | None]
_OF_THE_ACCOUNT = ("server", "account", "protocol", "port", "ssl")
_STATED = ("error_number", "server_error", "socket_error", "subject")
_LABELS = frozenset({"account", "server", "protocol", "port", "ssl", "server_error", "socket_error", "error_number"})
_IN_SENTENCES = frozenset({"webmail_error", "smtp_server", "checked_recipient", "other"})
_PARAGRAPH = re.compile(r"[^\n]*(?:\n(?!\s*\n|\s*\Z)[^\n]*)*").match
_BLANK = re.compile(r"\s*\n").match
_LINE = re.compile(r"[^\n]*").match
_WORD = re.compile(r"[^\W_]+")

_MICROSOFT_365 = re.compile(r"\.prod\.outlook\.com|protection\.outlook\.com|office 365|microsoft 365", re.IGNORECASE)
_EXCHANGE_WORDS = re.compile(
    r"RESOLVER\.|STOREDRV\.|QUEUE\.Expired|SMTPSEND\.|\.PROD\.OUTLOOK\.COM|\b5\.7\.(?:5\d\d|7\d\d)\b"
)
_DATED_RECIPIENT = re.compile(r"@[^\s'>@]++['>]?\s++[^\W\d_]{1,3}\s+(?:\w{2,4}\.?,? )?\d")
_DIALOG_KINDS = frozenset({"task", "reported"})
_ONE_LINE_KINDS = frozenset({"account", "server", "port", "ssl", "protocol", "server_response"})
_BOUNCE_KINDS = frozenset({
    "address_line", "final_recipient", "log_recipient", "transcript", "action", "reason", "status", "diagnosis",
})  # fmt: skip
_SESSION_KINDS = frozenset({"session"})
_PROGRAM_KINDS = frozenset({"program", "network", "code_pair"})
_EXPRESS_KINDS = frozenset({"express", "rejected_address", "rejected_sender", "hresult"})


class Origin(NamedTuple):
    """The normalized text that drafts were read from, and the way back to the text as given."""

    text: str
    to_original: Callable[[int], int]


def reports_of(draft: Draft, origin: Origin, floor: int, limit: int) -> list[Report]:
    """The reports of a draft.

    Args:
        draft: a plausible draft.
        origin: the text that it was read from.
        floor: where the report before ends, or 0.
        limit: where the next report starts, or the text ends.
    """
    reasons = _by_reason(draft)
    if len(reasons) < 2:
        end = draft.end if draft.replies else _end_of_sentences(draft, origin.text, limit)
        start = _start_of_sentences(draft, origin.text, floor)
        return [_report(draft, origin, reasons[0] if reasons else [], (start, end))]
    starts = [draft.start, *(draft.recipients[numbers[0]][1] for numbers in reasons[1:])]
    if starts != sorted(starts):
        starts = [draft.start] * len(reasons)
    reports = []
    for index, numbers in enumerate(reasons):
        end = starts[index + 1] if index + 1 < len(starts) and starts[index + 1] > starts[index] else draft.end
        reports.append(_report(draft, origin, numbers, (starts[index], max(end, starts[index]))))
    return reports


def _by_reason(draft: Draft) -> list[list[int]]:
    """The numbers of the recipients that got a reply, those with the same reason together."""
    replies: dict[int, list[ReplyCandidate]] = {}
    for number, said in draft.replies:
        if number >= 0:
            replies.setdefault(number, []).append(said)
    reasons: dict[str, list[int]] = {}
    for number, candidates in replies.items():
        best = _best(candidates)
        words = best.reply.text.lower().replace(draft.recipients[number][0].lower(), "") if best else ""
        reasons.setdefault(" ".join(_WORD.findall(words)), []).append(number)
    return list(reasons.values())


def _report(draft: Draft, origin: Origin, about: list[int], span: tuple[int, int]) -> Report:
    """The report about some recipients (none: the draft is about one thing), between two positions of the text."""
    text, notice = origin.text, draft.is_notice
    fields: dict[str, Any] = dict(draft.fields)
    candidates = [said for number, said in draft.replies if not about or number == -1 or number in about]
    best = _best(candidates)
    reply = best.reply if best else None
    address = fields.get("rejected_address")
    if address is None and draft.recipients:
        address = draft.recipients[about[0] if about else 0][0]
    start, end = span
    while end > start and text[end - 1].isspace():
        end -= 1
    own: dict[str, Any] = {name: None if notice else fields.get(name) for name in _OF_THE_ACCOUNT}
    stated: dict[str, Any] = {name: fields.get(name) for name in _STATED}
    client = _client(draft, text[start:end], reply)
    if draft.endpoint and client in {"program", "session", "other"} and own["server"] is None:
        own["server"], port = draft.endpoint
        own["port"] = own["port"] if port is None else port
    # Not validated: building the validators is a good part of a cold start. A test validates every fixture's reports.
    report = Report.model_construct(
        client=client,
        languages=_languages(draft),
        smtp_code=fields.get("smtp_code") or (reply.code if reply else None),
        enhanced_code=(reply.enhanced if reply else None) or draft.wrapper_code or draft.status,
        rejected_address=address or _address(candidates, reply),
        server_response=reply.text if reply else None,
        client_message=_client_message(draft, text, (start, end), best.start if best else None),
        remote_host=draft.remote_host,
        recipients=_recipients(draft, about),
        temporary_notice=draft.delayed and not draft.failed,
        span=(origin.to_original(start), origin.to_original(end)),
        unread=tuple(" ".join(text[a:b].split()) for a, b in draft.unread if start <= a and b <= end),
        **stated,
        **own,
    )
    side = "webmail" if "webmail_error" in draft.kinds and client == "other" else derive_side(report)
    return report.model_copy(update={"side": side})


def _recipients(draft: Draft, about: list[int]) -> tuple[str, ...]:
    """The recipients that a notice names; those without a reply of their own share that of the notice."""
    if not draft.recipients or not (draft.is_notice or draft.kinds.keys() & _BOUNCE_KINDS):
        return ()
    answered = {number for number, _ in draft.replies if number >= 0}
    others = len(draft.recipients) == 1 or not answered
    numbers = [number for number in range(len(draft.recipients)) if number in about or (others or not about)]
    return tuple(draft.recipients[number][0] for number in numbers)


def _best(candidates: list[ReplyCandidate]) -> ReplyCandidate | None:
    """The reply that was introduced most plainly; one with a code before one without; else the first."""
    return min(
        candidates,
        key=lambda c: (
            c.reply.code is None and c.reply.enhanced is None and c.rank > 0,
            not any(map(str.isalpha, c.reply.text)),
            c.rank,
            c.start,
        ),
        default=None,
    )


def _address(candidates: list[ReplyCandidate], reply: Reply | None) -> str | None:
    if reply is not None and (found := address_in_reply(reply.text)):
        return found
    return next((found for c in candidates if (found := address_in_reply(c.reply.text))), None)


def _languages(draft: Draft) -> tuple[str, ...]:
    """Languages whose words were read, most used first; shared words count where there are no others."""
    first = [languages[0] for languages in draft.languages if len(languages) == 1 and languages[0] != "mul"]
    first = first or [languages[0] for languages in draft.languages if languages[0] != "mul"]
    return tuple(sorted(dict.fromkeys(first), key=first.count, reverse=True))


# ---- the client's own sentences


def _client_message(draft: Draft, text: str, span: tuple[int, int], reply_at: int | None) -> str | None:
    """What the client itself said, on one line, or None.

    A dialog of labelled fields says it in front of the first label. A notice, Outlook's send/receive dialog, a webmail
    or Thunderbird says it around addresses and host names, so there it is everything up to the server's reply.
    """
    start, end = span
    if draft.kinds.keys() & {"program", "network"} and draft.message_from >= start:
        start = draft.message_from
    if draft.is_notice or draft.kinds.keys() & (_IN_SENTENCES | {"reported", "program", "network"}):
        until = reply_at if reply_at is not None and reply_at > start else end
        return _one_line(text[start:until])
    begin = draft.message_from if draft.message_from >= 0 else start
    until = draft.message_to if draft.message_to > begin else draft.end
    label = next((position for position in draft.labels if begin <= position < until), None)
    if draft.message_from < 0 and label is None:
        return None
    return _one_line(text[begin : until if label is None else label])


def _start_of_sentences(draft: Draft, text: str, floor: int) -> int:
    """Where the words start that stand before the first label of a dialog, if they are none of the known sentences."""
    start = draft.start
    if draft.message_from >= 0 or draft.is_notice or len(draft.kinds.keys() & _LABELS) < 2:
        return start
    before = text[max(floor, start - _LOOK_BACK) : start]
    paragraph = before.rpartition("\n\n")[2]
    return start - len(paragraph.lstrip())


def _end_of_sentences(draft: Draft, text: str, limit: int) -> int:
    """Where the sentences end that a report without a reply closes with.

    A notice names the recipient and then the reason, in the rest of its paragraph or in the next two; Outlook's
    send/receive dialog gives it in the same paragraph, a webmail on the same line.
    """
    end = draft.end
    if draft.is_notice:
        for _ in range(3):
            end = _matched(_PARAGRAPH, text, end, limit)
            following = _matched(_BLANK, text, end, limit)
            if following == end:
                break
            end = following
        return end
    if "reported" in draft.kinds:
        return _matched(_PARAGRAPH, text, end, limit)
    return _matched(_LINE, text, end, limit) if draft.kinds.keys() & _IN_SENTENCES else end


def _matched(match: _Match, text: str, start: int, limit: int) -> int:
    found = match(text, start, max(start, min(limit, start + MAX_MESSAGE)))
    return found.end() if found else start


def _one_line(words: str) -> str | None:
    return " ".join(words[:MAX_MESSAGE].split()).strip(" \"'«»“”‘’:;,<>(") or None


# ---- the client


def _client(draft: Draft, text: str, reply: Reply | None) -> Client:
    """The program or kind of notice that printed a draft; ``text`` is the draft's own."""
    kinds = draft.kinds.keys()
    labelled = "error_number" in kinds or len(kinds & _ONE_LINE_KINDS) >= 2
    if "live_mail_error_id" in kinds:
        return "windows-live-mail"
    if kinds & _DIALOG_KINDS:
        return "outlook-send-receive"
    if draft.is_notice and "webmail_error" not in kinds:
        return _notice(draft, text)
    return _one_line_client(text.lower()) if labelled else _unlabelled(draft, reply)


def _one_line_client(text: str) -> Client:
    if "windows live mail" in text:
        return "windows-live-mail"
    return "windows-mail" if "windows mail" in text else "outlook-express"


def _unlabelled(draft: Draft, reply: Reply | None) -> Client:
    """The client of a session, a log or an exception, a bounce without a heading, or a sentence."""
    kinds = draft.kinds.keys()
    if kinds & _SESSION_KINDS:
        return "session"
    if kinds & _PROGRAM_KINDS and not kinds & (_BOUNCE_KINDS - {"diagnosis"}):
        return "program"
    if reply is not None and reply.code not in SIGN_IN_CODES and _EXCHANGE_WORDS.search(reply.text):
        return "m365-ndr"
    return "mta-bounce" if kinds & _BOUNCE_KINDS else _sentence(draft, reply)


def _sentence(draft: Draft, reply: Reply | None) -> Client:
    """The client of what has neither labels nor headings."""
    kinds = draft.kinds.keys()
    # Thunderbird's sentences are those of Outlook Express in part, but it quotes the server in a sentence.
    if kinds & _IN_SENTENCES or ("express" in kinds and "server_reply" in kinds and "hresult" not in kinds):
        return "other"
    if "outlook" in kinds or str(draft.fields.get("error_number")).startswith("0x8004"):
        return "outlook-send-receive"
    if kinds & _EXPRESS_KINDS:
        return "outlook-express"
    return "bare-reply" if reply is not None else "other"


def _notice(draft: Draft, text: str) -> Client:
    kinds = draft.kinds.keys()
    if "system_administrator" in kinds or ("exchange" not in kinds and _DATED_RECIPIENT.search(text)):
        return "outlook-system-administrator-ndr"
    by_exchange = "exchange" in kinds or (not kinds & {"bounce", "notice_sender"} and draft.message_from >= 0)
    if not by_exchange:
        return "mta-bounce"
    return "m365-ndr" if _MICROSOFT_365.search(text) else "exchange-ndr"
