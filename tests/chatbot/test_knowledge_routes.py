"""GET /v1/codes, /v1/causes, /v1/search and the dialogues."""

import pytest
from starlette.testclient import TestClient

import mailwhy
from mailwhy.knowledge import KnowledgeBase


@pytest.mark.parametrize("code", ["0x800CCC79", "-2146644871", "550", "5.7.1", "10060", "-19738"])
def test_code(client: TestClient, code: str) -> None:
    answer = client.get(f"/v1/codes/{code}", params={"locale": "fr"})
    assert answer.json() == mailwhy.explain(code, "fr").model_dump(mode="json")
    assert answer.headers["Content-Language"] == "fr"


def test_brief_code(client: TestClient) -> None:
    full, brief = (client.get(f"/v1/codes/550?detail={detail}") for detail in ("full", "brief"))
    assert len(brief.content) < 20_000 < len(full.content)
    assert brief.json()["meaning"] == full.json()["meaning"]
    assert client.get("/v1/codes/550?detail=some").status_code == 422


def test_what_is_no_code(client: TestClient) -> None:
    answer = client.get("/v1/codes/hello")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-a-code"
    assert "0x800CCC79" in answer.json()["detail"]


def test_every_cause_in_every_language(client: TestClient, kb: KnowledgeBase) -> None:
    for cause in kb.causes:
        titles = set()
        for locale in ("en", "fr"):
            answer = client.get(f"/v1/causes/{cause}", headers={"Accept-Language": locale})
            assert answer.json()["id"] == cause
            assert answer.headers["Content-Language"] == locale
            titles.add(answer.json()["title"])
        assert len(titles) == 2


def test_unknown_cause(client: TestClient) -> None:
    answer = client.get("/v1/causes/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-cause")


def test_locale_that_there_is_not(client: TestClient) -> None:
    answer = client.get("/v1/causes/relay_denied?locale=tlh")
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["Mailwhy-Notice"] == "locale-not-available"


def test_search(client: TestClient) -> None:
    answer = client.get("/v1/search", params={"q": "bloqué dans la boîte d'envoi", "locale": "fr", "limit": 2})
    found = answer.json()
    assert found["hits"][0]["id"] == "stuck-in-outbox"
    assert len(found["hits"]) == 2
    assert found["locale"] == "fr"


def test_dialogue_to_its_end(client: TestClient) -> None:
    """A bot that knows nothing but what it is told gets to an outcome."""
    state = client.get("/v1/dialogues/relay").json()
    answers: dict[str, str] = {}
    for _ in range(20):
        question = state["question"]
        if question is None:
            break
        answers[question["id"]] = question["options"][0]["id"] if question["options"] else "<Anna@Example.net> "
        state = client.post("/v1/dialogues/relay", json={"answers": answers, "locale": "fr"}).json()
    assert state["outcome"]["title"]
    assert state["locale"] == "fr"
    assert "example.net" in state["answers"].values()


@pytest.mark.parametrize(
    "answers",
    [{"program": "pigeon"}, {"nothing": "x"}, {"own-account": "no domain"}, {"own-account": "a@b"}],
)
def test_wrong_answer_in_a_dialogue(client: TestClient, answers: dict[str, str]) -> None:
    answer = client.post("/v1/dialogues/relay", json={"answers": answers})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-answer")


def test_unknown_dialogue(client: TestClient) -> None:
    assert client.get("/v1/dialogues/weather").json()["code"] == "unknown-dialogue"
    assert client.post("/v1/dialogues/weather", json={"answers": {"a": "b"}}).status_code == 404
