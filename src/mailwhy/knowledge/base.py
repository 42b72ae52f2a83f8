"""The knowledge base as the diagnosis uses it."""

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mailwhy.knowledge.errors import KnowledgeError, Problem
from mailwhy.knowledge.records import Entries, Record
from mailwhy.knowledge.store import Store
from mailwhy.knowledge.vocabulary import CODE_KINDS, CodeKind
from mailwhy.places import data_folder, packed_folder

if TYPE_CHECKING:
    from mailwhy.knowledge import entries

__all__ = ["KnowledgeBase", "builtin"]

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
    def causes(self) -> "Entries[entries.CauseEntry]":
        """Causes by id."""
        return self._section("causes")

    @cached_property
    def resolutions(self) -> "Entries[entries.ResolutionEntry]":
        """Resolutions by id."""
        return self._section("resolutions")

    @cached_property
    def questions(self) -> "Entries[entries.QuestionEntry]":
        """Questions by id."""
        return self._section("questions")

    @cached_property
    def providers(self) -> "Entries[entries.ProviderEntry]":
        """Providers by id."""
        return self._section("providers")

    @cached_property
    def symptoms(self) -> "Entries[entries.SymptomEntry]":
        """Symptoms by id."""
        return self._section("symptoms")

    @cached_property
    def dialogues(self) -> "Entries[entries.DialogueEntry]":
        """Dialogues by id."""
        return self._section("dialogues")

    @cached_property
    def replies(self) -> "Entries[entries.ReplyEntry]":
        """Wordings of replies and notices by id."""
        return self._section("replies")

    @cached_property
    def codes(self) -> "Entries[entries.CodeEntry]":
        """Codes by kind and code: ``hresult/0x800CCC79``."""
        return self._section("codes")

    @cached_property
    def weights(self) -> "entries.WeightsFile":
        """What evidence of each kind and strength counts."""
        return cast("entries.WeightsFile", Record(self._compiled("weights"), self._defaults))

    @cached_property
    def talk(self) -> "entries.TalkFile":
        """Words that no bare reply of a mail server holds."""
        return cast("entries.TalkFile", Record(self._compiled("talk"), self._defaults))

    @cached_property
    def wording_model(self) -> dict[str, Any]:
        """The model for words that no wording knows, as :mod:`mailwhy.training.wordings` wrote it; {} without one."""
        model: dict[str, Any] = self._compiled("wording-model")
        return model

    @cached_property
    def _aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = self._compiled("aliases")
        return aliases

    def code(self, kind: CodeKind, code: str) -> "entries.CodeEntry | None":
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

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        defaults: dict[str, Any] = self._compiled("defaults")
        return defaults

    def _section(self, name: str) -> Entries[Any]:
        return Entries(self._compiled(name), self._defaults)


@cache
def builtin() -> KnowledgeBase:
    """The built-in knowledge base, loaded once for the process."""
    return KnowledgeBase.load()
