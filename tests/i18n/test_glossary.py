"""The catalogues keep to the glossary of their language, and the French ones to French typography."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from babel.messages.pofile import read_po
from pydantic import BaseModel

from mailwhy.i18n import available_locales
from mailwhy.i18n.catalogues import domains
from mailwhy.places import data_folder

ROOT = data_folder("locales").parent
FRENCH = ROOT / "locales" / "fr"
NBSP = "\u00a0"

LETTER = "A-Za-zÀ-ÖØ-öø-ÿŒœ"
NOT_PROSE = re.compile(
    r"`[^`]*`"  # commands
    r"|\{[^{}]*\}"  # placeholders
    r"|https?://\S+|mailto:\S+"
    r"|[\w.+-]*@[\w-]+(?:\.[\w-]+)+"  # addresses
    rf"|\b[\w-]+(?:\.[\w-]+)*\.[{LETTER}]{{2,}}(?::\d+)?\b"  # host names and files
)
QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”')
GUILLEMETS = re.compile(f"«{NBSP}([^«»]*){NBSP}»")

TYPOGRAPHY = [
    (rf"(?<=[{LETTER}])'(?=[{LETTER}«(*X])", "the apostrophe is U+2019 (’)"),
    ('["“”]', f"quotations stand in «{NBSP}...{NBSP}»"),
    (r"[  \u202f](?=[:;!?%»](?!\d))", "the space before : ; ! ? % and » is U+00A0"),
    (rf"(?<=[\w»)*X])[;!?](?=\s|$)|(?<=[{LETTER}»)*]):(?=\s|$)", "a space (U+00A0) goes before : ; ! ?"),
    (r"\d%", "a space (U+00A0) goes before %"),
    (rf"«(?!{NBSP})|(?<!{NBSP})»", "the spaces inside « and » are U+00A0"),
    ("\u202f", "the space that does not break is U+00A0"),
    (r"\d[ ,]000\b", "U+00A0 parts the thousands"),
]


class Said(NamedTuple):
    """One form of a message in French, with what of it is prose."""

    domain: str
    source: str
    text: str
    prose: str

    def fault(self, place: int, reason: str) -> str:
        """One line: catalogue, reason, where in the prose, and the message to look for."""
        return f"fr/{self.domain}.po: {reason}: …{self.prose[max(0, place - 30) : place + 30]}… (msgid {self.source[:60]!r})"


class Term(BaseModel, frozen=True, extra="forbid"):
    """An entry of the glossary; what each key means stands at the head of the file."""

    term: str
    french: tuple[str, ...]
    banned: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    strict: bool = False
    note: str = ""

    def faults(self, said: Said) -> Iterator[str]:
        prose = said.prose
        for phrase in self.allowed:
            prose = prose.replace(phrase, "")
        for word in self.banned:
            # An entry in small letters bans all spellings; one with a capital only its own.
            flags = 0 if word != word.lower() else re.IGNORECASE
            if found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", prose, flags):
                wanted = " / ".join(self.french)
                yield said.fault(said.prose.find(found.group()), f"{word!r} is banned, write {wanted!r}")
        if self.strict and re.search(rf"(?<!\w){re.escape(self.term)}s?(?!\w)", said.source):
            fold = str.lower if self.term == self.term.lower() else str
            if not any(fold(french) in fold(said.text) for french in self.french):
                yield said.fault(0, f"{self.term!r} needs one of {self.french}")


@cache
def glossary() -> tuple[tuple[Term, ...], tuple[str, ...], tuple[str, ...]]:
    data = yaml.safe_load((FRENCH / "glossary.yaml").read_text(encoding="utf-8"))
    assert set(data) == {"literals", "verbatim", "terms"}
    return (
        tuple(Term.model_validate(entry) for entry in data["terms"]),
        tuple(data["literals"]),
        tuple(data["verbatim"]),
    )


def prose(source: str, text: str, literals: tuple[str, ...] = ()) -> str:
    """The text without what is not French: commands, addresses, and the quotations that it shares with the source."""
    quoted = {one or two for one, two in QUOTED.findall(source)}
    text = GUILLEMETS.sub(lambda found: "" if found[1] in quoted or found[1] in source else found[0], text)
    for literal in literals:
        text = text.replace(literal, "")
    return NOT_PROSE.sub("X", text)


@cache
def catalogue(domain: str) -> tuple[Said, ...]:
    _, literals, verbatim = glossary()
    with (FRENCH / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        messages = read_po(file, locale="fr")
    return tuple(
        Said(domain, source, text, prose(source, text, literals))
        for message in messages
        for source in ([message.id] if isinstance(message.id, str) else message.id[:1])
        for text in ([message.string] if isinstance(message.string, str) else message.string or ())
        if source and text and not source.startswith(verbatim)
    )


def typography(said: Said) -> list[str]:
    return [said.fault(found.start(), reason) for rule, reason in TYPOGRAPHY for found in re.finditer(rule, said.prose)]


@pytest.mark.parametrize("domain", domains(ROOT))
def test_the_words_are_those_of_the_glossary(domain):
    terms, _, _ = glossary()
    faults = [fault for said in catalogue(domain) for term in terms for fault in term.faults(said)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("domain", domains(ROOT))
def test_the_typography_is_french(domain):
    faults = [fault for said in catalogue(domain) for fault in typography(said)]
    assert not faults, "\n".join(faults)


def test_the_glossary_is_in_order():
    terms, _, _ = glossary()
    names = [term.term for term in terms]
    assert len(names) == len(set(names))
    for term in terms:
        assert term.french, term.term
        for french in term.french:
            own = Said("", "", french, french)
            assert [fault for other in terms for fault in other.faults(own)] == []


def test_the_glossary_is_no_language_of_its_own():
    assert [name for name in available_locales() if name.startswith("fr")] == ["fr"]
    assert [path.name for path in FRENCH.glob("LC_MESSAGES/*") if path.suffix not in {".po", ".mo"}] == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"L’adresse «{NBSP}x{NBSP}» est fausse{NBSP}: 100{NBSP}%, n’est-ce pas{NBSP}?", 0),
        ("L'adresse", 1),
        ("d'{name}", 1),
        (f"Ouvrez **Fichier**, puis l'**Outil**{NBSP}!", 1),
        ("Que faire ?", 1),
        ("Que faire?", 1),
        (f"Note{NBSP}: cliquez sur **OK**; fermez", 1),
        ("Note: rien", 1),
        ("à 12:30, smtp.example.com:465, http://x.example, FAX:", 0),
        ("99 % ou 99%", 2),
        ('le texte "cité"', 2),
        (f"« a{NBSP}»", 1),
        ("1 000 messages", 1),
        ("1\u202f000 messages", 1),
        (f"`mailwhy 'x'; echo \"y\"`{NBSP}; {{name!r}}", 0),
    ],
)
def test_the_typography_rules_find_what_they_are_for(text, kinds):
    _, literals, _ = glossary()
    assert len(typography(Said("x", "source", text, prose("source", text, literals)))) == kinds


def test_a_term_finds_what_it_bans_and_what_it_misses():
    term = Term(term="Outbox", french=("Boîte d’envoi",), banned=("FAI", "spam"), allowed=("(spam)",), strict=True)

    def faults(source: str, text: str) -> int:
        return len(list(term.faults(Said("x", source, text, prose(source, text)))))

    assert faults("the Outbox", "la Boîte d’envoi") == 0
    assert faults("the Outbox", "la boîte d’envoi") == 1
    assert faults("x", "Le Spam du FAI") == 2
    assert faults("x", "je l’ai fait, courrier indésirable (spam), antispam") == 0
    assert faults('"spam detected"', f"«{NBSP}spam detected{NBSP}»") == 0


def test_every_language_of_answers_has_the_same_catalogues():
    expected = {path.stem for path in (ROOT / "locales").glob("*.pot")}
    for folder in (ROOT / "locales").glob("*/LC_MESSAGES"):
        assert {path.stem for path in Path(folder).glob("*.po")} == expected, folder
