import json

import pytest

from mailwhy.cli.diagnose import _FORMATS
from mailwhy.rendering.formats import FORMATS

REPORT = (
    "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail address "
    "was 'paul@example.org'. Subject 'Order 12', Account: 'shop', Server: 'smtp.example.com', Protocol: SMTP, Server "
    "Response: '554 5.7.1 <paul@example.org>: Relay access denied', Port: 25, Secure(SSL): No, Server Error: 554, "
    "Error Number: 0x800CCC79"
)
FRENCH = (
    "Impossible d'envoyer le message car l'un des destinataires a été refusé par le serveur. L'adresse de messagerie refusée "
    "était 'chloé@example.fr'. Objet : 'Réunion', Compte : 'bureau', Serveur : 'smtp.example.fr', Protocole : SMTP, Réponse "
    "du serveur : '550 5.1.1 boîte inconnue', Port : 587, Sécurisé (SSL) : Non, Erreur du serveur : 550, Numéro d'erreur : "
    "0x800CCC79"
)


def test_the_answer_says_what_happened_who_acts_and_one_thing_to_do(run):
    ran = run("--lang", "en", REPORT)
    assert ran.code == 0
    assert " ".join(ran.out.split()).startswith(
        "The outgoing server will not pass your message on: “Relay access denied”. You have to act. It failed at "
        "your outgoing server; the recipient is not at fault. What to do: "
    )
    lines = ran.out.splitlines()
    assert len(lines) <= 18
    assert any(line.startswith("1. Choose Tools > Accounts") for line in lines[:7])
    assert "If that fails (see --all)" in ran.out
    assert "\033[" not in ran.out
    assert ran.err == ""


def test_all_shows_the_facts_and_the_reasons(run):
    told = run("--lang", "en", "--all", REPORT).out
    for part in (
        "will not pass your message on",
        "smtp.example.com",
        "Outlook Express",
        "Server's reply: “Relay access denied”",
        "Likelihood: 99%",
        "1. Choose Tools > Accounts",
        "3. ",
    ):
        assert part in told


def test_steps_are_for_the_program_asked_for(run, monkeypatch):
    chosen = run("--lang", "en", "--program", "outlook-mac", REPORT).out
    assert "Outlook for Mac" in chosen
    assert "Outlook Express" not in chosen
    monkeypatch.setenv("MAILWHY_PROGRAM", "outlook-mac")
    assert run("--lang", "en", REPORT).out == chosen
    assert "Outlook Express" in run("--lang", "en", "--program", "outlook-express", REPORT).out


def test_answers_are_listed_and_count_as_evidence(run):
    told = run("--lang", "en", "--all", "--answer", "works-at-home=only-away", "Error Number: 0x800CCC79").out
    assert "--answer works-at-home=only-away to take it back" in " ".join(told.split())
    assert "Your answer: “Yes, it fails only elsewhere" in told
    assert "Your answers so far" not in run("--lang", "en", "Error Number: 0x800CCC79").out


def test_french_by_option_environment_or_report(run, monkeypatch):
    assert "Que faire" in run("--lang", "fr", REPORT).out
    assert "Que faire" in run(FRENCH).out
    assert "What to do" in run("--lang=en", FRENCH).out
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert "Que faire" in run(REPORT).out
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "What to do" in run(REPORT).out


def test_text_comes_from_a_file_standard_input_or_the_argument(run, tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    answers = {run(str(path)).out, run(stdin=REPORT.encode()).out, run("-", stdin=REPORT.encode()).out, run(REPORT).out}
    assert len(answers) == 1
    assert run("diagnose", REPORT).out in answers


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_other_encodings_are_read(run, tmp_path, encoding):
    path = tmp_path / "rapport.txt"
    path.write_bytes(FRENCH.encode(encoding))
    ran = run("--json", str(path))
    assert json.loads(ran.out)["diagnoses"][0]["report"]["subject"] == "Réunion"


def test_a_named_encoding_is_used(run, tmp_path):
    path = tmp_path / "rapport.txt"
    path.write_bytes(FRENCH.encode("mac_roman"))
    ran = run("--json", "--encoding", "mac_roman", str(path))
    assert json.loads(ran.out)["diagnoses"][0]["report"]["subject"] == "Réunion"


@pytest.mark.parametrize(
    ("content", "encoding", "remedy"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, "plain text"),
        (b"abc", "klingon", "try utf-8"),
        (b"caf\xe9", "utf-8", "--encoding=latin-1"),
    ],
)
def test_what_is_no_text_is_refused_with_the_remedy(run, tmp_path, content, encoding, remedy):
    path = tmp_path / "file"
    path.write_bytes(content)
    ran = run(str(path), *(["--encoding", encoding] if encoding else []))
    assert ran.code == 2
    assert remedy in ran.err
    assert str(path) in ran.err


def test_a_folder_is_refused(run, tmp_path):
    ran = run(str(tmp_path))
    assert ran.code == 2
    assert "can't be read" in ran.err


def test_a_terminal_is_told_how_to_paste(run):
    ran = run("--lang", "en", stdin=REPORT.encode(), typed=True)
    assert ran.code == 0
    assert "Paste the whole error message" in ran.err
    assert "Ctrl-" in ran.err


def test_json_has_the_contracts_form(run):
    ran = run("--json", "--lang", "en", REPORT)
    answer = json.loads(ran.out)
    assert answer["schema_version"] == 1
    (diagnosis,) = answer["diagnoses"]
    assert diagnosis["locale"] == "en"
    assert diagnosis["report"]["port"] == 25
    assert diagnosis["report"]["span"] == [0, len(REPORT)]
    best = diagnosis["causes"][0]
    assert best["id"] == "relay_denied"
    assert best["confidence"] > 0.9
    assert best["evidence"][0]["entry"].startswith("replies/")
    assert best["resolutions"][0]["steps"]


def test_several_reports_are_numbered(run):
    ran = run("--lang", "en", f"{REPORT}\n\nand then\n\n{FRENCH}")
    assert "Report 1" in ran.out
    assert "Report 2" in ran.out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing to read"),
        ("  \n", "nothing to read"),
        ("Hello, how are you today?", "No error message"),
        ("my mail left the outbox but never arrived", "it never arrived"),
    ],
)
def test_no_report_gets_a_friendly_answer(run, text, told):
    ran = run("--lang", "en", stdin=text.encode())
    assert ran.code == 1
    assert told in ran.out
    assert ran.err == ""


def test_no_report_in_json(run):
    ran = run("--json", "the outbox keeps my message")
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert answer["diagnoses"] == []
    assert answer["suggestions"]


def test_an_answer_changes_the_ranking(run):
    vague = REPORT.replace("554 5.7.1 <paul@example.org>: Relay access denied", "550 no").replace("554", "550")
    before = json.loads(run("--json", vague).out)["diagnoses"][0]
    assert before["question"] is not None
    after = json.loads(run("--json", "--answer", "works-at-home=only-away", vague).out)["diagnoses"][0]
    assert after["causes"][0]["id"] == "relay_denied"
    assert after["causes"] != before["causes"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--answer", "works-at-home", REPORT), "QUESTION=OPTION"),
        (("--answer", "nothing=x", REPORT), "there is no question “nothing”"),
        (("--answer", "works-at-home=blue", REPORT), "has no option “blue”"),
        (("--program", "pine", REPORT), "there are no steps for “pine”; there are some for outlook-classic"),
        (("--lang", "tlh", REPORT), "does not speak tlh"),
        (("--colour", REPORT), "--colour"),
        (("--kb", "no-such-folder", REPORT), "no-such-folder: is no folder"),
    ],
)
def test_wrong_usage_is_explained(run, arguments, told):
    ran = run(*arguments)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""


def test_a_text_over_the_limit_is_refused(run):
    ran = run(stdin=b"x" * (1024 * 1024 + 1))
    assert ran.code == 2
    assert "limit" in ran.err


def test_colours_on_request_only(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[1m" in run(REPORT).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in run(REPORT).out


def test_all_shows_every_remedy(run):
    short, long = run("--lang", "en", REPORT).out, run("--lang", "en", "--all", REPORT).out
    remedies = json.loads(run("--lang", "en", "--json", REPORT).out)["diagnoses"][0]["causes"][0]["resolutions"]
    said = " ".join(long.split())
    lists = [shown for remedy in remedies for shown in (remedy, *remedy["other_instructions"])]
    assert len({shown["client"] for shown in lists}) > 5
    for step in (step for shown in lists for step in shown["steps"]):
        assert step.replace("**", "") in said
    assert len(long) > 5 * len(short)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("markdown", "## "),
        ("html", "<"),
        ("adaptive-card", '"AdaptiveCard"'),
        ("slack", '"blocks"'),
        ("rasa", '"responses"'),
    ],
)
def test_other_forms(run, name, part):
    ran = run("--lang", "en", "--format", name, REPORT)
    assert ran.code == 0
    assert part in ran.out
    assert "Relay access denied" in ran.out
    assert run("--format", name, "Hello?").code == 1


def test_the_forms_that_help_names_are_those_there_are(run):
    assert {*_FORMATS, "text"} == set(FORMATS)
    assert run("--format", "papyrus", REPORT).code == 2


def test_an_organisations_folder_is_used(run, tmp_path):
    replies = tmp_path / "replies"
    replies.mkdir()
    (replies / "own.yaml").write_text(
        "source: Ours\nreplies:\n  - id: own-forty-two\n    match: ['error forty-two']\n    causes: {mailbox_full: 5}\n"
        "    examples: ['550 error forty-two']\n",
        encoding="utf-8",
    )
    text = REPORT.replace("554 5.7.1 <paul@example.org>: Relay access denied", "550 error forty-two").replace(
        "554", "550"
    )
    with_folder = json.loads(run("--json", "--kb", str(tmp_path), text).out)["diagnoses"][0]["causes"]
    without = json.loads(run("--json", text).out)["diagnoses"][0]["causes"]
    assert with_folder[0]["id"] == "mailbox_full"
    assert without[0]["id"] != "mailbox_full"


def test_wordings_that_cannot_be_used_are_told_before_anything_else(run, tmp_path):
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "odd.yaml").write_text(
        "source: Odd\nreplies:\n  - id: odd\n    match: ['550 5.1.1 unknown']\n    causes: {mailbox_full: 1}\n"
        "    examples: ['550 5.1.1 unknown']\n",
        encoding="utf-8",
    )
    ran = run("--kb", str(tmp_path), REPORT)
    assert ran.code == 2
    assert "run mailwhy kb check" in ran.err
