"""``mailwhy kb check|list|show|schema``: for those who keep a knowledge base."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mailwhy.cli.commands import CommandParser, add_language, language_of, read_options
from mailwhy.cli.errors import CommandError
from mailwhy.cli.knowledge import knowledge_base, overlay_folders
from mailwhy.i18n import Translator
from mailwhy.places import data_folder

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Runs one of the actions; ``check`` gives 1 where it found problems."""
    say = language_of(arguments)
    parser = CommandParser("kb", say("Lists, shows and checks the knowledge base."), say)
    parser.add_argument(
        "action", choices=("check", "list", "show", "schema"), metavar="check|list|show|schema", help=say("what to do")
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar=say("NAME"),
        help=say("check: folders; list: a kind; show: kind/id; schema: a kind of file, or a folder for all"),
    )
    parser.add_argument(
        "--kb", action="append", default=[], metavar="DIR", help=say("folder of your organisation's own knowledge")
    )
    add_language(parser, say)
    options = read_options(parser, arguments)
    if options is None:
        return 0
    actions: dict[str, Callable[[list[str], list[str], Translator], int]] = {
        "check": _check,
        "list": _list,
        "show": _show,
        "schema": _schema,
    }
    return actions[options.action](options.names, options.kb, say)


def _check(names: list[str], overlays: list[str], say: Translator) -> int:
    from mailwhy.diagnosis.check import check_knowledge

    folders = [Path(folder) for folder in (*overlay_folders(overlays), *names)]
    problems, counted = check_knowledge(data_folder("kb"), *folders)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    counts = ", ".join(f"{number} {kind}" for kind, number in counted.items())
    told = say.plural("{number} problem in {counts}", "{number} problems in {counts}", len(problems))
    sys.stdout.write(told.format(number=len(problems), counts=counts) + "\n")
    return 1 if problems else 0


def _list(names: list[str], overlays: list[str], say: Translator) -> int:
    sections = _sections(overlays, say)
    for name in names:
        if name not in sections:
            raise CommandError(
                say("there is no kind {kind}; there are {kinds}").format(kind=name, kinds=", ".join(sections))
            )
    for kind in names or sections:
        for key, entry in sections[kind].items():
            title = getattr(entry, "title", None) or getattr(entry, "meaning", None) or getattr(entry, "question", None)
            shown = say(title, kind) if title else getattr(entry, "name", None) or getattr(entry, "match", ("",))[0]
            sys.stdout.write(f"{kind}/{key}\t{shown}\n")
    return 0


def _show(names: list[str], overlays: list[str], say: Translator) -> int:
    if not names:
        raise CommandError(say("name what to show, such as causes/relay_denied or codes/hresult/0x800CCC79"))
    import yaml

    sections = _sections(overlays, say)
    for place, name in enumerate(names):
        kind, _, key = name.partition("/")
        if key not in sections.get(kind, {}):
            raise CommandError(say("there is no {name}; mailwhy kb list shows what there is").format(name=name))
        shown = sections[kind].raw[key]
        sys.stdout.write(
            ("---\n" if place else "") + yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=100)
        )
    return 0


def _schema(names: list[str], overlays: list[str], say: Translator) -> int:  # noqa: ARG001 - every action has this form
    from mailwhy.knowledge.schemas import SCHEMAS, schema_of

    if len(names) == 1 and Path(names[0]).is_dir():
        for kind in SCHEMAS:
            (Path(names[0]) / f"{kind}.schema.json").write_text(_schema_text(schema_of(kind)), encoding="utf-8")
        return 0
    if len(names) != 1 or names[0] not in SCHEMAS:
        raise CommandError(
            say("name one of {kinds}, or a folder to write all of them to").format(kinds=", ".join(SCHEMAS))
        )
    sys.stdout.write(_schema_text(schema_of(names[0])))
    return 0


def _schema_text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _sections(overlays: list[str], say: Translator) -> dict[str, Any]:
    kb = knowledge_base(overlays, say)
    return {
        "causes": kb.causes,
        "resolutions": kb.resolutions,
        "questions": kb.questions,
        "codes": kb.codes,
        "replies": kb.replies,
        "providers": kb.providers,
        "symptoms": kb.symptoms,
        "dialogues": kb.dialogues,
    }
