"""The model of wordings: what it makes of a text, and that it never outvotes a known wording."""

import pytest

from mailwhy.diagnosis.api import builtin, diagnose
from mailwhy.diagnosis.evidence import collect
from mailwhy.diagnosis.wording_model import WordingModel, features, nearest_replies, wording_model
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing.report import Report

MODEL = WordingModel.from_json(
    {"causes": ["mailbox_full", "recipient_unknown"], "biases": [0.0, 0.0], "weights": {"full": [0, 300, 1, -300]}}
)

UNSEEN = {
    "550 the box of this person has no space left and its quota is used up": "mailbox_full",
    "550 we never had any user by such a name on our machines": "recipient_unknown",
    "535 these credentials were turned down by the authentication service": "auth_failed",
    "554 a trojan was found inside the attachment by the virus scanner": "virus_detected",
}


def kinds(kb: KnowledgeBase, reply: str) -> set[str]:
    """The kinds of evidence in a reply of a server."""
    return {
        finding.kind
        for finding in collect(Report(client="bare-reply", server_response=reply, span=(0, len(reply))), kb).evidence
    }


def test_what_differs_from_mail_to_mail_is_masked() -> None:
    one = set(features("550 5.1.1 <ann@example.org> is full at mx1.example.net [192.0.2.7], id 4Bq77xK1z9"))
    other = set(features("552 5.2.2 <bob@example.com> is full at mx1.example.net [198.51.100.9], id 9Zz1234567"))
    assert one == other
    assert "is full" in one


def test_exceptions_are_read_as_words() -> None:
    assert {"authentication", "failed"} <= set(features("javax.mail.AuthenticationFailedException"))


def test_the_likeliest_cause_comes_first() -> None:
    judged = MODEL.judge("the mailbox is full")
    assert judged[0].cause == "mailbox_full"
    assert judged[0].probability > 0.9
    assert sum(judgement.probability for judgement in judged) == pytest.approx(1)


def test_a_text_of_unknown_words_is_not_judged() -> None:
    assert MODEL.judge("lorem ipsum") == []
    assert MODEL.judge("") == []


@pytest.mark.parametrize(("reply", "cause"), UNSEEN.items())
def test_words_never_seen_before(reply: str, cause: str) -> None:
    model = wording_model(builtin())
    assert model is not None
    assert model.judge(reply)[0].cause == cause


def test_the_nearest_known_reply_is_for_the_cause() -> None:
    kb = builtin()
    nearest = nearest_replies(kb).nearest("this mailbox is over its quota", "mailbox_full")
    assert nearest is not None
    assert "mailbox_full" in kb.replies[nearest].causes


def test_a_servers_own_wording_is_never_outvoted() -> None:
    assert "words" not in kinds(builtin(), "550 5.1.1 User unknown in local recipient table")


def test_a_general_wording_is_judged_as_a_whole() -> None:
    assert "words" in kinds(builtin(), "550 the host is blocked because nobody authenticated on it")


def test_an_organisations_own_wording_wins(tmp_path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "own.yaml").write_text(
        'source: us\nreplies:\n  - id: own\n    match: ["trojan was found inside"]\n    causes: {mailbox_full: 4}\n'
        '    examples: ["554 a trojan was found inside"]\n'
    )
    kb = KnowledgeBase.load(tmp_path)
    reply = next(reply for reply in UNSEEN if "trojan" in reply)
    assert "words" not in kinds(kb, reply)
    assert diagnose(f"Server Response: '{reply}'", kb=kb)[0].causes[0].id == "mailbox_full"


def test_a_knowledge_base_without_a_model_judges_nothing(tmp_path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "wordings.json").write_text("{}")
    assert "words" not in kinds(KnowledgeBase.load(tmp_path), next(iter(UNSEEN)))
