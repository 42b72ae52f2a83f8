"""The engine of ``kb/``: reads, checks, lays over and compiles the knowledge base."""

from mailwhy.knowledge.base import KnowledgeBase, builtin
from mailwhy.knowledge.errors import KnowledgeError, Problem

__all__ = ["KnowledgeBase", "KnowledgeError", "Problem", "builtin"]
