"""The Arrow function: texts in, one row for each failure report out. The same in a worker process and in a cluster."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

from mailwhy.batch.dates import read_date
from mailwhy.batch.htmltext import plain_text
from mailwhy.batch.redaction import Redactor
from mailwhy.batch.schema import RESULT_SCHEMA
from mailwhy.diagnosis.api import phrasebook
from mailwhy.diagnosis.evidence import collect
from mailwhy.diagnosis.provider_index import ProviderIndex
from mailwhy.diagnosis.ranking import rank
from mailwhy.i18n import N_, negotiate, translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing import TextTooLargeError, could_hold_report, parse
from mailwhy.parsing.report import Report

__all__ = ["DEFAULT_KEY", "Diagnoser", "Options", "diagnose_batch"]

DEFAULT_KEY = "mailwhy"
_PLACES = 4
_SHORTEST = 8
_KEPT_TEXTS = 2000
_KEPT_MEANINGS = 4000
_WITHOUT_MEANING = ("subject", "account", "rejected_address")
_SECRET = frozenset({"rejected_address", "server_response", "client_message", "server", "remote_host"})
_REPORT_FIELDS = tuple(name for name in Report.model_fields if name != "span")
_AFTER_REPORT = ("span_start", "span_end", "unread")
_PLAIN_FIELDS = tuple(name for name in _REPORT_FIELDS if name != "unread")

_TELLING = 3
"""Strength from which on a wording says something; single words that hint leave a reply unknown."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a diagnosis of many texts depends on, apart from the texts.

    Args:
        locale: language of titles and reasons (BCP 47); English where it is not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms.
        kb: folders of an organisation's own knowledge.
    """

    locale: str = "en"
    redact: bool = True
    redact_key: str = DEFAULT_KEY
    kb: tuple[str, ...] = ()


class _Meaning(NamedTuple):
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
    provider: str | None = None
    recipient_provider: str | None = None


_WHERE = ("source", "row", "ticket", "part", "report", "created", "problem")
_NO_REPORT: dict[str, Any] = dict.fromkeys((*_PLAIN_FIELDS, *_AFTER_REPORT, *_Meaning._fields))


class _Found(NamedTuple):
    """One report of a text: what makes it the same as another one of the same ticket, and its columns."""

    identity: tuple[Any, ...]
    columns: dict[str, Any]


class Diagnoser:
    """Diagnoses batches of texts; keeps what it has seen, since tickets repeat each other.

    Args:
        options: see there.

    Raises:
        KnowledgeError: a folder of the organisation's knowledge is not valid.
    """

    def __init__(self, options: Options) -> None:
        self._kb = KnowledgeBase.load(*options.kb)
        locale = negotiate(options.locale) or "en"
        self._say = translator(locale)
        self._book = phrasebook(self._kb, locale)
        self._providers = self._kb.made(ProviderIndex.of)
        self._redactor = Redactor(options.redact_key, self._is_provider) if options.redact else None
        self._seen: OrderedDict[bytes, list[_Found]] = OrderedDict()
        self._meanings: OrderedDict[tuple[Any, ...], _Meaning] = OrderedDict()

    def diagnose(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A row of RESULT_SCHEMA for each report in the texts of a batch of INPUT_SCHEMA, in order.

        A report that several texts of one ticket quote is one report.
        """
        columns: dict[str, list[Any]] = {name: [] for name in RESULT_SCHEMA.names}
        ticket_seen: set[tuple[Any, ...]] = set()
        last_place: tuple[Any, ...] | None = None
        count = 0
        for source, row, ticket, created, part, text in _rows(batch):
            if not text or len(text) < _SHORTEST:
                continue
            try:
                found = self._reports(text)
            except TextTooLargeError as error:
                _add(columns, _NO_REPORT, (source, row, ticket, part, None, None, str(error)))
                continue
            except Exception as error:  # noqa: BLE001 - one text must not end a run over a million
                told = self._say(N_("mailwhy failed on this text, which is a fault of mailwhy: {reason}"))
                reason = f"{type(error).__name__}: {error}"
                _add(columns, _NO_REPORT, (source, row, ticket, part, None, None, told.format(reason=reason)))
                continue
            if not found:
                continue
            place = (source, row, ticket)
            if place != last_place or place == (None, None, None):
                last_place, count = place, 0
                ticket_seen.clear()
            here = {report.identity for report in found}
            for report in found:
                if report.identity in ticket_seen:
                    continue
                count += 1
                where = (source, row, self._ticket(ticket), part, count, read_date(created), None)
                _add(columns, report.columns, where)
            ticket_seen |= here
        return pa.RecordBatch.from_arrays(
            [pa.array(columns[field.name], field.type) for field in RESULT_SCHEMA], schema=RESULT_SCHEMA
        )

    def _reports(self, text: str) -> list[_Found]:
        if not could_hold_report(text):
            return []
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        found = self._seen.get(key)
        if found is None:
            found = [self._found(report) for report in parse(plain_text(text))]
            self._seen[key] = found
            if len(self._seen) > _KEPT_TEXTS:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(key)
        return found

    def _found(self, report: Report) -> _Found:
        facts = {name: getattr(report, name) for name in _PLAIN_FIELDS}
        identity = tuple(facts.values())
        meaning = self._meaning(report, facts)
        columns = {**facts, "languages": list(report.languages), **meaning._asdict()}
        columns["span_start"], columns["span_end"] = report.span
        columns["unread"] = list(report.unread)
        if columns["recipient_provider"] is None:
            columns["recipient_provider"] = self._provider_of(report.rejected_address)
        if self._redactor is not None:
            _redact(columns, self._redactor)
        return _Found(identity, columns)

    def _meaning(self, report: Report, facts: dict[str, Any]) -> _Meaning:
        """Reports that differ only in whom they name mean the same."""
        unimportant = dict.fromkeys(_WITHOUT_MEANING)
        account = report.account
        if account and ("@" in account or "." in account):  # an address or a server: it tells the provider
            del unimportant["account"]
        key = (*({**facts, **unimportant}.values()),)
        meaning = self._meanings.get(key)
        if meaning is None:
            # Stripped, so that what is kept can't depend on what the key leaves out.
            stripped = report.model_copy(update=unimportant)
            meaning = self._meanings[key] = self._interpret(stripped)
            if len(self._meanings) > _KEPT_MEANINGS:
                self._meanings.popitem(last=False)
        return meaning

    def _interpret(self, report: Report) -> _Meaning:
        findings = collect(report, self._kb).evidence
        ranked = [
            cause for cause in rank(findings, self._kb.weights, self._kb.causes) if cause.cause in self._kb.causes
        ]
        known = any(f.kind == "reply" and max(f.causes.values()) >= _TELLING for f in findings)
        reply_known = known if report.server_response is not None else None
        provider, recipient_provider = self._provider_of(report.server), self._provider_of(report.remote_host)
        if not ranked:
            return _Meaning(reply_known=reply_known, provider=provider, recipient_provider=recipient_provider)
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        text = self._book.cause_text(best.cause, report.client)
        resolution = text.resolutions[0] if text.resolutions else None
        return _Meaning(
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
            provider=provider,
            recipient_provider=recipient_provider,
        )

    def _provider_of(self, name: str | None) -> str | None:
        """The provider of a server's name or of an address."""
        if not name:
            return None
        _, at, domain = name.lower().rstrip(".").rpartition("@")
        if at:
            return next(iter(self._providers.of_domain(domain)), None)
        found = self._providers.find(domain)
        return found.providers[0] if found else None

    def _is_provider(self, domain: str) -> bool:
        return bool(self._providers.of_domain(domain)) or self._providers.find(domain) is not None

    def _ticket(self, ticket: str | None) -> str | None:
        """A mail's Message-ID is its ticket number, and may be made of its sender's name."""
        if ticket and self._redactor is not None and "@" in ticket:
            return self._redactor.text(ticket)
        return ticket


def diagnose_batch(
    batch: pa.RecordBatch,
    *,
    locale: str | None = None,
    redact: bool = True,
    redact_key: str = DEFAULT_KEY,
    kb: tuple[str, ...] = (),
) -> pa.RecordBatch:
    """One row for each failure report in the texts of a batch: the function that engines apply to their data.

    It fits Spark's ``mapInArrow``, Ray Data's ``map_batches(batch_format="pyarrow")``, DuckDB and Polars.

    Args:
        batch: a column ``text``, and what there is of the other columns of INPUT_SCHEMA.
        locale: language of the titles; English where it is None or not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms.
        kb: folders of an organisation's own knowledge.

    Returns:
        rows of RESULT_SCHEMA; texts without a report give none. The schema is the same whatever the batch holds.

    Raises:
        KeyError: the batch has no column ``text``.
        KnowledgeError: a folder of the organisation's knowledge is not valid.
    """
    return _diagnoser(Options(locale or "en", redact, redact_key, tuple(kb))).diagnose(batch)


@lru_cache(maxsize=4)
def _diagnoser(options: Options) -> Diagnoser:
    return Diagnoser(options)


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    names = batch.schema.names
    texts = batch.column("text").to_pylist()
    empty = [None] * len(texts)
    columns = [
        batch.column(name).to_pylist() if name in names else empty
        for name in ("source", "row", "ticket", "created", "part")
    ]
    return zip(*columns, texts, strict=True)


def _add(columns: dict[str, list[Any]], values: dict[str, Any], where: tuple[Any, ...]) -> None:
    for name, value in values.items():
        columns[name].append(value)
    for name, value in zip(_WHERE, where, strict=True):
        columns[name].append(value)


def _redact(columns: dict[str, Any], redactor: Redactor) -> None:
    account, subject = columns["account"], columns["subject"]
    # A short name ("Jo") would be found in the midst of a server's sentence.
    hidden = account is not None and len(account) > 3 and "@" not in account and account != redactor.account(account)
    known = (account,) if hidden else ()
    for name in _SECRET:
        if columns[name]:
            columns[name] = redactor.text(columns[name], known if name in ("server_response", "client_message") else ())
    if account:
        columns["account"] = redactor.account(account)
    if subject:
        columns["subject"] = redactor.name("subject", subject)
    if columns["unread"]:
        hidden = (*known, subject) if subject else known
        columns["unread"] = [redactor.text(piece, hidden) for piece in columns["unread"]]
