"""Diagnoses to render: the longest that the knowledge base can give, and texts that try to be markup."""

from collections.abc import Iterator

import pytest

from mailwhy.diagnosis.api import diagnose_report, phrasebook
from mailwhy.diagnosis.models import Diagnosis, Evidence, Question
from mailwhy.knowledge import builtin
from mailwhy.parsing.report import Client, Report

MARKUP = (
    "550 <script>alert(1)</script> *bold* _it_ ~no~ `code` ```fence``` **strong** [link](http://evil.example) "
    "<!channel> <@U123> <http://evil.example|click> ![x](http://evil.example/x.png) | # & &lt;b&gt; :smile: {{7*7}}"
)
"""A server's reply, as somebody would write it who wants to be more than text."""


def report(client: Client = "outlook-express", **fields: object) -> Report:
    return Report.model_validate({"client": client, "span": (0, 10), **fields})


def hostile(locale: str = "en") -> Diagnosis:
    """A diagnosis whose every pasted piece tries to be markup."""
    cause = phrasebook(builtin(), locale).cause_text("relay_denied")
    evidence = Evidence(field="server_response", text=MARKUP, entry="replies/x", weight=2.0, meaning="It was refused.")
    return Diagnosis(
        report=report(server_response=MARKUP, subject=MARKUP, account=MARKUP, unread=(MARKUP,)),
        causes=(cause.model_copy(update={"confidence": 0.9, "evidence": (evidence,)}),),
        contradictions=(f"The number and {MARKUP} disagree.",),
        settings=(f"{MARKUP} wants port 465.",),
        question=phrasebook(builtin(), locale).question("works-at-home"),
        locale=locale,
    )


def longest_question(locale: str) -> Question:
    book = phrasebook(builtin(), locale)
    return max((book.question(name) for name in builtin().questions), key=lambda found: len(found.model_dump_json()))


def longest(locale: str) -> Iterator[Diagnosis]:
    """For every cause and client, a diagnosis with all that can be in one: the worst that a limit must bear."""
    kb = builtin()
    book = phrasebook(kb, locale)
    question = longest_question(locale)
    reply = "550 5.7.1 " + "<name.of.somebody@a-long-host-name.example.com> refused " * 40
    for name in kb.causes:
        for client in ("outlook-express", "outlook-send-receive", "mta-bounce"):
            found = report(
                client, server_response=reply, subject=reply, client_message=reply, error_number="0x800CCC79",
                smtp_code=550, enhanced_code="5.7.1", server="smtp.example.com", account="home", port=25, ssl=False,
                rejected_address="a@example.com", server_error=550, socket_error=10060, protocol="SMTP", unread=(reply,),
            )  # fmt: skip
            reasons = tuple(
                Evidence(
                    field="server_response", text=reply, entry="replies/x", weight=1.0, meaning="It says no. " * 15
                )
                for _ in range(6)
            )
            others = [other for other in kb.causes if other != name][:4]
            causes = [
                book.cause_text(cause, found.client).model_copy(update={"confidence": 0.4, "evidence": reasons})
                for cause in (name, *others)
            ]
            yield Diagnosis(
                report=found,
                causes=tuple(causes),
                contradictions=(reply, reply),
                settings=(reply, reply),
                question=question,
                locale=locale,
            )


@pytest.fixture(params=["en", "fr"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ordinary() -> Diagnosis:
    """What a report with its usual fields gives."""
    found = report(server="smtp.example.com", smtp_code=550, server_response="550 5.7.1 Relaying denied", port=25)
    return diagnose_report(found, "en")
