"""A report in the making: the facts collected so far, and how strongly they speak for a failure report."""

from dataclasses import dataclass, field

from mailwhy.parsing.replies import Reply
from mailwhy.parsing.report import Client

__all__ = ["Draft", "Heard", "Recipient"]

_NOTICES = frozenset({"system_administrator", "failed_recipients", "exchange", "bounce"})
_CORE = frozenset({"error_number", "server_error", "socket_error", "server_response"})


@dataclass(slots=True)
class Heard:
    """A reply, how plainly it was introduced (0 = by the client's own label), and for which recipient."""

    rank: int
    reply: Reply
    recipient: int
    start: int


@dataclass(slots=True)
class Recipient:
    """A failed recipient of a notice and the position where it was first named."""

    address: str
    start: int


@dataclass(slots=True)
class Draft:
    """Collected facts. Positions are those of the marked text."""

    start: int
    end: int
    fields: dict[str, str | int | bool | None] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    recipient: int = -1
    kinds: dict[str, int] = field(default_factory=dict)
    languages: list[tuple[str, ...]] = field(default_factory=list)
    evidence: float = 0.0
    message_from: int = -1
    message_to: int = -1
    wrapper_code: str | None = None
    status: str | None = None
    remote_host: str | None = None
    unread: list[tuple[int, int]] = field(default_factory=list)
    client: Client | None = None

    def saw(self, kind: str, end: int, evidence: float, languages: tuple[str, ...] = ()) -> None:
        """Note that something of ``kind`` belongs to this report. Only its first occurrence is evidence."""
        if kind not in self.kinds:
            self.evidence += evidence
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.end = max(self.end, end)
        if languages:
            self.languages.append(languages)

    def put(self, name: str, value: str | int | bool | None) -> bool:
        """Set a field that has no value yet; tell whether it was free."""
        if self.fields.get(name) is not None:
            return False
        self.fields[name] = value
        return True

    def has(self, name: str) -> bool:
        """Whether the field has been seen, be it with an empty value."""
        return name in self.fields

    @property
    def is_notice(self) -> bool:
        """Whether a notice of non-delivery is being read."""
        kinds = self.kinds
        return not kinds.keys().isdisjoint(_NOTICES)

    @property
    def has_core(self) -> bool:
        """Whether what has been read could stand alone, so that a new beginning is another report."""
        fields = self.fields
        return bool(self.heard or self.wrapper_code or len(fields) >= 3 or not _CORE.isdisjoint(fields))

    def hear(self, rank: int, reply: Reply, start: int) -> None:
        """Add a reply for the recipient that is being read about."""
        self.heard.append(Heard(rank, reply, self.recipient, start))

    def name_recipient(self, address: str, start: int) -> None:
        """What follows is about this recipient."""
        known = self.numbers.setdefault(address.lower(), len(self.recipients))
        if known < len(self.recipients):
            self.recipient = known
            return
        self.recipients.append(Recipient(address, start))
        self.recipient = len(self.recipients) - 1
