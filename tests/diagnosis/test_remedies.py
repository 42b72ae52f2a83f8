"""What to do first, for the words of each text, and who has to act; fixtures are data."""

from pathlib import Path
from typing import Any

import pytest
from tests.fixture_files import FOLDER, load, reports

import mailwhy
from mailwhy.diagnosis.remedies import Circumstances, admits
from mailwhy.knowledge import builtin
from mailwhy.knowledge.check import check_folders
from mailwhy.places import data_folder

TEXTS: list[dict[str, Any]] = load(FOLDER / "remedies.yaml")
LABELLED = [
    {"text": entry["text"], "number": number, **report}
    for entry in reports()
    for number, report in enumerate(entry["reports"])
    if report.get("first") or report.get("never")
]


@pytest.mark.parametrize("label", [*TEXTS, *LABELLED], ids=lambda label: label["text"][-60:])
def test_the_first_remedy(label: dict[str, Any]) -> None:
    cause = mailwhy.diagnose(label["text"], locale="en")[label.get("number", 0)].causes[0]
    first = cause.resolutions[0]
    if label.get("first"):
        assert first.id in label["first"]
    assert first.id not in label.get("never", ())
    if label.get("who"):
        assert {cause.responsible, first.responsible} & set(label["who"])


RULES = [
    pytest.param(key, entry.remedies, id=key)
    for key, entry in builtin().replies.items()
    if entry.remedies and entry.where != "notice"
]


@pytest.mark.parametrize(("key", "rule"), RULES)
def test_what_a_reply_calls_wrong_is_not_the_first_remedy_of_its_example(key: str, rule: dict[str, Any]) -> None:
    """Its own cause may be outvoted by another entry's; then the rule has no say."""
    entry = builtin().replies[key]
    found = mailwhy.diagnose(entry.examples[0], locale="en")
    cause = found[0].causes[0] if found and found[0].causes else None
    if cause is not None and any(reason.entry == f"replies/{key}" for reason in cause.evidence):
        assert cause.resolutions[0].id not in rule.get("never", ())


SETTINGS = (
    "The connection to the server has failed. Server: 'smtp.orange.fr', Protocol: SMTP, Port: 25, Socket Error: 10060"
)


def test_the_values_of_the_settings_are_filled_in() -> None:
    steps = mailwhy.diagnose(SETTINGS, locale="en")[0].causes[0].resolutions[0].steps
    assert "smtp.orange.fr" in steps[0]
    assert "465" in steps[0]


def test_no_placeholder_is_left_open() -> None:
    for text in (SETTINGS, *(label["text"] for label in TEXTS)):
        for diagnosis in mailwhy.diagnose(text, locale="fr"):
            for resolution in (resolution for cause in diagnosis.causes for resolution in cause.resolutions):
                lists = [resolution.steps, *(other.steps for other in resolution.other_instructions)]
                assert not [step for steps in lists for step in steps if "{server}" in step or "{port}" in step]


def known(**said: Any) -> Circumstances:
    facts: dict[str, Any] = {"side": None, "client": "other", "authentication": frozenset(), "protocol": None}
    return Circumstances(**{**facts, "temporary": False, "delayed": False, **said})


@pytest.mark.parametrize(
    ("name", "said", "admitted"),
    [
        ("create-app-password", {}, True),
        ("create-app-password", {"authentication": frozenset({"oauth2"})}, False),
        ("create-app-password", {"authentication": frozenset({"oauth2", "app-password"})}, True),
        ("check-network-connection", {"side": "recipient"}, False),
        ("check-network-connection", {"side": "submission"}, True),
        ("check-network-connection", {}, True),
    ],
)
def test_guards(name: str, said: dict[str, Any], admitted: bool) -> None:
    assert admits(builtin().resolutions[name], known(**said)) is admitted


FAULTS = {
    "replies/odd.yaml": """
source: test
replies:
  - {id: odd, match: [an odd reply indeed], causes: {spam_content: 5}, examples: [an odd reply indeed],
     remedies: {first: [reword-message, no-such-remedy], never: [reword-message]}}
""",
}


def test_remedies_that_can_never_be_shown_are_found(tmp_path: Path) -> None:
    for name, text in FAULTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    _, problems = check_folders(data_folder("kb"), tmp_path)
    messages = " ".join(problem.message for problem in problems if problem.path.name == "odd.yaml")
    assert "'reword-message' is both the first thing to do and never to be done" in messages
    assert "'no-such-remedy' is no id of resolutions" in messages
