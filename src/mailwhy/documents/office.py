"""Files of office programs: messages of Outlook, RTF, PDF and Word. Each library is imported where it is used."""

import importlib
import io
from collections.abc import Iterator
from typing import Any, Final

from mailwhy.documents.errors import DocumentError
from mailwhy.documents.mail import read_mail
from mailwhy.documents.markup import html_text
from mailwhy.i18n import N_

__all__ = ["read_docx", "read_outlook_message", "read_pdf", "read_rtf"]

_MAX_PAGES: Final = 50
_MAX_CHARACTERS: Final = 1024 * 1024
_BODY_HTML: Final = 0x1013
_RTF_COMPRESSED: Final = 0x1009
_REPORT_TEXT: Final = 0x1001
_ATTACHED_MESSAGE: Final = 5
_MAX_NESTED: Final = 5


def _library(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise DocumentError(
            N_("{file} needs a library that is not installed; install it with: pip install 'mailwhy[files]'"), file=name
        ) from None


def _broken(name: str, error: BaseException) -> Exception:
    return DocumentError(N_("{file} is damaged: {reason}"), file=name or "-", reason=error)


def read_outlook_message(content: bytes, name: str) -> Iterator[str]:
    """The texts of a message that was dragged out of Outlook (``.msg``, MS-OXMSG), and of those attached to it.

    Raises:
        DocumentError: it is no such message, or broken.
    """
    oxmsg = _library("oxmsg", name)
    try:
        message = oxmsg.Message.load(io.BytesIO(content))
        if not str(message.message_class or "").upper().startswith(("IPM", "REPORT")):
            raise ValueError("no message of Outlook")  # noqa: TRY301 - said like every other fault of the file
        yield "\n\n".join(filter(None, _message_texts(message)))
        for attachment in message.attachments:
            data = bytes(attachment.file_bytes or b"")[:_MAX_CHARACTERS]
            if str(attachment.file_name or "").lower().endswith(".eml"):
                yield read_mail(data).text
    except Exception as error:  # noqa: BLE001 - the library raises whatever a broken file makes it stumble over
        raise _broken(name, error) from None


def _message_texts(message: Any) -> Iterator[str]:
    yield str(message.subject or "")
    report = message.properties.str_prop_value(_REPORT_TEXT)
    body = str(message.body or "") or html_text(str(message.html_body or ""))
    if not body.strip():
        packed = message.properties.binary_prop_value(_RTF_COMPRESSED)
        if packed:
            body = _plain_rtf(_library("compressed_rtf", "").decompress(packed).decode("latin-1"))
    yield body[:_MAX_CHARACTERS]
    if report and report.strip() not in body:
        yield str(report)


def read_rtf(content: bytes, name: str) -> str:
    """The text of an RTF file.

    Raises:
        DocumentError: it is broken.
    """
    _library("striprtf.striprtf", name)
    try:
        return _plain_rtf(content.decode("latin-1"))
    except Exception as error:  # noqa: BLE001 - see above
        raise _broken(name, error) from None


def _plain_rtf(source: str) -> str:
    text: str = _library("striprtf.striprtf", "").rtf_to_text(source[: 4 * _MAX_CHARACTERS], errors="ignore")
    return text[:_MAX_CHARACTERS]


def read_pdf(content: bytes, name: str) -> Iterator[tuple[int, str]]:
    """The pages of a PDF that have text, with their numbers; the first fifty.

    Raises:
        DocumentError: it is broken or locked, or has no text.
    """
    pypdf = _library("pypdf", name)
    found = False
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        for number, page in enumerate(reader.pages[:_MAX_PAGES], 1):
            text = (page.extract_text() or "")[:_MAX_CHARACTERS]
            if text.strip():
                found = True
                yield number, text
    except Exception as error:  # noqa: BLE001 - see above
        raise _broken(name, error) from None
    if not found:
        raise DocumentError(N_("{file} has no text in it, only pictures; copy the message as text"), file=name or "-")


def read_docx(content: bytes, name: str) -> str:
    """The paragraphs and table cells of a Word document, in order.

    Raises:
        DocumentError: it is broken.
    """
    docx = _library("docx", name)
    try:
        document = docx.Document(io.BytesIO(content))
        lines = [paragraph.text for paragraph in document.paragraphs]
        lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    except Exception as error:  # noqa: BLE001 - see above
        raise _broken(name, error) from None
    return "\n".join(lines)[:_MAX_CHARACTERS]
