"""From a draft to the reports it holds: one, or one for each recipient that got a reply of its own."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mailwhy.parsing.clients import client_of
from mailwhy.parsing.drafts import Draft, Heard
from mailwhy.parsing.replies import Reply, address_in_reply
from mailwhy.parsing.report import Report
from mailwhy.parsing.sentences import Plain, client_message, end_of_sentences, start_of_sentences

__all__ = ["Source", "finish"]

_MARK = re.compile("[\ue000-\ue0ff]")
_OF_THE_ACCOUNT = ("server", "account", "protocol", "port", "ssl")
_STATED = ("error_number", "server_error", "socket_error", "subject")


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
        return [_report(draft, source, answered[0] if answered else -1, (start, end))]
    starts = [draft.start, *(draft.recipients[number].start for number in answered[1:])]
    if starts != sorted(starts):
        starts = [draft.start] * len(answered)
    reports = []
    for index, number in enumerate(answered):
        end = starts[index + 1] if index + 1 < len(starts) and starts[index + 1] > starts[index] else draft.end
        reports.append(_report(draft, source, number, (starts[index], max(end, starts[index]))))
    return reports


def _report(draft: Draft, source: Source, recipient: int, span: tuple[int, int]) -> Report:
    """The report about one recipient (-1: the draft is about one thing), between two positions of the marked text."""
    text, notice = source.text, draft.is_notice
    fields: dict[str, Any] = dict(draft.fields)
    heard = [one for one in draft.heard if recipient < 0 or one.recipient in {recipient, -1}]
    best = _best(heard)
    reply = best.reply if best else None
    address = fields.get("rejected_address")
    if address is None and draft.recipients:
        address = draft.recipients[max(recipient, 0)].address
    start, end = span
    while end > start and text[end - 1].isspace():
        end -= 1
    own: dict[str, Any] = {name: None if notice else fields.get(name) for name in _OF_THE_ACCOUNT}
    stated: dict[str, Any] = {name: fields.get(name) for name in _STATED}
    # Not validated: building the validators is a good part of a cold start. A test validates every fixture's reports.
    return Report.model_construct(
        client=client_of(draft, text[start:end], reply),
        languages=_languages(draft),
        smtp_code=fields.get("smtp_code") or (reply.code if reply else None),
        enhanced_code=(reply.enhanced if reply else None) or draft.wrapper_code or draft.status,
        rejected_address=address or _address(heard, reply),
        server_response=reply.text if reply else None,
        client_message=client_message(draft, text, source.plain, (start, end), best.start if best else None),
        remote_host=draft.remote_host,
        span=(source.to_original(start), source.to_original(end)),
        unread=tuple(_plain(text[a:b]) for a, b in draft.unread if start <= a and b <= end),
        **stated,
        **own,
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


def _languages(draft: Draft) -> tuple[str, ...]:
    """Languages whose words were read, most used first; shared words count where there are no others."""
    first = [languages[0] for languages in draft.languages if len(languages) == 1 and languages[0] != "mul"]
    first = first or [languages[0] for languages in draft.languages if languages[0] != "mul"]
    return tuple(sorted(dict.fromkeys(first), key=first.count, reverse=True))


def _plain(text: str) -> str:
    return " ".join(_MARK.sub(" ", text).split())
