"""Unknown replies: grouped by what they have in common, and drafted so that ``mailwhy kb check`` takes them."""

from pathlib import Path

import pytest
import yaml

from mailwhy.batch.report.replies import Reply, draft_entry, draft_file, group_replies, template_of
from mailwhy.diagnosis.check import check_knowledge
from mailwhy.knowledge import KnowledgeBase
from mailwhy.places import data_folder

REPLIES = (
    "550 5.9.9 <eve@example.net>: the owl at mx7.example.org has not found this nest",
    "451 4.9.9 Gate shut for [192.0.2.7] until 10:11:12; see https://help.example/gate?ip=192.0.2.7 (ref 7f3A99bc01)",
    "554 owl rules (a|b)+ and x.* forbid * this? [sic] \\d",
    '571 "Night" watch says: it isn\'t morning #yet',
    "L'ours de l'hôte mx1.example.fr n'a pas trouvé la ruche 42",
    "550-5.7.1 The owl sleeps 550-5.7.1 until the evening 550 5.7.1 of user-0123456789@example.net",
    "554 5.7.0 no: yes: {braces} & <b>tags</b>",
)


@pytest.mark.parametrize(
    ("reply", "template"),
    [
        ("550 5.1.1 <eve@example.net>... Unheard of", "550 5.1.1 {address}... Unheard of"),
        ("550 5.1.1 user-ab12cd34ef@domain-1234567890.invalid unheard of", "550 5.1.1 {address} unheard of"),
        ("554 [ip-1234567890] and 2001:db8::1 and 192.0.2.33", "554 [{ip}] and {ip} and {ip}"),
        ("451 wait 300 seconds, 1.5 hours", "451 wait {number} seconds, {number} hours"),
        ("550 at mx3.example.org (4ZxQ1234abc)", "550 at {host} ({id})"),
        ("553 not in my list (#5.7.1)", "553 not in my list (#5.7.1)"),
        ("421 http://a.example/x?y=1 or so", "421 {url} or so"),
    ],
)
def test_what_differs_becomes_a_placeholder(reply: str, template: str) -> None:
    assert template_of(reply) == template


def test_replies_are_grouped_with_the_frequent_first() -> None:
    groups = group_replies(
        [
            Reply("550 Unheard of: a@example.net", 2, "recipient_unknown", "mx.example.org"),
            Reply("451 Gate 7 shut", 4),
            Reply("550 Unheard of: b@example.net", 3, "recipient_unknown", "mx.example.com"),
        ]
    )
    assert [(group.template, group.reports) for group in groups] == [
        ("550 Unheard of: {address}", 5),
        ("451 Gate {number} shut", 4),
    ]
    assert groups[0].servers == {"mx.example.org": 2, "mx.example.com": 3}
    assert [group.likely_cause for group in groups] == ["recipient_unknown", None]


def test_a_word_that_differs_is_a_name() -> None:
    names = ("martin", "durand", "petit")
    (group,) = group_replies([Reply(f"550 no such desk {name} here", 1) for name in names])
    assert (group.template, group.reports) == ("550 no such desk {name} here", 3)
    two = group_replies([Reply(f"550 no such {thing} here", 1) for thing in ("desk", "chair")])
    assert len(two) == 2


def test_drafts_are_accepted_once_a_cause_is_filled_in(tmp_path: Path) -> None:
    groups = group_replies([Reply(reply, 1, "relay_denied") for reply in REPLIES])
    entries = [draft_entry(group) for group in groups]
    assert len(entries) == len(REPLIES)
    draft = draft_file([entry for entry in entries if entry is not None])
    (tmp_path / "replies").mkdir()
    path = tmp_path / "replies" / "drafts.yaml"
    path.write_text(draft, encoding="utf-8")
    problems = [problem for problem in check_knowledge(data_folder("kb"), tmp_path)[0] if problem.path == path]
    assert problems, "a draft without a cause is no entry yet"
    path.write_text(draft.replace("causes: {}", "causes: {relay_denied: 4}"), encoding="utf-8")
    problems = [problem for problem in check_knowledge(data_folder("kb"), tmp_path)[0] if problem.path == path]
    assert [str(problem) for problem in problems] == []
    added = {entry["id"] for entry in yaml.safe_load(draft)["replies"]}
    assert len(added) == len(REPLIES)
    assert added <= set(KnowledgeBase.load(tmp_path).replies)


def test_a_draft_holds_nobodys_data() -> None:
    (group,) = group_replies([Reply(REPLIES[0], 1)])
    entry = draft_entry(group)
    assert entry is not None
    assert "eve" not in entry
    assert "mx7" not in entry
    assert "the owl at * has not found this nest" in entry


@pytest.mark.parametrize("reply", ["550 5.1.1", "554 <eve@example.net>", "421 4.7.0 192.0.2.1", "550 no", ""])
def test_a_reply_without_words_has_no_draft(reply: str) -> None:
    (group,) = group_replies([Reply(reply, 1)])
    assert draft_entry(group) is None
