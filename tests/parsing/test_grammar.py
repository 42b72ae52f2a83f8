"""The grammar: Lark parses it at run time, from the table of kinds, and every text has a parse."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from mailwhy.parsing.compiled import default_tables
from mailwhy.parsing.grammar import build_parser, grammar_text
from mailwhy.parsing.kinds import BY_NAME, KINDS, SENTENCES
from mailwhy.parsing.lexer import SHAPE_TOKENS, PhraseLexer, Source
from mailwhy.parsing.phrases import TESTS, PhraseFinder
from mailwhy.parsing.readers import READERS
from mailwhy.parsing.transform import Part
from mailwhy.parsing.values import SHAPES
from mailwhy.places import data_folder

SOURCE = (data_folder("parser") / "report.lark").read_text(encoding="utf-8")
FINDER = PhraseFinder(default_tables().lexicon)
PARSER = build_parser(SOURCE)

_PIECES = [
    "Subject: kite", "Account: 'a'", "Server:", "Port: 25", "Port: none", "Server Response: '550 5.7.1 No'",
    "Server Response:", "Error Number: 0x800CCC79", "To: a@example.org", "From: b", "Task 'x - Sending'",
    "reported error (0x80042109)", "The message could not be sent", "by the server mail.example.org",
    "SMTP Error (550)", "Failed to add recipient \"a@example.org\" (no)", "This is the mail system at host x",
    "Your message did not reach some or all of the intended recipients", "Generating server: x",
    "The following recipient(s) could not be reached:", "The server responded:", "said: 550 no",
    "Original message headers", "Final-Recipient: rfc822; a@example.org", "Action: failed", "Status: 5.1.1",
    "Reason: 550 no", "RCPT TO:<a@example.org>", "MAIL FROM:<a@example.org>", "to=<a@example.org>,",
    "status=bounced (no)", "<- 250 ok", " -> EHLO x", "smtplib", "Connection refused", "connect to a.example.org:25",
    "a.example.org:587", "0x800CCC0E", "(550, b'no', 'a@example.org')", "<<< 550 no", "550 5.1.1 no", "5.1.1 no",
    "<a.example.org #5.1.1 smtp;550 no>", "a@example.org:", "a@example.org", "OFR_103 refused, try later", "words",
    "Unknown user: a@example.org", "A message sent by <a@example.org>", "THIS IS A WARNING MESSAGE ONLY",
    "Delivery is delayed to these recipients", "couldn't be delivered", "was read on", "1", "<", "(", "\r",
]  # fmt: skip
_GLUE = st.sampled_from(["\n", "\n\n", " ", ", ", ". ", ""])


def parts_of(text: str) -> list[Part]:
    parts = PARSER.parse(Source(text, FINDER))
    assert isinstance(parts, list)
    return parts


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PIECES), _GLUE), max_size=30))
def test_every_text_has_a_parse(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + glue for piece, glue in pieces)
    parts = parts_of(text)
    assert all(isinstance(part, Part) and 0 <= part.start <= part.end <= len(text) for part in parts)
    assert [part.start for part in parts] == sorted(part.start for part in parts)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_parse(text: str) -> None:
    parts_of(text)


@pytest.mark.parametrize("piece", _PIECES)
def test_each_piece_is_told(piece: str) -> None:
    """Each piece is one for a terminal of the grammar, or plain words."""
    names = {token.type for token in PhraseLexer(None).lex(Source(piece, FINDER))}
    assert names <= {kind.name.upper() for kind in KINDS} | set(SHAPES) | set(SHAPE_TOKENS)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PIECES), _GLUE), max_size=30))
def test_tokens_stand_where_they_say(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + glue for piece, glue in pieces)
    end = 0
    for token in PhraseLexer(None).lex(Source(text, FINDER)):
        assert token.start_pos is not None
        assert token.end_pos is not None
        assert end <= token.start_pos <= token.end_pos <= len(text)
        assert token.type in {"REPLY_LINE", "STATUS_LINE", "INLINE_REPLY", "TRANSCRIPT"} or (
            text[token.start_pos : token.end_pos] == token
        )
        end = token.start_pos


def test_all_terminals_are_used_and_declared() -> None:
    """The grammar names each terminal of the table, and no other one."""
    rules = re.sub(r"//.*", "", SOURCE)
    used = set(re.findall(r"\b[A-Z][A-Z_]+\b", rules))
    assert used == {kind.name.upper() for kind in KINDS} | set(SHAPES) | set(SHAPE_TOKENS)
    assert all(name in grammar_text(SOURCE) for name in used)


def test_the_table_of_kinds_agrees_with_what_reads_it() -> None:
    assert len(BY_NAME) == len(KINDS)
    assert {kind.value for kind in KINDS} - {""} == set(READERS)
    assert {kind.needs for kind in KINDS} - {""} == set(TESTS)
    assert all(not kind.value for kind in KINDS if kind.name in SENTENCES)


def test_the_parser_is_the_same_from_the_cache(tmp_path: Path) -> None:
    """Lark keeps its tables by its own public option; a damaged file is made again."""
    text = "Account: 'a', Server: 'b.example', Error Number: 0x800CCC0E"
    expected = parts_of(text)
    for content in (None, None, b"damaged"):
        if content is not None:
            (kept,) = tmp_path.iterdir()
            kept.write_bytes(content)
        parser = build_parser(SOURCE, tmp_path)
        assert isinstance(parser, Lark)
        assert parser.parse(Source(text, FINDER)) == expected


def test_no_private_part_of_lark_is_used() -> None:
    """The dependency is bound to Lark 1: only what its documentation names is used, which holds within a major version."""
    folder = Path(__file__).parent.parent.parent / "src" / "mailwhy" / "parsing"
    for path in folder.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("from lark", "import lark")):
                assert line in {
                    "from lark import Lark",
                    "from lark import Token",
                    "from lark import Transformer",
                    "from lark.lexer import Lexer",
                }, path.name
