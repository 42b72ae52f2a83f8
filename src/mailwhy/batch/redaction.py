"""Replaces personal data by pseudonyms that are the same wherever the same thing stands.

What stays is evidence: names of mail servers, and the domains of known mail providers.
"""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from mailwhy.batch.options import Options
from mailwhy.batch.personal import ADDRESS, IP_IN_NAME, IPV4, IPV6, NUMBERED, PHONE, bare, signs

__all__ = ["Redactor", "redactor_of"]

_KEPT = 20_000
_LETTERS = 10
_MOST_HOST = 253

_HEX_GROUPS = re.compile(r"[0-9A-Fa-f]+")
_WORDS_LOWER = re.compile(r"\w+").findall
_STREET_NUMBER = re.compile(r"(?<!\w)\d{1,5}(?:[ ]?\w{1,6})?,?[ ][^\W\d_]|[^\W\d_]\.? \d{1,4}[ ]?[a-z]?(?!\w)").search
_WORDS = re.compile(r"[^\W\d_]+")
# Numbers of tickets: INC0012345, HELP-7, #12, 2026-000123, 5f3c...; no blank, and letters only in front or as hex.
_TICKET = re.compile(r"#?(?:[^\W\d_]{1,10}[-_#]?)?\d[\d-]{0,20}|[^\W\d_]{1,2}|[0-9A-Fa-f]{8,32}|[0-9A-Fa-f-]{36}")
_PERSONAL_NUMBER = re.compile(r"\d{7}")
_TEXTS = ("rejected_address", "server_response", "client_message", "server", "remote_host")
_HOSTS = frozenset({"server", "remote_host"})
_SHORTEST_KNOWN = 4
"""A shorter name ("Jo") would be found in the midst of a server's sentence."""


class Redactor:
    """Makes pseudonyms.

    Args:
        key: whoever has it can check a guess ("is this user-1a2b3c4d5e the address of ...?"). Pseudonyms of different
            keys don't match.
        is_provider: whether a domain is one that everybody's addresses may have.
        columns: names of columns that the user gave, and that therefore stay.
    """

    def __init__(self, key: str, is_provider: Callable[[str], bool], columns: tuple[str, ...] = ()) -> None:
        self._key = hashlib.blake2b(key.encode("utf-8")).digest()
        self._is_provider = is_provider
        self._pseudonym = lru_cache(_KEPT)(self._make)
        self._columns = frozenset(columns)
        self._signs = signs()

    def report(self, values: dict[str, Any], unread: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A report's plain facts, by name, and its unread pieces without personal data.

        What one of them shows to be somebody's (an account, the local part of an address) is hidden in all of them.
        """
        account, subject = values["account"], values["subject"]
        texts = [str(value) for name in _TEXTS if (value := values[name])]
        known = {name for text in (*texts, *unread, account or "") for name in self._locals(text)}
        if account and "@" not in account and account != self.account(account):
            known.add(account)
        if subject:
            known.add(subject)
        names = tuple(sorted((name for name in known if len(name) >= _SHORTEST_KNOWN), key=len, reverse=True))
        hidden = dict(values)
        for name in _TEXTS:
            if values[name]:
                hidden[name] = self.text(str(values[name]), () if name in _HOSTS else names)
        for name, value in values.items():
            if isinstance(value, list | tuple) and name != "languages":
                hidden[name] = type(value)(self.text(str(piece), names) for piece in value)
        if account:
            hidden["account"] = self.account(account)
        if subject:
            hidden["subject"] = self.name("subject", subject)
        return hidden, tuple(self.text(piece, names) for piece in unread)

    def text(self, text: str, known: tuple[str, ...] = ()) -> str:  # noqa: C901, PLR0912 - one case a kind of data
        """A text without addresses, IP addresses, phone numbers, and what a word shows to be a name, login or street.

        Args:
            text: a reply, a message of a program.
            known: names that are personal here though nothing shows it, such as the account's.
        """
        found = self._signs
        for name in known:
            if " " in name and name in text:  # a subject may hold an address
                text = self._without(text, name)
        words = frozenset(_WORDS_LOWER(text.casefold()))

        def worth(pattern: str) -> bool:
            return not words.isdisjoint(found.quick[pattern])

        if "@" in text or "%40" in text:
            text = ADDRESS.sub(self._address, found.beside.sub(self._person, text))
        if worth("spelt"):
            text = found.spelt.sub(self._spelt, text)
        for name in known:  # behind the addresses, whose parts they may be
            if name in text:
                text = self._without(text, name)
        numbered = NUMBERED.search(text)
        if numbered:
            text = IP_IN_NAME.sub(self._ip, IPV4.sub(self._ip, text))
        if text.count(":") >= 2:
            text = IPV6.sub(self._ipv6, text)
        if _STREET_NUMBER(text):
            text = found.street.sub(lambda match: self._pseudonym("street", match[0].casefold()), text)
        if numbered:
            text = PHONE.sub(self._phone, text)
            if worth("called"):
                text = found.called.sub(lambda match: self._inside(match, 1, "phone"), text)
        for name in ("greeted", "signed", "named"):
            if worth(name):
                text = getattr(found, name).sub(self._person, text)
        for name in ("labelled", "refused", "dotted"):
            if worth(name):
                text = getattr(found, name).sub(self._login, text)
        if ":" in text:
            text = found.joined.sub(self._login, text)
        return text

    def _locals(self, text: str) -> set[str]:
        """The local parts of the addresses in a text, but for those of a role (postmaster, info)."""
        if "@" not in text and "%40" not in text:
            return set()
        return {found[1] for found in ADDRESS.finditer(text) if bare(found[1]) not in self._signs.never}

    def _person(self, found: re.Match[str]) -> str:
        group = found.lastindex or 1
        words = found[group].split()
        if any(bare(word) in self._signs.never or "@" in word for word in words) or self._is_made(found[group]):
            return found[0]
        return self._inside(found, group, "name")

    def _login(self, found: re.Match[str]) -> str:
        name = found[1].rstrip(".")
        if bare(name) in self._signs.never or self._is_made(name) or name.isdigit() or self._names_provider(name):
            return found[0]
        return self._inside(found, 1, "account")

    def _spelt(self, found: re.Match[str]) -> str:
        local, bracket, domain = found[1], found[2], found[3]
        plain = local.isalpha()
        if self._is_made(local) or (
            not bracket and plain and (bare(local) in self._signs.before_at or local.isdigit())
        ):
            return found[0]
        if not bracket and plain and domain.count(".") > 1 and not self._names_provider(domain):
            return found[0]  # "blocked at mx1.example.net"
        domain = re.sub(r"\s?[(\[{]\s?[^)\]}]{1,6}\s?[)\]}]\s?|\s\w+\s", ".", domain)
        return self._of(local, domain.lower())

    @staticmethod
    def _is_made(text: str) -> bool:
        """Whether it is a pseudonym already."""
        return re.match(r"(?:user|domain|ip|phone|account|name|street|subject)-[0-9a-f]{10}", text) is not None

    def _inside(self, found: re.Match[str], group: int, kind: str) -> str:
        """The match with a pseudonym in the place of one group."""
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        while found[0][end - 1] in " .":
            end -= 1
        value = found[0][start:end]
        plain = re.sub(r"\D", "", value) if kind == "phone" else " ".join(value.casefold().split())
        return found[0][:start] + self._pseudonym(kind, plain) + found[0][end:]

    def _phone(self, found: re.Match[str]) -> str:
        if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:[ ].*)?", found[0]):
            return found[0]  # a date
        return self._pseudonym("phone", re.sub(r"\D", "", found[0]))

    def _without(self, text: str, name: str) -> str:
        """The text without the name where it stands alone; to compile a pattern for each name would take longer."""
        pseudonym = self.name("account", name)
        pieces = []
        behind = 0
        while (at := text.find(name, behind)) >= 0:
            end = at + len(name)
            # The local part of an address stays for the address's own pseudonym, which is the same everywhere.
            alone = not (
                text[at - 1 : at].isalnum() or text[end : end + 1].isalnum() or text[end : end + 1] in ("@", "%")
            )
            pieces += [text[behind:at], pseudonym if alone else name]
            behind = end
        return "".join((*pieces, text[behind:]))

    def name(self, kind: str, text: str) -> str:
        """A pseudonym for a whole text: an account's name, a subject. An address in an account stays one."""
        if "@" in text:
            found = ADDRESS.fullmatch(text.strip())
            if found:
                return self._address(found)
        return self._pseudonym(kind, " ".join(text.casefold().split()))

    def account(self, text: str) -> str:
        """An account's name; one that is only a provider's domain or a server (pop.orange.fr) names nobody."""
        return text if self._names_provider(text) else self.name("account", text)

    def ticket(self, text: str | None) -> str | None:
        """A ticket's number; one that is not made like a number may be made of somebody's name (a Message-ID is)."""
        if not text or _TICKET.fullmatch(text):
            return text
        return self._pseudonym("ticket", text)

    def part(self, text: str | None) -> str | None:
        """The name of a column or the path of a key. Other words than those of exports become pseudonyms.

        A key may be somebody's address, and the first row of a file may be a ticket.
        """
        return text if text is None or text in self._columns else self._known_words(text, "column", self._signs.columns)

    def source(self, text: str | None) -> str | None:
        """The name of a file; its words may be somebody's name."""
        return None if text is None else self._known_words(text, "file", self._signs.files)

    def value(self, name: str, value: object) -> object:
        """A value of a message about a file: a file's name, names of columns, a sheet."""
        if name == "file":
            return self.source(str(value))
        if name in ("names", "sheet"):
            return ", ".join(self.part(part) or "" for part in str(value).split(", "))
        return value

    def _known_words(self, text: str, kind: str, known: frozenset[str]) -> str:
        if _PERSONAL_NUMBER.search(text) or self.text(text) != text:
            return self._pseudonym(kind, text)
        return _WORDS.sub(
            lambda found: (
                found[0]
                if len(found[0]) < 3 or set(map(bare, _humps(found[0]))) <= known
                else self._pseudonym(kind, found[0].casefold())
            ),
            text,
        )

    def _names_provider(self, text: str) -> bool:
        host = text.strip().lower()
        if len(host) > _MOST_HOST or "." not in host or " " in host or "@" in host:
            return False
        while "." in host:
            if self._is_provider(host):
                return True
            host = host.partition(".")[2]
        return False

    def _address(self, found: re.Match[str]) -> str:
        return found[0] if self._is_made(found[1]) else self._of(found[1], found[2].lower())

    def _of(self, local: str, domain: str) -> str:
        user = self._pseudonym("user", f"{local.casefold()}@{domain}")
        if self._is_provider(domain):
            return f"{user}@{domain}"
        return f"{user}@{self._pseudonym('domain', domain)}.invalid"

    def _ip(self, found: re.Match[str]) -> str:
        return self._pseudonym("ip", found[0].lower())

    def _ipv6(self, found: re.Match[str]) -> str:
        """An address, or enough groups of one that was cut; a time of day (10:11:12) has two digits in each group."""
        groups = _HEX_GROUPS.findall(found[0])
        whole = "::" in found[0] and len(groups) > 0
        if not whole and (len(groups) < 3 or all(len(group) < 3 and group.isdigit() for group in groups)):
            return found[0]
        return self._ip(found)

    def _make(self, kind: str, value: str) -> str:
        digest = hashlib.blake2b(f"{kind}\0{value}".encode("utf-8", "replace"), key=self._key, digest_size=8)
        return f"{kind}-{digest.hexdigest()[:_LETTERS]}"


def _humps(word: str) -> list[str]:
    """The words of a name in camel case: workNotes."""
    return re.findall(r"[^\W\d_A-ZÀ-Þ]*[A-ZÀ-Þ]?[^\W\d_A-ZÀ-Þ]+|[A-ZÀ-Þ]+", word) if not word.isupper() else [word]


def redactor_of(options: Options, is_provider: Callable[[str], bool]) -> Redactor | None:
    """The redactor that the options ask for; None where personal data is to stay."""
    return Redactor(options.redact_key, is_provider, options.columns) if options.redact else None
