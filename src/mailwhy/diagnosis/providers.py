"""Compares the account settings in a report with those that the provider publishes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mailwhy.diagnosis.provider_index import KnownHost, ProviderIndex
from mailwhy.parsing.report import Report

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import ProviderEntry, SubmissionEntry

__all__ = ["ProviderIndex", "SettingsFinding", "SettingsKind", "check_settings", "submission_of"]

SettingsKind = Literal[
    "local-proxy",  # the server is this computer: a program that checks mail stands in between
    "server-misspelt",  # the name was not found, and is one letter from a published one
    "server-not-published",  # the provider's, but not among its servers for mail programs
    "server-for-receiving",  # a server for receiving mail, used for sending
    "server-for-sending",  # ... and the reverse
    "other-provider",  # the server is one provider's, the account another's
    "port-differs",
    "tls-missing",  # the port speaks TLS from the first byte, SSL is off
    "tls-too-early",  # the port wants STARTTLS, the client starts TLS at once
    "starttls-missing",  # the port wants STARTTLS, SSL is off
    "tls-not-offered",  # the port is published without encryption, SSL is on
    "port-25",  # no answer on port 25, which networks block
    "own-lines-only",  # the server knows its users by their line, not by a password
    "oauth-only",  # no password is accepted any more
    "oauth-old-client",  # ... and this client knows nothing else
    "app-password",  # the usual password is refused
]

SettingsField = Literal["server", "port", "ssl", "account"]
"""The field of the report that a finding is about."""


@dataclass(frozen=True, slots=True)
class SettingsFinding:
    """One remark on the settings that a report shows.

    ``stated`` is what stands in the field of the report; ``wanted`` what the provider publishes instead;
    ``causes`` how strongly (1 to 5) it speaks for causes. ``remark`` is a text of the provider's entry
    (catalogue ``providers``) that belongs to it.
    """

    kind: SettingsKind
    field: SettingsField
    stated: str
    server: str
    provider: str | None = None
    provider_name: str = ""
    account_provider: str = ""
    port: int | None = None
    ssl: bool | None = None
    wanted: tuple[SubmissionEntry, ...] = ()
    causes: dict[str, int] = dataclasses.field(default_factory=dict)
    remark: str | None = None

    @property
    def entry(self) -> str:
        """What it rests on: the provider's entry, or where no provider is known, the kind of finding."""
        return f"providers/{self.provider}" if self.provider else f"settings/{self.kind}"


_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_OLD_CLIENTS = frozenset({"outlook-express", "windows-mail", "windows-live-mail"})
"""Clients that know no modern sign-in; their box "SSL" means TLS from the first byte, except on port 25,
where Outlook Express 5 and later negotiate STARTTLS (Postfix, TLS_README)."""

Codes = frozenset[str | int]

_NOT_FOUND: Codes = frozenset({"0x800CCC0D", 11001, 11004})
_UNREACHED: Codes = frozenset(
    {"0x800CCC0E", "0x80042109", "0x8004210A", "0x8004210B", "0x800CCC19", 10060, 10061, 10051, 10065}
)
_SIGN_IN_FAILED: Codes = frozenset(
    {"0x800CCC18", "0x800CCC91", "0x800CCC92", 534, 535, "5.7.8", "5.7.9", "5.7.139", "5.7.3"}
)
_ADDRESS = re.compile(r"(?<![^\s<>()\"'@])[^\s<>()\"'@]+@([a-z0-9.-]+\.[a-z]{2,})", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_SUBMISSION_PORTS = frozenset({465, 587})
_PASSWORDS = frozenset({"password", "password-encrypted", "client-ip", "none"})


def check_settings(report: Report, index: ProviderIndex) -> list[SettingsFinding]:
    """What in the report's server, port, SSL and account differs from what the provider publishes.

    A report that names no server gives nothing; neither does a server of nobody known, except for what its
    name and port alone tell.
    """
    server = (report.server or "").strip().rstrip(".").lower()
    if not server:
        return []
    if server in _LOCAL:
        return [
            SettingsFinding("local-proxy", "server", server, server, port=report.port, causes={"security_software": 3})
        ]
    known = index.find(server)
    if known is None:
        return list(_unknown_server(report, server, index))
    case = _Case.of(report, server, known, index)
    return [
        *_server(case),
        *_port_and_tls(case),
        *_blocked_port(case),
        *_sign_in(case),
        *_account(case, index),
    ]


def submission_of(report: Report, index: ProviderIndex) -> tuple[SubmissionEntry, ...]:
    """What the provider of the report's server publishes for sending, or else that of its account; () if unknown."""
    server = (report.server or "").strip().rstrip(".").lower()
    known = index.find(server) if server else None
    own = _providers_of_account(report, index)
    shared = [name for name in own if known is None or name in known.providers]
    providers = shared or (known.providers if known else ())
    if not providers:
        return ()
    published = index.providers[providers[0]].submission
    return _on(server, published) or tuple(published)


@dataclass(frozen=True, slots=True)
class _Case:
    """A report whose server's provider is known, and the provider's settings for the report's direction."""

    report: Report
    server: str
    known: KnownHost
    provider: ProviderEntry
    receiving: bool
    published: tuple[SubmissionEntry, ...]
    here: tuple[SubmissionEntry, ...]

    @classmethod
    def of(cls, report: Report, server: str, known: KnownHost, index: ProviderIndex) -> _Case:
        shared = [name for name in _providers_of_account(report, index) if name in known.providers]
        provider = index.providers[(shared or known.providers)[0]]
        protocol = (report.protocol or "").lower()
        receiving = protocol in {"imap", "pop3"} or (
            not protocol and not _on(server, provider.submission) and bool(_on(server, provider.retrieval))
        )
        fitting = tuple(entry for entry in provider.retrieval if entry.protocol == (protocol or entry.protocol))
        published = fitting if receiving else provider.submission
        return cls(report, server, known, provider, receiving, published, _on(server, published))

    def finding(
        self,
        kind: SettingsKind,
        place: SettingsField,
        causes: dict[str, int],
        *,
        wanted: Sequence[SubmissionEntry] = (),
        remark: str | None = None,
    ) -> SettingsFinding:
        report = self.report
        where = f"{self.server}:{report.port}"
        stated = {"server": self.server, "port": where, "ssl": where, "account": report.account or ""}
        return SettingsFinding(
            kind=kind,
            field=place,
            stated=stated[place],
            server=self.server,
            provider=self.provider.id,
            provider_name=self.provider.name,
            port=report.port,
            ssl=report.ssl,
            wanted=tuple(wanted),
            causes=causes,
            remark=remark,
        )


def _unknown_server(report: Report, server: str, index: ProviderIndex) -> Iterator[SettingsFinding]:
    if _says(report, _NOT_FOUND) and (meant := index.nearest(server)):
        found = index.find(meant)
        provider = index.providers[found.providers[0]] if found else None
        if provider:
            wanted = _on(meant, provider.submission) or _on(meant, provider.retrieval)
            causes = {"server_not_found": 3}
            yield SettingsFinding(
                "server-misspelt",
                "server",
                server,
                server,
                provider.id,
                provider.name,
                wanted=wanted[:1],
                causes=causes,
            )
    elif _silent_on_port_25(report):
        yield SettingsFinding(
            "port-25",
            "port",
            f"{server}:25",
            server,
            port=25,
            ssl=report.ssl,
            causes={"connection_timeout": 2},
        )


def _server(case: _Case) -> Iterator[SettingsFinding]:
    """Is this a server that the provider publishes for the direction?"""
    provider, wanted = case.provider, case.published
    if case.here or not wanted:
        return
    if case.known.how != "published":
        causes = {"server_not_found": 2} if _says(case.report, _NOT_FOUND) else {}
        remark = provider.note if case.known.how == "former" else None
        yield case.finding("server-not-published", "server", causes, wanted=wanted, remark=remark)
    elif case.receiving and _on(case.server, provider.submission):
        yield case.finding("server-for-sending", "server", {"client_configuration": 2}, wanted=wanted)
    elif not case.receiving and _on(case.server, provider.retrieval):
        causes = {"client_configuration": 2, "relay_denied": 1}
        yield case.finding("server-for-receiving", "server", causes, wanted=wanted)


def _port_and_tls(case: _Case) -> Iterator[SettingsFinding]:
    """Are port and encryption, on a published server, what the provider publishes?"""
    report = case.report
    if not case.here or report.port is None:
        return
    same = [entry for entry in case.here if entry.port == report.port]
    if not same and not case.receiving and _silent_on_port_25(report):
        return  # said with the blocked port
    if not same and report.port in _SUBMISSION_PORTS and not _complete(case):
        return
    if not same:
        causes = {"auth_required": 1, "relay_denied": 1} if _answered(report) else {"client_configuration": 1}
        yield case.finding("port-differs", "port", {} if case.receiving else causes, wanted=case.here)
        return
    if all(entry.authentication == ("client-ip",) for entry in same):
        causes = {"relay_denied": 2} if _answered(report) else {"connection_timeout": 1}
        yield case.finding("own-lines-only", "server", causes, remark=case.provider.port25)
    tls = {entry.tls for entry in same}
    if len(tls) == 1 and report.ssl is not None:
        yield from _tls(case, same, next(iter(tls)), report.ssl)


def _complete(case: _Case) -> bool:
    """Whether the provider's entry knows every way in; else a port that it lacks may serve as well (RFC 8314)."""
    return case.receiving or case.provider.complete or {entry.port for entry in case.here} >= _SUBMISSION_PORTS


def _tls(case: _Case, same: list[SubmissionEntry], tls: str | None, ssl: bool) -> Iterator[SettingsFinding]:
    answered = _answered(case.report)
    if tls == "implicit" and not ssl and not answered:
        causes = {"connection_timeout": 2, "connection_dropped": 2, "tls_required": 1}
        yield case.finding("tls-missing", "ssl", causes, wanted=same)
    elif tls == "starttls" and not ssl:
        yield case.finding("starttls-missing", "ssl", {"tls_required": 1 if answered else 2}, wanted=same)
    elif tls == "starttls" and _starts_at_once(case.report) and not answered:
        causes = {"tls_failed": 3, "connection_dropped": 2, "connection_timeout": 1}
        others = [entry for entry in case.published if entry.tls == "implicit"]
        yield case.finding("tls-too-early", "ssl", causes, wanted=others)
    elif tls == "none" and ssl and not answered:
        yield case.finding("tls-not-offered", "ssl", {"tls_failed": 3}, wanted=same)


def _blocked_port(case: _Case) -> Iterator[SettingsFinding]:
    if not case.receiving and _silent_on_port_25(case.report):
        wanted = [entry for entry in case.published if entry.port != 25]
        yield case.finding("port-25", "port", {"connection_timeout": 2}, wanted=wanted, remark=case.provider.port25)


def _sign_in(case: _Case) -> Iterator[SettingsFinding]:
    """Does the provider still take a password as the client sends it?"""
    ways = {way for entry in case.here for way in entry.authentication}
    if not ways or ways & _PASSWORDS:
        return
    refused = _says(case.report, _SIGN_IN_FAILED)
    remark = case.provider.app_password
    if "app-password" in ways:
        if refused:
            yield case.finding("app-password", "server", {"auth_failed": 2}, remark=remark)
    elif case.report.client in _OLD_CLIENTS:
        yield case.finding("oauth-old-client", "server", {"auth_failed": 3 if refused else 1})
    elif refused:
        yield case.finding("oauth-only", "server", {"auth_failed": 3}, remark=remark)


def _account(case: _Case, index: ProviderIndex) -> Iterator[SettingsFinding]:
    """Is the account of the provider whose server is to send for it?"""
    own = _providers_of_account(case.report, index)
    if case.receiving or not own or set(own) & set(case.known.providers):
        return
    account = index.providers[own[0]]
    if _on(case.server, account.submission):
        return
    causes = {"relay_denied": 2, "sender_rejected": 1, "auth_required": 1}
    found = case.finding("other-provider", "account", causes, wanted=account.submission)
    yield dataclasses.replace(found, account_provider=account.name)


def _providers_of_account(report: Report, index: ProviderIndex) -> tuple[str, ...]:
    """The providers of an account that is named by an address or a server; other names tell nothing."""
    account = (report.account or "").strip().lower()
    if found := _ADDRESS.search(account):
        return index.of_domain(found[1].rstrip("."))
    if _HOST.fullmatch(account):
        known = index.find(account)
        return known.providers if known else ()
    return ()


def _on(server: str, settings: Sequence[SubmissionEntry]) -> tuple[SubmissionEntry, ...]:
    """The settings that are about this server."""
    return tuple(
        entry for entry in settings if entry.host == server or ("*" in entry.host and _fits(server, entry.host))
    )


def _fits(server: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9-]*"), server) is not None


def _starts_at_once(report: Report) -> bool:
    """Does the box "SSL" of the client that printed the report mean TLS from the first byte?"""
    return report.client in _OLD_CLIENTS and report.port != 25


def _says(report: Report, codes: Codes) -> bool:
    stated = (
        report.error_number,
        report.socket_error,
        report.smtp_code,
        report.server_error,
        report.enhanced_code,
    )
    return any(code in codes for code in stated if code is not None)


def _answered(report: Report) -> bool:
    """Did the server reply at all?"""
    return report.smtp_code is not None or report.server_error is not None or bool(report.server_response)


def _silent_on_port_25(report: Report) -> bool:
    sending = report.protocol in {None, "SMTP"}
    return sending and report.port == 25 and not _answered(report) and _says(report, _UNREACHED)
