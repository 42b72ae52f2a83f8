import json
from collections import Counter
from typing import Any

import pytest
import yaml

from mailwhy.diagnosis.providers import ProviderIndex, SettingsFinding, check_settings
from mailwhy.diagnosis.settings_text import describe
from mailwhy.i18n import translator
from mailwhy.knowledge.entries import ProviderEntry
from mailwhy.parsing.report import Report
from mailwhy.places import data_folder


def provider(name: str, **values: Any) -> ProviderEntry:
    return ProviderEntry.model_validate({"id": name.lower(), "name": name, "source": "test", **values})


def setting(host: str, port: int, tls: str, *ways: str, **more: str) -> dict[str, Any]:
    return {"host": host, "port": port, "tls": tls, "authentication": ways or ("password",), **more}


INDEX = ProviderIndex.build([
    provider(
        "Alpha",
        domains=["alpha.example", "alpha-mail.example"],
        hosts=["smtp.old-alpha.example"],
        submission=[
            setting("smtp.alpha.example", 465, "implicit"),
            setting("smtp.alpha.example", 587, "starttls"),
        ],
        retrieval=[
            setting("pop.alpha.example", 995, "implicit", protocol="pop3"),
            setting("imap.alpha.example", 993, "implicit", protocol="imap"),
        ],
        port25="Alpha filters port 25.",
        note="smtp.old-alpha.example is an old name.",
    ),
    provider("Beta", domains=["beta.example"], submission=[setting("mail.beta.example", 587, "starttls")]),
    provider(
        "Line", domains=["line.example"], submission=[setting("smtp.line.example", 25, "none", "client-ip")]
    ),
    provider(
        "Modern",
        domains=["modern.example"],
        submission=[setting("smtp.modern.example", 587, "starttls", "oauth2")],
    ),
    provider(
        "Apps",
        domains=["apps.example"],
        submission=[setting("smtp.apps.example", 465, "implicit", "oauth2", "app-password")],
        app_password="Apps wants an app password.",
    ),
    provider(
        "Guest", domains=["guest.example"], submission=[setting("smtp.apps.example", 465, "implicit")]
    ),
    provider("Rented", submission=[setting("mail*.rented.example", 465, "implicit")]),
    provider("Plain", domains=["plain.example"], submission=[setting("smtp.plain.example", 587, "none")]),
    provider("Cloud", hosts=["cloud.example"], submission=[setting("smtp.cloud.example", 465, "implicit")]),
])  # fmt: skip


def report(server: str | None, port: int | None = None, ssl: bool | None = None, **values: Any) -> Report:
    given = {"client": "outlook-express", "protocol": "SMTP", "span": (0, 1), **values}
    return Report(server=server, port=port, ssl=ssl, **given)


def kinds(*args: Any, **values: Any) -> list[str]:
    return [finding.kind for finding in check_settings(report(*args, **values), INDEX)]


@pytest.mark.parametrize(
    ("args", "values", "expected"),
    [
        (("smtp.alpha.example", 465, True), {}, []),
        (("SMTP.Alpha.Example.", 465, True), {}, []),
        (("smtp.alpha.example", None, None), {}, []),
        ((None, 25, False), {}, []),
        (("smtp.unknown.example", 25, False), {}, []),
        (("smtp.alpha.example", 25, False), {"smtp_code": 550}, ["port-differs"]),
        (("smtp.alpha.example", 25, False), {"error_number": "0x800CCC0E"}, ["port-25"]),
        (("smtp.unknown.example", 25, False), {"socket_error": 10060}, ["port-25"]),
        (("smtp.unknown.example", 25, False), {"socket_error": 10060, "smtp_code": 421}, []),
        (("smtp.alpha.example", 465, False), {"error_number": "0x800CCC0F"}, ["tls-missing"]),
        (("smtp.alpha.example", 465, False), {"smtp_code": 550}, []),
        (("smtp.alpha.example", 587, True), {}, ["tls-too-early"]),
        (("smtp.alpha.example", 587, True), {"client": "outlook-send-receive"}, []),
        (("smtp.alpha.example", 587, True), {"smtp_code": 530}, []),
        (("smtp.alpha.example", 587, False), {"smtp_code": 530}, ["starttls-missing"]),
        (("smtp.plain.example", 587, True), {}, ["tls-not-offered"]),
        (("smtp.plain.example", 587, False), {}, []),
        (("pop.alpha.example", 25, False), {}, ["server-for-receiving"]),
        (("pop.alpha.example", 995, True), {"protocol": "POP3"}, []),
        (("pop.alpha.example", 110, False), {"protocol": "POP3"}, ["port-differs"]),
        (("pop.alpha.example", 995, True), {"protocol": None}, []),
        (("smtp.alpha.example", 995, True), {"protocol": "POP3"}, ["server-for-sending"]),
        (("smtp.old-alpha.example", 25, False), {}, ["server-not-published"]),
        (("mail.alpha.example", 25, False), {}, ["server-not-published"]),
        (("machine7.cloud.example", 25, False), {}, []),
        (("smtp.alhpa.example", 25, False), {"error_number": "0x800CCC0D"}, ["server-misspelt"]),
        (("smtp.alhpa.example", 25, False), {}, []),
        (("127.0.0.1", 25, False), {}, ["local-proxy"]),
        (("localhost", 10025, False), {}, ["local-proxy"]),
        (("smtp.line.example", 25, False), {"smtp_code": 550}, ["own-lines-only"]),
        (("smtp.modern.example", 587, False), {}, ["starttls-missing", "oauth-old-client"]),
        (("smtp.modern.example", 587, None), {"client": "other", "smtp_code": 535}, ["oauth-only"]),
        (("smtp.modern.example", 587, None), {"client": "other", "smtp_code": 550}, []),
        (("smtp.apps.example", 465, True), {"error_number": "0x800CCC92"}, ["app-password"]),
        (("smtp.apps.example", 465, True), {}, []),
        (("mail12.rented.example", 465, True), {}, []),
        (("mail12.rented.example", 25, False), {"smtp_code": 550}, ["port-differs"]),
        (("web.rented.example", 25, False), {}, []),
    ],
)
def test_finds_what_differs(args: tuple[Any, ...], values: dict[str, Any], expected: list[str]) -> None:
    assert kinds(*args, **values) == expected


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("me@beta.example", ["other-provider"]),
        ("Work (Me@Beta.Example)", ["other-provider"]),
        ("mail.beta.example", ["other-provider"]),
        ("me@alpha.example", []),
        ("pop.alpha.example", []),
        ("me@nobody.example", []),
        ("Beta", []),
        ("", []),
    ],
)
def test_server_of_another_provider(account: str, expected: list[str]) -> None:
    assert kinds("smtp.alpha.example", 465, True, account=account) == expected


def test_a_shared_server_is_nobody_elses() -> None:
    assert kinds("smtp.apps.example", 465, True, account="me@guest.example") == []


def test_a_shared_server_is_called_after_the_provider_whose_name_it_bears() -> None:
    turned = ProviderIndex.build(reversed(list(INDEX.providers.values())))
    for index in (INDEX, turned):
        known = index.find("smtp.apps.example")
        assert known is not None
        assert known.providers[0] == "apps"


def test_finding_is_data() -> None:
    [finding] = check_settings(report("smtp.alpha.example", 25, False, smtp_code=550), INDEX)
    assert (finding.field, finding.stated, finding.provider) == ("port", "smtp.alpha.example:25", "alpha")
    assert [(entry.port, entry.tls) for entry in finding.wanted] == [(465, "implicit"), (587, "starttls")]
    assert finding.causes == {"auth_required": 1, "relay_denied": 1}
    assert finding.entry == "providers/alpha"
    [finding] = check_settings(report("localhost", 25, False), INDEX)
    assert finding.entry == "settings/local-proxy"


@pytest.mark.parametrize(
    ("args", "values", "sentence"),
    [
        (
            ("smtp.alpha.example", 25, False),
            {"smtp_code": 550},
            (
                "Alpha publishes smtp.alpha.example, port 465 with SSL/TLS or port 587 with STARTTLS; "
                "your report says port 25 without SSL."
            ),
        ),
        (
            ("smtp.alpha.example", 25, False),
            {"socket_error": 10060},
            (
                "The server could not be reached on port 25, which many internet providers block to all mail "
                "servers but their own. Alpha publishes smtp.alpha.example, port 465 with SSL/TLS or "
                "port 587 with STARTTLS. Alpha filters port 25."
            ),
        ),
        (
            ("smtp.old-alpha.example", None, None),
            {},
            (
                "smtp.old-alpha.example is not among the servers that Alpha publishes for mail programs; it "
                "publishes smtp.alpha.example, port 465 with SSL/TLS or port 587 with STARTTLS. "
                "smtp.old-alpha.example is an old name."
            ),
        ),
        (
            ("smtp.alpha.example", 465, True),
            {"account": "me@beta.example"},
            (
                "The server smtp.alpha.example belongs to Alpha, the account me@beta.example to Beta. A "
                "provider usually sends only for its own customers; for this account the outgoing server is "
                "mail.beta.example, port 587 with STARTTLS."
            ),
        ),
        (("smtp.apps.example", 465, True), {"smtp_code": 535}, "Apps wants an app password."),
    ],
)
def test_describes_in_words(args: tuple[Any, ...], values: dict[str, Any], sentence: str) -> None:
    [finding] = check_settings(report(*args, **values), INDEX)
    assert describe(finding, translator("en")) == sentence


def every_kind() -> list[SettingsFinding]:
    reports = [
        report("127.0.0.1", 25, False),
        report("smtp.alhpa.example", 25, False, error_number="0x800CCC0D"),
        report("smtp.old-alpha.example", 25, False),
        report("pop.alpha.example", 25, False),
        report("smtp.alpha.example", 995, True, protocol="POP3"),
        report("smtp.alpha.example", 465, True, account="me@beta.example"),
        report("smtp.alpha.example", 465, True, account="me@guest.example"),
        report("smtp.alpha.example", 25, False, smtp_code=550),
        report("smtp.alpha.example", 465, False),
        report("smtp.alpha.example", 587, True),
        report("mail.beta.example", 587, True),
        report("smtp.alpha.example", 587, False),
        report("smtp.plain.example", 587, True),
        report("smtp.unknown.example", 25, False, socket_error=10060),
        report("smtp.alpha.example", 25, False, socket_error=10060),
        report("smtp.line.example", 25, False, smtp_code=550),
        report("smtp.modern.example", 587, None),
        report("smtp.modern.example", 587, None, client="other", smtp_code=535),
        report("smtp.apps.example", 465, True, smtp_code=535),
    ]
    return [finding for given in reports for finding in check_settings(given, INDEX)]


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_kind_has_a_sentence(locale: str) -> None:
    said = [describe(finding, translator(locale)) for finding in every_kind()]
    assert len({finding.kind for finding in every_kind()}) == 16
    for sentence in said:
        assert "{" not in sentence
        assert "None" not in sentence
        assert sentence[-1] in ".?"


def test_index_is_json() -> None:
    data = ProviderIndex.compile(INDEX.providers.values())
    assert json.loads(json.dumps(data)) == data


@pytest.fixture(scope="module")
def real() -> ProviderIndex:
    files = sorted((data_folder("kb") / "providers").glob("*.yaml"))
    return ProviderIndex.build(
        ProviderEntry.model_validate(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)) for file in files
    )


@pytest.mark.parametrize(
    ("server", "port", "ssl", "values", "expected"),
    [
        ("smtp.orange.fr", 25, False, {"smtp_code": 550}, ("port-differs", "orange", 465)),
        ("smtp.wanadoo.fr", 25, False, {}, ("server-not-published", "orange", 465)),
        ("mail.club-internet.fr", 25, False, {}, ("server-not-published", "sfr", 465)),
        ("smtp.ornage.fr", 25, False, {"error_number": "0x800CCC0D"}, ("server-misspelt", "orange", 465)),
        ("smtp.free.fr", 25, True, {}, ("port-differs", "free", 465)),
        ("pop.free.fr", 25, False, {}, ("server-for-receiving", "free", 465)),
        ("mail.gandi.net", 587, True, {}, ("tls-too-early", "gandi", 465)),
        ("smtp.live.com", 25, True, {}, ("server-not-published", "outlook-com", 587)),
        ("pro1.mail.ovh.net", 25, False, {"smtp_code": 550}, ("port-differs", "ovh-email-pro", 587)),
        ("smtp.noos.fr", 25, False, {}, ("server-not-published", "noos", 25)),
    ],
)
def test_real_providers(
    real: ProviderIndex,
    server: str,
    port: int,
    ssl: bool,
    values: dict[str, Any],
    expected: tuple[str, str, int],
) -> None:
    finding = check_settings(report(server, port, ssl, **values), real)[0]
    assert (finding.kind, finding.provider, finding.wanted[0].port) == expected


@pytest.mark.parametrize(
    ("server", "account"),
    [
        ("smtp.office365.com", "me@hotmail.fr"),
        ("smtp.gmail.com", "me@gmail.com"),
        ("smtp.aol.com", "me@verizon.net"),
        ("smtp.orange.fr", "me@wanadoo.fr"),
        ("smtp.sfr.fr", "me@club-internet.fr"),
    ],
)
def test_real_accounts_of_the_servers_own_provider(real: ProviderIndex, server: str, account: str) -> None:
    given = report(server, account=account, client="outlook-send-receive")
    assert check_settings(given, real) == []


def test_real_entries_agree(real: ProviderIndex) -> None:
    providers = real.providers.values()
    domains = Counter(domain for entry in providers for domain in set(entry.domains))
    assert [domain for domain, times in domains.items() if times > 1] == []
    assert len(providers) >= 190
    for entry in providers:
        settings = Counter((item.host, item.port) for item in entry.submission)
        assert max(settings.values(), default=1) == 1, entry.id
        for item in entry.submission:
            assert item.tls != "implicit" or item.port not in {25, 110, 143}, entry.id
            assert item.tls != "starttls" or item.port != 465, entry.id
        assert entry.submission or entry.hosts or entry.note or entry.sending_limits, entry.id
