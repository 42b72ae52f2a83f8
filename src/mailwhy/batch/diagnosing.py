"""Texts in, one row for each failure report out: the same in a worker process and in a cluster."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from mailwhy.batch.dates import read_date
from mailwhy.batch.htmltext import plain_text
from mailwhy.batch.meaning import Interpreter, Meaning, Memory
from mailwhy.batch.options import Options
from mailwhy.batch.redaction import Redactor
from mailwhy.batch.schema import RESULT_SCHEMA
from mailwhy.diagnosis.api import phrasebook
from mailwhy.i18n import N_, negotiate, translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing import TextTooLargeError, could_hold_report, parse_all
from mailwhy.parsing.report import Report

__all__ = ["Diagnoser"]

_SHORTEST = 8
_KEPT_TEXTS = 2000
_AT_ONCE = 500
_MOST_AT_ONCE = 500_000
"""Texts that are read together, and their characters."""

_SECRET = ("rejected_address", "server_response", "client_message", "server", "remote_host")
_PLAIN_FIELDS = tuple(name for name in Report.model_fields if name not in ("span", "unread"))
_plain_facts = attrgetter(*_PLAIN_FIELDS)
_PLACE_FIELDS = ("source", "row", "ticket", "part", "report", "created", "problem")
_REPORT_FIELDS = (*_PLAIN_FIELDS, "span_start", "span_end", "unread", "provider", "recipient_provider")
_FIELDS = (*_PLACE_FIELDS, *_REPORT_FIELDS, *Meaning._fields)
_NO_REPORT = (None,) * (len(_REPORT_FIELDS) + len(Meaning._fields))


class _Found(NamedTuple):
    """One report of a text: what makes it the same as another one of the same ticket, and its values in order."""

    identity: tuple[Any, ...]
    values: tuple[Any, ...]


_Row = tuple[Any, ...]
_Outcome = list[_Found] | str
"""The reports of a text, or what is wrong with it."""


class Diagnoser:
    """Diagnoses batches of texts; keeps what it has seen, since tickets repeat each other.

    Args:
        options: see there.

    Raises:
        KnowledgeError: a folder of the organisation's knowledge is not valid.
    """

    def __init__(self, options: Options) -> None:
        kb = KnowledgeBase.load(*options.kb)
        locale = negotiate(options.locale) or "en"
        self._say = translator(locale)
        self._interpreter = Interpreter(kb, phrasebook(kb, locale))
        self._redactor = Redactor(options.redact_key, self._interpreter.is_provider) if options.redact else None
        self._seen: Memory[_Outcome] = Memory(_KEPT_TEXTS)

    def diagnose(self, batch: pa.RecordBatch, wanted: Iterable[bool | None] | None = None) -> pa.RecordBatch:
        """A row of RESULT_SCHEMA for each report in the texts of a batch of INPUT_SCHEMA, in order.

        A report that several texts of one ticket quote is one report.

        Args:
            batch: the texts.
            wanted: whether to read each of them; None means all.
        """
        found_rows: list[tuple[Any, ...]] = []
        ticket_seen: set[tuple[Any, ...]] = set()
        last_place: tuple[Any, ...] | None = None
        count = 0
        for (source, row, ticket, created, part, _), outcome in self._outcomes(_rows(batch, wanted)):
            if isinstance(outcome, str):
                found_rows.append((source, row, ticket, part, None, None, outcome, *_NO_REPORT))
                continue
            if not outcome:
                continue
            place = (source, row, ticket)
            if place != last_place or place == (None, None, None):
                last_place, count = place, 0
                ticket_seen.clear()
            for report in outcome:
                if report.identity in ticket_seen:
                    continue
                count += 1
                where = (source, row, self._ticket(ticket), part, count, read_date(created), None)
                found_rows.append(where + report.values)
            ticket_seen.update(report.identity for report in outcome)
        columns = dict(zip(_FIELDS, zip(*found_rows, strict=True), strict=True)) if found_rows else {}
        return pa.RecordBatch.from_arrays(
            [pa.array(columns.get(field.name, ()), field.type) for field in RESULT_SCHEMA], schema=RESULT_SCHEMA
        )

    def _outcomes(self, rows: Iterator[_Row]) -> Iterator[tuple[_Row, _Outcome]]:
        """The rows whose texts are long enough, each with what came of its text."""
        for group in _groups(row for row in rows if len(row[-1]) >= _SHORTEST):
            keys = [hashlib.blake2b(row[-1].encode("utf-8"), digest_size=16).digest() for row in group]
            known = {key: outcome for key in keys if (outcome := self._seen.get(key)) is not None}
            unknown = {key: row[-1] for key, row in zip(keys, group, strict=True) if key not in known}
            for key, outcome in zip(unknown, self._read(list(unknown.values())), strict=True):
                known[key] = self._seen.put(key, outcome)
            yield from ((row, known[key]) for key, row in zip(keys, group, strict=True))

    def _read(self, texts: list[str]) -> list[_Outcome]:
        """The reports of each text, or what is wrong with it."""
        try:
            return [list(map(self._found, reports)) for reports in parse_all(list(map(plain_text, texts)))]
        except TextTooLargeError as error:
            if len(texts) == 1:
                return [error.spoken(self._say) if could_hold_report(texts[0]) else []]
        except Exception as error:  # noqa: BLE001 - one text must not end a run over a million
            if len(texts) == 1:
                told = self._say(N_("mailwhy failed on this text, which is a fault of mailwhy: {reason}"))
                return [told.format(reason=f"{type(error).__name__}: {error}")]
        return [outcome for text in texts for outcome in self._read([text])]

    def _found(self, report: Report) -> _Found:
        identity = _plain_facts(report)
        interpreter = self._interpreter
        recipient = interpreter.provider(report.remote_host) or interpreter.provider(report.rejected_address)
        meaning = interpreter.meaning(report)
        facts, unread = identity, report.unread
        if self._redactor is not None:
            facts, unread = _redacted(facts, unread, self._redactor)
        providers = interpreter.provider(report.server), recipient
        return _Found(identity, (*facts, *report.span, unread, *providers, *meaning))

    def _ticket(self, ticket: str | None) -> str | None:
        """A mail's Message-ID is its ticket number, and may be made of its sender's name."""
        if ticket and self._redactor is not None and "@" in ticket:
            return self._redactor.text(ticket)
        return ticket


def _rows(batch: pa.RecordBatch, wanted: Iterable[bool | None] | None) -> Iterator[_Row]:
    names = batch.schema.names
    texts = batch.column("text").to_pylist()
    empty = [None] * len(texts)
    columns = [
        batch.column(name).to_pylist() if name in names else empty
        for name in ("source", "row", "ticket", "created", "part")
    ]
    rows: Iterator[_Row] = zip(*columns, map(_text, texts), strict=True)
    return rows if wanted is None else compress(rows, wanted)


def _groups(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    group: list[_Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row[-1])
        if len(group) >= _AT_ONCE or size >= _MOST_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _text(value: Any) -> str:
    """A text; bytes are read as UTF-8, and nothing as an empty text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value or ""


def _redacted(
    facts: tuple[Any, ...], unread: tuple[str, ...], redactor: Redactor
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """A report's plain facts and unread pieces without personal data."""
    values = dict(zip(_PLAIN_FIELDS, facts, strict=True))
    account, subject = values["account"], values["subject"]
    # A short name ("Jo") would be found in the midst of a server's sentence.
    hidden = account is not None and len(account) > 3 and "@" not in account and account != redactor.account(account)
    known = (account,) if hidden else ()
    for name in _SECRET:
        if values[name]:
            values[name] = redactor.text(values[name], known if name in ("server_response", "client_message") else ())
    if account:
        values["account"] = redactor.account(account)
    if subject:
        values["subject"] = redactor.name("subject", subject)
    if unread:
        names = (*known, subject) if subject else known
        unread = tuple(redactor.text(piece, names) for piece in unread)
    return tuple(values.values()), unread
