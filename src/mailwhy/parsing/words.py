"""Words of servers and programs that stand anywhere: in a sentence of the person's, in quotes, in a log.

The grammar reads what gives itself away by its form: labels, reply codes, headings. This pass reads what only its words
show, with the wordings of the knowledge base, in texts that the judge takes for texts about a failed mail. The more a
wording says by itself, the less the rest of the text has to say.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailwhy.parsing.judge import SHORT, Judge
from mailwhy.parsing.normalize import Normalized, normalize
from mailwhy.parsing.report import Client, Report

if TYPE_CHECKING:
    from mailwhy.knowledge import KnowledgeBase
    from mailwhy.knowledge.entries import ReplyEntry, TalkFile
    from mailwhy.knowledge.wording import WordingIndex, WordingMatch

__all__ = ["WordFinder"]

_MAX_TEXT = 32_768
"""Characters of a text that are looked through; the judge and the index read no more either."""

# How sure the judge must be, by what the words themselves say.
_ENOUGH_WHOLE = 0.08  # the whole text is little more than a wording that decides: "User unknown"
_ENOUGH_AT_PORT = 0.03  # connect to mx.example.org[192.0.2.1]:25: Connection timed out
_ENOUGH_ALONE = 0.20  # "Relay access denied": nothing but a mail server says so
_ENOUGH_CODED = 0.25  # 550 5.1.1 ...: a reply code with an enhanced status code
_ENOUGH_CLEAR = 0.50  # a wording that decides the cause, several words long
_ENOUGH_PRINTED = 0.55  # any other wording of several words in a line that a program printed
_ENOUGH_DESCRIBED = 0.73  # no words of a machine at all, or only such as people use too

_CLEAR = 4
"""Strength from which on a wording decides."""

_FEWEST_WORDS = 4
_MAX_CODES = 2
"""A text that names more reply codes explains them."""
_ANY_CODE = re.compile(r"(?<![\w.])([45]\d\d)(?![\w.])")

_COVERED = ((14, 0.33), (40, 0.40))
"""A text of so many words of which so much is known wording is that wording, not a sentence that quotes it."""

_MAX_DESCRIPTION = 1500
_MAX_REPLY = 500
_SEVERAL = 3
_LONG = 18
_PRINTED = 15
"""Characters of a wording that a person does not say by chance: "Connection refused"."""

_CODED = re.compile(
    r"(?<![\w.,#/:@=-])(?:[45]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}|[45]\d\d(?=[ -]))(?![\w.])[^\n\"'`«»“”]{0,400}"
)
"""A reply code, perhaps with its enhanced status code, and the words behind it: ``502 5.7.0 Account not activated``."""
_STATUS = re.compile(r"#?([245]\.\d{1,3}\.\d{1,3})(?![\w.]*\d)")
_CODE = re.compile(r"([45]\d\d)(?=[\s:.,-]|$)")
_CODE_BEFORE = re.compile(r"(?<![\w.])[45]\d\d(?:[ -]#?[245]\.\d{1,3}\.\d{1,3})?[ :-][^\n\"«»“”.!?]{0,120}$")
"""A reply code in front of the words, in the same sentence: ``554 Transaction failed: `` too many recipients"""
_HRESULT = re.compile(r"(?<!\w)0[xX]8[0-9A-Fa-f]{7}(?!\w)")
_OPENING = "\"'`«“‘„‹"
_CLOSING = {'"': '"', "'": "'", "`": "`'", "«": "»", "“": '”"', "‘": "’'", "„": "“”", "‹": "›"}
_MACHINE = re.compile(
    r"Exception\b|Traceback|Error:|\berror code|^\s*at [\w.$]+\(|[\w.-]:\d{2,5}\b|\b[A-Z][A-Z_]{5,}\b"
    r"|\{\"|\":|::|->|=>|\w\(\)|\d\d:\d\d:\d\d"
)
"""What programs print and people do not write: exceptions, host:port, constants, JSON, times of a log."""
_MAIL_PORT = re.compile(r"(?:[\w\])]:|\bport[:= ]{1,3})(?:25|465|587|2525|110|143|993|995)\b", re.IGNORECASE)
"""A port that only mail uses: smtp.example.org:587, port=465."""
_SENTENCE_END = re.compile(r"[.!?。！？](?=\s|$)|\n\s*\n")
_PREFIX = re.compile(r"(?:[^\s:]{1,60}(?: [^\s:]{1,40}){0,3}: )+")


@dataclass(frozen=True, slots=True)
class _Words:
    """Words found: their place, what they say by themselves, and who says them."""

    start: int
    end: int
    enough: float
    rank: int
    notice: bool
    """Whether they are a client's own words, not a server's."""


class WordFinder:
    """Finds reports by their words.

    Args:
        index: all wordings of the knowledge base.
        entries: their entries, by id.
        judge: tells texts about a failed mail from others.
        talk: words that no server prints, and those of other services.
    """

    def __init__(
        self,
        index: "WordingIndex",
        entries: "Mapping[str, ReplyEntry]",
        judge: Judge,
        talk: "TalkFile",
    ) -> None:
        self._index = index
        self._entries = entries
        self._judge = judge
        person = _words_of(talk.person)
        self._is_told: Callable[[str], object] = lambda line: "?" in line or person(line)
        self._of_other_service = _words_of(talk.other_services)

    @classmethod
    def of(cls, kb: "KnowledgeBase") -> "WordFinder":
        """The finder of a knowledge base's wordings; use ``kb.made(WordFinder.of)`` to make it once."""
        from mailwhy.knowledge.wording import wording_index

        return cls(wording_index(kb), kb.replies, Judge.load(), kb.talk)

    def find(self, text: str) -> list[Report]:
        """The report in a text in which the grammar found none; an empty list if its words show none."""
        if not self._judge.quick(text):
            return []
        normal = normalize(text[:_MAX_TEXT])
        sure = self._judge.failure(normal.text)
        worth_it = sure >= _ENOUGH_WHOLE or _MAIL_PORT.search(normal.text)
        found = list(self._candidates(normal.text)) if worth_it else []
        best = max(
            (words for words in found if words.enough <= sure and words.enough < _ENOUGH_DESCRIBED),
            key=lambda words: (words.rank, words.end - words.start, -words.start),
            default=None,
        )
        if best is not None:
            return [_report(normal, best)]
        return [_described(normal)] if sure >= _ENOUGH_DESCRIBED and self._tells(normal.text) else []

    def _tells(self, text: str) -> bool:
        """Whether a text can be a person's: some words, of mail and of failure; not a list of codes."""
        codes = {match[1] for match in _ANY_CODE.finditer(text)}
        return (
            len(text.split()) >= _FEWEST_WORDS
            and len(codes) <= _MAX_CODES
            and self._judge.has_signs(text)
            and not self._of_other_service(text)
        )

    def complete(self, report: Report, text: str) -> Report:
        """A report of which only the client's number was read, with the reply that the person put beside it."""
        normal = normalize(text[:_MAX_TEXT])
        found = [words for words in self._candidates(normal.text) if words.rank >= _CLEAR and not words.notice]
        if not found:
            return report
        said = _report(normal, max(found, key=lambda words: (words.rank, words.end - words.start, -words.start)))
        update = {
            name: value
            for name in ("server_response", "smtp_code", "enhanced_code")
            if (value := getattr(said, name)) is not None
        }
        update["span"] = (min(report.span[0], said.span[0]), max(report.span[1], said.span[1]))
        return report.model_copy(update=update)

    def _candidates(self, text: str) -> Iterator[_Words]:
        codes = [match[0] for match in _CODE.finditer(text)] + [match[1] for match in _STATUS.finditer(text)]
        for notice in (False, True):
            matches = self._index.match(text, "notice" if notice else "reply", codes)
            whole = _covers(text, matches)
            for match in matches:
                yield self._weighed(text, match, notice=notice, whole=whole)
        for coded in _CODED.finditer(text):
            if _STATUS.search(coded[0], 0, 14):
                yield _Words(coded.start(), coded.end(), _ENOUGH_CODED, 6, notice=False)

    def _weighed(self, text: str, match: "WordingMatch", *, notice: bool, whole: bool) -> _Words:
        entry = self._entries[match.entry_id]
        strength = max(entry.causes.values())
        several = len(match.text.split()) >= _SEVERAL and len(match.text) >= _LONG
        line = _line(text, match.start, match.end)
        printed = _MACHINE.search(line) is not None
        # In a sentence of their own people use the same words as servers, unless they quote.
        said = entry.where == "reply" and not printed and self._is_told(line) and not _is_quoted(text, match)
        enough = _ENOUGH_DESCRIBED
        if entry.alone:
            enough = _ENOUGH_ALONE
        elif len(match.text) >= _PRINTED and _MAIL_PORT.search(line):
            enough = _ENOUGH_AT_PORT if printed else _ENOUGH_CLEAR
        elif said or self._of_other_service(text):
            pass
        elif strength >= _CLEAR and whole and entry.where == "reply":
            enough = _ENOUGH_WHOLE
        elif strength >= _CLEAR and several:
            enough = _ENOUGH_CLEAR
        elif several and printed:
            enough = _ENOUGH_PRINTED
        return _Words(
            match.start, match.end, enough, strength + 2 * entry.alone + several, notice and entry.where != "reply"
        )


def _words_of(words: Iterable[str]) -> Callable[[str], object]:
    """Looks for any of the words of ``kb/talk.yaml``; one before a colon is the scheme of a link."""
    spellings = "|".join(re.escape(word).replace("'", "['’]") for word in words)
    return re.compile(rf"\b(?:{spellings or '(?!)'})\b(?!://)", re.IGNORECASE).search


def _is_quoted(text: str, match: "WordingMatch") -> bool:
    """Whether a quotation that begins before the words in their line ends behind them."""
    start, end = _utterance(text, match.start, match.end)
    return start > 0 and text[start - 1] in _OPENING and end < len(text) and text[end] in _CLOSING[text[start - 1]]


def _covers(text: str, matches: "list[WordingMatch]") -> bool:
    """Whether a text is little more than known wordings."""
    if len(text) > SHORT:
        return False
    length = len(text.split())
    covered = sum(match.end - match.start for match in matches) / max(len(text.strip()), 1)
    return any(length <= most and covered >= least for most, least in _COVERED)


def _line(text: str, start: int, end: int) -> str:
    stop = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : stop if stop >= 0 else len(text)]


def _languages(text: str) -> tuple[str, ...]:
    """The language of the person, where a person writes."""
    language = Judge.load().language(text)
    return (language,) if language else ()


def _described(normal: Normalized) -> Report:
    """A failure told in the person's own words."""
    words = " ".join(normal.text.split())[:_MAX_DESCRIPTION]
    end = len(normal.text.rstrip())
    start = len(normal.text) - len(normal.text.lstrip())
    return Report.model_construct(
        client="described",
        languages=_languages(words),
        client_message=words,
        span=(normal.to_original(start), normal.to_original(end)),
    )


def _report(normal: Normalized, words: _Words) -> Report:
    """The report whose words these are."""
    text = normal.text
    start, end = _utterance(text, words.start, words.end)
    said = " ".join(text[start:end].split())[:_MAX_REPLY].rstrip(" ,;:")
    code, status = _CODE.match(said), _STATUS.search(said)
    whole = end - start >= 0.8 * len(text.strip())
    client: Client = (
        "bare-reply"
        if whole and not words.notice
        else "program"
        if _MACHINE.search(_line(text, start, end))
        else "other"
    )
    client_says = words.notice and code is None
    numbers = {number.upper().replace("X", "x") for number in _HRESULT.findall(text)}
    return Report.model_construct(
        client=client,
        languages=_languages(text) if client == "other" else (),
        error_number=numbers.pop() if len(numbers) == 1 else None,
        smtp_code=int(code[1]) if code else None,
        enhanced_code=status[1] if status else None,
        server_response=None if client_says else said,
        client_message=said if client_says else None,
        span=(normal.to_original(start), normal.to_original(end)),
    )


def _utterance(text: str, start: int, end: int) -> tuple[int, int]:
    """Where what a machine said begins and ends around the words: the quotation, the reply, the sentence."""
    before = _CODE_BEFORE.search(text, max(0, start - 140), start)
    if before:
        start = before.start()
    coded = before is not None or _CODE.match(text, start) is not None  # a reply begins with its code
    line_start = max(text.rfind("\n", 0, start) + 1, start - _MAX_REPLY)
    line_end = text.find("\n", end)
    line_end = min(line_end if line_end >= 0 else len(text), end + _MAX_REPLY)
    for position in range(start - 1, line_start - 1, -1):
        mark = text[position]
        inside_word = position > 0 and text[position - 1].isalnum() and text[position + 1].isalnum()
        if mark in _OPENING and not inside_word:
            closing = min((at for sign in _CLOSING[mark] if (at := text.find(sign, end, line_end)) >= 0), default=-1)
            if closing >= 0:
                return position + 1, closing
            break
    line = text[line_start:line_end]
    if not _MACHINE.search(line):
        stop = _SENTENCE_END.search(text, end, line_end)
        first = line_start
        for ended in _SENTENCE_END.finditer(text, line_start, start):
            first = ended.end()
        whole = text[first : stop.start() if stop else line_end]
        # A sentence that is little more than the words is the machine's own; a longer one quotes them.
        if (end - start) >= 0.5 * len(whole.strip()):
            shift = len(whole) - len(whole.lstrip())
            return start if coded else first + shift, first + len(whole.rstrip())
        return start, end
    first = line_start
    for prefix in _PREFIX.finditer(text, line_start, start):
        first = prefix.end()
    stop = _SENTENCE_END.search(text, end, line_end)
    return start if coded else min(first, start), stop.start() if stop else line_end
