"""Language files: a new language is data only, and a wrong file is told by name."""

import shutil
from pathlib import Path

import pytest
import yaml

from mailwhy.parsing.lexicon import LanguageFileError, load_lexicon
from mailwhy.parsing.reader import Reader
from mailwhy.places import data_folder

_LANGUAGES = data_folder("parser") / "languages"

# A made-up language, with accents and an apostrophe.
_INVENTED = """
language: qaa
words: {"yes": ["Zo"], "no": ["Nix"]}
fields:
  subject: [Témo]
  account: [Kontéro]
  server: [Dĩener]
  protocol: [Sprech'weise]
  server_response: [Wort vum Dĩener]
  port: [Tür]
  ssl: [Siche (SSL)]
  error_number: [Patzer Nummer]
before:
  rejected_address: [D'adress nixgut wor]
messages:
  express: [Dat Breefke kun nit futt]
"""


def test_a_made_up_language_needs_no_code(tmp_path: Path) -> None:
    shutil.copy(data_folder("parser") / "report.lark", tmp_path)
    (tmp_path / "languages").mkdir()
    shutil.copy(_LANGUAGES / "mul.yaml", tmp_path / "languages")
    (tmp_path / "languages" / "qaa.yaml").write_text(_INVENTED, encoding="utf-8")
    (report,) = Reader.from_folder(tmp_path).read(
        "Dat Breefke kun nit futt. D’ADRESS NIXGUT WOR 'kid@example.org'. Temo : 'Kite', Kontéro: 'beach', Dĩener: "
        "'smtp.example.com', Sprech' weise: SMTP, Wort vum\nDĩener: '550 relaying denied', Tür: 25, Siche(SSL): Nix, "
        "Patzer Nummer: 0x800CCC79"
    )
    assert report.languages == ("qaa",)
    assert (report.subject, report.account, report.server) == ("Kite", "beach", "smtp.example.com")
    assert (report.protocol, report.port, report.ssl) == ("SMTP", 25, False)
    assert (report.server_response, report.rejected_address) == ("550 relaying denied", "kid@example.org")
    assert report.error_number == "0x800CCC79"


@pytest.mark.parametrize("path", sorted(_LANGUAGES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_language_file_is_right(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path)
    lexicon = load_lexicon(tmp_path)
    assert lexicon.phrases
    assert {language for phrase in lexicon.phrases for language in phrase.languages} == {path.stem}


@pytest.mark.parametrize("path", sorted(_LANGUAGES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_spelling_is_listed_twice(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section in content.values():
        for spellings in section.values() if isinstance(section, dict) else ():
            assert len(set(spellings)) == len(spellings), [s for s in spellings if spellings.count(s) > 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("language: de", "must say 'language: xx'"),
        ("[1, 2]", "must say 'language: xx'"),
        ("language: xx\nfields: {", "not valid YAML"),
        ("language: xx\nfields: [a]", "unknown key 'fields', or its value is no mapping"),
        ("language: xx\nfields: {colour: [a]}", "unknown key fields.colour"),
        ("language: xx\nfields: {port: Tür}", "port must be a list of texts"),
        ("language: xx\nwords: {'no': [no]}", "words.no must be a list of texts"),
        ("language: xx\nfields: {port: ['...']}", "has no word in it"),
        ("language: xx\nfields: {port: [Tür], server: [Tur]}", "stands under both port and server"),
    ],
)
def test_a_wrong_file_is_told(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "xx.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LanguageFileError) as caught:
        load_lexicon(tmp_path)
    assert message in str(caught.value)
    assert "xx.yaml" in str(caught.value)
