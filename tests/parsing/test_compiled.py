"""Compiled tables: the same whichever way they come."""

import json
from pathlib import Path

import pytest

from mailwhy.parsing import compiled as tables
from mailwhy.parsing.reader import Reader

_TEXT = "Account: 'a', Server: 'mail.example.net', Protocol: POP3, Port: 110, Error Number: 0x800CCC0E"


def _server(loaded: tables.Tables) -> str | None:
    (report,) = Reader(loaded).read(_TEXT)
    return report.server


def test_a_checkout_keeps_them_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "cache_folder", lambda: tmp_path)
    (tmp_path / "parser-0.json").write_text("{}", encoding="utf-8")
    assert _server(tables.load_tables()) == "mail.example.net"
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("parser-")
    assert kept.name != "parser-0.json"
    monkeypatch.setattr(tables, "compile_tables", lambda folder: pytest.fail("compiled again"))
    assert _server(tables.load_tables()) == "mail.example.net"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 0}'])
def test_a_broken_cache_is_made_again(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "cache_folder", lambda: tmp_path)
    tables.load_tables()
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert _server(tables.load_tables()) == "mail.example.net"


def test_no_cache_and_a_full_disk_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "cache_folder", lambda: None)
    assert _server(tables.load_tables()) == "mail.example.net"
    monkeypatch.setattr(tables, "cache_folder", lambda: tmp_path / "gone")
    assert _server(tables.load_tables()) == "mail.example.net"


def test_a_wheel_brings_them_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parser.json").write_bytes(tables.compile_tables())
    monkeypatch.setattr(tables, "packed_folder", lambda: tmp_path)
    monkeypatch.setattr(tables, "data_folder", lambda name: pytest.fail("looked for the sources"))
    assert _server(tables.load_tables()) == "mail.example.net"


def test_they_are_the_same_every_time() -> None:
    assert tables.compile_tables() == tables.compile_tables()
    assert json.loads(tables.compile_tables())["format"]
