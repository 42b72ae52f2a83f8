"""The labelled texts of tests/fixtures, read once for all tests."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "fixtures"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> Any:
    """A fixture file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)


@cache
def reports() -> list[dict[str, Any]]:
    """Every text of fixtures/reports with what a perfect reader extracts, in the order of the files."""
    return [entry for path in sorted((FOLDER / "reports").glob("*.yaml")) for entry in load(path)]
