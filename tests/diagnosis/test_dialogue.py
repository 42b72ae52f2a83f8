"""The six situations of the article on relaying, and the ways through the dialogue."""

import pytest

from mailwhy.diagnosis.dialogue import UnknownDialogueError, advance
from mailwhy.diagnosis.questions import UnknownAnswerError

HOME = {"program": "mail-program", "where": "home", "network": "same-provider"}
WORK = {"program": "mail-program", "where": "work", "network": "other-provider"}
HOTEL = {"program": "mail-program", "where": "public", "network": "not-sure"}


@pytest.mark.parametrize(
    ("answers", "relaying", "let_through"),
    [
        ({**HOME, "own-account": "paul@fabrikam.example", "own-recipient": "lea@fabrikam.example"}, False, "yes"),
        ({**HOME, "own-account": "paul@fabrikam.example", "own-recipient": "lea@example.org"}, True, "yes"),
        ({**WORK, "other-account": "paul@fabrikam.example", "other-recipient": "lea@fabrikam.example"}, False, "yes"),
        (
            {
                **WORK,
                "other-account": "paul@fabrikam.example",
                "other-recipient": "lea@example.org",
                "sign-in": "anonymous",
            },
            True,
            "perhaps",
        ),
        ({**HOTEL, "other-account": "paul@fabrikam.example", "other-recipient": "lea@fabrikam.example"}, False, "yes"),
        (
            {
                **HOTEL,
                "other-account": "paul@fabrikam.example",
                "other-recipient": "lea@example.org",
                "sign-in": "not-sure",
            },
            True,
            "perhaps",
        ),
    ],
    ids=["home-own", "home-elsewhere", "work-own", "work-elsewhere", "hotel-own", "hotel-elsewhere"],
)
def test_the_six_situations(answers, relaying, let_through):
    outcome = advance("relay", answers).outcome
    assert outcome is not None
    assert (outcome.relaying, outcome.let_through) == (relaying, let_through)
    assert outcome.resolutions


def test_signing_in_makes_the_difference():
    answers = {**HOTEL, "other-account": "fabrikam.example", "other-recipient": "example.org", "sign-in": "signs-in"}
    outcome = advance("relay", answers).outcome
    assert outcome is not None
    assert (outcome.relaying, outcome.let_through) == (True, "yes")


def test_webmail_is_not_concerned():
    outcome = advance("relay", {"program": "web-page"}, locale="fr").outcome
    assert outcome is not None
    assert (outcome.relaying, outcome.let_through) == (None, None)
    assert outcome.title == "Vous n’êtes pas concerné."


@pytest.mark.parametrize(
    ("account", "recipient", "relaying"),
    [
        ("PAUL@Fabrikam.Example.", "<lea@fabrikam.example>", False),
        ("fabrikam.example", "lea@mail.fabrikam.example", False),
        ("paul@orange.fr", "lea@wanadoo.fr", False),
        ("paul@fabrikam.example", "lea@notfabrikam.example", True),
    ],
)
def test_domains_of_one_provider_are_one(account, recipient, relaying):
    state = advance("relay", {**HOME, "own-account": account, "own-recipient": recipient})
    assert state.outcome is not None
    assert state.outcome.relaying is relaying


def test_the_questions_come_one_by_one_and_nothing_is_remembered():
    answers: dict[str, str] = {}
    asked = []
    while question := advance("relay", answers).question:
        asked.append(question.id)
        answers[question.id] = "example.com" if question.kind == "domain" else question.options[0].id
    assert asked == ["program", "where", "network", "own-account", "own-recipient"]
    assert advance("relay", answers).answers == answers


def test_answers_off_the_way_are_left_out():
    state = advance("relay", {"program": "web-page", "where": "home"})
    assert state.answers == {"program": "web-page"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"program": "boat"}, "“boat” is no option of the question “program”; it has mail-program, web-page"),
        ({**HOME, "own-account": "paul at home"}, "is no mail address or domain"),
        ({**HOME, "own-account": ""}, "is no mail address or domain"),
    ],
)
def test_what_is_no_answer(answers, told):
    with pytest.raises(UnknownAnswerError, match=told):
        advance("relay", answers)


def test_there_is_no_such_dialogue():
    with pytest.raises(UnknownDialogueError, match="there is relay"):
        advance("marriage")
