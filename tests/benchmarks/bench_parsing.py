"""Times of the parser against its budgets (DESIGN, section 5). Run it: ``python tests/benchmarks/bench_parsing.py``."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from mailwhy.parsing import could_hold_report, parse

_FIXTURES = Path(__file__).parent.parent / "fixtures" / "reports"
_MEGABYTE = 1024 * 1024
_HOSTILE: dict[str, str] = json.loads((_FIXTURES.parent / "hostile.json").read_text(encoding="utf-8"))
_COLD = (
    "import time; from mailwhy.parsing import parse, reader; imported = time.perf_counter(); "
    "parse('''{}'''); print(1000 * (time.perf_counter() - imported))"
)


def median_ms(function: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def row(what: str, measured: float, budget: float | None) -> None:
    limit = f"{budget:8.2f}" if budget is not None else "       -"
    verdict = "" if budget is None else "within" if measured <= budget else "OVER"
    print(f"{what:<52} {measured:9.3f} {limit}  {verdict}")


def texts(name: str) -> list[str]:
    entries = yaml.safe_load((_FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [entry["text"] for entry in entries if entry["reports"]]


def main() -> None:
    (article,) = texts("article")
    spans = [report.span for report in parse(article)]
    story = "".join(line for line in article.splitlines(keepends=True) if "0x800" not in line)
    ticket = (story * (13_000 // len(story) + 1))[:13_000]
    assert parse(ticket) == []
    print(f"{'what':<52} {'ms':>9} {'budget':>8}")
    for number, (start, end) in enumerate(spans, 1):
        report = article[start:end]
        row(f"seed report {number} ({end - start} characters), warm", median_ms(lambda: parse(report), 500), 0.35)  # noqa: B023
    row("the seed article, both reports", median_ms(lambda: parse(article), 50), None)
    row("13,000 characters without a report", median_ms(lambda: parse(ticket), 500), 0.1)
    short = [entry for name in ("negatives-en", "negatives-fr") for entry in _negatives(name)]
    row(
        "the quick look at a short ticket",
        median_ms(lambda: [could_hold_report(t) for t in short], 50) / len(short),
        None,
    )
    everything = [text for path in sorted(_FIXTURES.glob("*.yaml")) for text in texts(path.stem)]
    row(
        f"a fixture, mean of {len(everything)}",
        median_ms(lambda: [parse(t) for t in everything], 3) / len(everything),
        None,
    )
    for what, pattern in _HOSTILE.items():
        hostile = (pattern * (_MEGABYTE // len(pattern) + 1))[:_MEGABYTE]
        quarter = median_ms(lambda: parse(hostile[: _MEGABYTE // 4]), 1)  # noqa: B023
        whole = median_ms(lambda: parse(hostile), 1)  # noqa: B023
        row(f"1 MB of {what} ({whole / quarter:.1f} times a quarter of it)", whole, 2000)
    code = _COLD.format(article[slice(*spans[0])].replace("\\", "\\\\"))
    cold = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    row("first report of a process, imports apart", min(cold), None)


def _negatives(name: str) -> list[str]:
    entries = yaml.safe_load((_FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [entry["text"] for entry in entries]


if __name__ == "__main__":
    main()
