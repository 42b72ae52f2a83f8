"""How fast a batch is, and how much memory it takes: ``python tests/benchmarks/bench_batch.py [TICKETS ...]``.

Writes its own export (fixed seed; 320 bytes a ticket, one in ten with a failure report, no two reports alike), runs
``mailwhy batch`` over it in a process of its own, and compares with merely reading the file with DuckDB. The times
are the best of a few runs; on a machine that others use, look at the processor seconds.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

WORDS = [
    "hello",
    "please",
    "the",
    "printer",
    "invoice",
    "since",
    "yesterday",
    "mail",
    "server",
    "computer",
    "meeting",
    "again",
    "outlook",
    "cannot",
    "open",
    "attachment",
    "send",
    "password",
    "customer",
    "urgent",
    "thanks",
    "regards",
    "monday",
    "phone",
    "question",
    "laptop",
    "update",
    "file",
    "network",
    "bonjour",
    "merci",
    "depuis",
    "hier",
    "imprimante",
    "facture",
    "bureau",
    "nouveau",
    "collègue",
    "écran",
    "clavier",
    "souris",
    "réunion",
    "dossier",
    "it",
    "does",
    "not",
    "work",
    "any",
    "more",
    "we",
    "tried",
    "to",
    "restart",
    "but",
    "nothing",
    "changes",
    "could",
    "you",
    "call",
    "me",
    "back",
    "this",
    "afternoon",
    "order",
    "delivery",
    "address",
    "holiday",
    "badge",
    "door",
    "light",
    "coffee",
    "keyboard",
    "screen",
    "mouse",
    "dock",
    "cable",
    "wifi",
    "vpn",
    "portal",
    "form",
    "folder",
    "share",
    "drive",
    "backup",
    "restore",
    "license",
    "account",
    "access",
    "request",
    "approve",
    "manager",
    "finance",
    "team",
    "report",
    "month",
]
LOOKALIKES = ("room 550", "port 25", "invoice 554", "555 1234", "at 4.50", "port 465", "ext. 421", "0x80", "550 euros")
HOSTS = ("smtp.example.org", "mail.example.com", "smtp.orange.fr", "smtp.free.fr", "smtp.gmail.com", "smtp.laposte.net")
REPLIES = (
    "550 5.7.1 <{to}>... Relaying denied",
    "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table",
    "554 5.7.1 <{to}>: Relay access denied",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "530 5.7.0 Authentication required",
    "535 5.7.8 Error: authentication failed",
    "552 5.2.2 <{to}>: Mailbox full, {number} messages",
    "554 5.7.1 Service unavailable; Client host [192.0.2.{byte}] blocked using a list",
    "452 4.3.1 Insufficient system storage (id {number})",
    "421 4.7.0 Too many connections from 198.51.100.{byte}, try later",
)
RECIPIENT = (
    "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
    "address was '{to}'. Subject '{subject}', Account: '{account}', Server: '{host}', Protocol: SMTP, Server Response: "
    "'{reply}', Port: {port}, Secure(SSL): {ssl}, Server Error: {code}, Error Number: 0x800CCC79"
)
CONNECTION = (
    "The connection to the server has failed. Account: '{account}', Server: '{host}', Protocol: SMTP, Port: {port}, "
    "Secure(SSL): {ssl}, Socket Error: {socket}, Error Number: 0x800CCC0E"
)
FRENCH = (
    "Le message n'a pas pu être envoyé car l'un des destinataires n'a pas été accepté par le serveur. L'adresse de "
    "messagerie non acceptée est '{to}'. Objet '{subject}', Compte : '{account}', Serveur : '{host}', Protocole : SMTP, "
    "Réponse du serveur : '{reply}', Port : {port}, Sécurisé (SSL) : {non}, Erreur de serveur : {code}, Numéro d'erreur : "
    "0x800CCC79"
)
TASK = "Task '{account} - Sending' reported error (0x800CCC92) : 'Your e-mail server rejected your login. The server responded: {reply}'"


def report(number: int) -> str:
    """A failure report that no other number has."""
    dice = random.Random(number)
    to = f"user{number}@example{dice.randrange(50)}.net"
    reply = dice.choice(REPLIES).format(to=to, number=number, byte=dice.randrange(255))
    return dice.choice((RECIPIENT, RECIPIENT, CONNECTION, FRENCH, TASK)).format(
        to=to,
        subject=" ".join(dice.choices(WORDS, k=3)),
        account=f"account {dice.randrange(5000)}",
        host=dice.choice(HOSTS),
        reply=reply,
        code=reply[:3],
        port=dice.choice((25, 465, 587)),
        ssl=dice.choice(("Yes", "No")),
        non=dice.choice(("Oui", "Non")),
        socket=dice.choice((10060, 10061, 10053)),
    )


def write_export(path: Path, tickets: int, distinct: int | None) -> None:
    """The export: 320 bytes a ticket on the average."""
    dice = random.Random(20260105)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "created", "subject", "description", "state"])
        for number in range(tickets):
            words = dice.choices(WORDS, k=38)
            if number % 7 == 0:
                words[20] = dice.choice(LOOKALIKES)
            text = " ".join(words)
            if number % 10 == 3:
                number_of_report = number if distinct is None else dice.randrange(distinct)
                text = f"{' '.join(words[:4])}\n\n{report(number_of_report)}\n\n{words[5]}"
            created = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02} 08:{number % 60:02}:00"
            writer.writerow([number, created, " ".join(words[:5]), text, "open"])


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Runs ``mailwhy`` in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *command], stdout=subprocess.DEVNULL)


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds, and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    code = start(command).wait()
    seconds = time.perf_counter() - started
    if code:
        sys.exit(f"the batch ended with exit code {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_memory(command: list[str]) -> float:
    """The peak of the memory of all the command's processes together, in MB; to look takes processor time itself."""
    process = start(command)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(memory_of, family(process.pid))))
        time.sleep(0.25)
    return peak


PROGRAM = "import sys; from mailwhy.cli import main; sys.exit(main(sys.argv[1:]))"


def family(process: int) -> list[int]:
    """A process and its children (Linux)."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        threads = Path(f"/proc/{process}/task").iterdir()
        children += [child for thread in threads for child in (thread / "children").read_text(encoding="ascii").split()]
    except OSError:
        return []
    return [process, *map(int, set(children))]


def memory_of(process: int) -> float:
    """The process's share of memory in MB: pages of libraries that several use count in parts (PSS)."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def read_with_duckdb(path: Path) -> float:
    """Seconds that DuckDB takes to read every text of the file."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        duckdb.execute("SELECT sum(length(description)) FROM read_csv(?)", [str(path)]).fetchall()
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", nargs="*", type=int, default=[200_000])
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--distinct", type=int, help="how many different reports there are; else no two are alike")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print("| tickets | MB | s | CPU s | tickets/s | memory MB (all processes) | reading with DuckDB s | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for tickets in options.tickets:
        with tempfile.TemporaryDirectory() as folder:
            export = Path(folder) / "export.csv"
            write_export(export, tickets, options.distinct)
            command = ["batch", str(export), "-o", str(Path(folder) / "out.jsonl"), "--jobs", str(options.jobs)]
            runs = [timed(command) for _ in range(options.runs)]
            memory = peak_memory(command)
            seconds = min(run[0] for run in runs)
            reading = read_with_duckdb(export)
            size = export.stat().st_size / 1e6
            print(
                f"| {tickets:,} | {size:.0f} | {seconds:.1f} | {min(run[1] for run in runs):.1f} | {tickets / seconds:,.0f} "
                f"| {memory:.0f} | {reading:.2f} | {seconds / reading:.0f} |"
            )


if __name__ == "__main__":
    main()
