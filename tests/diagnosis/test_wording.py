import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest

from mailwhy.knowledge.wording import MAX_TEXT, WordingIndex


@dataclass(frozen=True)
class Entry:
    id: str
    match: list[str]
    unless: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    where: Literal["reply", "notice", "any"] = "any"


def found(
    entries: list[Entry], text: str, where: Literal["reply", "notice"] = "reply", codes: Sequence[str] = ()
) -> list[str]:
    index = WordingIndex.build(entries)
    again = WordingIndex.from_json(json.loads(json.dumps(index.to_json())))
    assert again.match(text, where, codes) == index.match(text, where, codes)
    return [match.entry_id for match in index.match(text, where, codes)]


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("user unknown", "550 5.1.1 <a.b@example.org>: USER  UNKNOWN"),
        ("isn't in my list", "that domain isn\N{RIGHT SINGLE QUOTATION MARK}t in\u00a0my\nlist"),
        ("boîte pleine", "552 Boite du destinataire: boite pleine"),
        ("boite pleine", "552 Boi\u0302te pleine"),
        ("straße gesperrt", "STRASSE gesperrt"),
        ("resolver.rst.notauthorized", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
        ("cuda_nsu", "550 cuda_nsu 5.1.1 no"),
        ("OFR*_416", "550 5.1.1 Adresse refusee OFR004_416 [416]"),
        ("OFR*_416", "550 5.1.1 Adresse refusee OFR_416"),
        ("greylist*", "451 Greylisting in force"),
        ("*listed", "550 you are blacklisted"),
        ("domain's DMARC policy", "550-5.7.26 refused due to the domain's\n550-5.7.26 DMARC policy of it"),
        ("email account does not exist", "550-The email\n550-account does not\n550 exist"),
        ("[BL23]", "553 not allowed - 5.7.1 [BL23] no"),
        ("中继拒绝", "550 发送失败中继拒绝。"),
        ("user * is locked", "550 User someone@example.org (id 4.5.6) is locked"),
        ("user * locked * later", "User a@example.org locked. Please try later"),
    ],
)
def test_a_wording_is_found_however_it_is_printed(wording: str, text: str) -> None:
    assert found([Entry("wanted", [wording])], text) == ["wanted"]


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("user unknown", "superuser unknowns"),
        ("user unknown", "unknown user"),
        ("relay denied", "relay@denied.example"),
        ("user * unknown", "user " + "x" * 81 + " unknown"),
        ("user * unknown", "unknown then user"),
        ("greylist*", "listgrey"),
        ("*listed", "listedx"),
    ],
)
def test_other_words_are_not_found(wording: str, text: str) -> None:
    assert found([Entry("unwanted", [wording])], text) == []


def test_a_gap_does_not_hide_a_later_start_within_reach() -> None:
    text = "user first, " + "x" * 70 + " user second is unknown"
    assert found([Entry("wanted", ["user * is unknown"])], text) == ["wanted"]


def test_the_longest_wording_wins_and_equal_ones_stay() -> None:
    entries = [
        Entry("short", ["user unknown"]),
        Entry("long", ["sender address rejected: user unknown"]),
        Entry("equal", ["Sender address rejected, user unknown"]),
    ]
    assert found(entries, "550 Sender address rejected: User unknown") == ["equal", "long"]
    assert found(entries, "550 User unknown") == ["short"]
    twice = "Sender address rejected: user unknown; user unknown"
    assert found(entries, twice) == ["equal", "long", "short"]


def test_words_in_a_gap_are_not_part_of_the_longer_wording() -> None:
    entries = [Entry("inside", ["relay denied"]), Entry("around", ["sorry * try another server"])]
    assert found(entries, "Sorry, relay denied, try another server") == ["around", "inside"]


def test_unless_silences_an_entry_anywhere_in_the_text() -> None:
    entries = [Entry("wanted", ["connection refused"], unless=["too many * sessions"])]
    assert found(entries, "Connection refused") == ["wanted"]
    assert found(entries, "Connection refused, too many open sessions") == []


def test_a_wording_that_is_silenced_does_not_silence_others() -> None:
    entries = [Entry("short", ["quota exceeded"]), Entry("long", ["hourly quota exceeded"], codes=["4.x.x"])]
    assert found(entries, "hourly quota exceeded", codes=["550"]) == ["short"]
    assert found(entries, "hourly quota exceeded", codes=["450", "4.7.1"]) == ["long"]


@pytest.mark.parametrize(
    ("wanted", "codes", "expected"),
    [
        ("554", ["554"], True),
        ("5xx", ["554", "5.7.1"], True),
        ("4.x.x", ["4.7.28"], True),
        ("5.7.5xx", ["5.7.509"], True),
        ("5.7.5xx", ["5.7.60"], False),
        ("5.7.1", ["5.7.12"], False),
        ("554", [], False),
    ],
)
def test_codes_are_compared_digit_by_digit(wanted: str, codes: list[str], expected: bool) -> None:
    assert bool(found([Entry("coded", ["refused"], codes=[wanted])], "refused", codes=codes)) is expected


def test_where_names_the_field() -> None:
    entries = [Entry("server", ["all gone"], where="reply"), Entry("client", ["all gone"], where="notice")]
    assert found(entries, "all gone", "reply") == ["server"]
    assert found(entries, "all gone", "notice") == ["client"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no relay here", ["word"]),
        ("no relay.", ["word"]),
        ("relay3.example.org said no", []),
        ("mail-relay.example.org said no", []),
        ("see https://example.org/relay", []),
        ("see the file mail.relay", []),
    ],
)
def test_a_single_word_of_a_server_is_not_found_in_the_name_of_a_host(text: str, expected: list[str]) -> None:
    assert found([Entry("word", ["relay*"], where="reply")], text) == expected
    assert found([Entry("any", ["relay*"])], text) == ["any"]


def test_a_match_says_where_it_stands() -> None:
    (match,) = WordingIndex.build([Entry("wanted", ["boite * pleine"])]).match("550 Élève : Boîte déjà pleine !")
    assert (match.start, match.end, match.text) == (12, 29, "Boîte déjà pleine")


@pytest.mark.parametrize(
    ("wording", "remedy"),
    [
        ("***", "has no word"),
        ("5.1.1 user unknown", "Name it in 'codes'"),
        ("550-user unknown", "Name it in 'codes'"),
        ("*spam*", "Keep one of them"),
        ("ab*", "Give more"),
    ],
)
def test_a_wording_that_cannot_be_looked_up_is_refused_with_its_entry(wording: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy) as refused:
        WordingIndex.build([Entry("culprit", [wording])])
    assert str(refused.value).startswith("culprit: ")


@pytest.mark.parametrize(
    "piece",
    [
        "user unknown ",
        "user ",
        "a.",
        "a@",
        "@",
        "e\u0301",
        "550-",
        "5.1.1",
        "x",
        "用户",
        "user a unknown b ",
        " ",
    ],
)
def test_hostile_text_does_not_hang(piece: str) -> None:
    """The bound is a thousand times what a match takes: it tells a hang, on any machine, and measures nothing."""
    index = WordingIndex.build(
        [
            Entry("one", ["user unknown", "user * unknown", "unknown * user * b"]),
            Entry("two", ["user", "unknown user unknown"], unless=["b * user"]),
        ]
    )
    start = time.process_time()
    index.match((piece * MAX_TEXT)[:MAX_TEXT])
    assert time.process_time() - start < 30


def test_what_no_reply_is_long_enough_for_is_not_read() -> None:
    index = WordingIndex.build([Entry("one", ["user unknown"])])
    assert index.match("x " * (MAX_TEXT // 2) + "user unknown") == []
    assert len(index.match("x " * (MAX_TEXT // 2 - 10) + "user unknown")) == 1
