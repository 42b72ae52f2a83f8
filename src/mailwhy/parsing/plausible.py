"""How strongly something speaks for a failure report, so that ordinary texts with numbers in them give none.

Evidence is counted in points; a draft with ``ENOUGH`` of them is a report. One decisive thing (a labelled error
number, the first sentence of a notice) is enough; a bare number needs words about mail beside it.
"""

import re

from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.normalize import fold
from mailwhy.parsing.replies import Reply
from mailwhy.parsing.values import MAIL_PORTS

__all__ = ["ENOUGH", "Vocabulary", "labelled_evidence"]

ENOUGH = 2.0

_CONTEXT = 600
_MOST_SENTENCES = 500
_WORD = re.compile(r"[^\W_]+")
_ADDRESS_OF_PAGE = re.compile(r"https?://\S+")
_ENUMERATED = re.compile(
    r"[245]\d\d(?: [\d.]+)?\s*(?:,|/| [^\W\d_]{1,3})\s*[245]\d\d\b"  # 550, 553 or 554 with ...
    r"|[245]\d\d[ -](?![245]\d\d[ -])\d{1,6} ?(?:$|,|\d|[a-z ]{1,30}: )"  # 550 51 00, 550 5110
)
_LISTED_CODE = re.compile(r"(?<![\w.])[245]\d\d(?= [a-z])")
"""One of several codes of a list: 421 service not available, 450 mailbox busy, ..."""
_WEB_ERROR = re.compile(
    r"50[0-5][ -](?:service (?:temporarily )?unavailable|bad gateway|gateway time-?out|internal server error"
    r"|not implemented)\b"
)
_CODES = frozenset({
    421, 422, 430, 431, 432, 441, 442, 446, 447, 449, *range(450, 460), 471, 472,
    *range(500, 505), *range(510, 518), 521, 523, *range(530, 539), *range(541, 560), *range(570, 575), 576, 577, 578,
    590,
})  # fmt: skip
"""Reply codes in use (RFC 5321, RFC 4954, registries and the field): 465, 480 or 580 are other numbers."""
_MAIL_PORT = re.compile(rf"[\w\]]:(?:{MAIL_PORTS})(?![\w.])|\bport[:= ]{{1,3}}(?:{MAIL_PORTS})\b")
_CLIENT_NUMBER = re.compile(r"0x800CCC|0x800C01")
_MAPI_NUMBER = re.compile(r"0x8004(?:01|02|06|0[48]|2[01]|80)")


class Vocabulary:
    """The word lists of the lexicon that tell what a text is about."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._mail = frozenset(lexicon.words.get("mail", ()))
        self._not_mail = frozenset(lexicon.words.get("not_mail", ()))
        self._other_protocol = frozenset(lexicon.words.get("other_protocol", ()))
        self._not_a_mail_server = self._not_mail | self._other_protocol
        self._near_number = tuple(lexicon.words.get("near_number", ()))
        self.about_mail = frozenset(lexicon.words.get("about_mail", ()))
        self.yes = frozenset(lexicon.words.get("yes", ()))
        self.no = frozenset(lexicon.words.get("no", ()))
        self.undeliverable = tuple(lexicon.words.get("undeliverable", ()))
        self._sentences: dict[str, bool] = {}
        hosts = "|".join(map(re.escape, lexicon.words.get("host", ()))) or r"(?!)"
        self._host = re.compile(rf"(?:{hosts})\s++([\w.-]+\.\w+)[^\n]{{0,60}}$").search
        self.actions = frozenset(" ".join(_WORD.findall(action)) for action in lexicon.words.get("actions", ()))
        """What a task of Outlook's send/receive dialog does: "sending"."""

    def reply_evidence(self, reply: Reply, text: str, start: int) -> float:
        """Points for a reply that no label introduces, standing at ``start`` of ``text``."""
        folded = _ADDRESS_OF_PAGE.sub(" ", fold(reply.text))
        letters = [word for word in _WORD.findall(folded) if not word.isdigit()]
        if reply.text.startswith("-ERR"):
            return 2.0
        if _ENUMERATED.match(folded) or not letters or len(set(_LISTED_CODE.findall(folded))) > 2:
            return 0.0
        if reply.enhanced:
            stated = reply.code is not None or start == 0 or text[start - 1] == "\n"
            return 2.5 if stated or self._mail & set(letters) else 1.0
        if self._speaks_against(reply, folded, fold(text[max(0, start - 400) : start])):
            return 0.0
        alone = len(text) <= len(reply.text) + 60
        if alone or self._mail & set(letters[:40]):
            return 2.0 if len(letters) >= 2 else 1.0
        return 0.5

    def _speaks_against(self, reply: Reply, folded: str, before: str) -> bool:
        """Whether a number is no reply code, or that of another protocol."""
        if (reply.code is not None and reply.code not in _CODES) or _WEB_ERROR.match(folded):
            return True
        line = before.rpartition("\n")[2]
        words = {*_WORD.findall(folded)[:40], *_WORD.findall(line)}
        return bool(self._not_mail & words or self._other_protocol & set(_WORD.findall(before)))

    def of_other_servers(self, sentence: str) -> bool:
        """Whether a sentence that a mail client has, too, is about a file server, a website or the like."""
        # The same few sentences come again and again.
        found = self._sentences.get(sentence)
        if found is None:
            if len(self._sentences) >= _MOST_SENTENCES:
                self._sentences.clear()
            found = self._sentences[sentence] = self._is_of_others(sentence)
        return found

    def _is_of_others(self, sentence: str) -> bool:
        return not self._not_a_mail_server.isdisjoint(_WORD.findall(fold(sentence)))

    def host_before(self, text: str, start: int) -> str | None:
        """The host named on the line before the words that introduce a reply: "host mx.example.org said:"."""
        line = text[max(0, start - 120) : start].rpartition("\n")[2]
        found = self._host(fold(line))
        return line[found.start(1) : found.end(1)].rstrip(".") if found else None

    def hresult_evidence(self, number: str, text: str, start: int) -> float:
        """Points for an HRESULT without a label, standing at ``start`` of ``text``."""
        of_client, of_mapi = _CLIENT_NUMBER.match(number), _MAPI_NUMBER.match(number)
        if not of_client and not of_mapi:
            return 0.5
        folded = " " + fold(text[max(0, start - _CONTEXT) : start + _CONTEXT])
        if len(text) <= (80 if of_client else 40) or any(sign in folded for sign in self._near_number):
            return 2.0
        return 1.0 if of_client else 0.5

    def network_evidence(self, text: str, start: int, end: int) -> float:
        """Points for the words of a failed connection, which any program may print."""
        line_start = text.rfind("\n", max(0, start - 200), start) + 1
        newline = text.find("\n", end)
        line = fold(text[max(line_start, start - 200) : min(newline if newline >= 0 else len(text), end + 200)])
        if not self._not_a_mail_server.isdisjoint(_WORD.findall(line)):
            return 0.0
        around = fold(text[max(0, start - _CONTEXT) : end + _CONTEXT])
        about = not self.about_mail.isdisjoint(_WORD.findall(around)) or _MAIL_PORT.search(around) is not None
        return 2.0 if about else 0.5

    def text_evidence(self, reply: Reply) -> float:
        """Points for words without a code that stand below a recipient's address."""
        if reply.enhanced or reply.code:
            return 2.0
        words = set(_WORD.findall(fold(reply.text)))
        if self._not_mail & words or len(words) > 25:
            return 0.0
        return 1.5 if self._mail & words or "unrouteable" in words else 0.5


def labelled_evidence(number: str) -> float:
    """Points for an HRESULT behind a label, which other programs have too."""
    return 2.5 if _CLIENT_NUMBER.match(number) or number.startswith("0x8004") else 1.0
