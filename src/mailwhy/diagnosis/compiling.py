"""Compiles a knowledge base and all that the diagnosis derives from it, for a wheel to carry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mailwhy.diagnosis.provider_index import ProviderIndex
from mailwhy.diagnosis.wording_model import compile_nearest
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.compiling import compile_folders
from mailwhy.knowledge.store import Store
from mailwhy.knowledge.wording import compile_wordings

__all__ = ["compile_knowledge"]

_DERIVED: dict[str, Callable[[KnowledgeBase], Any]] = {
    "wordings": compile_wordings,
    "nearest-replies": compile_nearest,
    "providers-index": lambda kb: ProviderIndex.compile(kb.providers.values()),
}
"""By the names that :meth:`KnowledgeBase.derived` is asked for."""


def compile_knowledge(folder: Path, *overlays: Path) -> dict[str, Any]:
    """Everything that is read or derived from folders of knowledge, by name, as JSON.

    Raises:
        KnowledgeError: with every fault of the folders.
    """
    sections = compile_folders(folder, *overlays)
    kb = KnowledgeBase(Store(None), sections.__getitem__)
    return {**sections, **{name: make(kb) for name, make in _DERIVED.items()}}
