"""A compiled catalogue that was cut short in the cache is made again."""

from pathlib import Path

import pytest

from mailwhy.i18n.translator import Translator

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "mail"\nmsgstr "courriel"\n'


@pytest.mark.parametrize("kept", [0, 3, 10, 27, 60])
def test_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    monkeypatch.setenv("MAILWHY_CACHE", str(cache))
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "mailwhy.po").write_text(PO, encoding="utf-8")
    assert Translator("fr", tmp_path)("mail") == "courriel"
    (compiled,) = cache.rglob("*.mo")
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[:kept])
    assert Translator("fr", tmp_path)("mail") == "courriel"
    assert compiled.read_bytes() == whole
