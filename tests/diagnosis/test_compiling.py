import json

from mailwhy.diagnosis.compiling import compile_knowledge
from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.store import Store
from mailwhy.knowledge.wording import wording_index
from mailwhy.places import data_folder


def test_the_compiled_form_is_all_that_a_knowledge_base_needs(tmp_path):
    for name, data in compile_knowledge(data_folder("kb")).items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")

    def not_stored() -> object:
        raise AssertionError("something is not in the compiled form")

    store = Store(tmp_path)
    kb = KnowledgeBase(store, lambda name: store.get(name, not_stored))
    assert kb.causes["relay_denied"].status == "stable"
    assert kb.code("smtp-enhanced", "5.2.2") is not None
    assert kb.weights.unknown
    assert wording_index(kb).match("554 5.7.1 Relay access denied", "reply", ["554"])
