r"""A look at whole columns of texts: a pattern for the engines of tables, which have RE2 and look at a text in 1 us.

What :meth:`mailwhy.parsing.locate.Locator.could_hold_report` lets through, the pattern lets through, and a little more:
RE2 (https://github.com/google/re2/wiki/Syntax) has no look-behind, and its ``\w`` and ``\s`` know ASCII only.
"""

import re

from mailwhy.parsing.beginnings import accented, factored, telling_beginnings
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.locate import ANY_SIGNS

__all__ = ["compile_sieve"]

# Eight letters tell prose from sentences of clients well enough; RE2 compiles the pattern on every use.
_LENGTH = 8
_BLANK = r"[\s\v\x1c-\x1f\x{85}\pZ]"
_OPENER = r"[\n\"'«“‘„‚(\[<:>=;*|#]"
_CODES = (
    rf"(?:^|{_OPENER}{_BLANK}?|{_BLANK}{_BLANK})[245]\pN\pN(?:[ \-:\n]|[.,] )"
    r"|[245]\pN\pN(?:[ \-\n](?:#?[245]\.\pN|<)| ?: |, ?b?['\"])|[245]\.\pN+\.\pN"
)
_BELOW_ADDRESS = rf"@[^\s<>@]+(?:<br>)?{_BLANK}*\n"


def compile_sieve(lexicon: Lexicon) -> str:
    """The pattern, in RE2's syntax, for texts in which a report could be."""
    beginnings = sorted({text[:_LENGTH].rstrip(" '") for text in telling_beginnings(lexicon)})
    signs = map(re.escape, ANY_SIGNS)
    return "|".join((*signs, _CODES, _BELOW_ADDRESS, factored(beginnings, _letter)))


def _letter(character: str) -> str:
    if character == " ":
        return r"\W+"
    if character == "'":
        return r"(?:\W|&[^;]{2,8};)+"
    if accented(character) and character.islower():
        return r"\S+"
    return re.escape(character)
