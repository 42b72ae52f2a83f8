"""Worker processes, Ctrl-C and SIGKILL: whatever happens, the output is that of an undisturbed run."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import BatchError, local, pool, run
from mailwhy.batch.options import Options
from mailwhy.knowledge import KnowledgeError

TICKETS = 25_000
BROKEN = sum(number % 999 == 0 and number % 20 != 0 for number in range(TICKETS))


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory, texts: Any) -> Path:
    """Seven chunks; a broken row and a report here and there."""
    path = tmp_path_factory.mktemp("exports") / "export.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,created,description\n")
        for number in range(TICKETS):
            if number % 20 == 0:
                text = texts.relay.replace("sales", f"user{number}").replace("25", str(number % 7 + 25))
                file.write(f'{number},2026-01-02,"Ticket {number}: {text}"\n')
            elif number % 999 == 0:
                file.write(f"{number},broken\n")
            else:
                file.write(f"{number},2026-01-02,{texts.nothing.replace(',', ';')} {number}\n")
    return path


@pytest.fixture(scope="module")
def undisturbed(export: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run([export], folder / "out.jsonl", jobs=1)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def start(export: Path, output: Path, *options: str) -> subprocess.Popen[bytes]:
    words = ["batch", str(export), "-o", str(output), "--jobs", "2", *options]
    program = "import sys; from mailwhy.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_several_processes_write_what_one_writes(export: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    summary = run([export], tmp_path / "out.jsonl", jobs=3)
    assert left(tmp_path) == undisturbed
    assert summary.tickets == TICKETS - summary.rejected
    assert summary.rejected == BROKEN == 24


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("seed", range(2))
def test_a_killed_run_goes_on_to_the_same_bytes(
    seed: int, export: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    """Killed at random moments, again and again, until one run comes through."""
    moments = random.Random(seed)
    output = tmp_path / "out.jsonl"
    journal = tmp_path / "out.jsonl.journal"
    for _ in range(3):
        process = start(export, output, "--resume")
        size = journal.stat().st_size if journal.exists() else 0
        until = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < until:
            if journal.exists() and journal.stat().st_size > size + moments.randrange(1, 60_000):
                break
            time.sleep(moments.random() / 50)
        process.kill()
        process.communicate()
        # It may have been killed between giving the output its name and its own end; the output is whole then.
        assert not output.exists() or output.read_bytes() == undisturbed["out.jsonl"]
    if journal.exists() and moments.random() < 0.7:
        with journal.open("rb+") as file:  # the machine went down while a frame was being written
            file.truncate(max(30, journal.stat().st_size - moments.randrange(1, 500)))
    process = start(export, output, "--resume")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert left(tmp_path) == undisturbed


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_stops_cleanly(export: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """The export is a pipe whose end never comes, so the run can't be over when it is stopped."""
    (tmp_path / "exports").mkdir()
    own, journal = tmp_path / "exports" / "export.csv", tmp_path / "out.jsonl.journal"
    os.mkfifo(own)
    process = start(own, tmp_path / "out.jsonl")
    with own.open("wb") as pipe:
        pipe.write(export.read_bytes()[:-1])
        pipe.flush()
        until = time.monotonic() + 30
        while time.monotonic() < until and not (journal.exists() and journal.stat().st_size > 5_000):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"--resume" in told
    assert b"Traceback" not in told
    own.unlink()
    shutil.copy(export, own)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.jsonl.journal"]
    run([own], tmp_path / "out.jsonl", jobs=1, resume=True)
    shutil.rmtree(own.parent)
    assert left(tmp_path) == undisturbed


def test_a_journal_of_another_run_is_not_gone_on_with(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, bytes]
) -> None:
    output = tmp_path / "out.jsonl"
    own = tmp_path / "export.csv"
    own.write_bytes(export.read_bytes())
    monkeypatch.setattr(local, "_finish", lambda *_: (_ for _ in ()).throw(BatchError("no room")))
    with pytest.raises(BatchError, match="no room"):
        run([own], output, jobs=1)
    monkeypatch.undo()
    with pytest.raises(BatchError, match="other files or options"):
        run([own], output, jobs=1, resume=True, redact=False)
    content = own.read_bytes()
    own.write_bytes(content.replace(b"floor 5", b"floor 6", 1))
    with pytest.raises(BatchError, match="have changed"):
        run([own], output, jobs=1, resume=True)
    own.write_bytes(content)
    run([own], output, jobs=1, resume=True)
    own.unlink()
    assert left(tmp_path) == undisturbed


def test_a_worker_that_dies_is_an_error(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_BOOT", "import os; os._exit(9)")
    with pytest.raises(BatchError, match=r"ended unexpectedly \(exit code 9\)"):
        run([export], tmp_path / "out.jsonl", jobs=2)
    assert not (tmp_path / "out.jsonl").exists()


def test_the_key_is_not_on_the_command_line(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []
    start_process = subprocess.Popen

    def noted(command: list[str], **options: Any) -> Any:
        commands.extend(command)
        return start_process(command, **options)

    monkeypatch.setattr(subprocess, "Popen", noted)
    run([export], tmp_path / "out.jsonl", jobs=2, redact_key="hush-hush")
    assert commands
    assert not any("hush" in word for word in commands)


def test_faults_of_the_knowledge_are_told_before_work_begins(export: Path, tmp_path: Path) -> None:
    (tmp_path / "kb" / "causes").mkdir(parents=True)
    (tmp_path / "kb" / "causes" / "bad.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"bad\.yaml"):
        run([export], tmp_path / "out.jsonl", jobs=2, kb=[tmp_path / "kb"])


def test_memory_does_not_grow_with_the_file(tmp_path: Path, texts: Any) -> None:
    resource = pytest.importorskip("resource")
    if not Path("/proc/self/status").exists():
        pytest.skip("reads the peak of a process from /proc")
    program = (
        "import sys; from mailwhy.batch import run; run([sys.argv[1]], sys.argv[2], jobs=1);"
        "print([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1])"
    )
    peaks = []
    for size in (10_000, 80_000):
        path = tmp_path / f"{size}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("id,text\n")
            for number in range(size):
                file.write(f"{number},{texts.nothing.replace(',', ';') * 4}\n")
        words = [sys.executable, "-c", program, str(path), str(tmp_path / "out.jsonl")]
        peaks.append(int(subprocess.run(words, capture_output=True, check=True).stdout) / 1024)
    assert peaks[1] < peaks[0] + 40, f"{peaks} MB; {resource.__name__}"
    assert (tmp_path / "out.jsonl").stat().st_size == 0


def test_processes_are_ended_where_one_of_them_cannot_start(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start_process = subprocess.Popen

    def failing(*arguments: Any, **options: Any) -> Any:
        if started:
            raise BlockingIOError("no more processes")
        started.append(start_process(*arguments, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", failing)
    with pytest.raises(BlockingIOError), pool.Pool(Options(), 2, at_once=2):
        pass
    assert started[0].wait(10) != 0


@pytest.mark.skipif(not hasattr(os, "getsid"), reason="no sessions here")
def test_ctrl_c_is_for_the_process_that_feeds_them() -> None:
    with pool.Pool(Options(), 2, at_once=1) as workers:
        (worker,) = workers._processes
        assert os.getsid(worker.pid) != os.getsid(0)


def test_a_strange_number_of_processes_is_one(export: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    run([export], tmp_path / "out.jsonl", jobs=-1)
    assert left(tmp_path) == undisturbed
