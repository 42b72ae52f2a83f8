"""From a text to the failure reports in it.

The engine is loaded with the first text: importing this package alone, for its decoder or its sieve, costs little.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mailwhy.i18n import N_, SpokenError

if TYPE_CHECKING:
    from mailwhy.documents import Document
    from mailwhy.knowledge import KnowledgeBase
    from mailwhy.parsing.report import Report
    from mailwhy.parsing.words import WordFinder

__all__ = [
    "DEFAULT_MAX_LENGTH",
    "Report",
    "TextTooLargeError",
    "could_hold_report",
    "parse",
    "parse_all",
    "sieve_pattern",
]

DEFAULT_MAX_LENGTH = 1024 * 1024

_WEAK = frozenset({"bare-reply", "other", "program", "session"})
_ABOUT_MAIL = 0.10
_OLD_LINE_END = re.compile(r"\r(?!\n)")
_HALF = re.compile("[\ud800-\udfff]")
_BLANKS = dict.fromkeys((0xA0, 0x202F, 0xFEFF), " ")


class TextTooLargeError(SpokenError):
    """A text is longer than the limit."""

    def __init__(self, length: int, max_length: int) -> None:
        super().__init__(
            N_(
                "the text is {length} characters long and the limit is {limit}; "
                "give only the part with the error message"
            ),
            length=length,
            limit=max_length,
        )


def parse(
    text: "str | Document", *, kb: "KnowledgeBase | None" = None, max_length: int = DEFAULT_MAX_LENGTH
) -> "list[Report]":
    """Every failure report in ``text``, in order; an empty list if there is none.

    Time and memory grow with the length of the text and are bounded: of a text that holds thousands of reports, the
    first ones are read.

    Args:
        text: anything a person pastes: a dialog, a notice, a whole ticket or log, the source of a mail, with any
            damage; or a document that ``open_document`` gave.
        kb: the knowledge base whose wordings are known; None means the built-in one.
        max_length: refuse a longer text.

    Raises:
        TextTooLargeError: ``text`` has more than ``max_length`` characters.
    """
    (reports,) = parse_all([text], kb=kb, max_length=max_length)
    return reports


def parse_all(
    texts: "Sequence[str | Document]", *, kb: "KnowledgeBase | None" = None, max_length: int = DEFAULT_MAX_LENGTH
) -> "list[list[Report]]":
    """What ``parse`` finds in each of ``texts``, in less time.

    Args:
        texts: some hundreds at a time; all that is read of them is in memory together.
        kb: as for ``parse``.
        max_length: refuse a longer text.

    Raises:
        TextTooLargeError: one of them has more than ``max_length`` characters.
    """
    for text in texts:
        length = len(text if isinstance(text, str) else text.text)
        if length > max_length:
            raise TextTooLargeError(length, max_length)
    return [_read(_plain(text), kb) if isinstance(text, str) else _read_document(text, kb) for text in texts]


def _plain(text: str) -> str:
    """The text with ordinary blanks and line ends, each character in its place, and without half surrogate pairs.

    A byte order mark, no-break spaces and the line ends of old Macs change nothing, then.
    """
    if "\r" in text:
        text = _OLD_LINE_END.sub("\n", text)
    if text.isascii():
        return text
    if text.startswith("\ufeff"):
        text = f"\n{text[1:]}"
    return _HALF.sub("\ufffd", text.translate(_BLANKS))


def _read(text: str, kb: "KnowledgeBase | None") -> "list[Report]":
    from mailwhy.documents.mail import looks_like_mail

    if not looks_like_mail(text):
        return _find(text, kb)
    from mailwhy.documents import documents_of_text

    (mail,) = documents_of_text(text)
    return [report.model_copy(update={"span": (0, len(text))}) for report in _read_document(mail, kb)]


def _read_document(document: "Document", kb: "KnowledgeBase | None") -> "list[Report]":
    return [_of_mail(report, document) for report in _find(document.text, kb, about_mail=document.kind == "mail")]


def _find(text: str, kb: "KnowledgeBase | None", *, about_mail: bool = False) -> "list[Report]":
    """The reports that the grammar finds; where it finds none, the one that the words of the text show."""
    from mailwhy.parsing.reader import default_reader

    found = default_reader().read(text)
    if found and not about_mail and all(map(_is_weak, found)) and not _about_mail(text):
        return []
    if not found:
        return _by_words(text, kb)
    if len(found) == 1 and _is_bare_number(found[0]):
        return [_finder(kb).complete(found[0], text)]
    return found


def _is_weak(report: "Report") -> bool:
    """Whether a report has neither labels nor headings of its own, nor a port (the reader takes only mail's)."""
    return report.client in _WEAK and report.port is None


def _is_bare_number(report: "Report") -> bool:
    """Whether only the client's number was read: people type it with the reply beside it, 0x800CCC79 - 550 denied."""
    return report.error_number is not None and not (
        report.server_response or report.client_message or report.server or report.account
    )


def _about_mail(text: str) -> bool:
    """Whether a text in which only codes or sentences were found is about mail; other programs print the same."""
    from mailwhy.parsing.judge import Judge

    return Judge.load().failure(text) >= _ABOUT_MAIL


def _by_words(text: str, kb: "KnowledgeBase | None") -> "list[Report]":
    from mailwhy.parsing.judge import Judge

    if not Judge.load().quick(text):
        return []
    return _finder(kb).find(text)


def _finder(kb: "KnowledgeBase | None") -> "WordFinder":
    from mailwhy.knowledge import builtin
    from mailwhy.parsing.words import WordFinder

    return (kb or builtin()).made(WordFinder.of)


def _of_mail(report: "Report", document: "Document") -> "Report":
    """A report with what the mail around it says: whom the message that came back was for, and its subject."""
    update: dict[str, Any] = {}
    if report.rejected_address is None and len(document.recipients) == 1:
        update["rejected_address"] = document.recipients[0]
    if report.subject is None and document.subject:
        update["subject"] = document.subject
    return report.model_copy(update=update) if update else report


def could_hold_report(text: str) -> bool:
    """A quick look: False means that ``parse`` would find nothing; True that it is worth asking."""
    from mailwhy.parsing.judge import Judge
    from mailwhy.parsing.reader import default_reader

    return bool(text.strip()) and (default_reader().could_hold_report(text) or Judge.load().quick(text))


def sieve_pattern() -> str:
    """A pattern in RE2's syntax for the texts in which a report could be, for engines that look through columns.

    It lets a little more through than the grammar's own quick look, never less, and takes a tenth of its time. A report
    that only words show, without any code, label or beginning of a sentence, it may leave out.
    """
    from mailwhy.parsing.compiled import default_tables

    return default_tables().columns


def __getattr__(name: str) -> Any:
    if name == "Report":
        from mailwhy.parsing.report import Report

        return Report
    raise AttributeError(f"module 'mailwhy.parsing' has no attribute {name!r}")
