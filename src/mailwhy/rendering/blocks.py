"""The blocks that an answer is made of. Each format is a mapping of them; none of them knows a format."""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Literal, NamedTuple

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RUN = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")


class Run(NamedTuple):
    """A piece of a line: a menu name (``strong``), something to type (``code``), pasted words, or ordinary text."""

    kind: Literal["text", "strong", "code", "pasted"]
    text: str


Line = tuple[Run, ...]


class Verdict(NamedTuple):
    """What happened in a few words, the pasted words that decided it ("" where none did), and who has to act."""

    title: str
    quote: str = ""
    who: str = ""


class Heading(NamedTuple):
    """The title of what follows; level 1 is a report's, 2 that of a part, 3 that of a remedy. The note is less loud."""

    text: str
    level: int = 2
    note: str = ""


class Text(NamedTuple):
    """A paragraph; a quiet one is a remark."""

    line: Line
    quiet: bool = False


class Facts(NamedTuple):
    """Name of the field, label and value (pasted) of each fact."""

    rows: tuple[tuple[str, str, str], ...]


class Bullets(NamedTuple):
    """A list without order."""

    items: tuple[Line, ...]


class Ranking(NamedTuple):
    """Causes by likelihood: title, likelihood in words, and what else to say of each."""

    items: tuple[tuple[str, str, tuple[Line, ...]], ...]


class Steps(NamedTuple):
    """What to do, in order."""

    items: tuple[Line, ...]


class Message(NamedTuple):
    """A text ready to be sent on to somebody; its first paragraph is ours, the others hold pasted words."""

    paragraphs: tuple[str, ...]


class Choice(NamedTuple):
    """Something to choose: the answer to a question (``kind`` answer) or the reader's program.

    Attributes:
        kind: what is chosen.
        id: of the question; "program" for a program.
        label: what the choice is about; the text of the question stands before it as a :class:`Text`.
        options: id and label of each.
        chosen: the id that is chosen now, or None.
    """

    kind: Literal["answer", "program"]
    id: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None = None


class Answers(NamedTuple):
    """The answers given so far, which can be taken back: question and option as ids, then in words."""

    label: str
    items: tuple[tuple[str, str, str, str], ...]


class Next(NamedTuple):
    """What to try next: the titles, and a sentence with them."""

    titles: str
    sentence: str


class Links(NamedTuple):
    """Title and address of pages to read further."""

    items: tuple[tuple[str, str], ...]


class Fold(NamedTuple):
    """What few readers need: folded where a format can fold, shown under ``--all`` elsewhere."""

    key: str
    title: str
    blocks: "tuple[Block, ...]"


Block = Verdict | Heading | Text | Facts | Bullets | Ranking | Steps | Message | Choice | Answers | Next | Links | Fold


def plain(text: str) -> Line:
    """A line of ordinary text."""
    return (Run("text", text),)


def runs(text: str) -> Iterator[Run]:
    """The pieces of a text of the knowledge base, whose menu names stand between ** and **, and code in backticks."""
    start = 0
    for found in _RUN.finditer(text):
        if found.start() > start:
            yield Run("text", text[start : found.start()])
        strong, code = found["strong"], found["code"]
        yield Run("strong", strong.replace("`", "")) if strong else Run("code", code)
        start = found.end()
    if start < len(text):
        yield Run("text", text[start:])


def line(template: str, **values: str | Run | Iterable[Run]) -> Line:
    """A line from a template of :meth:`str.format`, whose values may be runs."""
    made: list[Run] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            made.append(Run("text", literal))
        value = values[name] if name else ()
        made += [value] if isinstance(value, Run) else [Run("text", value)] if isinstance(value, str) else value
    return tuple(made)


def visible(text: str) -> str:
    """A text whose control characters can be seen and do nothing: escape is ␛, and what turns writing round is named.

    Line ends and tabs stay. Source: Unicode's pictures of control characters (U+2400), and its bidirectional controls.
    """
    return text if text.isprintable() else _CONTROL.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def clip(text: str, most: int) -> str:
    """A text on one line, cut at a word where it is longer than ``most`` characters."""
    text = one_line(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > most // 2 else cut).rstrip()}…"


def chosen_answer(question: str, option: str | None, earlier: Mapping[str, str]) -> dict[str, object]:
    """What a button carries: the answer that it stands for, and all answers with it, to be sent with the text.

    An option of None takes the answer back.
    """
    answers = {name: answer for name, answer in earlier.items() if name != question}
    if option is not None:
        answers[question] = option
    return {"question": question, "option": option, "answers": answers}
