"""The page and the summary: whole, escaped, without network, in both languages."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import BatchError
from mailwhy.batch.report import check_report, summary, write_report
from mailwhy.cli import main
from mailwhy.rendering.text import Style

START = datetime.fromisoformat("2026-02-01")
VOID = {"meta", "br", "input"}


class Page(HTMLParser):
    """A page's text, and what is wrong with its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action", "xlink:href"):
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(tmp_path: Path, table: Callable[..., Any]) -> Callable[..., Page]:
    """Writes the page of some rows and reads it."""

    def write(rows: list[Any], locale: str | None = "en", **facts: Any) -> Page:
        path = tmp_path / "report.html"
        write_report(table(rows, **facts), path, locale)
        assert {found.name for found in tmp_path.glob("report*")} == {"report.html"}
        text = path.read_text(encoding="utf-8")
        assert f'<html lang="{locale or "en"}">' in text
        return Page(text)

    return write


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_page_is_whole_and_loads_nothing(page: Callable[..., Page], rows: list[Any], locale: str) -> None:
    found = page(rows, locale)
    assert found.open == []
    assert not found.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert all(link.startswith("#") for link in found.links)
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)
    for needed in ("causes", "time", "incidents", "remedies", "servers", "ports", "errors", "unknown"):
        assert needed in found.ids


def test_the_page_tells_the_incident(page: Callable[..., Page], rows: list[Any]) -> None:
    text = page(rows).text
    assert "The IP address you send from is on a blocklist on smtp.orange.fr" in text
    assert re.search("Aug 10\\s–\\s16, 2026: 56 tickets instead of about 0", text)
    assert "Settings that differ from the provider's" in text


def test_the_page_speaks_french(page: Callable[..., Page], rows: list[Any]) -> None:
    text = page(rows, "fr").text
    assert "Au fil du temps" in text
    assert "Le serveur sortant refuse" in text
    assert re.findall(r".{30}\b(?:the|and|reports|instead)\b", text) == []


def test_what_rows_hold_is_escaped(page: Callable[..., Page], one: Callable[..., Any]) -> None:
    evil = "<script>alert('x')</script>&\"'"
    rows = [one(n, server=f"{evil}{n % 2}", ticket=evil, cause="own", cause_title=evil, provider=evil,
                recipient_provider=evil, error_number=evil, enhanced_code=None, server_response=f"550 gate {evil}",
                reply_known=False, client=evil) for n in range(30)]  # fmt: skip
    found = page(rows)
    assert "script" not in found.tags
    assert evil in found.text


def test_no_reports_no_dates_nothing_unknown(page: Callable[..., Page], one: Callable[..., Any]) -> None:
    assert "No ticket holds a failure report." in page([], tickets=7).text
    text = page([one(1, created=None)]).text
    assert "The tickets have no dates, so incidents can't be found." in text
    assert "None: every reply of a server was recognised." in text


def test_the_page_says_whether_it_is_redacted(page: Callable[..., Page], one: Callable[..., Any]) -> None:
    assert "pseudonyms" in page([one(1)]).text
    assert "personal data" in page([one(1)], redacted=False).text


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_summary_tells_the_same(table: Callable[..., Any], rows: list[Any], locale: str) -> None:
    text = summary(table(rows), Style(width=80), locale)
    assert all(len(line) <= 80 for line in text.splitlines())
    joined = " ".join(text.split())
    for told in {
        "en": ("smtp.orange.fr", "56 tickets instead of about 0", "0x800CCC79", "Port 25 without SSL"),
        "fr": ("smtp.orange.fr", "56 tickets au lieu d’environ 0", "0x800CCC79", "Port 25 sans SSL"),
    }[locale]:
        assert told in joined


def test_nothing_steers_the_terminal(table: Callable[..., Any], one: Callable[..., Any]) -> None:
    evil = "a\x1b[2Jb\x07c\u202ed"
    rows = [one(n, server=evil, ticket=evil, server_response=f"550 gate {evil} shut", reply_known=False,
                created=START + timedelta(days=min(40, n))) for n in range(60)]  # fmt: skip
    text = summary(table(rows), Style(), "en")
    assert "ticket a [2Jb c d" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_language_that_is_not_spoken_is_english(page: Callable[..., Page], one: Callable[..., Any]) -> None:
    assert "In short" in page([one(1)], None).text


def test_the_command_writes_and_prints(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    export, output, target = tmp_path / "export.csv", tmp_path / "out.jsonl", tmp_path / "page.html"
    export.write_text(csv_text(texts.rows), encoding="utf-8")
    told = ["--report", str(target), "--summary", "--lang", "fr", "--jobs", "1"]
    assert main(["batch", str(export), "-o", str(output), *told]) == 0
    printed = capsys.readouterr().out
    assert "En bref" in printed
    assert str(target) in printed
    text = target.read_text(encoding="utf-8")
    assert "smtp.example.org" in text
    assert "sales@example.net" not in text
    assert "office" not in Page(text).text


def test_the_name_of_the_page_is_checked_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    for bad in (tmp_path, tmp_path / "none" / "page.html", output):
        with pytest.raises(BatchError):
            check_report(bad, output)
    export = tmp_path / "export.csv"
    export.write_text("id,description\n1,hello\n", encoding="utf-8")
    assert main(["batch", str(export), "-o", str(output), "--report", str(output)]) == 2
    assert not output.exists()


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path, table: Callable[..., Any]) -> None:
    target = tmp_path / "gone" / "page.html"
    with pytest.raises(BatchError, match=r"page\.html"):
        write_report(table([]), target)
