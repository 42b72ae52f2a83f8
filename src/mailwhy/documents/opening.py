"""A file, its bytes or a pasted text -> the texts in it, each with where it comes from."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailwhy.documents.decoding import UndecodableError, decode, decoded
from mailwhy.documents.errors import DocumentError
from mailwhy.documents.mail import MAX_BYTES, Mail, looks_like_mail, mail_bytes, read_mail, split_mbox
from mailwhy.documents.markup import html_text, looks_like_html
from mailwhy.i18n import N_

__all__ = ["ENDINGS", "Document", "DocumentError", "documents_of_text", "open_document"]

ENDINGS: Final = {
    *("txt", "log", "md", "eml", "emlx", "mbox", "msg", "htm", "html", "mht", "rtf", "pdf", "docx", "zip"),
    *("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"),
}
"""Endings of the names of files that people hand over."""

_MAX_MEMBERS: Final = 1000
_MAX_RATIO: Final = 200
_MAX_DEPTH: Final = 3
_HEAD: Final = 4096

_PICTURES: Final = (
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Document:
    """One text, and where it comes from.

    ``kind`` is what it was: text, mail, outlook-message, html, rtf, pdf, docx, picture. ``name`` names the file,
    with the name inside an archive behind a slash; ``page`` counts from 1. ``recipients`` and ``subject`` are those
    of a message that a notice of non-delivery sent back.
    """

    text: str
    kind: str = "text"
    name: str = ""
    page: int | None = None
    recipients: tuple[str, ...] = ()
    subject: str | None = None


def open_document(source: str | Path | bytes, name: str | None = None, encoding: str | None = None) -> list[Document]:
    """The texts of a file.

    Args:
        source: a path, or the content itself.
        name: the file's name, where the content is given; its ending helps to tell the format.
        encoding: encoding of a text file; None means that it is told from the bytes.

    Raises:
        DocumentError: with what is wrong and what to do.
    """
    if isinstance(source, bytes):
        content = source
    else:
        path = Path(source)
        name = name or path.name
        try:
            if not path.is_file():
                raise DocumentError(N_("{file} is no file"), file=path)
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise DocumentError(N_("{file} can't be read: {reason}"), file=path, reason=error.strerror) from None
    if len(content) > MAX_BYTES:
        raise DocumentError(N_("{file} is larger than {size} MiB"), file=name or "-", size=MAX_BYTES >> 20)
    return list(_opened(content, name or "", encoding, 0))


def documents_of_text(text: str, name: str = "") -> list[Document]:
    """The texts of a pasted text: the source of a mail is decoded; anything else is one text, as it is."""
    return [_mail(read_mail(mail_bytes(text)), name)] if looks_like_mail(text) else [Document(text, name=name)]


def _opened(content: bytes, name: str, encoding: str | None, depth: int) -> Iterator[Document]:
    ending = name.lower().rpartition(".")[2]
    if content.startswith(b"PK\x03\x04"):
        yield from _zipped(content, name, encoding, depth)
    elif content.startswith(_OLE):
        from mailwhy.documents.office import read_outlook_message

        yield from (Document(text, "outlook-message", name) for text in read_outlook_message(content, name))
    elif content.startswith(b"%PDF-"):
        from mailwhy.documents.office import read_pdf

        yield from (Document(text, "pdf", name, page) for page, text in read_pdf(content, name))
    elif content.startswith(b"{\\rtf"):
        from mailwhy.documents.office import read_rtf

        yield Document(read_rtf(content, name), "rtf", name)
    elif _is_picture(content):
        from mailwhy.documents.pictures import picture_text

        yield Document(picture_text(content, name), "picture", name)
    elif ending == "mbox" or (content.startswith(b"From ") and looks_like_mail(decoded(content[:_HEAD]))):
        yield from (_mail(read_mail(one), name) for one in split_mbox(io.BytesIO(content)))
    else:
        yield from _text(content, name, encoding, ending)


def _text(content: bytes, name: str, encoding: str | None, ending: str) -> Iterator[Document]:
    if ending in ("eml", "emlx") or looks_like_mail(content[: _HEAD * 4].decode("latin-1")):
        yield _mail(read_mail(content), name)
        return
    try:
        text = decode(content, encoding)
    except UndecodableError as error:
        raise DocumentError(N_("{file}: {reason}"), file=name or "-", reason=error) from None
    if ending in ("htm", "html", "mht") or (text.lstrip()[:1] == "<" and looks_like_html(text[:_HEAD])):
        yield Document(html_text(text), "html", name)
    else:
        yield Document(text, "text", name)


def _mail(mail: Mail, name: str) -> Document:
    return Document(mail.text, "mail", name, recipients=mail.recipients, subject=mail.original_subject)


def _is_picture(content: bytes) -> bool:
    webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return webp or any(content.startswith(sign) for sign, _ in _PICTURES)


def _zipped(content: bytes, name: str, encoding: str | None, depth: int) -> Iterator[Document]:
    import zipfile  # it is slow to import, and rarely needed

    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise DocumentError(N_("{file} is damaged: {reason}"), file=name or "-", reason=error) from None
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        names = {member.filename for member in members}
        if "word/document.xml" in names:
            from mailwhy.documents.office import read_docx

            yield Document(read_docx(content, name), "docx", name)
            return
        if depth >= _MAX_DEPTH or len(members) > _MAX_MEMBERS:
            raise DocumentError(N_("{file} holds too many files, or archives in archives"), file=name or "-")
        total = 0
        for member in members:
            total += member.file_size
            if total > MAX_BYTES or member.file_size > _MAX_RATIO * max(member.compress_size, 1024):
                raise DocumentError(N_("{file} would unpack to too much"), file=name or "-")
            try:
                with archive.open(member) as stream:
                    inner = stream.read(MAX_BYTES + 1)
                yield from _opened(inner, f"{name}/{member.filename}", encoding, depth + 1)
            except (DocumentError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
                continue  # one broken file among many; the others are read
