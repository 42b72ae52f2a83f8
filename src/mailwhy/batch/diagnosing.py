"""Texts in, one row for each failure report out: the same in a worker process and in a cluster."""

import hashlib
from collections.abc import Hashable, Iterable, Iterator
from itertools import compress, groupby
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from mailwhy.batch.dates import read_date
from mailwhy.batch.meaning import Interpreter, Meaning, Memory
from mailwhy.batch.options import Options
from mailwhy.batch.redaction import redactor_of
from mailwhy.batch.schema import RESULT_SCHEMA
from mailwhy.diagnosis.api import phrasebook
from mailwhy.documents.mail import looks_like_mail
from mailwhy.documents.markup import html_text
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

_MOST_COMPARED = 200
"""Different reports of one ticket that are compared with each other; no ticket has as many."""

_PLAIN_FIELDS = tuple(name for name in Report.model_fields if name not in ("span", "unread"))
_STATED = frozenset(_PLAIN_FIELDS) - {"client", "languages", "client_message", "recipients", "side", "temporary_notice"}
_NOTICES = frozenset({"outlook-system-administrator-ndr", "exchange-ndr", "m365-ndr", "mta-bounce"})
_NOTICE = "notice"
_DESCRIBED = "described"
_plain_facts = attrgetter(*_PLAIN_FIELDS)
_PLACE_FIELDS = ("source", "row", "ticket", "part", "report", "created", "problem")
_REPORT_FIELDS = (*_PLAIN_FIELDS, "span_start", "span_end", "unread", "provider", "recipient_provider")
_FIELDS = (*_PLACE_FIELDS, *_REPORT_FIELDS, *Meaning._fields)
_NO_REPORT = (None,) * (len(_REPORT_FIELDS) + len(Meaning._fields))


class _Found(NamedTuple):
    """One report of a text."""

    client: str
    """The program that printed it; one word for all kinds of notices."""
    message: str | None
    stated: frozenset[tuple[str, Any]]
    """The facts that it states."""
    values: tuple[Any, ...]
    """Its columns, in order."""

    def told(self) -> Hashable:
        """What makes it the same as another one: its facts, or its words where it states none."""
        return self.stated or (self.client, self.message)

    def is_part_of(self, other: "_Found") -> bool:
        """Whether another one states its facts and more; a mere heading or sentence must be of the same program."""
        return self.stated < other.stated and bool(self.stated or self.client == other.client)


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
        kb = self._kb = KnowledgeBase.load(*options.kb)
        locale = negotiate(options.locale) or "en"
        self._say = translator(locale)
        self._interpreter = Interpreter(kb, phrasebook(kb, locale))
        self._redactor = redactor_of(options, self._interpreter.is_provider)
        self._seen: Memory[_Outcome] = Memory(_KEPT_TEXTS)
        self._described = options.described
        self.left_out = 0
        """Tickets whose failure somebody only tells in own words, which were left out so far."""

    def diagnose(self, batch: pa.RecordBatch, wanted: Iterable[bool | None] | None = None) -> pa.RecordBatch:
        """A row of RESULT_SCHEMA for each report in the texts of a batch of INPUT_SCHEMA, in order.

        A report that several texts of one ticket quote is one report, and so is one that another text tells in part:
        a subject such as "Undeliverable" or "error 0x800CCC0E" above the report itself.

        Args:
            batch: the texts.
            wanted: whether to read each of them; None means all.
        """
        found_rows: list[tuple[Any, ...]] = []
        for _, of_ticket in groupby(self._outcomes(_rows(batch, wanted)), _Tickets()):
            texts = list(of_ticket)
            for (source, row, ticket, _, part, _), outcome in texts:
                if isinstance(outcome, str):
                    place = self._place(source, row, ticket, part)
                    found_rows.append((*place, None, None, self._hidden(outcome), *_NO_REPORT))
            reports = [(place, outcome) for place, outcome in texts if not isinstance(outcome, str)]
            once = list(_told_once(reports))
            rows = [one for one in once if one[1].client != _DESCRIBED]
            if once and not rows:  # beside a printed report, the person's own words are about that
                rows = once[:1] if self._described else []
                self.left_out += not self._described
            for count, ((source, row, ticket, created, part, _), report) in enumerate(rows, 1):
                place = self._place(source, row, ticket, part)
                found_rows.append((*place, count, read_date(created), None, *report.values))
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
            return [list(map(self._found, reports)) for reports in parse_all(list(map(_plain, texts)), kb=self._kb)]
        except TextTooLargeError as error:
            if len(texts) == 1:
                return [error.spoken(self._say) if could_hold_report(texts[0]) else []]
        except Exception as error:  # noqa: BLE001 - one text must not end a run over a million
            if len(texts) == 1:
                told = self._say(N_("mailwhy failed on this text, which is a fault of mailwhy: {reason}"))
                return [told.format(reason=f"{type(error).__name__}: {error}")]
        return [outcome for text in texts for outcome in self._read([text])]

    def _found(self, report: Report) -> _Found:
        facts, unread = _plain_facts(report), report.unread
        named = zip(_PLAIN_FIELDS, facts, strict=True)
        stated = frozenset((name, value) for name, value in named if name in _STATED and value is not None)
        client = _NOTICE if report.client in _NOTICES else report.client
        interpreter = self._interpreter
        recipient = interpreter.provider(report.remote_host) or interpreter.provider(report.rejected_address)
        meaning = interpreter.meaning(report)
        if self._redactor is not None:
            hidden, unread = self._redactor.report(dict(zip(_PLAIN_FIELDS, facts, strict=True)), unread)
            facts = tuple(hidden.values())
        providers = interpreter.provider(report.server), recipient
        return _Found(client, report.client_message, stated, (*facts, *report.span, unread, *providers, *meaning))

    def _place(self, source: str | None, row: int | None, ticket: str | None, part: str | None) -> tuple[Any, ...]:
        """Where a report was found; names of files and keys, and a mail's Message-ID, may be made of people's names."""
        hide = self._redactor
        return (
            (source, row, ticket, part)
            if hide is None
            else (hide.source(source), row, hide.ticket(ticket), hide.part(part))
        )

    def _hidden(self, problem: str) -> str:
        """What is wrong with a text, without words of it that are personal."""
        return problem if self._redactor is None else self._redactor.text(problem)


class _Tickets:
    """Tells the rows of one ticket, which follow each other, from those of another; a row without a place is one."""

    def __init__(self) -> None:
        self._nameless = 0

    def __call__(self, found: tuple[_Row, _Outcome]) -> tuple[Any, ...]:
        place = found[0][:3]
        if place != (None, None, None):
            return place
        self._nameless += 1
        return (self._nameless,)


def _told_once(texts: list[tuple[_Row, list[_Found]]]) -> Iterator[tuple[_Row, _Found]]:
    """The reports of a ticket's texts, but for those of which another text tells as much or more."""
    first: dict[Hashable, tuple[int, _Found]] = {}
    for number, (_, found) in enumerate(texts):
        for report in found:
            first.setdefault(report.told(), (number, report))
    for number, (row, found) in enumerate(texts):
        for report in found:
            repeated = first[report.told()][0] < number
            if not repeated and 1 < len(first) <= _MOST_COMPARED:
                repeated = any(place != number and report.is_part_of(other) for place, other in first.values())
            if not repeated:
                yield row, report


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


def _plain(text: str) -> str:
    """The text of an HTML cell; the source of a mail is decoded with its parts."""
    return text if "<" not in text or looks_like_mail(text) else html_text(text)


def _text(value: Any) -> str:
    """A text; bytes are read as UTF-8, and nothing as an empty text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value or ""
