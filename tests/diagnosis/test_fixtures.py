"""Every labelled report of tests/fixtures/reports, diagnosed: the likeliest cause is one that the label accepts."""

from typing import Any

import pytest
from tests.fixture_files import reports

import mailwhy

LABELLED = [
    pytest.param(entry, number, id=f"{entry['id']}-{number}")
    for entry in reports()
    for number, report in enumerate(entry["reports"])
    if report.get("causes")
]


@pytest.mark.parametrize(("entry", "number"), LABELLED)
def test_the_likeliest_cause(entry: dict[str, Any], number: int) -> None:
    diagnosis = mailwhy.diagnose(entry["text"], locale="en")[number]
    likeliest = diagnosis.causes[0] if diagnosis.causes else None
    accepted = entry["reports"][number]["causes"]
    if accepted == ["unknown"]:
        assert likeliest is None or likeliest.id == "unknown" or likeliest.confidence < 0.5
    else:
        assert likeliest is not None
        assert likeliest.id in accepted


def test_the_best_label_is_usually_the_likeliest_cause() -> None:
    """The first of the accepted causes is the best one; drifting weights show here before they show above."""
    best = [
        diagnoses[number].causes[0].id == report["causes"][0]
        for entry in reports()
        if any(report.get("causes") for report in entry["reports"])
        for diagnoses in [mailwhy.diagnose(entry["text"], locale="en")]
        for number, report in enumerate(entry["reports"])
        if report.get("causes") and number < len(diagnoses) and diagnoses[number].causes
    ]
    assert sum(best) >= 0.96 * len(best)
