"""Fuzzing the parser, on demand: ``pip install atheris; python tests/fuzz/fuzz_parsing.py -max_total_time=60``."""

import sys

import atheris

with atheris.instrument_imports(include=["mailwhy.parsing"]):
    from mailwhy.parsing import could_hold_report, parse


def read_anything(data: bytes) -> None:
    """No text raises, spans lie in the text, and the quick look agrees with the reading."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(4096)
    reports = parse(text)
    for report in reports:
        start, end = report.span
        if not 0 <= start <= end <= len(text):
            raise AssertionError(f"span {report.span} of a text of {len(text)} characters")
    if reports and not could_hold_report(text):
        raise AssertionError("the quick look missed a report")


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_anything)
    atheris.Fuzz()
