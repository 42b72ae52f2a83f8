"""Files of an overlay that hang or end a program elsewhere: each is a problem with its file, line and remedy."""

import os
from pathlib import Path

import pytest

from mailwhy.knowledge import KnowledgeBase
from mailwhy.knowledge.errors import KnowledgeError
from mailwhy.knowledge.yamlfile import read_yaml

BILLION = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: x\nself: &me\n  - *me\n", 3),
        (BILLION, 2),
        ("id: x\nverified: 2026-13-45\n", 2),
        ("id: x\nn: !!int x\n", 2),
        ("id: x\nn: !!float y\n", 2),
        ("id: x\nn: !!timestamp z\n", 2),
        ("id: x\nn: !!bool maybe\n", 2),
        ("[" * 20_000, 1),
        ("x" * (5 << 20), 0),
        ("id: !!python/object:os.system x\n", 1),
    ],
)
def test_what_yaml_cannot_read_is_a_problem(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "causes" / "x.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    content, (problem,) = read_yaml(path)
    assert content is None
    assert (problem.path, problem.line) == (path, line)
    assert problem.remedy
    with pytest.raises(KnowledgeError, match=r"x\.yaml"):
        KnowledgeBase.load(tmp_path)


def test_pipes_and_loops_are_problems(tmp_path: Path) -> None:
    for name in ("pipe", "loop"):
        path = tmp_path / f"{name}.yaml"
        os.mkfifo(path) if name == "pipe" else path.symlink_to(path)
        content, (problem,) = read_yaml(path)
        assert content is None
        assert problem.path == path


def test_a_dialogue_that_leads_in_a_circle_is_a_problem_and_ends(tmp_path: Path) -> None:
    from mailwhy.diagnosis.dialogue import advance
    from mailwhy.knowledge.check import check_folders
    from mailwhy.places import data_folder

    path = tmp_path / "dialogues" / "round.yaml"
    path.parent.mkdir()
    path.write_text(
        "id: round\ntitle: Round\nsummary: Round\nstart: one\nnodes:\n"
        "  - {id: one, question: One?, options: [{id: go, label: Go, next: two}]}\n"
        "  - {id: two, question: Two?, options: [{id: back, label: Back, next: one}]}\n"
        "outcomes:\n  - {id: end, relaying: null, let_through: null, title: End, explanation: End}\n",
        encoding="utf-8",
    )
    _, problems = check_folders(data_folder("kb"), tmp_path)
    assert any("circle" in problem.message and problem.path == path for problem in problems)
    state = advance("round", {"one": "go", "two": "back"}, "en", KnowledgeBase.load(tmp_path))
    assert state.question is not None
