import json
import os
import subprocess
import sys

import pytest

from mailwhy.cli.commands import COMMANDS


@pytest.mark.parametrize("name", ["diagnose", "explain", "ask", "search", "kb"])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_command_has_help(run, name, lang):
    ran = run(name, "--lang", lang, "--help")
    assert ran.code == 0
    assert {"en": "Usage: ", "fr": "Utilisation\u00a0: "}[lang] + f"mailwhy {name}" in ran.out
    assert "--lang" in ran.out


def test_the_overview_names_every_command(run, monkeypatch):
    ran = run("--help")
    assert ran.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in ran.out
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert "Pourquoi mon message n’est-il pas parti" in run("-h").out


def test_version(run):
    ran = run("--version")
    assert ran.code == 0
    assert ran.out.startswith("mailwhy 0.")


@pytest.mark.parametrize(
    ("code", "lang", "told"),
    [
        ("0x800CCC79", "en", "refused at least one"),
        ("0x800ccc79", "fr", "a refusé au moins un destinataire"),
        ("-2146644871", "en", "0x800CCC79"),
        ("2148322425", "en", "0x800CCC79"),
        ("550", "en", "550"),
        ("5.7.1", "fr", "5.7.1"),
        ("10060", "en", "10060"),
        ("550 5.1.1", "en", "5.1.1"),
    ],
)
def test_explain(run, code, lang, told):
    ran = run("explain", "--lang", lang, code)
    assert ran.code == 0
    assert told in ran.out
    assert {"en": "What to do", "fr": "Que faire"}[lang] in ran.out


def test_explain_what_nothing_is_known_about(run):
    ran = run("explain", "--lang", "en", "5.9.99")
    assert ran.code == 1
    assert "refused for good" in ran.out
    assert "Read the words" in ran.out


def test_explain_what_is_no_code(run):
    ran = run("explain", "hello")
    assert ran.code == 2
    assert "“hello” is no code" in ran.err


def test_explain_in_json(run):
    ran = run("explain", "--json", "550", "10061")
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert (first["kind"], second["kind"]) == ("smtp-reply", "winsock")
    assert second["causes"][0]["id"] == "connection_refused"


def test_search(run):
    ran = run("search", "--lang", "fr", "message", "bloqué", "dans", "la", "boîte", "d'envoi")
    assert ran.code == 0
    assert "[symptom:" in ran.out
    hits = [json.loads(line) for line in run("search", "--json", "--limit", "2", "stuck in outbox").out.splitlines()]
    assert len(hits) == 2
    assert run("search", "xqzxqzxqz").code == 1


def test_ask_relay_to_its_end(run):
    answers = b"1\n3\n2\nexample.com\nlea@example.org\n2\n"
    ran = run("ask", "relay", "--lang", "en", stdin=answers)
    assert ran.code == 0
    assert "Where are you now?" in ran.out
    assert "may well be blocked" in ran.out
    assert "Turn on authentication" in ran.out


def test_ask_says_what_it_did_not_understand(run):
    ran = run("ask", "relay", "--lang", "en", stdin=b"nine\n2\n")
    assert ran.code == 0
    assert "Type the number of an answer." in ran.out
    assert "None of this concerns you." in ran.out
    ran = run(
        "ask",
        "--lang",
        "en",
        "--answer",
        "program=mail-program",
        stdin=b"1\n1\nnot a domain\nexample.com\nexample.com\n",
    )
    assert "is no mail address or domain" in ran.out
    assert "No relaying is needed" in ran.out


def test_ask_that_is_not_answered(run):
    ran = run("ask", "relay", stdin=b"1\n")
    assert ran.code == 1
    assert "nothing was decided" in ran.err


def test_ask_in_json(run):
    ran = run("ask", "relay", "--json", "--lang", "fr", "--answer", "program=mail-program")
    state = json.loads(ran.out)
    assert state["question"]["id"] == "where"
    assert state["question"]["text"].startswith("Où êtes-vous")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "nothing"), "there is no dialogue “nothing”"),
        (("ask", "--answer", "program"), "QUESTION=OPTION"),
        (("ask", "--json", "--answer", "program=boat"), "no option of the question"),
        (("kb", "fly"), "fly"),
        (("kb", "list", "boats"), "there is no kind boats"),
        (("kb", "show"), "name what to show"),
        (("kb", "show", "causes/boats"), "there is no causes/boats"),
        (("kb", "schema", "boats"), "name one of"),
        (("search",), "search"),
        (("explain",), "explain"),
    ],
)
def test_wrong_usage_is_explained(run, arguments, told):
    ran = run(*arguments)
    assert ran.code == 2
    assert told in ran.err


def test_kb_check_list_show_schema(run, tmp_path):
    assert run("kb", "check").code == 0
    assert "causes/relay_denied\t" in run("kb", "list", "causes").out
    assert "status: stable" in run("kb", "show", "causes/relay_denied", "codes/winsock/10060").out
    assert json.loads(run("kb", "schema", "replies").out)["title"] == "ReplyFile"
    assert run("kb", "schema", str(tmp_path)).code == 0
    assert (tmp_path / "causes.schema.json").is_file()


def test_kb_check_finds_the_faults_of_a_folder(run, tmp_path):
    (tmp_path / "causes").mkdir()
    (tmp_path / "causes" / "odd.yaml").write_text("id: odd\nstatus: new\n", encoding="utf-8")
    ran = run("kb", "check", "--lang", "en", str(tmp_path))
    assert ran.code == 1
    assert f"{tmp_path / 'causes' / 'odd.yaml'}:2: status" in ran.out


def command(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-m", "mailwhy", *arguments]
    return subprocess.run(words, input=stdin, capture_output=True, check=False, timeout=60, env=environment)


def test_the_command_as_a_process():
    ran = command("--lang", "fr", stdin="Numéro d'erreur : 0x800CCC0E".encode())
    assert ran.returncode == 0
    assert "Que faire" in ran.stdout.decode()
    assert ran.stderr == b""


def test_help_imports_nothing_heavy():
    code = (
        "import sys, mailwhy.cli as c; c.main(['--help']); "
        "print([m for m in ('lark', 'pydantic', 'babel', 'yaml', 'tantivy') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, encoding="utf-8", timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "[]"
