"""Which provider runs a server, and which one an address belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from mailwhy.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mailwhy.knowledge.entries import ProviderEntry

__all__ = ["KnownHost", "ProviderIndex"]

How = Literal["published", "former", "within"]
"""How a name is known: from a provider's settings, as another of its names, or only below its domain."""

Table = Mapping[str, list[str]]


class KnownHost(NamedTuple):
    """A server whose provider is known."""

    providers: tuple[str, ...]
    how: How


class ProviderIndex:
    """Finds providers by the name of a server or by the domain of an address.

    A look-up takes one step for each label of the name, however many providers there are. The data is
    plain JSON, so that a compiled knowledge base can hold it.
    """

    def __init__(self, data: Mapping[str, Table], providers: Mapping[str, ProviderEntry]) -> None:
        self.providers = providers
        self._hosts = data["hosts"]
        self._patterns = data["patterns"]
        self._names = data["names"]
        self._domains = data["domains"]

    @classmethod
    def of(cls, kb: KnowledgeBase) -> Self:
        """The index of a knowledge base's providers."""
        data = kb.derived("providers-index", lambda base: cls.compile(base.providers.values()))
        return cls(data, kb.providers)

    @classmethod
    def build(cls, providers: Iterable[ProviderEntry]) -> Self:
        """The index of some providers."""
        by_id = {provider.id: provider for provider in providers}
        return cls(cls.compile(by_id.values()), by_id)

    @staticmethod
    def compile(providers: Iterable[ProviderEntry]) -> dict[str, dict[str, list[str]]]:
        """What the index holds, as JSON.

        Where providers share a server, the one whose own name the server bears comes first.
        """
        hosts: dict[str, list[str]] = {}
        patterns: dict[str, list[str]] = {}
        names: dict[str, list[str]] = {}
        domains: dict[str, list[str]] = {}
        for provider in providers:
            settings = (*provider.submission, *provider.retrieval)
            for host in dict.fromkeys(setting.host for setting in settings):
                if "*" in host:
                    _add(patterns, _fixed_end(host), host)
                    _add(hosts, host, provider.id)
                else:
                    _add(hosts, host, provider.id, first=_bears_name_of(host, provider))
            for name in provider.hosts:
                _add(names, name, provider.id)
            for domain in provider.domains:
                _add(domains, domain, provider.id)
        return {"hosts": hosts, "patterns": patterns, "names": names, "domains": domains}

    def find(self, host: str) -> KnownHost | None:
        """The providers of a server, or None. Form of host: lower case, no final dot."""
        if found := self._hosts.get(host):
            return KnownHost(tuple(found), "published")
        if found := self._names.get(host):
            return KnownHost(tuple(found), "former")
        for end in _ends(host):
            for pattern in self._patterns.get(end, ()):
                if fnmatchcase(host, pattern):
                    return KnownHost(tuple(self._hosts[pattern]), "published")
        for end in _ends(host):
            if found := self._domains.get(end):
                return KnownHost(tuple(found), "within")
            if found := self._names.get(end):
                # Such as secureserver.net: machines whose names nobody lists; nothing to remark on.
                return KnownHost(tuple(found), "published")
        return None

    def of_domain(self, domain: str) -> tuple[str, ...]:
        """The providers that give addresses in a domain."""
        return tuple(self._domains.get(domain, ()))

    def nearest(self, host: str) -> str | None:
        """The published server whose name is one typing error away, if there is exactly one.

        A typing error is a letter too many, too few, wrong, or changed places with its neighbour.
        """
        candidates = {known for form in _one_letter_less(host) for known in self._near.get(form, ())}
        return candidates.pop() if len(candidates) == 1 else None

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        near: dict[str, list[str]] = {}
        for host in self._hosts:
            if "*" not in host:
                for form in _one_letter_less(host):
                    near.setdefault(form, []).append(host)
        return near


def _add(table: dict[str, list[Any]], key: str, value: str, *, first: bool = False) -> None:
    values = table.setdefault(key, [])
    if value not in values:
        values.insert(0 if first else len(values), value)


def _bears_name_of(host: str, provider: ProviderEntry) -> bool:
    ends = set(_ends(host))
    return any(name in ends for name in (*provider.domains, *provider.hosts))


def _fixed_end(pattern: str) -> str:
    """The whole labels behind the last ``*``: ``mail*.lwspanel.com`` -> ``lwspanel.com``."""
    return pattern.rpartition("*")[2].partition(".")[2]


def _ends(host: str) -> Iterator[str]:
    """The name and its parents, longest first, but for the top-level domain."""
    while "." in host:
        yield host
        host = host.partition(".")[2]


def _one_letter_less(name: str) -> set[str]:
    """The name, and every form of it with one letter left out: two such sets meet at one typing error."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}
