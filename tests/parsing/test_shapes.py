"""What needs no label: each shape is found in the texts that it is for, and not in those that only look like it."""

import pytest

from mailwhy.parsing.compiled import default_tables
from mailwhy.parsing.lexer import PhraseLexer, Source
from mailwhy.parsing.phrases import PhraseFinder

FINDER = PhraseFinder(default_tables().lexicon)


def tokens(text: str) -> dict[str, str]:
    return {token.type: str(token).strip() for token in PhraseLexer(None).lex(Source(text, FINDER))}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HRESULT", "0x800CCC79"),
        ("HRESULT", "it says -2147467259 only"),
        ("TRANSCRIPT", "<<< 550 5.1.1 <ann@example.org>... User unknown"),
        ("CODE_PAIR", "(550, b'5.1.1 User unknown', 'ann@example.org')"),
        ("CODE_PAIR", "(554,\n b'5.7.1 rejected')"),
        ("CODE_PAIR", "[SMTP: refused (code: 535, response: 5.7.8 Bad credentials)]"),
        ("REPLY_LINE", "550 5.7.1 Relaying denied"),
        ("REPLY_LINE", "-ERR Invalid login"),
        ("REPLY_LINE", "Error 554 no thanks"),
        ("STATUS_LINE", "5.1.1 User unknown"),
        ("WRAPPER", "<mx.example.org #5.1.1 smtp;550 5.1.1 User unknown>"),
        ("WRAPPER", "see #550 5.7.1 Relaying denied ##"),
        ("INLINE_REPLY", "it answered: 550 5.1.1 User unknown"),
        ("INLINE_REPLY", "it says ('550 Relaying denied"),
        ("INLINE_REPLY", "code 554 5.7.1 Denied"),
        ("INLINE_REPLY", "came back: `502 5.7.0 not activated`"),
        ("INLINE_REPLY", "AuthenticationException: 535: 5.7.139 Authentication unsuccessful"),
        ("ADDRESS_LINE", "<ann@example.org>:"),
        ("ADDRESS_LINE", "2026-01-02 10:11:12 1abcde-000abc-AB ** ann@example.org R=x"),
        ("ADDRESS_LINE", "'ann@example.org' on 1/2/2026 9:15"),
        ("PROVIDER_LINE", "Service refuse. Veuillez essayer plus tard. OFR_103 [103]"),
        ("SERVER_LINE", "<** 535 5.7.8 Authentication failed"),
        ("SERVER_LINE", "SERVER -> CLIENT: 250 ok"),
        ("SERVER_LINE", "2024-03-02 08:11:09 SERVER -> CLIENT: 553 5.7.1 no"),
        ("SERVER_LINE", " Out: 454 4.7.0 TLS not available"),
        ("SERVER_LINE", "reply: b'530 5.7.0 Authentication required\\r\\n'"),
        ("CLIENT_LINE", " -> MAIL FROM:<ann@example.org>"),
        ("CLIENT_LINE", " In:  QUIT"),
        ("CLIENT_LINE", "send: 'quit'"),
        ("HOST_PORT", "could not reach ssl://smtp.example.org:465 today"),
    ],
)
def test_a_shape_is_found(name: str, text: str) -> None:
    assert name in tokens(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("INLINE_REPLY", "proxying smtp.example.org:587 (STARTTLS)"),
        ("HRESULT", "frame 0x7fff0000"),
        ("REPLY_LINE", "5500 visitors came"),
        ("HOST_PORT", "the page at www.example.org:8080 is slow"),
        ("ADDRESS_LINE", "write to ann@example.org or ben@example.org for more"),
        ("SERVER_LINE", "S: no code here"),
    ],
)
def test_a_look_alike_is_not(name: str, text: str) -> None:
    assert name not in tokens(text)
