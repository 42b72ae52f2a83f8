"""From a draft to the reports it holds: one, or one for each recipient that got a reply of its own."""

import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from mailwhy.parsing.drafts import Draft, Heard
from mailwhy.parsing.replies import Reply, address_in_reply
from mailwhy.parsing.report import Client, Report
from mailwhy.parsing.sentences import Plain, client_message, end_of_sentences, start_of_sentences

__all__ = ["Source", "finish"]

_MARK = re.compile("[\ue000-\ue0ff]")
_MICROSOFT_365 = re.compile(r"\.prod\.outlook\.com|protection\.outlook\.com|office 365|microsoft 365", re.IGNORECASE)
_EXCHANGE_WORDS = re.compile(r"RESOLVER\.|STOREDRV\.|QUEUE\.Expired|SMTPSEND\.|\.PROD\.OUTLOOK\.COM|\b5\.7\.(?:5\d\d|7\d\d)\b")
_DATED_RECIPIENT = re.compile(r"@[^\s'>]+['>]?\s+\w{1,3}\s+(?:\w{2,4}\.?,? )?\d")
_ONE_LINE = frozenset({"account", "server", "port", "ssl", "protocol", "server_response"})


class Source(NamedTuple):
    """The marked text that drafts were read from, and the ways back from it."""

    text: str
    to_original: Callable[[int], int]
    plain: Plain


def finish(draft: Draft, source: Source, floor: int, limit: int) -> list[Report]:
    """The reports of a draft.

    Args:
        draft: a plausible draft.
        source: the text that it was read from.
        floor: where the report before ends, or 0.
        limit: where the next report starts, or the text ends.
    """
    answered = list(dict.fromkeys(heard.recipient for heard in draft.heard if heard.recipient >= 0))
    if len(answered) < 2:
        end = draft.end if draft.heard else end_of_sentences(draft, source.text, draft.end, limit)
        start = start_of_sentences(draft, source.text, floor)
        return [_report(draft, source, draft.heard, answered[0] if answered else 0, start, end)]
    starts = [draft.start, *(draft.recipients[number].start for number in answered[1:])]
    if starts != sorted(starts):
        starts = [draft.start] * len(answered)
    reports = []
    for index, number in enumerate(answered):
        heard = [h for h in draft.heard if h.recipient in {number, -1}]
        end = starts[index + 1] if index + 1 < len(starts) and starts[index + 1] > starts[index] else draft.end
        reports.append(_report(draft, source, heard, number, starts[index], max(end, starts[index])))
    return reports


def _report(
    draft: Draft, source: Source, heard: list[Heard], recipient: int, start: int, end: int
) -> Report:
    text, to_original = source.text, source.to_original
    fields = draft.fields
    best = _best(heard)
    reply = best.reply if best else None
    address = fields.get("rejected_address")
    if address is None and draft.recipients:
        address = draft.recipients[recipient].address
    if address is None:
        address = _address(heard, reply)
    notice = draft.is_notice
    smtp_code = fields.get("smtp_code")
    if smtp_code is None and reply is not None:
        smtp_code = reply.code
    while end > start and text[end - 1].isspace():
        end -= 1
    return Report.model_validate(
        {
            "client": _client(draft, text[start:end], reply),
            "languages": _languages(draft),
            "error_number": fields.get("error_number"),
            "server_error": fields.get("server_error"),
            "socket_error": fields.get("socket_error"),
            "smtp_code": smtp_code,
            "enhanced_code": (reply.enhanced if reply else None) or draft.wrapper_code or draft.status,
            "server": None if notice else fields.get("server"),
            "account": None if notice else fields.get("account"),
            "subject": fields.get("subject"),
            "protocol": None if notice else fields.get("protocol"),
            "port": None if notice else fields.get("port"),
            "ssl": None if notice else fields.get("ssl"),
            "rejected_address": address,
            "server_response": reply.text if reply else None,
            "client_message": client_message(draft, text, source.plain, (start, end), best.start if best else None),
            "remote_host": draft.remote_host,
            "span": (to_original(start), to_original(end)),
            "unread": tuple(_plain(text[a:b]) for a, b in draft.unread if start <= a and b <= end),
        }
    )


def _best(heard: list[Heard]) -> Heard | None:
    """The reply that was introduced most plainly; one with a code before one without; else the first."""
    return min(
        heard,
        key=lambda h: (
            h.reply.code is None and h.reply.enhanced is None and h.rank > 0,
            not any(map(str.isalpha, h.reply.text)),
            h.rank,
            h.start,
        ),
        default=None,
    )


def _address(heard: list[Heard], reply: Reply | None) -> str | None:
    if reply is not None and (found := address_in_reply(reply.text)):
        return found
    return next((found for h in heard if (found := address_in_reply(h.reply.text))), None)


def _client(draft: Draft, text: str, reply: Reply | None) -> Client:
    kinds = draft.kinds.keys()
    if draft.client:
        return draft.client
    if kinds & {"task", "reported"}:
        return "outlook-send-receive"
    if draft.is_notice:
        return _notice(draft, text)
    if "error_number" in kinds or len(kinds & _ONE_LINE) >= 2:
        lowered = text.lower()
        if "windows live mail" in lowered:
            return "windows-live-mail"
        return "windows-mail" if "windows mail" in lowered else "outlook-express"
    if reply is not None and _EXCHANGE_WORDS.search(reply.text):
        return "m365-ndr"
    if kinds & {"address_line", "final_recipient", "log_recipient", "answer", "action", "reason", "status"}:
        return "mta-bounce"
    if kinds & {"webmail_error", "other", "checked_recipient", "smtp_server"}:
        return "other"
    if "outlook" in kinds or str(draft.fields.get("error_number")).startswith("0x8004"):
        return "outlook-send-receive"
    if "express" in kinds and "server_reply" in kinds and "hresult" not in kinds:
        return "other"  # Thunderbird's sentences, some of which Outlook Express has too
    if kinds & {"express", "rejected_address", "rejected_sender", "hresult"}:
        return "outlook-express"
    return "bare-reply" if reply is not None else "other"


def _notice(draft: Draft, text: str) -> Client:
    kinds = draft.kinds.keys()
    if "system_administrator" in kinds or ("exchange" not in kinds and _DATED_RECIPIENT.search(text)):
        return "outlook-system-administrator-ndr"
    by_exchange = "exchange" in kinds or ("bounce" not in kinds and draft.message_from >= 0)
    if not by_exchange:
        return "mta-bounce"
    return "m365-ndr" if _MICROSOFT_365.search(text) else "exchange-ndr"


def _languages(draft: Draft) -> tuple[str, ...]:
    """Languages whose words were read, most used first; words that several languages share count where nothing else does."""
    own = Counter(languages[0] for languages in draft.languages if len(languages) == 1 and languages[0] != "mul")
    if not own:
        own = Counter(languages[0] for languages in draft.languages if languages[0] != "mul")
    return tuple(language for language, _ in own.most_common())


def _plain(text: str) -> str:
    return " ".join(_MARK.sub(" ", text).split())
