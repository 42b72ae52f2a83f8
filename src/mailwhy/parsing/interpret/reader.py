"""The state in which a text is read: the draft that facts go to, and what the last things read make likely next."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from mailwhy.parsing.drafts import Draft
from mailwhy.parsing.lexicon import Lexicon
from mailwhy.parsing.machine import Item, Machine
from mailwhy.parsing.plausible import Vocabulary

__all__ = ["MOST_REPLIES", "NEAR", "PARAGRAPH_END", "WORDS", "Handler", "Reader"]

MOST_REPLIES = 200
"""More replies than any report has; a text that goes on is made to cost time."""

NEAR = 200
"""Characters between things that may belong together."""

_DEPTH = 4
"""Replies of one paragraph that are read one behind the other."""

_FAR = 700
"""Characters between things that don't belong together, whatever they are."""

WORDS = re.compile(r"[^\W_]+")
PARAGRAPH_END = re.compile(r"\n\s*\n|[\ue000-\ue0ff]")
"""A blank line, or the next mark."""

_SHAPED = re.compile(r"\d{3}|-ERR|@")


class Reader:
    """What has been read of one marked text."""

    def __init__(
        self, parser: Machine, lexicon: Lexicon, vocabulary: Vocabulary, text: str, handlers: "Mapping[str, Handler]"
    ) -> None:
        self._parser = parser
        self.words = lexicon.words
        self.undeliverable = tuple(lexicon.words.get("undeliverable", ()))
        self.vocabulary = vocabulary
        self.text = text
        self._handlers = handlers
        self._depth = 0
        self.drafts: list[Draft] = []
        self.draft = Draft(0, 0)
        self.languages: tuple[str, ...] = ()
        self.phrase_words = 0
        self.expects = ""  # what the next address is: a recipient, the recipient of a RCPT TO command, ...
        self.command_recipient: tuple[str, int] | None = None
        self.in_headers = False
        self.awaits_reply = False  # a phrase announced a reply that stands in the next paragraph
        self.header_subject: str | None = None
        self.read_to = -1  # what starts before this has been read already
        self.address_end = -1  # end of a line that names a recipient; text on the next line is about it

    def close(self, position: int) -> None:
        """End the draft; what comes belongs to another."""
        draft = self.draft
        if draft.kinds:
            if draft.message_from >= 0 and draft.message_to < 0:
                draft.message_to = draft.end
            self.drafts.append(draft)
        self.draft = Draft(position, position)
        self.expects = ""
        self.in_headers = False
        self.awaits_reply = False
        self.command_recipient = None
        self.address_end = -1

    def begin(self, item: Item) -> Draft:
        """A draft that ``item`` may belong to, as far as its place goes."""
        draft = self.draft
        if draft.kinds and self.is_far(draft, item.start):
            self.close(item.start)
            draft = self.draft
        if not draft.kinds:
            draft.start = item.start
        return draft

    def is_far(self, draft: Draft, start: int) -> bool:
        """Whether so much stands between that what comes belongs to something else."""
        gap = start - draft.end
        if gap < NEAR // 4 or (draft.is_notice and not draft.has_core):
            return False
        if draft.is_notice or draft.has_core or draft.message_from >= 0:
            return gap > _FAR
        # A number named in the story above the report is no part of it.
        between = self.text[draft.end : start]
        return gap > NEAR or ("\n\n" in between and len(WORDS.findall(between)) > 4)

    def end_message(self, position: int) -> None:
        """The client's own sentences end here, unless they have ended already."""
        if self.draft.message_from >= 0 and self.draft.message_to < 0:
            self.draft.message_to = position

    def bounded(self, item: Item) -> bool:
        """Whether a label follows the value at once."""
        return "\ue000" <= self.text[item.end : item.end + 1] <= "\ue0ff"

    def leftover(self, item: Item, end: int) -> None:
        """What follows the value in the same stretch of text: looked through for anything without a label."""
        self.reread(item.value[end:], item.value_start + end)

    def handle(self, item: Item) -> None:
        """Read one item."""
        self._handlers[item.kind](self, item)

    def reread(self, rest: str, start: int) -> None:
        """Read text that had been taken for a value; it holds no marks."""
        if not WORDS.search(rest):
            return
        if self._depth >= _DEPTH or not _SHAPED.search(rest):
            self.handle(Item("junk", start, start + len(rest), rest, start, "JUNK"))
            return
        self._depth += 1
        for item in self._parser.read(rest):
            begin, end, value_start = item.start + start, item.end + start, item.value_start + start
            self.handle(item._replace(start=begin, end=end, value_start=value_start))
        self._depth -= 1

    def note_unread(self, item: Item) -> None:
        """Keep what was not understood."""
        draft = self.draft
        in_message = draft.message_from >= 0 and (draft.message_to < 0 or item.start < draft.message_to)
        if draft.kinds and not in_message and WORDS.search(item.value):
            self.draft.unread.append((item.start, item.end))


Handler: TypeAlias = Callable[[Reader, Item], None]
"""Reads one kind of item."""
