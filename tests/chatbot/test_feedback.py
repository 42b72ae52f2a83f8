"""What helped: the order that follows it, the store, the route, the command."""

import datetime as dt
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

import mailwhy
from mailwhy.chatbot.feedback.errors import StoreError
from mailwhy.chatbot.feedback.ordering import Count, Tally, likely_to_help, reordered
from mailwhy.chatbot.feedback.store import FeedbackStore
from mailwhy.chatbot.models import Feedback
from mailwhy.cli import main

DAY = dt.date(2026, 11, 23)
RELAY = "550 5.7.1 Relay access denied"


def order(tally: Tally) -> list[str]:
    (diagnosis,) = mailwhy.diagnose(RELAY)
    return [resolution.id for resolution in reordered(diagnosis, tally).causes[0].resolutions]


def test_no_feedback_leaves_all_as_it_is() -> None:
    (diagnosis,) = mailwhy.diagnose(RELAY)
    assert reordered(diagnosis, {}) is diagnosis
    assert reordered(diagnosis, {("another_cause", "x"): Count(100, 100)}) is diagnosis


def test_what_helps_comes_first_but_not_at_once() -> None:
    editors = order({})
    last = editors[-1]
    assert order({("relay_denied", last): Count(1, 1)})[0] == editors[0]
    assert order({("relay_denied", last): Count(100, 95)}) == [last, *editors[:-1]]


def test_what_never_helps_goes_last() -> None:
    editors = order({})
    assert order({("relay_denied", editors[0]): Count(200, 0)}) == [*editors[1:], editors[0]]


counts = st.integers(0, 1000).flatmap(lambda tried: st.builds(Count, st.just(tried), st.integers(0, tried)))


@given(st.lists(counts, min_size=20, max_size=20))
def test_order_loses_and_invents_nothing(told: list[Count]) -> None:
    editors = order({})
    tally = {("relay_denied", name): count for name, count in zip(editors, told, strict=False)}
    assert sorted(order(tally)) == sorted(editors)


@given(st.integers(0, 30), counts)
def test_chance_is_one_and_grows_with_success(place: int, count: Count) -> None:
    chance = likely_to_help(place, count)
    assert 0 < chance < 1
    assert likely_to_help(place, Count(count.tried + 1, count.helped + 1)) > chance
    assert likely_to_help(place, Count(count.tried + 1, count.helped)) < chance


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of the test's own, on a socket in its folder."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if initdb is None:
        pytest.skip("no PostgreSQL on this machine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        user = "nobody" if os.getuid() == 0 else None  # PostgreSQL does not run as root
        if user:
            shutil.chown(folder, user)

        def run(*command: str) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user)

        run(initdb, "-D", f"{name}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale", "C")
        server = (str(Path(initdb).with_name("pg_ctl")), "-D", f"{name}/data", "-l", f"{name}/log", "-w")
        run(*server, "-o", f"-c listen_addresses= -c unix_socket_directories={name}", "start")
        yield f"postgresql+psycopg://tester@/postgres?host={name}"
        run(*server, "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "feedback.db")
    name: str = request.getfixturevalue("postgresql")
    return name


def test_store_counts(store_name: str) -> None:
    store = FeedbackStore(store_name)
    before = store.tally().get(("relay_denied", "a"), Count(0, 0))
    for helped in (True, True, False):
        store.add(Feedback(cause="relay_denied", resolution="a", helped=helped), DAY)
    assert store.tally()["relay_denied", "a"] == Count(before.tried + 3, before.helped + 2)
    store.close()
    again = FeedbackStore(store_name, create=False)
    assert again.tally()["relay_denied", "a"].tried == before.tried + 3
    again.close()


def test_store_keeps_ids_and_the_day_alone(tmp_path: Path) -> None:
    import sqlite3

    store = FeedbackStore(str(tmp_path / "feedback.db"))
    store.add(Feedback(cause="relay_denied", resolution="a", helped=True), DAY)
    store.close()
    connection = sqlite3.connect(tmp_path / "feedback.db")
    assert connection.execute("select * from mailwhy_feedback").fetchall() == [
        (1, "2026-11-23", "relay_denied", "a", 1),
    ]
    connection.close()


@pytest.mark.parametrize("name", ["nosuch://x", "sqlite:////no/such/folder/x.db", "mysql+nosuch://x", "://", "x" * 300])
def test_store_that_cannot_be_used(name: str) -> None:
    with pytest.raises(StoreError, match="feedback store") as error:
        FeedbackStore(name)
    assert "SELECT" not in str(error.value)


def test_password_is_not_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(StoreError) as error:
        FeedbackStore(f"postgresql+psycopg://tester:hunter2@/x?host={tmp_path}")
    assert "hunter2" not in str(error.value)


def given_(client: TestClient, **changes: object) -> Any:
    body = {"cause": "relay_denied", "resolution": order({})[-1], "helped": True, **changes}
    return client.post("/v1/feedback", json=body)


def test_feedback_moves_the_order(serve: Callable[..., TestClient], tmp_path: Path) -> None:
    name = str(tmp_path / "feedback.db")
    follows = serve(feedback=name, order_by_feedback=True)
    keeps = serve(feedback=name)
    last = order({})[-1]
    for _ in range(60):
        assert given_(follows).status_code == 204

    def first(client: TestClient) -> str:
        answer = client.post("/v1/diagnose", json={"text": RELAY}).json()
        found: str = answer["diagnoses"][0]["causes"][0]["resolutions"][0]["id"]
        return found

    assert first(follows) == last
    assert first(keeps) == order({})[0]
    assert first(serve(feedback=name, order_by_feedback=True)) == last  # read from the store


def test_feedback_of_other_processes_is_read(serve: Callable[..., TestClient], tmp_path: Path) -> None:
    import time

    name = str(tmp_path / "feedback.db")
    client = serve(feedback=name, order_by_feedback=True, refresh_seconds=0.05)
    other = FeedbackStore(name)
    last = order({})[-1]
    for _ in range(60):
        other.add(Feedback(cause="relay_denied", resolution=last, helped=True), DAY)
    other.close()
    latest = time.monotonic() + 10
    while (
        client.post("/v1/diagnose", json={"text": RELAY}).json()["diagnoses"][0]["causes"][0]["resolutions"][0]["id"]
        != last
    ):
        assert time.monotonic() < latest


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"cause": "nothing"}, 422, "unknown-answer"),
        ({"resolution": "nothing"}, 422, "unknown-answer"),
        ({"cause": "mailbox_full"}, 409, "not-of-this-cause"),
        ({"helped": "maybe"}, 422, "invalid-request"),
        ({"text": "the whole ticket"}, 422, "invalid-request"),
    ],
)
def test_wrong_feedback(
    serve: Callable[..., TestClient], tmp_path: Path, changes: Mapping[str, object], status: int, code: str
) -> None:
    client = serve(feedback=str(tmp_path / "feedback.db"))
    answer = given_(client, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_store_that_fails_is_told(serve: Callable[..., TestClient], tmp_path: Path) -> None:
    client = serve(feedback=str(tmp_path / "feedback.db"))
    (tmp_path / "feedback.db").write_bytes(b"no database")
    answer = given_(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "feedback-not-kept")
    assert str(tmp_path) not in answer.text


def test_command(
    serve: Callable[..., TestClient], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    name = str(tmp_path / "feedback.db")
    assert main(["feedback", name, "--lang", "en"]) == 2
    assert "mailwhy serve --feedback" in capsys.readouterr().err
    client = serve(feedback=name)
    assert main(["feedback", name, "--lang", "en"]) == 1
    assert capsys.readouterr().out == "No feedback has been kept yet.\n"
    given_(client)
    given_(client, helped=False)
    given_(client, resolution=order({})[0])
    monkeypatch.setenv("MAILWHY_FEEDBACK", name)
    assert main(["feedback", "--lang", "en"]) == 0
    heading, first, second = capsys.readouterr().out.splitlines()
    assert "[relay_denied]" in heading
    assert first.split("  ")[1:2] == ["helped 1 of 1"]
    assert f"[{order({})[-1]}]" in second
    assert main(["feedback", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["feedback"]
    assert [(row["resolution"], row["tried"], row["helped"]) for row in rows] == [
        (order({})[0], 1, 1),
        (order({})[-1], 2, 1),
    ]


def test_command_needs_a_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--lang", "en"]) == 2
    assert "MAILWHY_FEEDBACK" in capsys.readouterr().err
