"""Replaces personal data by pseudonyms that are the same wherever the same thing stands.

What stays is evidence: names of mail servers, and the domains of known mail providers.
"""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

__all__ = ["Redactor"]

_KEPT = 20_000
_LETTERS = 10
_MOST_HOST = 253

# A quote or another mark around an address is none of it, though its local part may hold one (o'brien, RFC 5322).
_ADDRESS = re.compile(
    r"(?<![\w.+%=~!#$&?-])([\w.+%=~!#$&?-][\w.+%=~!#$&*/?^`{|}'-]{0,63})@((?:[\w-]{1,63}\.){0,8}[\w-]{2,63})"
)
_IPV4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)")
# Eight groups, or fewer around "::": a time of day (10:11:12) is none.
_IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f:]*::[0-9A-Fa-f:]*|(?:[0-9A-Fa-f]{1,4}:){7})(?=:*[0-9A-Fa-f])"
    r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
# The machine names of a dynamic line hold its address: abo-12-34-56-78.example.net.
_IP_IN_NAME = re.compile(r"(?<!\d)\d{1,3}([-_])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)")
_PHONE = re.compile(
    r"(?<![\w.@/#-])(?:\+\d{1,3}[ .\u00a0-]?(?:\(0\)[ ]?)?\d(?:[ .\u00a0-]?\d){6,11}"
    r"|0[1-9](?:[ .\u00a0-]\d{2}){4}|0[1-9]\d{8}|\(\d{3}\)[ ]?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w@]|[.-]\d)"
)
# A quick look whether any of them, but for IPv6, could be found: four numbers, or eight digits.
_NUMBERED = re.compile(r"\d(?:\.\d{1,3}\.\d{1,3}\.\d|[-_]\d{1,3}[-_]\d{1,3}[-_]\d|(?:[ .\u00a0()-]{0,2}\d){7})")


class Redactor:
    """Makes pseudonyms.

    Args:
        key: whoever has it can check a guess ("is this user-1a2b3c4d5e the address of ...?"); without a key of your
            own, everybody can. Pseudonyms of different keys don't match.
        is_provider: whether a domain is one that everybody's addresses may have.
    """

    def __init__(self, key: str, is_provider: Callable[[str], bool]) -> None:
        self._key = hashlib.blake2b(key.encode("utf-8")).digest()
        self._is_provider = is_provider
        self._pseudonym = lru_cache(_KEPT)(self._make)

    def text(self, text: str, known: tuple[str, ...] = ()) -> str:
        """A text without addresses, IP addresses and phone numbers.

        Args:
            text: a reply, a message of a program.
            known: names that are personal here though nothing shows it, such as the account's.
        """
        if (at := text.find("@")) >= 0:
            word = text.rfind(" ", 0, at) + 1  # an address holds no blank, so none begins before this
            text = text[:word] + _ADDRESS.sub(self._address, text[word:])
        for name in known:
            if name in text:
                text = self._without(text, name)
        numbered = _NUMBERED.search(text)
        if numbered:
            text = _IPV4.sub(self._ip, text)
            text = _IP_IN_NAME.sub(self._ip, text)
        if text.count(":") >= 2:
            text = _IPV6.sub(self._ip, text)
        if numbered:
            text = _PHONE.sub(lambda found: self._pseudonym("phone", re.sub(r"\D", "", found[0])), text)
        return text

    def _without(self, text: str, name: str) -> str:
        """The text without the name where it stands alone; to compile a pattern for each name would take longer."""
        pseudonym = self.name("account", name)
        pieces = []
        behind = 0
        while (at := text.find(name, behind)) >= 0:
            end = at + len(name)
            alone = not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
            pieces += [text[behind:at], pseudonym if alone else name]
            behind = end
        return "".join((*pieces, text[behind:]))

    def name(self, kind: str, text: str) -> str:
        """A pseudonym for a whole text: an account's name, a subject. An address in an account stays one."""
        if "@" in text:
            found = _ADDRESS.fullmatch(text.strip())
            if found:
                return self._address(found)
        return self._pseudonym(kind, " ".join(text.casefold().split()))

    def account(self, text: str) -> str:
        """An account's name; one that is only a provider's domain or a server (pop.orange.fr) names nobody."""
        return text if self._names_provider(text) else self.name("account", text)

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
        local, domain = found[1], found[2].lower()
        user = self._pseudonym("user", f"{local.casefold()}@{domain}")
        if self._is_provider(domain):
            return f"{user}@{domain}"
        return f"{user}@{self._pseudonym('domain', domain)}.invalid"

    def _ip(self, found: re.Match[str]) -> str:
        return self._pseudonym("ip", found[0].lower())

    def _make(self, kind: str, value: str) -> str:
        digest = hashlib.blake2b(f"{kind}\0{value}".encode("utf-8", "replace"), key=self._key, digest_size=8)
        return f"{kind}-{digest.hexdigest()[:_LETTERS]}"
