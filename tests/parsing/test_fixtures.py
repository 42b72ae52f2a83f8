"""Every fixture of tests/fixtures/reports, read by the parser: all reports, all fields, no more and no less."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mailwhy.parsing import could_hold_report, parse
from mailwhy.parsing.report import Report

FIELDS = (
    "error_number", "server_error", "socket_error", "smtp_code", "enhanced_code", "server", "account", "subject",
    "protocol", "port", "ssl", "rejected_address", "server_response",
)  # fmt: skip
STATED = {"side", "temporary_notice", "recipients", "remote_host", "client_message"}
"""Fields that a fixture may state; where it doesn't, any value is right."""
_FOLDER = Path(__file__).parent.parent / "fixtures" / "reports"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def fixtures() -> list[Any]:
    return [
        pytest.param(entry, id=entry["id"])
        for path in sorted(_FOLDER.glob("*.yaml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    ]


def seen(values: dict[str, Any]) -> dict[str, Any]:
    """The fields that are there, a reply without the full stop or quotes at its end."""
    found = {name: values.get(name) for name in FIELDS}
    for name, value in found.items():
        if isinstance(value, str):
            found[name] = " ".join(value.split()).strip(" .,;'\"")
    return {name: value for name, value in found.items() if value is not None}


def read(report: Report) -> dict[str, Any]:
    return seen(report.model_dump())


@pytest.mark.parametrize("fixture", fixtures())
def test_all_fields(fixture: dict[str, Any]) -> None:
    reports = parse(fixture["text"])
    assert [read(report) for report in reports] == [seen(expected) for expected in fixture["reports"]]
    for report, expected in zip(reports, fixture["reports"], strict=True):
        for name in STATED & expected.keys():
            value = getattr(report, name)
            assert (list(value) if isinstance(value, tuple) else value) == expected[name], name
    clients = [expected["client"] for expected in fixture["reports"] if "client" in expected]
    if len(clients) == len(reports):
        assert [report.client for report in reports] == clients


@pytest.mark.parametrize("fixture", fixtures())
def test_spans(fixture: dict[str, Any]) -> None:
    text = fixture["text"]
    spans = [report.span for report in parse(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert could_hold_report(text) or not spans


@pytest.mark.parametrize("fixture", fixtures())
def test_reports_are_valid(fixture: dict[str, Any]) -> None:
    """The parser makes its reports without validating them."""
    for report in parse(fixture["text"]):
        assert Report.model_validate(report.model_dump()) == report
        assert list(report.model_dump()) == list(Report.model_fields)
