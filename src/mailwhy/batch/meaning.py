"""What reports mean, remembered by all that it depends on: a batch meets the same refusal a thousand times."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

from mailwhy.batch.likeness import Likeness
from mailwhy.diagnosis.evidence import Finding, collect_said, collect_settings
from mailwhy.diagnosis.phrasing import Phrasebook
from mailwhy.diagnosis.provider_index import ProviderIndex
from mailwhy.diagnosis.providers import SettingsFinding, check_settings
from mailwhy.diagnosis.ranking import rank
from mailwhy.diagnosis.remedies import Circumstances, advise, circumstances, generality
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.wording import wording_index
from mailwhy.parsing.report import Report

__all__ = ["Interpreter", "Meaning", "Memory"]

_KEPT = 4000
_LONGEST = 4000
"""Characters of words that are remembered; no server says more."""

_PLACES = 4
_TELLING = 3
"""Strength from which on a wording says something; single words that hint leave a reply unknown."""

_Known = TypeVar("_Known")
_Findings = tuple[Finding, ...]


class Meaning(NamedTuple):
    """What a report means; the columns of the same names."""

    cause: str | None = None
    cause_title: str | None = None
    confidence: float | None = None
    second_cause: str | None = None
    second_confidence: float | None = None
    responsible: str | None = None
    temporary: bool | None = None
    resolution: str | None = None
    resolution_title: str | None = None
    reply_known: bool | None = None


class Memory(Generic[_Known]):
    """What was found lately, by key; the least recently used goes first.

    Args:
        most: how much is kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, _Known] = OrderedDict()

    def get(self, key: Hashable) -> _Known | None:
        """What is known by the key, if anything is."""
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def put(self, key: Hashable, found: _Known) -> _Known:
        """Keeps what was found, and gives it back."""
        self._known[key] = found
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return found

    def recall(self, key: Hashable, find: Callable[[], _Known]) -> _Known:
        """What is known by the key, or is found now."""
        found = self.get(key)
        return self.put(key, find()) if found is None else found


class Interpreter:
    """Tells what reports mean.

    Args:
        kb: the knowledge base.
        book: its texts, in the language of the titles.
    """

    def __init__(self, kb: KnowledgeBase, book: Phrasebook) -> None:
        self._kb = kb
        self._book = book
        self._providers = kb.made(ProviderIndex.of)
        self._likeness = Likeness(wording_index(kb).tells)
        self._said: Memory[_Evidence] = Memory(_KEPT)
        self._settings: Memory[_Settings] = Memory(_KEPT)
        self._circumstances: Memory[_Settings] = Memory(_KEPT)
        self._evidence: Memory[_Evidence] = Memory(_KEPT)
        self._meanings: Memory[Meaning] = Memory(_KEPT)
        self._provider_names: Memory[str] = Memory(_KEPT)

    def meaning(self, report: Report) -> Meaning:
        """What a report means. Whom it names makes no difference, so the reports of a company have few meanings."""
        said, settings = self._of_words(report), self._of_settings(report)
        key = (said, settings, report.client, report.server_response is None)
        return self._meanings.recall(key, lambda: self._ranked(report, said.findings, settings))

    def provider(self, name: str | None) -> str | None:
        """The provider of a server's name or of an address."""
        return self._provider_names.recall(name, lambda: self._provider(name)) or None if name else None

    def is_provider(self, domain: str) -> bool:
        """Whether a provider's addresses or servers have the domain."""
        return bool(self._providers.of_domain(domain)) or self._providers.find(domain) is not None

    def _of_words(self, report: Report) -> "_Evidence":
        reply, message = report.server_response, report.client_message
        reply = self._likeness.of(reply) if reply else None
        message = self._likeness.of(message) if message else None
        codes = report.error_number, report.smtp_code, report.enhanced_code, report.server_error, report.socket_error

        def find() -> _Evidence:
            # What is kept can't depend on what the key leaves out.
            alike = report.model_copy(update={"server_response": reply, "client_message": message})
            return self._shared(collect_said(alike, self._kb))

        if len(reply or "") + len(message or "") > _LONGEST:
            return find()
        return self._said.recall((reply, message, report.client, codes), find)

    def _of_settings(self, report: Report) -> "_Settings":
        account = report.account
        if account and "@" not in account and "." not in account:  # neither an address nor a server: a person's name
            account = None
        stated = report.server, account, report.protocol, report.port, report.ssl, report.client
        codes = report.error_number, report.smtp_code, report.enhanced_code, report.server_error, report.socket_error
        place = report.side, report.temporary_notice

        def find() -> _Settings:
            alike = report.model_copy(update={"account": account})
            remarks, known = tuple(check_settings(alike, self._providers)), circumstances(alike, self._kb)
            key = known, tuple((remark.kind, remark.entry, *remark.causes.items()) for remark in remarks)
            return self._circumstances.recall(key, lambda: _Settings(remarks, known))

        return self._settings.recall((stated, codes, place, report.server_response is None), find)

    def _shared(self, findings: _Findings) -> "_Evidence":
        """One object for findings that are alike, so that those are told by it."""
        key = tuple(
            (finding.kind, finding.entry, generality(finding, self._kb), *finding.causes.items())
            for finding in findings
        )
        return self._evidence.recall(key, lambda: _Evidence(findings))

    def _ranked(self, report: Report, said: _Findings, settings: "_Settings") -> Meaning:
        findings = (*said, *collect_settings(settings.remarks))
        ranked = [
            cause for cause in rank(findings, self._kb.weights, self._kb.causes) if cause.cause in self._kb.causes
        ]
        known = any(f.kind == "reply" and max(f.causes.values()) >= _TELLING for f in findings)
        reply_known = known if report.server_response is not None else None
        if not ranked:
            return Meaning(reply_known=reply_known)
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        advice = advise(best, settings.remarks, settings.known, self._kb)
        text = self._book.cause_text(best.cause, report.client, advice)
        resolution = text.resolutions[0] if text.resolutions else None
        return Meaning(
            cause=best.cause,
            cause_title=text.title,
            confidence=round(best.confidence, _PLACES),
            second_cause=second.cause if second else None,
            second_confidence=round(second.confidence, _PLACES) if second else None,
            responsible=text.responsible,
            temporary=text.temporary,
            resolution=resolution.id if resolution else None,
            resolution_title=resolution.title if resolution else None,
            reply_known=reply_known,
        )

    def _provider(self, name: str) -> str:
        _, at, domain = name.lower().rstrip(".").rpartition("@")
        if at:
            return next(iter(self._providers.of_domain(domain)), "")
        found = self._providers.find(domain)
        return found.providers[0] if found else ""


class _Evidence:
    """Findings that are told apart by being another object, not by what they hold."""

    __slots__ = ("findings",)

    def __init__(self, findings: _Findings) -> None:
        self.findings = findings


class _Settings:
    """What was found in the settings of an account, and the circumstances; told apart by being another object."""

    __slots__ = ("known", "remarks")

    def __init__(self, remarks: tuple[SettingsFinding, ...], known: Circumstances) -> None:
        self.remarks = remarks
        self.known = known
