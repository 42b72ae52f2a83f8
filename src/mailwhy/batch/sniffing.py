"""Which format a file has: by what is in it; its ending only decides where the content leaves it open."""

import re
import zipfile
from typing import IO

from mailwhy.batch.encodings import encoding_of
from mailwhy.batch.errors import BatchError
from mailwhy.i18n import N_

__all__ = ["BINARY_FORMATS", "FORMATS", "format_of", "zip_format"]

FORMATS = ("csv", "json", "jsonl", "xlsx", "ods", "xls", "parquet", "xml", "mbox", "eml")
BINARY_FORMATS = frozenset({"xlsx", "ods", "xls", "parquet", "zip", "gz"})
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0", "xls"),
)
_ENDINGS = {"tsv": "csv", "txt": "csv", "ndjson": "jsonl", "xlsm": "xlsx", "gzip": "gz", "xlsb": "xlsx", "mbx": "mbox"}
_HEADER_LINE = re.compile(r"[!-9;-~]{1,76}:(?:[ \t]|$)")
_MAIL_HEADER = re.compile(
    r"(?:received|return-path|from|to|date|message-id|subject|delivered-to|mime-version|x-[\w-]+|content-type|reply-to"
    r"|sender|authentication-results|dkim-signature|arc-[\w-]+|thread-topic|thread-index):",
    re.IGNORECASE,
)


def format_of(head: bytes, name: str) -> str:
    """One of FORMATS, "zip" or "gz".

    Args:
        head: the first bytes of the file.
        name: its name.

    Raises:
        BatchError: it is nothing that mailwhy reads, or its ending promises another kind of file.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    promised = _ENDINGS.get(ending, ending)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if promised in BINARY_FORMATS:
        told = N_(
            "{file} is no {format} file, or it is damaged: it does not begin as one does. "
            "Export it again, or say what it is with --format"
        )
        raise BatchError(told, file=name, format=ending.upper())
    text = head.decode(encoding_of(head, name), "replace").lstrip("\ufeff")
    start = text.lstrip()
    found = _structured(start, promised) or _mail(text, promised)
    if found:
        return found
    if start and promised in ("json", "jsonl", "xml", "mbox"):
        told = N_("{file} is no {format} file: it begins with {start!r}; say what it is with --format")
        raise BatchError(told, file=name, format=ending.upper(), start=start[:20])
    return "csv"


def zip_format(stream: IO[bytes], name: str) -> str:
    """What a ZIP file is: "xlsx", "ods", or "zip" where it holds files.

    Raises:
        BatchError: it is damaged.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
                return "xlsx"
            if "mimetype" in names and "content.xml" in names:
                return "ods"
            if "[Content_Types].xml" in names:
                raise BatchError(
                    N_("{file} is an Office document without a sheet; export the tickets as XLSX or CSV"), file=name
                )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        told = N_("{file} is damaged or not complete: {reason}")
        raise BatchError(told, file=name, reason=error) from None
    return "zip"


def _structured(start: str, promised: str) -> str | None:
    if start.startswith(("<?xml", "<rss", "<unload")) or (promised == "xml" and start.startswith("<")):
        return "xml"
    if start.startswith("{"):
        # An object on the first line, and another one on the next: JSON Lines.
        line, _, rest = start.partition("\n")
        lines = line.rstrip().endswith("}") and rest.lstrip().startswith("{")
        return "jsonl" if promised == "jsonl" or lines else "json"
    return "json" if re.match(r"\[\s*(?:[{\]]|$)", start) else None


def _mail(text: str, promised: str) -> str | None:
    if text.startswith("From ") and _is_mail(text.partition("\n")[2]):
        return "mbox"
    return "eml" if promised == "eml" or _is_mail(text) else None


def _is_mail(text: str) -> bool:
    lines = text.replace("\r\n", "\n").split("\n\n", 1)[0].split("\n")[:200]
    if not lines or not _HEADER_LINE.match(lines[0]):
        return False
    headers = [line for line in lines if line and line[0] not in " \t"]
    known = sum(1 for line in headers if _MAIL_HEADER.match(line))
    return known >= 2 and all(map(_HEADER_LINE.match, headers[:-1] or headers))
