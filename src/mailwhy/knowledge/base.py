"""The knowledge base as the diagnosis uses it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from mailwhy.knowledge import entries
from mailwhy.knowledge.errors import KnowledgeError, Problem
from mailwhy.knowledge.records import Entries
from mailwhy.knowledge.store import Store
from mailwhy.knowledge.vocabulary import CODE_KINDS, CodeKind
from mailwhy.places import data_folder, packed_folder

__all__ = ["KnowledgeBase"]

Model = TypeVar("Model", bound=BaseModel)
Made = TypeVar("Made")


class KnowledgeBase:
    """What is known about causes, codes, wordings, providers and remedies.

    Load one with :meth:`load`. Its sections are read when they are first used; it never changes afterwards, so one
    may be shared by threads.
    """

    def __init__(self, store: Store, compiled: Callable[[str], Any], overlays: tuple[Path, ...] = ()) -> None:
        self._store = store
        self._compiled = compiled
        self._made: dict[Callable[[KnowledgeBase], Any], Any] = {}
        self.overlays = overlays

    @classmethod
    def load(cls, *folders: Path | str) -> "KnowledgeBase":
        """The built-in knowledge base, with an organisation's own folders laid over it, in order.

        A folder has the form of ``kb/``: an entry with a new id is added, one with a known id replaces it, and
        ``switched-off.yaml`` names ids that are not to be used. ``locales/`` in it may hold translations.

        Raises:
            KnowledgeError: a file can't be read or is not valid; it names every fault with file, line and remedy.
        """
        overlays = tuple(Path(folder) for folder in folders)
        missing = [
            Problem(folder, 0, "is no folder", "name a folder of the form of kb/")
            for folder in overlays
            if not folder.is_dir()
        ]
        if missing:
            raise KnowledgeError(missing)
        packed = packed_folder()
        if packed is not None and not overlays:
            store = Store(packed / "compiled")
        else:
            store = Store.for_sources(data_folder("kb"), *overlays, Path(__file__).parent)
        loaded: dict[str, Any] = {}

        def compiled(name: str) -> Any:
            def make() -> Any:
                if not loaded:
                    # Reading the YAML sources needs pydantic's validators, which the compiled form does without.
                    from mailwhy.knowledge.compiling import compile_folders

                    loaded.update(compile_folders(data_folder("kb"), *overlays))
                return loaded[name]

            return store.get(name, make)

        base = cls(store, compiled, overlays)
        if overlays:
            base.causes  # noqa: B018 - a faulty folder is reported here, not in the midst of a diagnosis
        return base

    @cached_property
    def causes(self) -> Mapping[str, entries.CauseEntry]:
        """Causes by id."""
        return self._section("causes", entries.CauseEntry)

    @cached_property
    def resolutions(self) -> Mapping[str, entries.ResolutionEntry]:
        """Resolutions by id."""
        return self._section("resolutions", entries.ResolutionEntry)

    @cached_property
    def questions(self) -> Mapping[str, entries.QuestionEntry]:
        """Questions by id."""
        return self._section("questions", entries.QuestionEntry)

    @cached_property
    def providers(self) -> Mapping[str, entries.ProviderEntry]:
        """Providers by id."""
        return self._section("providers", entries.ProviderEntry)

    @cached_property
    def symptoms(self) -> Mapping[str, entries.SymptomEntry]:
        """Symptoms by id."""
        return self._section("symptoms", entries.SymptomEntry)

    @cached_property
    def dialogues(self) -> Mapping[str, entries.DialogueEntry]:
        """Dialogues by id."""
        return self._section("dialogues", entries.DialogueEntry)

    @cached_property
    def replies(self) -> Mapping[str, entries.ReplyEntry]:
        """Wordings of replies and notices by id."""
        return self._section("replies", entries.ReplyEntry)

    @cached_property
    def codes(self) -> Mapping[str, entries.CodeEntry]:
        """Codes by kind and code: ``hresult/0x800CCC79``."""
        return self._section("codes", entries.CodeEntry)

    @cached_property
    def weights(self) -> entries.WeightsFile:
        """What evidence of each kind and strength counts."""
        return entries.WeightsFile.model_construct(**self._compiled("weights"))

    @cached_property
    def _aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = self._compiled("aliases")
        return aliases

    def code(self, kind: CodeKind, code: str) -> entries.CodeEntry | None:
        """The entry of a code in its usual form, or None.

        An enhanced status code is looked up with its class first ("5.7.57"), then for every class ("X.7.57"),
        since RFC 3463 gives a code's detail one meaning in all classes.
        """
        keys = [f"{kind}/{code}"]
        if kind == "smtp-enhanced":
            keys.append(f"{kind}/X{code[1:]}")
        for key in keys:
            found = self.codes.get(self._aliases.get(key, key))
            if found is not None:
                return found
        return None

    def kinds_of(self, code: str) -> tuple[CodeKind, ...]:
        """The kinds of code in which this form is known."""
        return tuple(kind for kind in CODE_KINDS if self.code(kind, code) is not None)

    def derived(self, name: str, make: Callable[["KnowledgeBase"], Any]) -> Any:
        """JSON-able data computed from the knowledge base, kept beside its compiled form under that name."""
        return self._store.get(name, lambda: make(self))

    def made(self, make: Callable[["KnowledgeBase"], Made]) -> Made:
        """An object computed from the knowledge base, made once for this knowledge base."""
        if make not in self._made:
            self._made[make] = make(self)
        found: Made = self._made[make]
        return found

    def _section(self, name: str, model: type[Model]) -> Mapping[str, Model]:
        return Entries(model, self._compiled(name))
