"""Account settings that differ from those that the provider publishes, counted over all reports."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from mailwhy.batch.report.figures import fetch
from mailwhy.diagnosis.providers import ProviderIndex, SettingsFinding, check_settings
from mailwhy.i18n import N_, Translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing.report import Report

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import SubmissionEntry

__all__ = ["Difference", "port_text", "published_text", "read_differences"]

_MOST_COMBINATIONS = 2000
_MOST_DIFFERENCES = 10
_TOLD = frozenset({
    "server-misspelt", "server-not-published", "server-for-receiving", "server-for-sending", "port-differs",
    "tls-missing", "tls-too-early", "starttls-missing", "tls-not-offered", "port-25",
})  # fmt: skip
_COLUMNS = ("client", "error_number", "socket_error", "smtp_code", "server", "protocol", "port", "ssl", "server_error")
_STATED = {True: N_("port {port} with SSL"), False: N_("port {port} without SSL"), None: N_("port {port}")}
_PUBLISHED = {
    "implicit": N_("port {port} with SSL/TLS"),
    "starttls": N_("port {port} with STARTTLS"),
    "none": N_("port {port} without encryption"),
    None: N_("port {port}"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Settings that reports show, and what the provider publishes instead."""

    server: str
    port: int | None
    ssl: bool | None
    provider: str
    wanted: "tuple[SubmissionEntry, ...]"
    reports: int


def read_differences(connection: duckdb.DuckDBPyConnection, kb: KnowledgeBase) -> tuple[Difference, ...]:
    """The most frequent differences."""
    index = kb.made(ProviderIndex.of)
    names = ", ".join(_COLUMNS)
    query = (
        f"SELECT {names}, count(*) FROM rows WHERE server IS NOT NULL GROUP BY ALL "  # noqa: S608
        f"ORDER BY count(*) DESC, {names} LIMIT {_MOST_COMBINATIONS}"
    )
    counted: Counter[Difference] = Counter()
    for *values, reports in fetch(connection, query):
        report = Report.model_construct(**dict(zip(_COLUMNS, values, strict=True)), span=(0, 0))
        finding = next((found for found in check_settings(report, index) if _is_told(found)), None)
        if finding is not None:
            server, port, ssl = finding.server, report.port, report.ssl
            counted[Difference(server, port, ssl, finding.provider_name, finding.wanted, 0)] += reports
    return tuple(
        Difference(found.server, found.port, found.ssl, found.provider, found.wanted, reports)
        for found, reports in counted.most_common(_MOST_DIFFERENCES)
    )


def _is_told(finding: SettingsFinding) -> bool:
    return finding.kind in _TOLD and bool(finding.wanted)


def port_text(port: int | None, ssl: bool | None, say: Translator) -> str:
    """Port and SSL as reports state them."""
    if port is None:
        return {True: say("with SSL"), False: say("without SSL"), None: say("not told")}[ssl]
    return say(_STATED[ssl]).format(port=port)


def published_text(wanted: "Sequence[SubmissionEntry]", say: Translator) -> str:
    """Settings as a provider publishes them: the first server with its ports."""
    host = wanted[0].host
    ports = dict.fromkeys(say(_PUBLISHED[entry.tls]).format(port=entry.port) for entry in wanted if entry.host == host)
    return ", ".join((host, *ports))
