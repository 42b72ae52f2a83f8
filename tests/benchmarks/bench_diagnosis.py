"""Times of a diagnosis and of a cold command: ``python tests/benchmarks/bench_diagnosis.py``.

Medians; on a shared machine compare the ratios of one run, not the figures of two.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import mailwhy
from mailwhy.diagnosis.api import diagnose_report

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "demo" / "reports.txt"
TICKET = "The printer on the second floor still jams. Please send somebody before Friday; port 9100 is open. " * 132


def median(call: Callable[[], object], runs: int) -> float:
    """Median time of one call in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def cold(*arguments: str) -> Callable[[], object]:
    """Runs the command as a new process; its compiled data is in a cache of this run."""
    words = [sys.executable, "-m", "mailwhy", *arguments]
    return lambda: subprocess.run(words, capture_output=True, check=True)


def main() -> None:
    """Prints the table."""
    report_text = FIXTURE.read_text(encoding="utf-8").split("\n\n")[0]
    report = mailwhy.parse(report_text)[0]
    diagnosis = mailwhy.diagnose(report_text)[0]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MAILWHY_CACHE"] = folder
        path = Path(folder) / "report.txt"
        path.write_text(report_text, encoding="utf-8")
        cold(str(path))()
        rows = [
            ("parse one report, warm", median(lambda: mailwhy.parse(report_text), 500), 0.35),
            ("diagnose one report, warm, all included", median(lambda: mailwhy.diagnose(report_text), 500), 0.6),
            ("  of which after parsing", median(lambda: diagnose_report(report), 500), None),
            ("  and as JSON", median(diagnosis.model_dump_json, 500), None),
            (f"a ticket of {len(TICKET) // 1000} KB without a report", median(lambda: mailwhy.parse(TICKET), 500), 0.1),
            ("mailwhy FILE, cold process", median(cold(str(path)), 15), 200),
            ("mailwhy --help, cold process", median(cold("--help"), 15), 80),
            ("python -c pass", median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 15), None),
        ]
    for name, took, budget in rows:
        print(f"{name:<44}{took:10.3f} ms", "" if budget is None else f"  budget {budget:7.2f}")


if __name__ == "__main__":
    main()
