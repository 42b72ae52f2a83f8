"""Fuzzing, guided by the coverage of mailwhy: ``python tests/fuzz/fuzz_parsing.py -max_total_time=60``.

``MAILWHY_FUZZ`` names one target (text, mail, html, csv, overlay, http); without it the first byte of each input does.
At the end the edges that were seen are counted, and must have grown.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mailwhy"]):
    from mailwhy.batch.columns import Mapper
    from mailwhy.batch.errors import BatchError
    from mailwhy.batch.readers import table
    from mailwhy.batch.selection import Selection
    from mailwhy.batch.sources import Source
    from mailwhy.chatbot.models import DiagnoseRequest
    from mailwhy.documents.mail import read_mail
    from mailwhy.documents.markup import html_text
    from mailwhy.knowledge.yamlfile import read_yaml
    from mailwhy.parsing import could_hold_report, parse

    parse("550 5.7.1 <anna@example.net>... Relaying denied")  # the engine is only loaded with the first text

CORPUS = Path(__file__).parent / "corpus"
LEAST = 300
"""Edges that a run sees at least, since the engine is instrumented."""

_YAML = Path(tempfile.mkdtemp()) / "overlay.yaml"


def text(data: bytes) -> None:
    """No text raises, spans lie in the text, and the quick look agrees with the reading."""
    given = data.decode("utf-8", "replace")
    reports = parse(given)
    for report in reports:
        start, end = report.span
        if not 0 <= start <= end <= len(given):
            raise AssertionError(f"span {report.span} of a text of {len(given)} characters")
    if reports and not could_hold_report(given):
        raise AssertionError("the quick look missed a report")


def mail(data: bytes) -> None:
    """The source of a mail."""
    read_mail(data)


def html(data: bytes) -> None:
    """A cell of HTML."""
    html_text(data.decode("utf-8", "replace"))


def csv(data: bytes) -> None:
    """A delimited file."""
    source = Source("a.csv", "csv", io.BytesIO(data), data[:4096], alone=True)
    with contextlib.suppress(BatchError):
        deque(table.read(source, Mapper(Selection()), None), 0)


def overlay(data: bytes) -> None:
    """A file of an organisation's knowledge."""
    _YAML.write_bytes(data)
    read_yaml(_YAML)


def http(data: bytes) -> None:
    """A body of POST /v1/diagnose."""
    with contextlib.suppress(ValueError):
        DiagnoseRequest.model_validate_json(data)


TARGETS = (text, mail, html, csv, overlay, http)
_ONE = {target.__name__: target for target in TARGETS}.get(os.environ.get("MAILWHY_FUZZ", ""))


def read_anything(data: bytes) -> None:
    """Gives an input to its target."""
    if _ONE is not None:
        _ONE(data)
    elif data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


def grown() -> int:
    """Runs the fuzzer as another process; 1 where it found a fault, or where the edges seen did not grow."""
    seen: list[int] = []
    command = [sys.executable, __file__, *sys.argv[1:]]
    with subprocess.Popen(
        command, env={**os.environ, "MAILWHY_FUZZING": "1"}, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        for line in process.stderr or ():
            sys.stderr.write(line)
            seen += map(int, re.findall(r"\bcov: (\d+)", line))
    print(f"edges seen at first: {min(seen, default=0)}, in the end: {max(seen, default=0)}")
    return process.returncode or int(len(seen) < 2 or max(seen) <= seen[0] or max(seen) < LEAST)


if __name__ == "__main__":
    if "MAILWHY_FUZZING" not in os.environ:
        sys.exit(grown())
    found = tempfile.mkdtemp()  # what is new goes here, not into the tree
    atheris.Setup([*sys.argv, "-max_len=4096", "-timeout=20", found, str(CORPUS)], read_anything)
    atheris.Fuzz()
