"""One fault a test: what ``mailwhy kb check`` must say about it, with file and line."""

from pathlib import Path

import pytest

from mailwhy.diagnosis.check import check_knowledge
from mailwhy.knowledge.check import check_folders
from mailwhy.places import data_folder

CAUSE = """\
id: odd
status: stable
since: 2026-01-01
updated: 2026-01-01
title: Odd
summary: Odd.
details: Odd.
responsible: sender
temporary: false
"""

FAULTS = {
    "unknown key": ("causes/odd.yaml", f"{CAUSE}colour: blue\n", 10, "colour", "remove the key"),
    "missing key": ("causes/odd.yaml", CAUSE.replace("title: Odd\n", ""), 1, "title", "add the key"),
    "wrong value": ("causes/odd.yaml", CAUSE.replace("sender", "nobody"), 8, "responsible", "correct the value"),
    "name": ("causes/other.yaml", CAUSE, 1, "the file is named other.yaml", "make them equal"),
    "no YAML": ("causes/odd.yaml", "id: [odd\nstatus: stable\n", 2, "YAML", "quotes"),
    "twice": ("causes/odd.yaml", f"{CAUSE}title: Odder\n", 10, "'title' stands twice", "keep one"),
    "dangling resolution": (
        "causes/odd.yaml",
        f"{CAUSE}resolutions: [wait, rest]\n",
        10,
        "'rest' is no id of resolutions",
        "add",
    ),
    "dangling question": ("causes/odd.yaml", f"{CAUSE}questions: [why]\n", 10, "'why' is no id of questions", "add"),
    "dangling related": ("causes/odd.yaml", f"{CAUSE}related: [even]\n", 10, "'even' is no id of causes", "add"),
    "bad reference": ("causes/odd.yaml", f"{CAUSE}references: [{{title: a, url: here}}]\n", 10, "url", "correct"),
    "boolean as a label": (
        "questions/odd.yaml",
        "id: odd\nstatus: stable\nquestion: Odd?\noptions:\n  - {id: a, label: No}\n  - {id: b, label: B}\n",
        5,
        "label",
        "in quotes",
    ),
    "option twice": (
        "questions/odd.yaml",
        "id: odd\nstatus: stable\nquestion: Odd?\noptions:\n  - {id: a, label: A}\n  - {id: a, label: B}\n",
        6,
        "'a' stands twice",
        "rename one",
    ),
    "effect on no cause": (
        "questions/odd.yaml",
        "id: odd\nstatus: stable\nquestion: Odd?\noptions:\n  - {id: a, label: A, effects: {even: 1}}\n  - {id: b, label: B}\n",
        5,
        "'even' is no id of causes",
        "add",
    ),
    "form of a code": (
        "codes/odd.yaml",
        "kind: hresult\nfamily: odd\ncodes:\n  - {code: '0x800ccc79', meaning: Odd.}\n",
        4,
        "not in the form",
        "upper-case",
    ),
    "code twice": (
        "codes/z-odd.yaml",
        "kind: winsock\nfamily: odd\ncodes:\n  - {code: '10061', meaning: Odd.}\n",
        4,
        "already defined in codes",
        "another id",
    ),
    "unknown as a cause": (
        "codes/odd.yaml",
        "kind: winsock\nfamily: odd\ncodes:\n  - {code: '1', meaning: Odd., causes: {unknown: 1}}\n",
        4,
        "'unknown' is no cause",
        "empty",
    ),
    "regular expression": (
        "replies/odd.yaml",
        "source: Odd\nreplies:\n  - id: odd\n    match: ['(a+)+ odd']\n    causes: {full: 1}\n    examples: [odd]\n",
        4,
        "regular expression",
        "literal",
    ),
    "short wording": (
        "replies/odd.yaml",
        "source: Odd\nreplies:\n  - id: odd\n    match: ['odd']\n    causes: {full: 3}\n    examples: [odd]\n",
        4,
        "too short",
        "words around",
    ),
    "wording twice": (
        "replies/z-odd.yaml",
        "source: Odd\nreplies:\n  - id: odd\n    match: ['Relay  access denied']\n    causes: {full: 1}\n    examples: [x]\n",
        4,
        "already matched by",
        "one entry",
    ),
    "no example": (
        "replies/odd.yaml",
        "source: Odd\nreplies:\n  - id: odd\n    match: ['odd reply']\n    causes: {full: 1}\n    examples: []\n",
        6,
        "examples",
        "correct",
    ),
    "dialogue without a way": (
        "dialogues/odd.yaml",
        (
            "id: odd\ntitle: O\nsummary: O\nstart: one\n"
            "nodes: [{id: one, question: Q, options: [{id: a, label: A, next: two}]}]\n"
            "outcomes: [{id: end, relaying: true, let_through: null, title: T, explanation: E}]\n"
        ),
        1,
        "'two' is no node",
        "correct the id",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_line_and_remedy(base, write, fault):
    name, content, line, message, remedy = FAULTS[fault]
    write(base, {name: content})
    _, problems = check_folders(base)
    matching = [p for p in problems if p.path == base / name and p.line == line and message in p.message]
    assert matching, [str(problem) for problem in problems]
    assert remedy in matching[0].remedy
    assert str(matching[0]).startswith(f"{base / name}:{line}: ")


def test_a_sound_folder_has_no_problems(base):
    assert check_knowledge(base) == (
        [],
        {
            "causes": 2,
            "resolutions": 1,
            "questions": 1,
            "providers": 1,
            "symptoms": 0,
            "dialogues": 0,
            "codes": 3,
            "replies": 2,
        },
    )


def test_all_problems_are_found_in_one_run(base, write):
    write(base, {"causes/odd.yaml": f"{CAUSE}colour: blue\n", "causes/even.yaml": "id: [", "questions/x.yaml": "3"})
    _, problems = check_folders(base)
    assert {problem.path.name for problem in problems} == {"odd.yaml", "even.yaml", "x.yaml"}


def test_an_example_that_does_not_match_is_named(base, write):
    write(
        base,
        {
            "replies/odd.yaml": "source: Odd\nreplies:\n  - id: odd\n    match: ['odd reply']\n    causes: {full: 1}\n"
            "    examples: ['550 quite even']\n"
        },
    )
    problems, _ = check_knowledge(base)
    assert [(problem.line, "nothing matches it" in problem.message) for problem in problems] == [(6, True)]


def test_a_wording_that_cannot_be_looked_up_is_named(base, write):
    write(
        base,
        {
            "replies/odd.yaml": "source: Odd\nreplies:\n  - id: odd\n    match: ['odd reply']\n    unless: ['550 5.1.1 unknown']\n"
            "    causes: {full: 1}\n    examples: ['550 odd reply']\n"
        },
    )
    problems, _ = check_knowledge(base)
    assert [(problem.path.name, problem.line) for problem in problems] == [("odd.yaml", 5)]


def test_a_wording_that_a_longer_one_always_beats_is_named(base, write):
    write(
        base,
        {
            "replies/odd.yaml": "source: Odd\nreplies:\n  - id: odd\n    match: ['access denied']\n    causes: {full: 1}\n"
            "    examples: ['550 relay access denied']\n"
        },
    )
    problems, _ = check_knowledge(base)
    assert ["longer wordings win: relay" in problem.message for problem in problems] == [True]


def test_a_file_that_is_not_utf8_is_named(base):
    (base / "causes" / "odd.yaml").write_bytes(CAUSE.replace("Odd.", "Étrange").encode("cp1252"))
    _, problems = check_folders(base)
    assert [(problem.line, problem.remedy) for problem in problems] == [(6, "save the file with the encoding UTF-8")]


def test_a_missing_folder_is_a_problem(base):
    _, problems = check_folders(base, Path("no-such-folder"))
    assert "is no folder" in str(problems[0])


def test_switching_off_what_does_not_exist_is_a_problem(base, overlay, write):
    write(overlay, {"switched-off.yaml": "replies: [relay, nothing]\n"})
    _, problems = check_folders(base, overlay)
    assert ["'nothing'" in problem.message for problem in problems] == [True]


def test_untranslated_strings_are_found(base, tmp_path):
    (tmp_path / "locales" / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locales" / "fr" / "LC_MESSAGES" / "causes.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Relay refused"\nmsgstr "Relais refusé"\n',
        encoding="utf-8",
    )
    problems, _ = check_knowledge(base)
    told = "\n".join(str(problem) for problem in problems)
    assert "'The mailbox is full'" in told
    assert "'Relay refused'" not in told


def test_the_built_in_knowledge_base_is_sound():
    problems, counted = check_knowledge(data_folder("kb"))
    assert [str(problem) for problem in problems] == []
    assert counted["causes"] >= 41
    assert counted["codes"] >= 800
