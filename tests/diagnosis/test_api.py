import pytest

import mailwhy
from mailwhy.diagnosis.api import UnknownAnswerError, UnknownCodeError, diagnose_report
from mailwhy.diagnosis.models import Diagnosis
from mailwhy.knowledge.vocabulary import CODE_KINDS
from mailwhy.parsing.report import Report


def report(**facts) -> Report:
    return Report(**{"client": "outlook-express", "languages": ("en",), "span": (0, 1), **facts})


def test_the_public_names():
    assert mailwhy.__all__ == sorted(mailwhy.__all__, key=lambda name: (name.islower(), name)) or set(
        mailwhy.__all__
    ) <= set(dir(mailwhy))
    for name in mailwhy.__all__:
        assert getattr(mailwhy, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        mailwhy.nothing  # noqa: B018


def test_a_diagnosis_is_whole():
    found = diagnose_report(
        report(
            smtp_code=554, server_response="554 5.7.1 <a@example.com>: Relay access denied", error_number="0x800CCC79"
        ),
        "en",
    )
    best = found.causes[0]
    assert (best.id, best.responsible, best.temporary) == ("relay_denied", "sender", False)
    assert {evidence.field for evidence in best.evidence} >= {"server_response", "error_number"}
    assert best.resolutions[0].client == "outlook-express"
    assert best.references
    assert found.contradictions == ()


def test_the_words_are_believed_and_the_contradiction_is_shown():
    found = diagnose_report(
        report(
            server_response="454 Throttling failure: Daily message quota exceeded",
            smtp_code=454,
            error_number="0x800CCC92",
        ),
        "en",
    )
    assert found.causes[0].id == "rate_limited"
    assert len(found.contradictions) == 1
    assert "0x800CCC92" in found.contradictions[0]
    french = diagnose_report(found.report, "fr")
    assert french.contradictions[0].startswith("Le numéro 0x800CCC92 signifie d’habitude")


def test_the_settings_of_a_known_provider_are_compared():
    found = diagnose_report(
        report(server="smtp.orange.fr", port=25, ssl=False, error_number="0x800CCC0E", protocol="SMTP"), "en"
    )
    assert any("465" in sentence for sentence in found.settings)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"error_number": "0x800CCC0D"}, "server_not_found"),
        ({"error_number": "0x8007274C"}, "connection_timeout"),
        ({"socket_error": 10061, "error_number": "0x800CCC0E"}, "connection_refused"),
        ({"enhanced_code": "5.2.2", "smtp_code": 552}, "mailbox_full"),
        ({"server_error": 552}, "message_too_large"),
        ({"client_message": "The recipient's mailbox is full and can't accept messages now."}, "mailbox_full"),
        (
            {
                "smtp_code": 550,
                "enhanced_code": "5.4.300",
                "server_response": "550 5.4.300 Message expired -> 452 4.2.2 x",
            },
            "message_expired",
        ),
    ],
)
def test_each_kind_of_fact_counts(facts, cause):
    found = [found.id for found in diagnose_report(report(**facts), "en").causes if found.id != "unknown"]
    assert cause in found[:2]


def test_too_little_is_said_to_be_too_little_and_asked_about():
    found = diagnose_report(report(client="other", subject="x"), "en")
    assert found.causes[0].id == "unknown"
    assert found.question is not None


@pytest.mark.parametrize(
    ("locale", "languages", "spoken"),
    [
        (None, ("fr",), "fr"),
        ("en", ("fr",), "en"),
        (None, ("cs",), "en"),
        ("xx", ("fr",), "fr"),
        ("fr-CA", (), "fr"),
        (None, (), "en"),
    ],
)
def test_the_locale_of_the_answer(locale, languages, spoken):
    assert diagnose_report(report(languages=languages, smtp_code=550), locale).locale == spoken


def test_answers_rerank_and_are_not_asked_again():
    vague = report(smtp_code=550, server_response="550 not allowed", error_number="0x800CCC79")
    asked: list[str] = []
    answers: dict[str, str] = {}
    while question := diagnose_report(vague, "en", answers=answers).question:
        asked.append(question.id)
        answers[question.id] = question.options[-1].id
    assert asked
    assert len(set(asked)) == len(asked)


def test_an_answer_moves_the_confidence():
    vague = report(smtp_code=550, error_number="0x800CCC79")
    before, after = (
        {cause.id: cause.confidence for cause in diagnose_report(vague, "en", answers=answers).causes}
        for answers in ({}, {"works-at-home": "only-away"})
    )
    assert after["relay_denied"] > 2 * before["relay_denied"]


@pytest.mark.parametrize("answers", [{"nothing": "x"}, {"works-at-home": "x"}])
def test_unknown_answers(answers):
    with pytest.raises(UnknownAnswerError):
        diagnose_report(report(), answers=answers)
    with pytest.raises(UnknownAnswerError):
        mailwhy.diagnose("no report at all", answers=answers)


def test_steps_are_those_of_the_reports_client():
    def first(client):
        found = diagnose_report(
            report(client=client, server_response="530 5.7.0 Authentication required", smtp_code=530), "en"
        )
        return found.causes[0].resolutions[0]

    assert first("outlook-express").client == "outlook-express"
    assert first("windows-live-mail").client == "windows-live-mail"
    assert first("outlook-send-receive").client == "outlook-classic"
    assert {other.client for other in first("bare-reply").other_instructions} >= {"new-outlook", "outlook-mac"}


def test_every_cause_can_be_said_in_every_language():
    kb = mailwhy.KnowledgeBase.load()
    from mailwhy.diagnosis.api import phrasebook

    for locale in ("en", "fr"):
        for cause in kb.causes:
            said = phrasebook(kb, locale).cause_text(cause)
            assert said.title
            assert said.resolutions
            assert all(resolution.steps for resolution in said.resolutions)
    assert (
        phrasebook(kb, "fr").cause_text("relay_denied").title != phrasebook(kb, "en").cause_text("relay_denied").title
    )


def test_every_code_can_be_explained_in_every_language():
    kb = mailwhy.KnowledgeBase.load()
    for key in kb.codes:
        kind, _, code = key.partition("/")
        assert kind in CODE_KINDS
        typed = code.replace("X.", "5.")
        for locale in ("en", "fr"):
            told = mailwhy.explain(typed, locale)
            assert told.meaning, key
            assert told.certainty != "unknown" or told.advice, key


@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("0x800CCC79", "hresult", "0x800CCC79"),
        ("0X800ccc79", "hresult", "0x800CCC79"),
        ("0×800CCC79", "hresult", "0x800CCC79"),
        ("(800CCC79)", "hresult", "0x800CCC79"),
        ("-2146644871", "hresult", "0x800CCC79"),
        ("2148322425", "hresult", "0x800CCC79"),
        ("#5.7.1", "smtp-enhanced", "5.7.1"),
        ("550 5.7.1 no", "smtp-enhanced", "5.7.1"),
        ("550 no", "smtp-reply", "550"),
        ("599", "smtp-reply", "599"),
        ("10060", "winsock", "10060"),
        ("-19738", "outlook-mac", "-19738"),
        ("0x8007274D", "hresult", "0x8007274D"),
    ],
)
def test_codes_are_identified(typed, kind, code):
    told = mailwhy.explain(typed)
    assert (told.kind, told.code) == (kind, code)


@pytest.mark.parametrize("typed", ["", "hello", "5.7", "1.2.3.4", "0x12"])
def test_what_is_no_code(typed):
    with pytest.raises(UnknownCodeError):
        mailwhy.explain(typed)


@pytest.mark.parametrize(
    ("typed", "told"), [("499", "time being"), ("599", "for good"), ("4.9.99", "time being"), ("65000", "No published")]
)
def test_well_formed_codes_that_nobody_defined(typed, told):
    explained = mailwhy.explain(typed)
    assert told in explained.meaning
    assert explained.certainty == "unknown"


def test_search_finds_in_both_languages():
    assert mailwhy.search("stuck in the outbox", "en")[0].kind == "symptom"
    french = mailwhy.search("bloqué dans la boîte d'envoi", "fr", limit=3)
    assert len(french) == 3
    assert french[0].locale == "fr"
    assert mailwhy.search("0x800CCC79")[0].id.endswith("0x800CCC79")
    assert mailwhy.search("orange smtp")[0].kind == "provider"
    assert {hit.kind for hit in mailwhy.search("authentication outgoing server", limit=20)} >= {"cause", "resolution"}


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_what_was_made_without_validation_is_valid(locale):
    vague = report(
        server="smtp.orange.fr", port=25, ssl=False, smtp_code=550, server_response="550 no", error_number="0x800CCC79"
    )
    for found in (diagnose_report(vague, locale), diagnose_report(report(server_response="User unknown"), locale)):
        assert Diagnosis.model_validate_json(found.model_dump_json()) == found
        assert Diagnosis.model_validate(found.model_dump()) == found


def test_the_models_give_a_json_schema():
    schema = Diagnosis.model_json_schema()
    assert schema["properties"].keys() >= {"report", "causes", "question", "locale"}


def test_a_bounce_without_codes_is_read_as_the_servers_words():
    text = "Unable to deliver message to <rosa@example.net> (and other recipients). Please check if address is correct."
    (found,) = mailwhy.diagnose(text)
    assert found.report.server_response is None
    assert found.causes[0].id == "recipient_unknown"
