"""What the documentation shows is what the program does."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from mailwhy.cli.commands import COMMANDS
from mailwhy.cli.reference import reference
from mailwhy.diagnosis.models import Diagnosis
from mailwhy.knowledge.schemas import SCHEMAS, schema_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_examples_print_what_their_comments_say(page):
    for code in blocks(page, "python"):
        expected = re.findall(r"^print\(.*\)\s*# (.*)$", code, re.MULTILINE)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(page), "exec"), {})
        assert [line.strip() for line in printed.getvalue().splitlines()] == expected


def test_the_readme_shows_every_command_of_the_first_screen():
    shown = "\n".join(blocks(ROOT / "README.md", "console"))
    for words in ("make demo", "make test", "pip install", "mailwhy explain", "mailwhy ask relay"):
        assert words in shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_project_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_command_reference_is_what_help_prints():
    page = ROOT / "docs" / "commands.md"
    assert page.read_text(encoding="utf-8") == reference(), "run: python -m mailwhy.cli.reference > docs/commands.md"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_published_schemas_are_those_of_the_models(kind):
    page = ROOT / "docs" / "schemas" / f"{kind}.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == schema_of(kind), "run: mailwhy kb schema docs/schemas"


def test_the_published_schema_of_a_diagnosis_is_that_of_the_model():
    page = ROOT / "docs" / "schemas" / "diagnosis.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == Diagnosis.model_json_schema(), (
        "run: python -c 'import json, mailwhy; print(json.dumps(mailwhy.Diagnosis.model_json_schema(), indent=2))' "
        "> docs/schemas/diagnosis.schema.json"
    )


def test_every_command_is_in_the_reference():
    text = reference()
    for name in COMMANDS:
        assert f"## mailwhy {name}\n" in text


def test_the_makefile_has_what_the_readme_promises():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "check", "bench", "weights"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
