"""Takes a short text for a server's bare reply, or a client's notice, where only its wording shows that it is one.

The grammar finds replies by their codes and labels. Some servers print neither ("User unknown"). Such a text is
recognised by the wordings of the knowledge base, but only where it has the voice of a machine: people quote the same
words in sentences of their own ("my colleague says that his mailbox is full").
"""

import re
from collections.abc import Callable, Iterable

from mailwhy.diagnosis.codes import codes_in
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.wording import wording_index
from mailwhy.parsing.report import Report

__all__ = ["bare_notice", "bare_reply"]

_LONGEST = 1200
_MOST_LINES = 4
"""A log or a letter has more; the reply in it, if any, is for the grammar to find."""
_CLEAR = 4
"""Strength from which on a wording decides."""

_MOST_CODES = 2
"""A text that names more reply codes explains them."""

_MOSTLY = 0.33
_MOST_WORDS = 14
"""A text this short of which a third is known wording is that wording, not a sentence that quotes it ..."""

_LARGELY = 0.4
_MORE_WORDS = 40
"""A longer text has to be known wording to a larger part."""

_PARTLY = 0.07
"""... and a longer one needs the marks of a machine too, and more than a word or two that is known."""

_QUESTION = re.compile(r"\?(?:\s|$)")
_ANY_CODE = re.compile(r"(?<![\w.])[45]\d\d(?![\w.])")
_CODES_WITHIN = re.compile(r"(?<![\w.])[45]\d\d[ -]#?[45]\.\d\.\d{1,3}\b.*")
"""A reply code with its enhanced status code: nobody writes these two side by side of his own accord."""

_LONG_WORDING = 5
"""So many known words in a row nobody says by chance."""

_CODE_FIRST = re.compile(r"#?[45]\d\d[ -]\D")
_MACHINE = re.compile(
    r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+"  # an address
    r"|\[\d{1,3}(?:\.\d{1,3}){3}\]|\b\d{1,3}(?:\.\d{1,3}){3}\b"  # an IP address
    r"|(?:^|[^\w\s,]\s*|\b[45]\d\d[ -]+)[45]\.\d\.\d{1,3}\b"  # an enhanced status code, not a chapter's number
    r"|\b[A-Z]{2,}\w*_\d+|ERROR_CODE"  # a provider's own code: OFR_416, LPN007_517
    r"|^#?[45]\d\d[ -]"  # a reply code in front
    r"|\bdomain=|\btype '?\w+'? lookup|(?:^| )/\w+/\w+"  # a resolver, a mailbox file
    r"|\b[\w-]+\.[\w-]+\.[a-z]{2,}\b"  # the name of a host
    r"|https?://\S+"
)


class _Talk:
    """The words of ``kb/talk.yaml``, ready to be looked for."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.person = _finder(kb.talk.person)
        self.other_service = _finder(kb.talk.other_services)


def _finder(words: Iterable[str]) -> Callable[[str], re.Match[str] | None]:
    """Looks for any of the words; one before a colon is the scheme of a link."""
    spellings = "|".join(re.escape(word).replace("'", "['’]") for word in words)
    return re.compile(rf"\b(?:{spellings or '(?!)'})\b(?!:)", re.IGNORECASE).search


def bare_reply(text: str, kb: KnowledgeBase) -> Report | None:
    """The text as a bare reply, or None where it is not one.

    Args:
        text: a text in which the grammar found no report.
        kb: the knowledge base whose wordings decide.
    """
    words = " ".join(text.split())
    if not words or len(words) > _LONGEST or text.strip().count("\n") >= _MOST_LINES:
        return None
    quoted = None
    talk = kb.made(_Talk)
    if (talk.person(words) or _QUESTION.search(words)) and not _CODE_FIRST.match(words):
        quoted = _CODES_WITHIN.search(words)
        if quoted is None:
            return None
        words = quoted[0].rstrip("?!»”\"' ")
    if talk.other_service(words) or len(set(_ANY_CODE.findall(words))) > _MOST_CODES:
        return None
    matches = wording_index(kb).match(words, "reply", codes_in(words))
    if not matches or max(max(kb.replies[match.entry_id].causes.values()) for match in matches) < _CLEAR:
        return None
    covered = sum(match.end - match.start for match in matches) / len(words)
    length = len(words.split())
    is_the_wording = (covered >= _MOSTLY and length <= _MOST_WORDS) or (covered >= _LARGELY and length <= _MORE_WORDS)
    enough = covered >= _PARTLY or any(len(match.text.split()) >= _LONG_WORDING for match in matches)
    if quoted is None and not is_the_wording and not (enough and _MACHINE.search(words)):
        return None
    start = len(text) - len(text.lstrip())
    codes = codes_in(words)
    return Report.model_construct(
        client="bare-reply",
        smtp_code=next((int(code) for code in codes if "." not in code), None),
        enhanced_code=next((code for code in codes if "." in code), None),
        server_response=words,
        span=(start, len(text.rstrip())),
    )


def bare_notice(text: str, kb: KnowledgeBase) -> Report | None:
    """The text as a mail client's own notice of failure, or None where none is quoted in it.

    Args:
        text: a text in which the grammar found no report.
        kb: the knowledge base, which knows the sentences of the clients.
    """
    words = " ".join(text.split())
    if not words or len(words) > _LONGEST or kb.made(_Talk).other_service(words):
        return None
    clear = [
        match
        for match in wording_index(kb).match(words, "notice", codes_in(words))
        if max(kb.replies[match.entry_id].causes.values()) >= _CLEAR and len(match.text.split()) >= _LONG_WORDING
    ]
    if not clear:
        return None
    start = len(text) - len(text.lstrip())
    return Report.model_construct(client="other", client_message=words, span=(start, len(text.rstrip())))
