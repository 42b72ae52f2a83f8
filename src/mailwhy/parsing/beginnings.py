"""The beginnings of the lexicon's sentences, headings and telling labels, by which a text gives a report away."""

import re
from collections.abc import Callable

from mailwhy.parsing.folding import fold
from mailwhy.parsing.lexicon import Lexicon

__all__ = ["accented", "beginnings_patterns", "factored", "telling_beginnings"]

_KINDS = frozenset({
    "express", "outlook", "other", "system_administrator", "exchange", "bounce", "failed_recipients", "webmail_error",
    "rejected_address", "rejected_sender", "server_reply", "reported", "live_mail_error_id", "error_number",
    "final_recipient", "original_recipient", "reason", "checked_recipient", "rcpt_command", "socket_error",
})  # fmt: skip
_LENGTH = 18
_ENOUGH = 8


def beginnings_patterns(lexicon: Lexicon) -> list[str]:
    """Patterns for the beginnings of sentences, headings and telling labels: those with a capital, and the others."""
    telling = telling_beginnings(lexicon)
    capitals = [text for text in telling if not text[0].islower()]
    return [factored(words, _letter) or r"(?!)" for words in (capitals, [t for t in telling if t[0].islower()])]


def telling_beginnings(lexicon: Lexicon) -> list[str]:
    """The beginnings themselves, 18 letters or up to an accent; a blank stands for anything between two words."""
    beginnings = {_beginning(spelling) for kind, spelling in lexicon.spellings if kind in _KINDS}
    beginnings = {text for text in beginnings if not (text[:1].islower() and accented(text[0]))}
    initials = {fold(text[0]).upper() + text[1:] for text in beginnings if text and accented(text[0])}
    return sorted(text for text in beginnings | initials if len(text) > 5 or not text.isascii())


def _beginning(spelling: str) -> str:
    """The first letters of a spelling, up to an accent if it comes late enough: accents are what damage hits first."""
    words = re.sub(r"[\W_]+", lambda gap: "'" if "'" in gap.group() else " ", spelling)[:_LENGTH].strip(" '")
    late = next((index for index, letter in enumerate(words) if index >= _ENOUGH and accented(letter)), len(words))
    return words[:late].rstrip(" '")


def accented(letter: str) -> bool:
    """Whether a letter is a plain one with a mark."""
    return not letter.isascii() and fold(letter).isascii()


def factored(words: list[str], letter: Callable[[str], str]) -> str:
    """One pattern for all ``words``, with common beginnings shared; ``letter`` gives the pattern of a character."""
    tree: dict[str, dict[str, object]] = {}
    for word in words:
        node: dict[str, object] = tree  # type: ignore[assignment]
        for character in word:
            node = node.setdefault(character, {})  # type: ignore[assignment]
        node.clear()
        node[""] = {}
    return _pattern(tree, letter)  # type: ignore[arg-type]


def _pattern(node: dict[str, object], letter: Callable[[str], str]) -> str:
    if "" in node or not node:
        return ""
    branches = [letter(character) + _pattern(following, letter) for character, following in node.items()]  # type: ignore[arg-type]
    return branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"


def _letter(character: str) -> str:
    if character == " ":
        return r"\W{1,8}"
    if character == "'":
        return r"(?:\W|&#?\w{2,7};){1,4}"
    if accented(character) and character.islower():
        return rf"(?:{character}|\S{{1,8}}?)"
    return re.escape(character)  # initials stay plain, so that the pattern has a set of first letters to skip by
