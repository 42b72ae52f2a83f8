from pathlib import Path

import pytest

from mailwhy.i18n.catalogues import check, domains, update
from mailwhy.i18n.translator import Translator, compile_catalogue
from mailwhy.places import data_folder

ROOT = data_folder("locales").parent

CAUSE = """\
id: full
title: The mailbox is full
summary: >-
  Wait until {name} has
  made room.
references:
  - title: RFC 5321
    url: https://www.rfc-editor.org/rfc/rfc5321
"""


@pytest.mark.parametrize("domain", domains(ROOT))
def test_everything_is_said_in_every_language(domain):
    assert [str(fault) for fault in check(ROOT, domain)] == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "kb" / "causes").mkdir(parents=True)
    (tmp_path / "src" / "mailwhy").mkdir(parents=True)
    (tmp_path / "locales" / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "kb" / "causes" / "full.yaml").write_text(CAUSE, encoding="utf-8")
    update(tmp_path, "causes")
    return tmp_path


def translate(project: Path, message: str, text: str) -> None:
    path = project / "locales" / "fr" / "LC_MESSAGES" / "causes.po"
    content = path.read_text(encoding="utf-8")
    assert f'msgid "{message}"\nmsgstr ""' in content
    path.write_text(
        content.replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{text}"'), encoding="utf-8"
    )


def kinds(project: Path) -> list[str]:
    return sorted(fault.kind for fault in check(project, "causes"))


def test_extraction_takes_what_people_see_and_nothing_else(project):
    template = (project / "locales" / "causes.pot").read_text(encoding="utf-8")
    assert 'msgid "The mailbox is full"' in template
    assert 'msgid "Wait until {name} has made room."' in template
    assert "#. full.title" in template
    assert "RFC 5321" not in template


def test_what_is_not_translated_is_found(project):
    assert kinds(project) == ["empty", "empty"]
    translate(project, "The mailbox is full", "La boîte est pleine")
    assert kinds(project) == ["empty"]


def test_a_lost_placeholder_is_found(project):
    translate(project, "The mailbox is full", "La boîte est pleine")
    translate(project, "Wait until {name} has made room.", "Attendez un peu.")
    assert kinds(project) == ["placeholders"]


def test_a_fuzzy_translation_is_found(project):
    translate(project, "The mailbox is full", "La boîte est pleine")
    translate(project, "Wait until {name} has made room.", "Attendez {name}.")
    path = project / "locales" / "fr" / "LC_MESSAGES" / "causes.po"
    path.write_text(
        path.read_text(encoding="utf-8").replace("#: kb/causes/full.yaml\n", "#: kb/causes/full.yaml\n#, fuzzy\n", 1),
        encoding="utf-8",
    )
    assert kinds(project) == ["fuzzy"]


def test_an_edited_source_makes_its_translation_outdated_and_missing(project):
    translate(project, "The mailbox is full", "La boîte est pleine")
    path = project / "kb" / "causes" / "full.yaml"
    path.write_text(CAUSE.replace("The mailbox is full", "There is no room"), encoding="utf-8")
    assert kinds(project) == ["empty", "missing", "outdated"]


def test_updating_twice_changes_nothing(project):
    translate(project, "The mailbox is full", "La boîte est pleine")
    update(project, "causes")
    once = (project / "locales" / "fr" / "LC_MESSAGES" / "causes.po").read_bytes()
    update(project, "causes")
    assert (project / "locales" / "fr" / "LC_MESSAGES" / "causes.po").read_bytes() == once
    assert "La boîte est pleine".encode() in once


@pytest.mark.parametrize("cache", ["cache", ""])
def test_a_translator_reads_the_catalogue_of_a_checkout(project, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("MAILWHY_CACHE", str(tmp_path / cache) if cache else "")
    translate(project, "The mailbox is full", "La boîte est pleine")
    for _ in range(2):  # the second time from the cache, where there is one
        say = Translator("fr", project / "locales")
        assert say("The mailbox is full", "causes") == "La boîte est pleine"
    assert say("Something else", "causes") == "Something else"
    assert say("", "causes") == ""
    assert Translator("en", project / "locales")("The mailbox is full", "causes") == "The mailbox is full"


def test_a_translator_reads_the_compiled_catalogue_of_a_wheel(project, tmp_path):
    translate(project, "The mailbox is full", "La boîte est pleine")
    source = project / "locales" / "fr" / "LC_MESSAGES" / "causes.po"
    target = tmp_path / "packed" / "fr" / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "causes.mo").write_bytes(compile_catalogue(source.read_bytes()))
    assert Translator("fr", tmp_path / "packed")("The mailbox is full", "causes") == "La boîte est pleine"


def test_an_organisations_translations_come_first(project, tmp_path):
    own = tmp_path / "own" / "fr" / "LC_MESSAGES"
    own.mkdir(parents=True)
    (own / "causes.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "The mailbox is full"\nmsgstr "Plus de place"\n',
        encoding="utf-8",
    )
    translate(project, "Wait until {name} has made room.", "Attendez {name}.")
    say = Translator("fr", tmp_path / "own", project / "locales")
    assert say("The mailbox is full", "causes") == "Plus de place"
    assert say("Wait until {name} has made room.", "causes") == "Attendez {name}."
