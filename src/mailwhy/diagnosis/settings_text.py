"""Says in a language what was found in the account settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailwhy.i18n import Translator

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import SubmissionEntry, Tls

if TYPE_CHECKING:
    from mailwhy.diagnosis.providers import SettingsFinding, SettingsKind

__all__ = ["describe", "settings_step", "settings_values"]


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Marks a message for translation; it is looked up when it is shown."""
    return message


_SENTENCES: dict[SettingsKind, str] = {
    "local-proxy": N_(
        "The account's server is {server}, this computer itself. This is usually the work of an "
        "antivirus or anti-spam program that checks mail on its way; the server's name in the account "
        "should be the provider's own."
    ),
    "server-misspelt": N_("There is no server {server}. {provider} has {settings}: check the spelling."),
    "server-not-published": N_(
        "{server} is not among the servers that {provider} publishes for mail programs; it publishes {settings}."
    ),
    "server-for-receiving": N_("{server} is where {provider} has mail fetched; sending goes through {settings}."),
    "server-for-sending": N_(
        "{server} is where {provider} takes mail to be sent; fetching mail goes through {settings}."
    ),
    "other-provider": N_(
        "The server {server} belongs to {provider}, the account {account} to {account_provider}. A "
        "provider usually sends only for its own customers; for this account the outgoing server is "
        "{settings}."
    ),
    "port-differs": N_("{provider} publishes {settings}; your report says {stated}."),
    "tls-missing": N_("On {server}, port {port} is encrypted from the start (SSL/TLS); your report says {stated}."),
    "tls-too-early": N_(
        "On {server}, port {port} begins unencrypted and then changes to encryption (STARTTLS), but the "
        "SSL box of your mail program starts encryption at once. {provider} also offers {settings}."
    ),
    "starttls-missing": N_("On {server}, port {port} wants encryption (STARTTLS); your report says {stated}."),
    "tls-not-offered": N_(
        "On {server}, {provider} publishes port {port} without encryption; your report says {stated}."
    ),
    "port-25": N_(
        "The server could not be reached on port 25, which many internet providers block to all mail "
        "servers but their own. {provider} publishes {settings}."
    ),
    "own-lines-only": N_(
        "{server} takes mail without signing in, but only from {provider}'s own lines; from anywhere else it refuses."
    ),
    "oauth-only": N_(
        "{provider} no longer accepts a user name and password from mail programs, only its own sign-in "
        "page (modern authentication, OAuth2)."
    ),
    "oauth-old-client": N_(
        "{provider} accepts only its own sign-in page (modern authentication, OAuth2), which this old "
        "mail program does not know; a newer program or webmail is needed."
    ),
    "app-password": N_("{provider} refuses the usual password in mail programs and wants an app password."),
}

_WITHOUT_SETTINGS: dict[SettingsKind, str] = {
    "other-provider": N_(
        "The server {server} belongs to {provider}, the account {account} to {account_provider}. A "
        "provider usually sends only for its own customers."
    ),
    "tls-too-early": N_(
        "On {server}, port {port} begins unencrypted and then changes to encryption (STARTTLS), but the "
        "SSL box of your mail program starts encryption at once, which this port does not understand."
    ),
    "port-25": N_(
        "The server could not be reached on port 25, which many internet providers block to all mail "
        "servers but their own. Ask the mail provider for the settings of port 587 or 465."
    ),
}
"""What is said where the provider publishes nothing else."""

_REMARK_SUFFICES: frozenset[SettingsKind] = frozenset({"oauth-only", "app-password"})

_SERVER = N_("{host}, {ports}")
_PORT: dict[Tls | None, str] = {
    "implicit": N_("port {port} with SSL/TLS"),
    "starttls": N_("port {port} with STARTTLS"),
    "none": N_("port {port} without encryption"),
    None: N_("port {port}"),
}
_STATED = {True: N_("port {port} with SSL"), False: N_("port {port} without SSL"), None: N_("port {port}")}
_OR = N_("{first} or {second}")


def describe(finding: SettingsFinding, translate: Translator) -> str:
    """A finding in a sentence or two for a lay person, with the provider's own remark where there is one."""
    remark = translate(finding.remark, "providers") if finding.remark else ""
    if remark and finding.kind in _REMARK_SUFFICES:
        return remark
    template = _SENTENCES[finding.kind]
    if not finding.wanted:
        template = _WITHOUT_SETTINGS.get(finding.kind, template)
    sentence = translate(template).format(
        server=finding.server,
        provider=finding.provider_name,
        account=finding.stated,
        account_provider=finding.account_provider,
        port=finding.port,
        settings=_settings(finding.wanted, translate),
        stated=translate(_STATED[finding.ssl]).format(port=finding.port),
    )
    return f"{sentence} {remark}".rstrip()


def _settings(wanted: Sequence[SubmissionEntry], translate: Translator) -> str:
    """The settings of the first server in words, with two of its ports at most; more would only confuse."""
    if not wanted:
        return ""
    host = wanted[0].host
    ports = dict.fromkeys(translate(_PORT[entry.tls]).format(port=entry.port) for entry in wanted if entry.host == host)
    first, *others = ports
    said = translate(_OR).format(first=first, second=others[0]) if others else first
    return translate(_SERVER).format(host=host, ports=said)


_UNKNOWN = {
    "server": N_("the outgoing server that your provider names"),
    "port": N_("587 (or 465)"),
    "encryption": N_("STARTTLS on port 587, SSL/TLS on port 465"),
}
_ENCRYPTION: dict[Tls | None, str] = {
    "implicit": N_("SSL/TLS"),
    "starttls": N_("STARTTLS"),
    "none": N_("none"),
    None: N_("as your provider says"),
}
_USERNAME: dict[str | None, str] = {
    "address": N_("your whole mail address"),
    "local-part": N_("the part of your mail address before the @"),
    None: N_("the user name that your provider gave you"),
}
_ADDRESS = N_("your mail address")
_STEP = N_("Set these values for sending: server {settings}; user name: {username}.")


def settings_values(settings: Sequence[SubmissionEntry], translate: Translator) -> dict[str, str]:
    """What the steps of resolutions name in braces, from the first of a provider's settings; words where unknown."""
    first = settings[0] if settings else None
    values = {name: translate(text) for name, text in _UNKNOWN.items()}
    if first:
        values.update(server=first.host, port=str(first.port), encryption=translate(_ENCRYPTION[first.tls]))
    return {**values, "username": _username(first, translate), "address": translate(_ADDRESS)}


def settings_step(settings: Sequence[SubmissionEntry], translate: Translator) -> str:
    """The step that names a provider's settings for sending. There must be at least one."""
    return translate(_STEP).format(settings=_settings(settings, translate), username=_username(settings[0], translate))


def _username(entry: SubmissionEntry | None, translate: Translator) -> str:
    return translate(_USERNAME.get(entry.username if entry else None, _USERNAME[None]))
