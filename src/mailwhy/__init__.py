"""mailwhy: why was my mail not sent, and what do I do now?

The names below are the public interface. They are imported on first use, so that a command which needs only one of
them (``mailwhy --help`` needs none) doesn't pay for the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailwhy.diagnosis.api import diagnose, explain, search
    from mailwhy.diagnosis.models import (
        Cause,
        CodeExplanation,
        Diagnosis,
        Evidence,
        Hit,
        Option,
        Question,
        Resolution,
    )
    from mailwhy.documents import Document, open_document
    from mailwhy.knowledge import KnowledgeBase
    from mailwhy.parsing import parse
    from mailwhy.parsing.report import Report
    from mailwhy.rendering.formats import render

__version__ = "0.1.0"

_HOME = {
    "Cause": "mailwhy.diagnosis.models",
    "CodeExplanation": "mailwhy.diagnosis.models",
    "Diagnosis": "mailwhy.diagnosis.models",
    "Document": "mailwhy.documents",
    "Evidence": "mailwhy.diagnosis.models",
    "Hit": "mailwhy.diagnosis.models",
    "KnowledgeBase": "mailwhy.knowledge",
    "Option": "mailwhy.diagnosis.models",
    "Question": "mailwhy.diagnosis.models",
    "Report": "mailwhy.parsing.report",
    "Resolution": "mailwhy.diagnosis.models",
    "diagnose": "mailwhy.diagnosis.api",
    "explain": "mailwhy.diagnosis.api",
    "open_document": "mailwhy.documents",
    "parse": "mailwhy.parsing",
    "render": "mailwhy.rendering.formats",
    "search": "mailwhy.diagnosis.api",
}

__all__ = [
    "Cause",
    "CodeExplanation",
    "Diagnosis",
    "Document",
    "Evidence",
    "Hit",
    "KnowledgeBase",
    "Option",
    "Question",
    "Report",
    "Resolution",
    "__version__",
    "diagnose",
    "explain",
    "open_document",
    "parse",
    "render",
    "search",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mailwhy' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
