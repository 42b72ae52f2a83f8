"""A report in the making: parts that belong together, added up; and which of them print the same failure."""

from dataclasses import dataclass, field
from typing import Any

from mailwhy.parsing.kinds import NOTICES, ONE_LINE
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.plausible import ENOUGH
from mailwhy.parsing.transform import Part, ReplyCandidate
from mailwhy.parsing.values import WORDS

__all__ = ["Draft", "is_report", "merge_printings"]

MAX_REPLIES = 200
"""More replies than any report has."""
MIN_SAME = 12
"""Letters that two replies must have in common to be the same."""

_CORE = frozenset({"error_number", "server_error", "socket_error", "server_response"})
_LABELS = frozenset({
    "account", "server", "protocol", "port", "ssl", "server_error", "socket_error", "error_number", "subject",
    "server_response", "rejected_address", "named_account", "reported",
})  # fmt: skip
_OF_PROGRAMS = frozenset({"program", "network", "session"})


@dataclass(slots=True)
class Draft:
    """Parts that belong together, added up."""

    start: int = 0
    end: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    replies: list[tuple[int, ReplyCandidate]] = field(default_factory=list)
    """Replies, each with the number of the recipient that it is about, or -1."""
    recipients: list[tuple[str, int]] = field(default_factory=list)
    recipient: int = -1
    kinds: dict[str, int] = field(default_factory=dict)
    languages: list[tuple[str, ...]] = field(default_factory=list)
    evidence: float = 0.0
    message_from: int = -1
    message_to: int = -1
    wrapper_code: str | None = None
    status: str | None = None
    remote_host: str | None = None
    delayed: bool = False
    failed: bool = False
    endpoint: tuple[str, int | None] | None = None
    unread: list[tuple[int, int]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    """Where the labels stand that the client's own sentences end before."""

    @property
    def is_notice(self) -> bool:
        """Whether a notice of non-delivery is being read."""
        return not self.kinds.keys().isdisjoint(NOTICES)

    @property
    def has_core(self) -> bool:
        """Whether what has been read could stand alone, so that a new beginning is another report."""
        fields = self.fields
        return bool(self.replies or self.wrapper_code or len(fields) >= 3 or not _CORE.isdisjoint(fields))

    def saw(self, part: Part, evidence: float | None = None) -> None:
        """Note a part. Only the first of its kind is evidence."""
        kind = "error_number" if part.kind == "live_mail_error_id" else part.kind
        if kind not in self.kinds:
            self.evidence += part.evidence if evidence is None else evidence
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind in _LABELS:
            self.labels.append(part.start)
        if part.kind != kind:
            self.kinds[part.kind] = 1
        self.end = max(self.end, part.end)
        if part.languages:
            self.languages.append(part.languages)

    def put(self, name: str, value: Any) -> None:
        """Set a field that has no value yet."""
        if self.fields.get(name) is None:
            self.fields[name] = value

    def add_reply(self, candidate: ReplyCandidate) -> None:
        """Add a reply for the recipient that is being read about."""
        if len(self.replies) < MAX_REPLIES:
            self.replies.append((self.recipient, candidate))

    def name_recipient(self, named: tuple[str, int]) -> None:
        """What follows is about this recipient."""
        address = named[0].lower()
        known = next((n for n, (other, _) in enumerate(self.recipients[-50:]) if other.lower() == address), None)
        if known is not None:
            self.recipient = max(0, len(self.recipients) - 50) + known
            return
        self.recipients.append(named)
        self.recipient = len(self.recipients) - 1


def merge_printings(drafts: list[Draft]) -> list[Draft]:
    """One draft for each failure: programs log it twice, a notice tells it in words and in fields."""
    merged: list[Draft] = []
    for draft in drafts:
        earlier = next((other for other in reversed(merged[-3:]) if _same_failure(other, draft)), None)
        if earlier is None:
            merged.append(draft)
        else:
            _absorb(earlier, draft)
    return merged


def _same_failure(first: Draft, second: Draft) -> bool:
    """Whether two drafts print the same failure: the same reply, about the same recipient, and no field against it."""
    if all(len(draft.fields.keys() & ONE_LINE) >= 3 for draft in (first, second)):
        return False  # two dialogs, each with its labels
    replies, others = _reply_texts(first), _reply_texts(second)
    if not first.replies and not second.replies:
        if not (first.kinds.keys() & _OF_PROGRAMS and second.kinds.keys() & _OF_PROGRAMS):
            return False
    elif not any(a.startswith(b) or b.startswith(a) for a in replies for b in others):
        return False
    for name, value in second.fields.items():
        known = first.fields.get(name)
        if known is not None and value is not None and known != value:
            return False
    addresses = {address.lower() for address, _ in first.recipients} | _named(first)
    named = {address.lower() for address, _ in second.recipients} | _named(second)
    return not addresses or not named or named <= addresses or addresses <= named


def _named(draft: Draft) -> set[str]:
    address = draft.fields.get("rejected_address")
    return {address.lower()} if isinstance(address, str) else set()


def _reply_texts(draft: Draft) -> list[str]:
    """The letters of the replies that are long enough to tell failures apart."""
    texts = ("".join(WORDS.findall(fold(said.reply.text[:320])))[:80] for _, said in draft.replies[:20])
    return [text for text in texts if len(text) >= MIN_SAME]


def _absorb(draft: Draft, other: Draft) -> None:
    """Add another printing of the same failure."""
    numbers: dict[int, int] = {-1: -1}
    for number, named in enumerate(other.recipients):
        draft.name_recipient(named)
        numbers[number] = draft.recipient
    draft.replies += [(numbers[number], said) for number, said in other.replies]
    for name, value in other.fields.items():
        draft.put(name, value)
    for kind, times in other.kinds.items():
        draft.kinds[kind] = draft.kinds.get(kind, 0) + times
    draft.languages += other.languages
    draft.labels += other.labels
    draft.unread += other.unread
    draft.status = draft.status or other.status
    draft.wrapper_code = draft.wrapper_code or other.wrapper_code
    draft.remote_host = draft.remote_host or other.remote_host
    draft.delayed = draft.delayed or other.delayed
    draft.failed = draft.failed or other.failed
    draft.endpoint = draft.endpoint or other.endpoint
    draft.evidence += other.evidence
    draft.end = max(draft.end, other.end)


def is_report(draft: Draft) -> bool:
    """Whether a draft is a failure report."""
    delivered = "delivered" in draft.kinds
    if delivered and not any(said.reply.code and said.reply.code >= 400 for _, said in draft.replies):
        return False
    return draft.evidence >= ENOUGH
