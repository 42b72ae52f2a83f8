"""Puts parser/, kb/ and locales/ into the wheel, each also in the compiled form that a command starts fastest from."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = "mailwhy/_data"


class CustomBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs for the wheel only; an editable installation reads the folders where they lie."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        self._work = tempfile.TemporaryDirectory()
        work = Path(self._work.name)
        include = build_data["force_include"]
        for name in ("parser", "kb"):
            include[str(root / name)] = f"{PACKED}/{name}"
        self._compile(root, work)
        for path in sorted(work.rglob("*")):
            if path.is_file():
                include[str(path)] = f"{PACKED}/{path.relative_to(work).as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the signature is hatchling's
        if version != "editable":
            self._work.cleanup()

    def _compile(self, root: Path, work: Path) -> None:
        os.environ["MAILWHY_CACHE"] = ""  # a build takes nothing from, and leaves nothing in, the builder's cache
        sys.path.insert(0, str(root / "src"))
        from mailwhy.diagnosis.compiling import compile_knowledge
        from mailwhy.i18n.translator import compile_catalogue
        from mailwhy.parsing.compiled import compile_tables

        (work / "compiled").mkdir()
        for name, data in compile_knowledge(root / "kb").items():
            text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
            (work / "compiled" / f"{name}.json").write_text(text, encoding="utf-8")
        (work / "parser.json").write_bytes(compile_tables())
        for source in sorted((root / "locales").rglob("*.po")):
            target = work / source.relative_to(root).with_suffix(".mo")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(compile_catalogue(source.read_bytes()))
