"""Where a failure happened, as far as one report tells: the sender's own server, the recipient's, the program."""

from mailwhy.knowledge.vocabulary import Side
from mailwhy.parsing.report import Report

__all__ = ["SIGN_IN_CODES", "derive_side"]

_RETRIEVAL_PORTS = frozenset({110, 143, 993, 995})
_RETRIEVAL_HOSTS = ("pop.", "pop3.", "imap.", "imap4.")
_SUBMISSION_PORTS = frozenset({25, 465, 587, 2525})
SIGN_IN_CODES = frozenset({334, 432, 454, 530, 534, 535, 538})
"""Reply codes of SMTP AUTH (RFC 4954): only a client that submits mail meets them."""
_CLIENT_SIDES: dict[str, Side] = {
    "exchange-ndr": "recipient",
    "m365-ndr": "recipient",
    "mta-bounce": "recipient",
    "program": "device_or_program",
    "session": "submission",
}
_WEBMAILS = ("webmail", "roundcube", "squirrelmail", "rainloop", "horde", "outlook web app", "outlook on the web")
"""Names of products, the same in all languages."""

# Ranges of the client's HRESULT (Windows SDK, mailapi's imnxport.h and MAPI's mapicode.h).
_HRESULT_SIDES: tuple[tuple[int, int, Side], ...] = (
    (0x800CCC60, 0x800CCC81, "submission"),  # IXP_E_SMTP_*
    (0x800CCC90, 0x800CCC9F, "retrieval"),  # IXP_E_POP3_*
    (0x800CCCD0, 0x800CCCEF, "retrieval"),  # IXP_E_IMAP_*
    (0x80042108, 0x80042108, "retrieval"),  # the incoming server does not answer
    (0x80042109, 0x80042109, "submission"),  # the outgoing server does not answer
    (0x8004210B, 0x8004210B, "submission"),
    (0x80040100, 0x800407FF, "client"),  # MAPI: profile, data file, object store
    (0x80048000, 0x8004FFFF, "client"),  # send/receive settings
    (0x80070000, 0x8007FFFF, "client"),  # Win32
    (0x80000000, 0x80004FFF, "client"),  # COM
)


def derive_side(report: Report) -> Side:
    """The side of a report, from its client, protocol, port, codes and words; "unknown" where these don't tell.

    A notice of non-delivery comes from a server on the way, unless Outlook itself wrote it about its own outgoing
    server; a dialog of a mail program is about the account's own server.
    """
    if _is_retrieval(report):
        return "retrieval"
    message = (report.client_message or "").lower()
    if any(name in message for name in _WEBMAILS):
        return "webmail"
    return _by_client(report, message) or _by_facts(report)


def _by_client(report: Report, message: str) -> Side | None:
    if report.client == "outlook-system-administrator-ndr":
        return "submission" if _outlook_wrote(report, message) else "recipient"
    if report.client == "bare-reply":
        return "submission" if report.smtp_code in SIGN_IN_CODES else "unknown"
    return _CLIENT_SIDES.get(report.client)


def _by_facts(report: Report) -> Side:
    if report.protocol == "SMTP" or report.port in _SUBMISSION_PORTS or report.server_response:
        return "submission"
    if report.error_number is not None and (side := _side_of_hresult(int(report.error_number, 16))):
        return side
    return "submission" if report.server or report.socket_error or report.server_error else "unknown"


def _is_retrieval(report: Report) -> bool:
    reply = report.server_response or ""
    if report.protocol is not None:
        return report.protocol in {"POP3", "IMAP"}
    if report.port is not None:
        return report.port in _RETRIEVAL_PORTS
    return reply.startswith("-ERR") or (report.server or "").lower().startswith(_RETRIEVAL_HOSTS)


def _outlook_wrote(report: Report, message: str) -> bool:
    """Whether Outlook prints what its own outgoing server said; Exchange names a host or its own diagnosis, too."""
    return report.smtp_code is not None and report.remote_host is None and "msexch" not in message


def _side_of_hresult(number: int) -> Side | None:
    return next((side for first, last, side in _HRESULT_SIDES if first <= number <= last), None)
