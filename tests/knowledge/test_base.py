import json

import pytest

from mailwhy.knowledge import KnowledgeBase, KnowledgeError
from mailwhy.knowledge.compiling import compile_folders
from mailwhy.knowledge.schemas import SCHEMAS, schema_of
from mailwhy.knowledge.store import Store, fingerprint

CAUSE = """\
id: {id}
status: {status}
since: 2026-01-01
updated: 2026-01-01
title: {title}
summary: S.
details: D.
responsible: sender
temporary: false
"""


def load(*folders) -> KnowledgeBase:
    return KnowledgeBase(Store(None), compile_folders(*folders).__getitem__)


def test_entries_are_read(base):
    kb = load(base)
    assert kb.causes["full"].resolutions == ("wait",)
    assert kb.causes["full"].since.year == 2026
    assert kb.resolutions["wait"].instructions[0].steps == ("Wait a day.",)
    assert kb.questions["how-long"].options[0].effects == {"full": 1.0}
    assert kb.questions["how-long"].options[1].effects == {}
    assert kb.providers["home"].submission[0].port == 465
    assert kb.weights.unknown == 1.0
    assert "relay" in kb.causes
    assert "none" not in kb.causes
    assert len(kb.symptoms) == 0


@pytest.mark.parametrize(
    ("kind", "code", "meaning"),
    [
        ("winsock", "10061", "Refused."),
        ("winsock", "61", "Refused."),
        ("smtp-enhanced", "4.2.2", "Full."),
        ("smtp-enhanced", "5.2.2", "Full."),
        ("smtp-enhanced", "5.7.57", "Not signed in."),
    ],
)
def test_codes_are_found_in_every_form(base, kind, code, meaning):
    found = load(base).code(kind, code)
    assert found is not None
    assert found.meaning == meaning


@pytest.mark.parametrize(("kind", "code"), [("smtp-enhanced", "4.7.57"), ("winsock", "10060"), ("hresult", "10061")])
def test_other_codes_are_not(base, kind, code):
    assert load(base).code(kind, code) is None


def test_the_kinds_of_a_code(base):
    assert load(base).kinds_of("61") == ("winsock",)
    assert load(base).kinds_of("99") == ()


def test_an_overlay_adds_replaces_and_switches_off(base, overlay, write):
    write(
        overlay,
        {
            "causes/odd.yaml": CAUSE.format(id="odd", status="stable", title="Odd"),
            "causes/full.yaml": CAUSE.format(id="full", status="stable", title="Fuller"),
            "switched-off.yaml": "replies: [relay]\ncodes: ['10061']\nquestions: [how-long]\n",
        },
    )
    kb = load(base, overlay)
    assert kb.causes["odd"].title == "Odd"
    assert kb.causes["full"].title == "Fuller"
    assert kb.causes["relay"].title == "Relay refused"
    assert set(kb.replies) == {"full"}
    assert kb.code("winsock", "10061") is None
    assert kb.questions == {}


def test_retired_entries_are_not_used(base, overlay, write):
    write(overlay, {"causes/relay.yaml": CAUSE.format(id="relay", status="retired", title="Old")})
    assert set(load(base, overlay).causes) == {"full"}


def test_a_faulty_overlay_is_refused_with_every_problem(overlay, write):
    write(overlay, {"causes/a.yaml": "id: a\n", "causes/b.yaml": "[]"})
    with pytest.raises(KnowledgeError) as raised:
        KnowledgeBase.load(overlay)
    assert {problem.path.name for problem in raised.value.problems} == {"a.yaml", "b.yaml"}
    assert str(overlay / "causes" / "a.yaml") in str(raised.value)


def test_the_built_in_base_is_compiled_once_and_then_read_from_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILWHY_CACHE", str(tmp_path))
    first = KnowledgeBase.load()
    assert "relay_denied" in first.causes
    stored = list(tmp_path.glob("kb-*/causes.json"))
    assert len(stored) == 1
    stored[0].write_text(json.dumps({"only": {"id": "only", "title": "From the cache"}}), encoding="utf-8")
    assert list(KnowledgeBase.load().causes) == ["only"]


def test_a_damaged_cache_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILWHY_CACHE", str(tmp_path))
    assert KnowledgeBase.load().causes
    (stored,) = tmp_path.glob("kb-*/causes.json")
    stored.write_bytes(b"{")
    assert "relay_denied" in KnowledgeBase.load().causes


def test_a_cache_that_others_may_write_to_is_not_used(tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o777)
    shared.chmod(0o777)
    monkeypatch.setenv("MAILWHY_CACHE", str(shared))
    assert "relay_denied" in KnowledgeBase.load().causes
    assert list(shared.iterdir()) == []


def test_old_compiled_forms_are_forgotten(base, tmp_path, monkeypatch):
    monkeypatch.setenv("MAILWHY_CACHE", str(tmp_path / "cache"))
    for turn in range(20):
        (base / "weights.yaml").write_text(f"# {turn}\n" * (turn + 1), encoding="utf-8")
        Store.for_sources(base).get("x", lambda: 1)
    assert len(list((tmp_path / "cache").iterdir())) <= 16


def test_the_fingerprint_follows_the_files(base):
    before = fingerprint(base)
    assert fingerprint(base) == before
    (base / "causes" / "new.yaml").write_text("id: new\n", encoding="utf-8")
    assert fingerprint(base) != before


def test_derived_data_is_stored_and_made_objects_are_kept(base, tmp_path):
    compiled = compile_folders(base)
    made: list[int] = []

    def double(kb: KnowledgeBase) -> list[int]:
        made.append(1)
        return [len(kb.causes)] * 2

    for _ in range(2):
        kb = KnowledgeBase(Store(tmp_path), compiled.__getitem__)
        assert kb.derived("double", double) == [2, 2]
        assert kb.made(tuple_of_causes) is kb.made(tuple_of_causes)
    assert made == [1]


def tuple_of_causes(kb: KnowledgeBase) -> tuple[str, ...]:
    return tuple(kb.causes)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_kind_of_file_has_a_schema(kind):
    schema = schema_of(kind)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
