"""The fixtures of reports themselves: one format, unique ids, known clients and causes, at least as many as promised."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailwhy.parsing.report import CLIENTS, Report
from mailwhy.places import data_folder

FOLDER = Path(__file__).parent.parent / "fixtures" / "reports"
FILES = sorted(FOLDER.glob("*.yaml"))
ENTRIES: list[dict[str, Any]] = [
    entry for path in FILES for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]
CAUSES = {path.stem for path in (data_folder("kb") / "causes").glob("*.yaml")}
NOT_EXPECTED = {"languages", "span", "unread", "client_message", "remote_host"}
FIELDS = set(Report.model_fields) - NOT_EXPECTED


def test_there_are_enough_texts_of_every_kind() -> None:
    languages = Counter(entry["id"].removeprefix("neg-")[:2] for entry in ENTRIES)
    assert len(ENTRIES) >= 280
    assert sum(not entry["reports"] for entry in ENTRIES) >= 60
    assert languages["fr"] >= len(ENTRIES) // 4
    assert len(languages) >= 13
    assert {report.get("client", "other") for entry in ENTRIES for report in entry["reports"]} >= set(CLIENTS) - {
        "described"
    }


def test_ids_are_unique() -> None:
    assert [name for name, times in Counter(entry["id"] for entry in ENTRIES).items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_entry_has_the_format(path: Path) -> None:
    for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
        where = f"{path.name}: {entry.get('id')}"
        assert set(entry) <= {"id", "text", "quirks", "reports"}, where
        assert isinstance(entry["text"], str), where
        for report in entry["reports"]:
            assert set(report) <= {*FIELDS, "causes"}, where
            assert set(report.get("causes", ())) <= CAUSES, where
            fields = {key: value for key, value in report.items() if key != "causes"}
            checked = Report.model_validate(
                {"client": "other", **fields, "span": (0, len(entry["text"]))}, strict=False
            )
            values = {key: list(v) if isinstance(v := getattr(checked, key), tuple) else v for key in fields}
            assert values == fields, where
