"""How strongly something speaks for a failure report, so that ordinary texts with numbers in them give none.

Evidence is counted in points; a draft with ``ENOUGH`` of them is a report. One decisive thing (a labelled error
number, the first sentence of a notice) is enough; a bare number needs words about mail beside it.
"""

import re

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.folding import fold
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.replies import Reply

__all__ = ["ENOUGH", "Vocabulary", "hresult_evidence", "is_report"]

ENOUGH = 2.0

_WORD = re.compile(r"[^\W_]+")
_CLIENT_NUMBER = re.compile(r"0x800CCC|0x800C01")
_MAPI_NUMBER = re.compile(r"0x8004(?:01|02|06|0[48]|2[01]|80)")
_ABOUT_MAIL = re.compile(
    r"outlook|e-?mails?\b|\bsmtp|\bpop3|\bimap|inbox|outbox|mailbox|courriel|messagerie|bo[iî]te d|envoi|exchange|\bsend(?:ing)?\b|receiv"
    r"|posta|correo|nachricht|postfach|mensaj|wiadomo|почт|メール|邮件",
    re.IGNORECASE,
)


class Vocabulary:
    """The word lists ``words.mail`` and ``words.not_mail``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._mail = frozenset(lexicon.words.get("mail", ()))
        self._not_mail = frozenset(lexicon.words.get("not_mail", ()))

    def reply_evidence(self, reply: Reply, text: str, start: int) -> float:
        """Points for a reply that no label introduces, standing at ``start`` of ``text``."""
        words = _WORD.findall(fold(reply.text))
        if reply.text.startswith("-ERR"):
            return 2.0
        letters = [word for word in words if not word.isdigit()]
        if reply.enhanced and letters:
            return 2.5
        if not letters:
            return 0.0
        line = fold(text[max(0, text.rfind("\n", 0, start)) : start])
        if self._not_mail & {*words[:40], *_WORD.findall(line)}:
            return 0.0
        if self._mail & set(words[:40]):
            return 2.0 if len(letters) >= 2 else 1.0
        alone = len(text.strip()) <= len(reply.text) + 40
        return 1.5 if alone and len(letters) >= 2 else 0.5

    def text_evidence(self, reply: Reply) -> float:
        """Points for words without a code that stand below a recipient's address."""
        if reply.enhanced or reply.code:
            return 2.0
        words = set(_WORD.findall(fold(reply.text)))
        if self._not_mail & words or len(words) > 25:
            return 0.0
        return 1.5 if self._mail & words or "unrouteable" in words else 0.5


def hresult_evidence(number: str, text: str, vocabulary: Vocabulary) -> float:
    """Points for an HRESULT without a label."""
    about_mail = bool(_ABOUT_MAIL.search(text))
    if _CLIENT_NUMBER.match(number):
        return 2.0 if about_mail or len(text.strip()) <= 80 else 1.0
    if _MAPI_NUMBER.match(number):
        return 2.0 if about_mail or len(text.strip()) <= 40 else 0.5
    return 0.5


def is_report(draft: Draft) -> bool:
    """Whether the draft is a failure report."""
    return draft.evidence >= ENOUGH
