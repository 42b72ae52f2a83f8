"""What is wrong with a knowledge base, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KnowledgeError", "Problem"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of one file.

    ``line`` counts from 1; 0 means the file as a whole. ``remedy`` says what to do.
    """

    path: Path
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        """One line: ``file:line: what is wrong; what to do``."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.message}; {self.remedy}"


class KnowledgeError(ValueError):
    """A knowledge base that can't be used; ``problems`` names every fault that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
