import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mailwhy.cli import main


@dataclass
class Ran:
    code: int
    out: str
    err: str


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs the command line in this process; ``typed`` makes standard input a terminal."""

    def run(*arguments: str, stdin: bytes = b"", typed: bool = False) -> Ran:
        kind = Terminal if typed else io.TextIOWrapper
        monkeypatch.setattr(sys, "stdin", kind(io.BytesIO(stdin), encoding="utf-8"))
        code = main(list(arguments))
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Ran(code, told.out, told.err)

    return run
