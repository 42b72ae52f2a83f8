"""Answers as Markdown for a ticket (CommonMark). What was pasted stays text: in code spans, or escaped."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import one_line, visible
from mailwhy.rendering.document import documents
from mailwhy.rendering.pieces import nothing_found

__all__ = ["markdown_answer", "markdown_text"]

_SPECIAL = re.compile(r"[\\`*_\[\]<>~|&$]")
_AT_START = re.compile(r"^(?:[-+=#]|\d+(?=[.)]))")
_BLANK = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")


def markdown_answer(
    diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator, *, full: bool = False
) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        full: whether what is folded elsewhere is shown too.
    """
    if not diagnoses:
        return _markdown(nothing_found(suggestions, say))
    return "\n".join(_markdown(document.blocks(full=full)) for document in documents(diagnoses))


def markdown_text(text: str) -> str:
    """A text on one line with everything escaped that Markdown would read as markup."""
    return _at_start(_escaped(one_line(text)))


def _at_start(text: str) -> str:
    """The text of a line, which nothing at its start makes a list, a heading or a quotation."""
    start = _AT_START.match(text)
    if not start:
        return text
    return f"{start[0]}\\{text[start.end() :]}" if start[0].isdigit() else f"\\{text}"


def _markdown(blocks: Iterable[kinds.Block]) -> str:
    parts = ("\n".join(_lines(block)) for block in blocks)
    return visible("\n\n".join(part for part in parts if part)) + "\n"


def _lines(block: kinds.Block) -> Iterator[str]:  # noqa: C901, PLR0912 - one case a block
    match block:
        case kinds.Verdict(title, quote, who):
            yield f"### {markdown_text(title)}{f' ({_code(quote)})' if quote else ''}"
            yield from ("", markdown_text(who)) if who else ()
        case kinds.Heading(text, level, note):
            yield f"{'#' * (level + 1)} {markdown_text(f'{text} ({note})' if note else text)}"
        case kinds.Text(line, quiet):
            yield f"*{_inline(line)}*" if quiet and len(line) == 1 and line[0].kind == "text" else _inline(line)
        case kinds.Facts(rows):
            yield from (f"- **{markdown_text(label)}** {_code(value)}" for _, label, value in rows)
        case kinds.Bullets(items):
            yield from (f"- {_inline(item)}" for item in items)
        case kinds.Ranking(items):
            for title, likely, lines in items:
                yield f"- **{markdown_text(title)}** ({likely})"
                yield from (f"  - {_inline(line)}" for line in lines)
        case kinds.Steps(items):
            yield from (f"{number}. {_inline(item)}" for number, item in enumerate(items, 1))
        case kinds.Message(paragraphs):
            yield "\n>\n".join(f"> {markdown_text(paragraph)}" for paragraph in paragraphs)
        case kinds.Choice("answer", _, _, options):
            yield from (f"- {markdown_text(label)}" for _, label in options)
        case kinds.Answers(label, items):
            yield from (f"**{markdown_text(label)}**", "")
            yield from (f"- {markdown_text(text)} **{markdown_text(answer)}**" for _, _, text, answer in items)
        case kinds.Next(_, sentence):
            yield markdown_text(sentence)
        case kinds.Links(items):
            yield from (f"- [{markdown_text(title)}](<{url}>)" for title, url in items)


def _inline(line: kinds.Line) -> str:
    """The pieces of a line: menu names strong, code and pasted words in code spans, the rest escaped."""
    made = {"strong": lambda text: f"**{_escaped(text)}**", "code": _code, "pasted": _code, "text": _escaped}
    return _at_start("".join(made[run.kind](_BLANK.sub(" ", run.text)) for run in line).strip())


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)


def _code(text: str) -> str:
    """A code span around any text: its fence is longer than every run of backticks within (CommonMark 0.31, 6.1)."""
    text = one_line(text)
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    margin = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{margin}{text}{margin}{fence}"
