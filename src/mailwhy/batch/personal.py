"""Where personal data stands: patterns made of the words in ``parser/personal.yaml``."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import yaml

from mailwhy.places import data_folder

__all__ = ["ADDRESS", "IPV4", "IPV6", "IP_IN_NAME", "NUMBERED", "PHONE", "Signs", "bare", "signs"]

_LOCAL = r"[\w.+%=~!#$&?-][\w.+%=~!#$&*/?^`{|}'-]{0,63}"
# A quote or another mark around an address is none of it, though its local part may hold one (o'brien, RFC 5322).
# The sign may be written %40, and a line may end beside it.
ADDRESS = re.compile(
    rf"(?<![\w.+%=~!#$&?-])({_LOCAL}?)(?:=?\r?\n?>?[ ]?@=?\r?\n?>?[ ]?|%40)((?:[\w-]{{1,63}}\.){{0,8}}[\w-]{{2,63}})"
)
IPV4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)")
# Any run of groups; whether it is an address, a part of one that was cut, or a time of day is for its user to tell.
IPV6 = re.compile(
    r"(?:(?<![\w:.])|(?<=IPv6:)|(?<=ipv6:))[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?![\w:])"
)
# The machine names of a dynamic line hold its address: abo-12-34-56-78.example.net.
IP_IN_NAME = re.compile(r"(?<!\d)\d{1,3}([-_])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)")
_GAP = r"[ ./\u00a0\u202f-]?"
PHONE = re.compile(
    r"(?<![\w@#])(?<!\d[./-])(?:"
    rf"\(?\+\d{{1,3}}\)?[ ]?(?:\(0\))?(?:{_GAP}\(?\d\)?){{6,12}}"
    rf"|00[1-9]\d[ ]?(?:\(0\))?(?:{_GAP}\d){{7,11}}"
    rf"|0[1-9](?:{_GAP}\d\d){{4}}"
    r"|\(0\d{1,4}\)[ /-]?\d(?:[ -]?\d){4,8}|0[1-9]\d{1,3}[ ]?[ /-][ ]?\d(?:[ -]?\d){4,8}|0[1-9]\d{8,9}"
    r"|(?:1[ .-])?\(\d{3}\)[ ]?\d{3}[ .-]?\d{4}|(?:1[ .-])?[2-9]\d\d([.-])\d{3}\1\d{4}|[2-9]\d\d [2-9]\d\d \d{4}"
    r")(?![\w@]|[./-]\d)"
)
# A quick look whether any of them, but for IPv6, could be found: four numbers, or six digits with little between them.
NUMBERED = re.compile(r"\d(?:\.\d{1,3}\.\d{1,3}\.\d|[-_]\d{1,3}[-_]\d{1,3}[-_]\d|(?:\W{0,3}\d){5})")

_NEEDED = {
    "spelt": ("at",),
    "greeted": ("greetings",),
    "signed": ("closings",),
    "named": ("name_labels",),
    "labelled": ("login_labels",),
    "refused": ("login_labels",),
    "dotted": ("login_labels",),
    "called": ("phones",),
}
"""Kinds of words of which one stands in what a pattern finds."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The patterns, and sets of words in the form of :func:`bare`."""

    spelt: re.Pattern[str]
    """An address with a word for its sign: local part, brackets or "", domain."""
    before_at: frozenset[str]
    greeted: re.Pattern[str]
    signed: re.Pattern[str]
    named: re.Pattern[str]
    """A name after a label; of all three the group is the name."""
    beside: re.Pattern[str]
    """A name before an address."""
    labelled: re.Pattern[str]
    """A login after its label and a colon, an equals sign or a quote."""
    refused: re.Pattern[str]
    """A login between its label and what is wrong with it."""
    dotted: re.Pattern[str]
    """A login with a mark or a digit after its label."""
    joined: re.Pattern[str]
    """A server's name and an account: smtp.example.net:anna."""
    called: re.Pattern[str]
    street: re.Pattern[str]
    quick: dict[str, frozenset[str]]
    """For each of these patterns, by its name, words without one of which nothing is to be found."""
    never: frozenset[str]
    columns: frozenset[str]
    files: frozenset[str]


@cache
def signs() -> Signs:
    """Those of this installation."""
    path = data_folder("parser") / "personal.yaml"
    words: dict[str, list[str]] = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    capital = r"[A-ZÀ-ÖØ-Þ]"
    word = rf"{capital}[\w'’.-]{{0,29}}"
    title = rf"(?:(?i:{_any(words['titles'])})\b\.?[ ]{{1,2}}){{0,2}}"
    name = rf"{title}({word}(?:[ ]{{1,2}}(?:(?:de|du|van|von|der|la|le|da|di)[ ]{{1,2}})?{word}){{0,3}})"
    full = name.replace("{0,3})", "{1,3})")
    blanks = r"[ \t]{0,3}"
    flags = re.MULTILINE
    labels = rf"(?<![\w-])(?i:{_any(words['login_labels'])})"
    login = r"([\w][\w.+\\-]{1,63})"
    dot = rf"(?:\.|\s?[\(\[{{]\s?(?:{_any(words['dot'])}|\.)\s?[\)\]}}]\s?|\s(?:{_any(words['dot'])})\s)"
    after, ending = _any(words["streets_after"]), _any(words["streets_ending"])
    sign = rf"(?:\s?([\(\[{{<])\s?(?:{_any(words['at'])}|@)\s?[\)\]}}>]\s?|\s(?:{_any(words['at'])})\s)"
    return Signs(
        spelt=re.compile(rf"(?<![\w.+-])([\w.+'-]{{1,64}}){sign}([\w-]{{1,63}}(?:{dot}[\w-]{{1,63}}){{1,6}})", re.IGNORECASE),  # noqa: E501 - a pattern
        before_at=_set(words["before_at"]),
        greeted=re.compile(rf"(?<!\w)(?i:{_any(words['greetings'])}){blanks}{name}", flags),
        signed=re.compile(rf"(?<!\w)(?i:{_any(words['closings'])}){blanks}[,.!;]?\s{{1,6}}{name}", flags),
        named=re.compile(rf"(?<![\w-])(?i:{_any(words['name_labels'])})[ \u00a0\t]{{0,3}}[:=][ \u00a0\t\"']{{0,3}}{name}", flags),  # noqa: E501 - a pattern
        beside=re.compile(rf"\"([^\"\n<>@]{{2,60}})\"[ ]?(?=<[^<>\s]{{1,80}}@)|(?<![\w.]){full}[ ]{{1,2}}(?=[<(\[][^<>\s]{{1,80}}@)"),  # noqa: E501 - a pattern
        labelled=re.compile(rf"{labels}[ \u00a0\t]{{0,3}}(?:[:=][ \u00a0\t]{{0,3}}[\"'«“<]?|[\"'«“<])[ \u00a0]?{login}"),  # noqa: E501 - a pattern
        refused=re.compile(rf"{labels}[ ]{{1,2}}{login}[ ]{{1,2}}(?=(?i:{_any(words['after_login'])})\b)"),
        dotted=re.compile(rf"{labels}[ ]{{1,2}}(?=[\w-]{{0,40}}[._\\\d]\w){login}"),
        joined=re.compile(r"(?<![\w.])(?:[\w-]{1,40}\.){1,5}[A-Za-z]{2,12}:([A-Za-z][\w.+-]{1,63})(?![\w:/])"),
        called=re.compile(rf"(?<!\w)(?i:{_any(words['phones'])})\b\.?[ \u00a0]?[:°]?[ \u00a0]{{0,2}}(?:n°[ ]?)?([+(]?\d(?:[ ./()\u00a0\u202f-]{{0,3}}\d){{5,14}})"),  # noqa: E501 - a pattern
        street=re.compile(
            rf"(?<!\w)\d{{1,4}}(?:[ ]?(?i:bis|ter|quater|[a-d]))?,?[ ](?i:{_any(words['streets_before'])})\b\.?"
            rf"(?:[ ](?:(?:de|du|des|la|le|les|of)\b|[dl]['’]\w{{1,30}}|{word})){{1,6}}"
            rf"|(?<!\w)\d{{1,5}}[ ](?:{word}[ ]){{1,3}}(?:{after.title()})\b\.?"
            rf"|(?<!\w){capital}[\w-]{{0,30}}?(?:[ -]?(?i:{ending}))\.?[ ]\d{{1,4}}[ ]?[a-z]?\b"
        ),
        quick={
            pattern: frozenset(word.casefold() for kind in kinds for word in first_words(words[kind]))
            for pattern, kinds in _NEEDED.items()
        },
        never=_set(words["never"]),
        columns=_set((*words["columns"], *words["files"])),
        files=_set((*words["columns"], *words["files"])),
    )  # fmt: skip


def first_words(texts: Iterable[str]) -> list[str]:
    """The first word of each text: letters and digits."""
    return [found[0] for text in texts if (found := re.search(r"\w+", text))]


def bare(word: str) -> str:
    """A word without case, accents and punctuation around it, as the sets have it."""
    plain = unicodedata.normalize("NFKD", word.strip(".,;:!?'’\"()[]<>-")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(bare, words))


def _any(words: Iterable[str]) -> str:
    """One of the words, with the longest first; their blanks may be any."""
    escaped = (re.escape(word).replace(r"\ ", "[ ]").replace("'", "['’]") for word in words)
    return "|".join(sorted(escaped, key=len, reverse=True))
