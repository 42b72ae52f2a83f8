"""Checks the answers of a dialogue before it is led: a caller is told of a wrong one, even where it is not reached."""

import re
from collections.abc import Mapping

from mailwhy.diagnosis.questions import UnknownAnswerError
from mailwhy.knowledge import KnowledgeBase

__all__ = ["DOMAIN_PATTERN", "check_answers"]

_AROUND = r"[ \t\r\n<>\"']*"
_NOT_LOCAL = r"@\s<>\"\u0000-\u0020\u007f-\u00a0"
_LABEL = r"[A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f-]"

DOMAIN_PATTERN = (
    rf"^{_AROUND}([^'{_NOT_LOCAL}][^{_NOT_LOCAL}]{{0,63}}@)?({_LABEL}{{1,63}}\.){{1,8}}{_LABEL}{{2,63}}\.?{_AROUND}$"
)
"""A mail address or domain as people type them, in the regular expressions of JSON Schema (ECMA-262).

What stands around an address in a mail program ("<anna@example.net>") may stand around it here.
"""

_DOMAIN = re.compile(DOMAIN_PATTERN)


def check_answers(dialogue: str, answers: Mapping[str, str], kb: KnowledgeBase) -> None:
    """Checks that each answer is to a question of the dialogue, and one that it may have.

    Raises:
        UnknownAnswerError: one is not; the message says which, and what may be answered.
    """
    nodes = {node.id: node for node in kb.dialogues[dialogue].nodes}
    for question, answer in answers.items():
        node = nodes.get(question)
        if node is None:
            raise UnknownAnswerError(
                f"the dialogue “{dialogue}” has no question “{question}”; it has {', '.join(nodes)}"
            )
        if node.domain:
            if not _DOMAIN.match(answer):
                raise UnknownAnswerError(
                    f"“{answer}” is no mail address or domain; type it like name@example.com or example.com"
                )
        elif answer not in (options := [option.id for option in node.options]):
            raise UnknownAnswerError(
                f"“{answer}” is no option of the question “{question}”; it has {', '.join(options)}"
            )
