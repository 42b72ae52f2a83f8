"""The wordings of the built-in knowledge base: their examples, and what must not match."""

import functools
import re
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
import yaml

from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.entries import ReplyEntry
from mailwhy.knowledge.wording import WordingIndex
from mailwhy.parsing import parse

PROSE = yaml.safe_load((Path(__file__).parents[1] / "fixtures" / "prose.yaml").read_text(encoding="utf-8"))


@functools.cache
def entries() -> dict[str, ReplyEntry]:
    return dict(KnowledgeBase.load().replies)


@functools.cache
def index() -> WordingIndex:
    return WordingIndex.build(entries().values())


def field_of(entry: ReplyEntry) -> Literal["reply", "notice"]:
    return "notice" if entry.where == "notice" else "reply"


def own_codes(text: str) -> list[str]:
    """The first reply code and the first enhanced status code of a text."""
    found = (re.match(r"\W*([245]\d\d)\b", text), re.search(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)", text))
    return [code[1] for code in found if code]


def test_every_example_matches_its_entry() -> None:
    silent = []
    for entry in entries().values():
        for example in entry.examples:
            field = field_of(entry)
            found = {match.entry_id for match in index().match(example, field, own_codes(example))}
            if entry.id not in found:
                silent.append((entry.id, example, found))
    assert silent == []


def test_every_example_gives_the_best_cause_of_its_entry() -> None:
    wrong = []
    for entry in entries().values():
        for example in entry.examples:
            field = field_of(entry)
            causes: Counter[str] = Counter()
            for match in index().match(example, field, own_codes(example)):
                causes.update(entries()[match.entry_id].causes)
            best = max(entry.causes, key=lambda cause: entry.causes[cause])
            if causes[best] < max(causes.values(), default=0):
                wrong.append((entry.id, example, causes.most_common(2)))
    assert wrong == []


@pytest.mark.parametrize(
    ("reply", "best"),
    [
        ("550 5.1.0 <someone@example.org>: Sender address rejected: User unknown", "sender_rejected"),
        ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "recipient_restricted"),
        ("550 5.7.1 Relaying denied. Proper authentication required.", "auth_required"),
        ("554 OB105. Connection refused. 192.0.2.1 is listed on the Exploits Block List", "ip_blocklisted"),
        ("421 Connection refused, too many sessions from 192.0.2.1.", "rate_limited"),
        ("550 5.4.5 Daily sending quota exceeded", "rate_limited"),
        ("552 5.2.2 Mailbox quota exceeded", "mailbox_full"),
        ("452 Too many recipients received this hour", "rate_limited"),
        ("450 4.7.1 Error: too many recipients from 192.0.2.1", "rate_limited"),
        ("452 4.5.3 Too many recipients", "too_many_recipients"),
        ("554 Service unavailable; Sender address [me@example.org] blocked using dbl.spamhaus.org", "sender_rejected"),
        ("554 Service unavailable; Client host [mx.example.org] blocked using multi.uribl.com", "spam_content"),
        ("554 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "ip_blocklisted"),
        ("451 Authentication failed: Maximum credits exceeded", "rate_limited"),
        ("550 relay.example.org: no such user", "recipient_unknown"),
        ("550 Mailbox unavailable: someone@spam.example.org", "recipient_unknown"),
    ],
)
def test_a_short_wording_gives_way_to_what_surrounds_it(reply: str, best: str) -> None:
    causes: Counter[str] = Counter()
    for match in index().match(reply, "reply", own_codes(reply)):
        causes.update(entries()[match.entry_id].causes)
    assert [cause for cause, strength in causes.items() if strength == max(causes.values())] == [best]


@pytest.mark.parametrize("language", sorted(PROSE))
def test_ordinary_prose_matches_nothing(language: str) -> None:
    assert len(PROSE[language]) >= 150
    matched = {line: match for line in PROSE[language] for match in index().match(line, "notice")}
    assert matched == {}


@pytest.mark.parametrize("language", sorted(PROSE))
def test_ordinary_prose_is_no_bare_reply(language: str) -> None:
    kb = KnowledgeBase.load()
    # Some of it tells of a failure in own words; nothing in it is what a server or a program printed.
    assert [line for line in PROSE[language] if any(one.client != "described" for one in parse(line, kb=kb))] == []


def test_every_wording_is_reached_in_a_plain_reply() -> None:
    """No wording is so shadowed by ``unless`` of its own entry that it can never be found."""
    unreachable = []
    for entry in entries().values():
        alone = WordingIndex.build([entry])
        codes = [code.replace("x", "0") for code in entry.codes]
        field = field_of(entry)
        for wording in entry.match:
            plain = wording.replace(" * ", " something ").replace("*", "")
            if not alone.match(plain, field, codes):
                unreachable.append((entry.id, wording))
    assert unreachable == []
