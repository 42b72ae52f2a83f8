"""Answers as text for a terminal."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mailwhy.diagnosis.dialogue import Outcome
from mailwhy.diagnosis.models import CodeExplanation, Diagnosis, Hit
from mailwhy.i18n import Translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import plain, visible
from mailwhy.rendering.document import documents
from mailwhy.rendering.pieces import explanation_blocks, lists_of, not_recognised, remedy

__all__ = ["Style", "block_lines", "explanation_text", "hits_text", "outcome_text", "text_answer", "wrapped"]


_MAX_LINES = 18
"""A longer answer goes without empty lines, so that it stays on the screen."""


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: with colours (ANSI) or without, how wide, with hints at options of the command line or without."""

    colour: bool = False
    width: int = 80
    hints: bool = False

    def heading(self, text: str) -> str:
        """A heading."""
        return f"\033[1;36m{text}\033[0m" if self.colour else text

    def strong(self, text: str) -> str:
        """Text that should meet the eye first."""
        return f"\033[1m{text}\033[0m" if self.colour else text

    def inline(self, line: kinds.Line) -> str:
        """The pieces of a line; code keeps its backticks."""
        made = {"strong": self.strong, "code": "`{}`".format}
        return "".join(made[run.kind](run.text) if run.kind in made else run.text for run in line)


def text_answer(
    diagnoses: Sequence[Diagnosis],
    suggestions: Sequence[Hit],
    say: Translator,
    style: Style | None = None,
    *,
    full: bool = False,
) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        style: width and colours; plain where it is None.
        full: whether what is folded elsewhere is shown too.
    """
    style = style or Style()
    if not diagnoses:
        found = (
            [say("Perhaps one of these is what you see:") + "\n", hits_text(suggestions, style)] if suggestions else []
        )
        return "\n".join(["\n".join(wrapped(not_recognised(say), style, indent=0)) + "\n", *found])
    return "\n".join(
        _text(document.blocks(full=full), document.say, style, full=full) for document in documents(diagnoses)
    )


def explanation_text(explanation: CodeExplanation, say: Translator, style: Style, *, full: bool = False) -> str:
    """What a code means, the causes that it speaks for, and what to do."""
    return _text(explanation_blocks(explanation, say, full=full), say, style)


def outcome_text(outcome: Outcome, say: Translator, style: Style) -> str:
    """Where a dialogue led: is it relaying, will it be let through, and what to do."""
    blocks: list[kinds.Block] = [kinds.Heading(outcome.title), kinds.Text(plain(outcome.explanation))]
    if outcome.resolutions:
        blocks.append(kinds.Heading(say("What to do")))
    for place, resolution in enumerate(outcome.resolutions, 1):
        lists = [shown for shown in lists_of(resolution) if shown.client in ("any", resolution.client)]
        blocks += remedy(resolution, say, lists, place=place)
    return _text(blocks, say, style)


def hits_text(hits: Iterable[Hit], style: Style) -> str:
    """Finds of a search, one paragraph each."""
    paragraphs = [
        "\n".join([style.strong(f"{hit.title} [{hit.kind}:{hit.id}]"), *wrapped(visible(hit.summary), style)])
        for hit in hits
    ]
    return "\n\n".join(paragraphs) + "\n"


def _text(blocks: Iterable[kinds.Block], say: Translator, style: Style, *, full: bool = True) -> str:
    lines = list(block_lines(blocks, say, style))
    if not full and len(lines) > _MAX_LINES:
        lines = [line for line in lines if line]
    return "\n".join(lines) + "\n"


def block_lines(blocks: Iterable[kinds.Block], say: Translator, style: Style) -> Iterator[str]:
    """The lines of blocks; an empty one stands before a heading, and before what follows a list."""
    before: kinds.Block | None = None
    for block in map(_harmless, blocks):
        lines = list(_lines(block, say, style))
        if lines and before and _apart(before, block):
            yield ""
        yield from lines
        before = block if lines else before


def _harmless(block: Any) -> Any:
    """A block, or anything in it, with the control characters of its texts made visible."""
    if isinstance(block, str):
        return visible(block)
    if isinstance(block, tuple | list):
        made = map(_harmless, block)
        return type(block)(*made) if hasattr(block, "_fields") else type(block)(made)
    return block


def _apart(before: kinds.Block, block: kinds.Block) -> bool:
    if isinstance(block, kinds.Heading | kinds.Verdict | kinds.Answers):
        return not isinstance(before, kinds.Heading)
    lists = kinds.Facts | kinds.Bullets | kinds.Ranking | kinds.Answers | kinds.Message
    if isinstance(block, kinds.Text | kinds.Next):
        lists |= kinds.Steps
    return isinstance(before, lists | kinds.Choice)


def _lines(block: kinds.Block, say: Translator, style: Style) -> Iterator[str]:  # noqa: C901, PLR0912 - one case a block
    match block:
        case kinds.Verdict(title, quote, who):
            told = say("{cause}: “{words}”").format(cause=title, words=quote) if quote else title
            yield from wrapped(f"{style.strong(f'{told}.')} {who}".rstrip(), style, indent=0)
        case kinds.Heading(text, level, note):
            shown = style.heading(text) if level < 3 else style.strong(text)
            yield from wrapped(f"{shown} ({note})" if note else shown, style, indent=0)
        case kinds.Text(line):
            yield from wrapped(style.inline(line), style, indent=0)
        case kinds.Facts(rows):
            yield from _table([(label, value) for _, label, value in rows], style)
        case kinds.Bullets(items):
            for item in items:
                yield from _bullet(style.inline(item), style)
        case kinds.Ranking(items):
            for title, likely, lines in items:
                yield from _bullet(f"{style.strong(title)} ({likely})", style)
                for line in lines:
                    yield from _bullet(style.inline(line), style, indent=6)
        case kinds.Steps(items):
            for number, item in enumerate(items, 1):
                yield from wrapped(f"{number}. {style.inline(item)}", style, indent=0, hang=3)
        case kinds.Message(paragraphs):
            for paragraph in paragraphs:
                yield from wrapped(paragraph, style)
        case kinds.Choice("answer", question, _, options):
            for option, label in options:
                hint = f"   --answer {question}={option}" if style.hints else ""
                yield from _bullet(f"{label}{hint}", style)
        case kinds.Answers(label, items):
            yield style.heading(label)
            for question, option, text, answer in items:
                hint = say("leave out --answer {answer} to take it back").format(answer=f"{question}={option}")
                said = f"{text} {style.strong(answer)}"
                yield from _bullet(f"{said} ({hint})" if style.hints else said, style)
        case kinds.Choice(_, _, _, options, None) if style.hints:
            programs = ", ".join(name for name, _ in options)
            told = say("--program NAME gives the steps of your own program: {programs}").format(programs=programs)
            yield from wrapped(told, style, indent=0)
        case kinds.Next(titles, sentence):
            told = say("If that fails (see --all): {titles}.").format(titles=titles)
            yield from wrapped(told if style.hints else sentence, style, indent=0)
        case kinds.Links(items):
            for title, url in items:
                yield from _bullet(f"{title}: {url}", style)


def _table(rows: Sequence[tuple[str, str]], style: Style) -> Iterator[str]:
    column = max(len(label) for label, _ in rows) + 2
    for label, value in rows:
        first, *rest = textwrap.wrap(value, max(20, style.width - column - 2), break_on_hyphens=False) or [""]
        yield f"  {label:<{column}}{first}"
        yield from (f"  {'':<{column}}{line}" for line in rest)


def _bullet(text: str, style: Style, indent: int = 2) -> list[str]:
    return wrapped(f"- {text}", style, indent=indent, hang=2)


def wrapped(text: str, style: Style, indent: int = 2, hang: int = 0) -> list[str]:
    """Lines no wider than the terminal. Escapes for colours take no columns, so they are counted out of the width."""
    margin, later = " " * indent, " " * (indent + hang)
    lines, line = [], margin
    for word in text.split(" "):
        if len(_visible(line)) + len(_visible(word)) + 1 > style.width and line.strip():
            lines.append(line)
            line = later
        line = f"{line}{word}" if not line.strip() else f"{line} {word}"
    return [*lines, line]


def _visible(text: str) -> str:
    return re.sub(r"\033\[[\d;]*m", "", text)
