"""Recognises the codes that clients and servers print, in whatever form they are typed."""

import re

from mailwhy.i18n import N_, SpokenError
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.vocabulary import CodeKind

__all__ = ["UnknownCodeError", "codes_in", "identify", "win32_code"]

_HEX = re.compile(r"(?:0\s*[x×]\s*)?([0-9a-f]{8})(?:\b|$)", re.IGNORECASE)
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"[2-5]\d\d")
_FIRST_REPLY = re.compile(r"\s*([2-5]\d\d)(?=\D|$)")
_NUMBER = re.compile(r"[-−–]?\d{1,10}")
_WIN32_FACILITY = 0x8007


class UnknownCodeError(SpokenError):
    """What was given has the form of no code that mail programs or servers print."""


def identify(code: str, kb: KnowledgeBase) -> tuple[CodeKind, str]:
    """The kind and the usual form of a code.

    Forms: an HRESULT in hexadecimal or as a signed or unsigned decimal number (``0x800CCC79``, ``-2146644871``,
    ``2148322425``); an enhanced status code of RFC 3463 (``5.7.1``, ``#5.7.1``), which also wins where a reply code
    stands before it (``550 5.7.1``); a reply code of RFC 5321 (``550``); a Winsock error (``10060``); an error number
    of Outlook for Mac (``-19738``).

    Raises:
        UnknownCodeError: the text has none of these forms.
    """
    text = code.strip(" \t\r\n'\"#()[]<>«»“”.,;:")
    if found := _HEX.fullmatch(text):
        return "hresult", f"0x{found[1].upper()}"
    if found := _ENHANCED.search(text):
        return "smtp-enhanced", found[0]
    if _NUMBER.fullmatch(text):
        return _identify_number(int(text.replace("−", "-").replace("–", "-")), kb)
    if len(words := text.split(None, 1)) > 1 and _REPLY.fullmatch(words[0]):
        return "smtp-reply", words[0]
    # Outlook's "4af4" has the form of no number, so the knowledge base is asked.
    if known := kb.kinds_of(text.lower()):
        return known[0], text.lower()
    raise UnknownCodeError(
        N_(
            "“{code}” is no code; give an error number such as 0x800CCC79, a reply code such as 550 or 5.7.1, "
            "or a socket error such as 10060"
        ),
        code=code,
    )


def codes_in(reply: str) -> list[str]:
    """The reply code that a server's reply begins with, and the enhanced status codes in it, in order."""
    first = _FIRST_REPLY.match(reply)
    codes = [first[1]] if first else []
    return [*codes, *dict.fromkeys(found[0] for found in _ENHANCED.finditer(reply))]


def _identify_number(number: int, kb: KnowledgeBase) -> tuple[CodeKind, str]:
    text = str(number)
    if 0x80000000 <= number <= 0xFFFFFFFF or number <= -0x70000000:
        return "hresult", f"0x{number & 0xFFFFFFFF:08X}"
    known = kb.kinds_of(text)
    if known:
        return known[0], text
    if _REPLY.fullmatch(text):
        return "smtp-reply", text
    if number < 0:
        return "outlook-mac", text
    return "winsock", text


def win32_code(hresult: str) -> str | None:
    """The Win32 or Winsock error that an HRESULT of FACILITY_WIN32 wraps (``0x8007274C`` wraps 10060), or None."""
    number = int(hresult, 16)
    return str(number & 0xFFFF) if number >> 16 == _WIN32_FACILITY else None
