"""No planted value of a kind that docs/batch.md promises to replace comes out of a run, in whatever column or file."""

import csv
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from mailwhy.batch import BatchError, run
from mailwhy.batch.options import key_of_file
from mailwhy.batch.redaction import Redactor

TICKETS = 300
FIRST = ("Zoltana", "Quirinus", "Wendelin", "Xaveria", "Ysoldine")
LAST = ("Blarg", "Krombholz", "Vandersnick", "Dufflot", "Oxtoby")
ADDRESSES = ("{0}@{1}", "{0}(at){1}", "{0} (at) {1}", "{0} [at] {1}", "{0} at {1}", "{0}%40{1}", "{0}@\n{1}")
PHONES = ("06/12/{0:02}/{1:02}/78", "(+33)6 12 {0:02} {1:02} 78", "+33 (0)6 12 {0:02} {1:02} 78", "0612{0:02}{1:02}78",
          "06.12.{0:02}.{1:02}.78", "06-12-{0:02}-{1:02}-78", "+336 12{0:02}{1:02}78", "0033612{0:02}{1:02}78",
          "(212) 5{0:02}-{1:02}78", "212-5{0:02}-{1:02}78", "+1 212 5{0:02} {1:02}78", "0171/{0:02}{1:02}789",
          "030 {0:02}{1:02}7890", "+49 171 {0:02}{1:02}789", "+44 20 79{0:02} {1:02}58")  # fmt: skip
NETWORK = ("203.0.{0}.{1}", "2001:db8:85a3::{0:x}{1:02x}:7334", "2001:0db8:85a3:0000:0000:8a2e:0{0:03x}:{1:04x}")
NAMES = ("Dear {0},", "Bonjour {0},", "Bonjour Madame {1},", "From: {0}", "De : {0}", "Nom : {0}", "Cordialement,\n{0}",
         "Kind regards\n{0}", 'To: "{0}" <{2}>', "{0} <{2}>")  # fmt: skip
LOGINS = ("user {0} unknown", "login: {0}", "identifiant : {0}", "user=<{0}>", "username '{0}'", "utilisateur : {0}")
STREETS = ("{0} bis, rue de Zorglonde", "{0}, avenue Zorglonde", "{0} Zorglonde Street", "Zorglondestraße {0}")


def ticket(chance: random.Random, number: int) -> tuple[str, dict[str, list[str]]]:
    """A ticket's text, and what of it is personal, by kind."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    local = f"{first[:1].lower()}.{last.lower()}{number}"
    domain = f"{last.lower()}{number % 7}.example"
    address = f"{local}@{domain}"
    shown = chance.choice(ADDRESSES).format(local, domain)
    low, high = chance.randrange(10, 99), chance.randrange(10, 99)
    phone, network = chance.choice(PHONES).format(low, high), chance.choice(NETWORK).format(low, high)
    name = chance.choice(NAMES).format(f"{first} {last}", last, address)
    login = f"{last[:5].lower()}{number:03}"
    street = chance.choice(STREETS).format(number + 100)
    subject = f"Devis {last} {number}"
    account = chance.choice((f"{first} {last}", address, login))
    said = chance.choice(LOGINS).format(login)
    where = chance.choice((f"{name}\n", ""))
    text = (
        f"{where}The message could not be sent because one of the recipients was rejected by the server. The rejected "
        f"e-mail address was '{address}'. Subject '{subject}', Account: '{account}', Server: 'smtp.example.org', "
        f"Protocol: SMTP, Server Response: '550 5.1.1 <{address}>: {said}; {shown} from {network}, call {phone}, "
        f"{street}; {name}', Port: 25, Secure(SSL): No, Server Error: 550, Error Number: 0x800CCC79\n"
        f"Diagnostic: {shown} {network}\n{name}\n{phone}\n"
    )
    planted = {
        "address": [local, domain],
        "phone": [phone],
        "network": [network, *(["2001:db8:85a3", "2001:0db8:85a3"] if ":" in network else [])],
        "name": [f"{first} {last}"],
        "login": [login],
        "street": [street],
        "subject": [subject],
    }
    return text, planted


def made() -> list[tuple[str, dict[str, list[str]]]]:
    chance = random.Random(20261128)
    return [ticket(chance, number) for number in range(TICKETS)]


def leaks(files: list[Path], planted: list[dict[str, list[str]]]) -> Counter[tuple[str, str]]:
    """How often a planted value stands in what was written, by its kind and column."""
    found: Counter[tuple[str, str]] = Counter()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            for column, value in json.loads(line).items():
                text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
                for kinds in planted:
                    for kind, values in kinds.items():
                        if any(word in text for word in values):
                            found[kind, column] += 1
    return found


def test_nothing_that_is_promised_leaks(tmp_path: Path) -> None:
    tickets = made()
    export = tmp_path / "export.csv"
    with export.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "description"])
        rows.writerows((number, text) for number, (text, _) in enumerate(tickets, 1))
    output = tmp_path / "out.jsonl"
    summary = run(export, output, jobs=1)
    assert summary.reports >= TICKETS
    assert leaks([output], [planted for _, planted in tickets]) == Counter()


def test_names_of_files_keys_tickets_and_rejected_rows(tmp_path: Path) -> None:
    report = "550 5.7.1 <sales@example.net>... Relaying denied, Error Number: 0x800CCC79"
    folder = tmp_path / "Zoltana Blarg"
    folder.mkdir()
    records = [{"z.blarg@blarg.example": report, "id": "zoltana.blarg"}, {"Zoltana Blarg": {"said": report}}]
    (folder / "Zoltana Blarg.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "blarg.csv").write_text(f"Zoltana Blarg,{report}\nQuirinus Blarg,{report}\n", encoding="utf-8")
    (folder / "header.csv").write_text(f"id,Zoltana Blarg\n1,{report}\n2\n", encoding="utf-8")
    (folder / "z.blarg@blarg.example.parquet").write_bytes(b"PAR1")
    output = tmp_path / "out.jsonl"
    summary = run(folder, output, jobs=1)
    assert summary.reports >= 5
    assert summary.rejected_output is not None
    planted = {"any": ["Zoltana", "zoltana", "Blarg", "blarg", "Quirinus"]}
    assert leaks([output, summary.rejected_output], [planted]) == Counter()


def test_the_journal_names_no_input(tmp_path: Path) -> None:
    from mailwhy.batch.jobs import LocalJob
    from mailwhy.batch.local import _identity
    from mailwhy.batch.options import Options
    from mailwhy.batch.selection import Selection

    job = LocalJob(
        ["Zoltana Blarg.csv"], tmp_path / "o.csv", Selection(), Options(redact_key="hush"), None, None, False
    )
    assert "Blarg" not in json.dumps(_identity(job))
    assert "hush" not in json.dumps(_identity(job))


def test_a_key_is_random_unless_it_is_given_or_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailwhy.batch import options

    monkeypatch.delenv("MAILWHY_REDACT_KEY")
    first = options.Options().redact_key
    assert first != "mailwhy"
    assert len(first) == 32
    path = tmp_path / "key"
    kept = key_of_file(path)
    assert len(kept) == 64
    assert path.stat().st_mode & 0o077 == 0
    assert key_of_file(path) == kept
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(BatchError, match="no key"):
        key_of_file(path)
    with pytest.raises(BatchError, match="can't be read"):
        key_of_file(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "550 5.1.1 User unknown",
        "Dear Sir or Madam,",
        "blocked at mx1.example.net",
        "Recipient Address <> rejected: User Unknown",
        "at 05.01.2026 09.15.33, 01/02/2026 10:11:12",
        "login failed",
        "user account is disabled",
        "From: the postmaster",
    ],
)
def test_evidence_stays(text: str) -> None:
    assert Redactor("key", {"example.net"}.__contains__).text(text) == text
