"""Answers as a fragment of HTML to put into a page, a ticket or a mail. Everything is escaped that is not ours.

The fragment has no script and no style; its classes begin with ``mailwhy-``. The options of a question are buttons with
name ``answer`` and value ``question=option``, answers given are taken back by ``drop``, a program is chosen by
``program``: a form around the fragment sends them.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from mailwhy.diagnosis.models import Diagnosis, Hit, Resolution
from mailwhy.i18n import Translator
from mailwhy.parsing.report import Report
from mailwhy.rendering import blocks as kinds
from mailwhy.rendering.blocks import runs
from mailwhy.rendering.document import documents
from mailwhy.rendering.pieces import caption_of, lists_of, nothing_found, remedy, steps_of

__all__ = ["Html", "answer_buttons", "blocks_html", "element", "html_answer", "inline", "resolution_html"]

_VOID = frozenset({"br", "input"})


class Html(str):
    """Text that is HTML already, and safe to put into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What template engines ask for, so as not to escape it again."""
        return str(self)


def element(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """An element. Children that are not :class:`Html` are escaped; None is left out.

    Args:
        name: its tag.
        children: text or elements.
        attributes: a trailing underscore is dropped (``class_``), other underscores become hyphens. True gives an
            attribute without a value; None and False leave it out.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{_joined(children)}</{name}>")


def html_answer(diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
    """
    if not diagnoses:
        return str(element("div", blocks_html(nothing_found(suggestions, say), say), class_="mailwhy", lang=say.locale))
    sections = (
        element(
            "section",
            blocks_html([*document.answer(), *document.folds], document.say),
            class_="mailwhy-diagnosis",
            lang=document.say.locale,
        )
        for document in documents(diagnoses)
    )
    return str(element("div", *sections, class_="mailwhy"))


def blocks_html(
    blocks: Iterable[kinds.Block], say: Translator, *, top: int = 2, ticks: bool = False, form: str | None = None
) -> Html:
    """Blocks as HTML.

    Args:
        blocks: what to show.
        say: translator.
        top: the level of the headings of level 1.
        ticks: whether each step has a box to tick off.
        form: id of the form that the buttons belong to; None for the one around them.
    """
    return _joined(_block(block, say, top, ticks=ticks, form=form) for block in blocks)


def _block(block: kinds.Block, say: Translator, top: int, *, ticks: bool, form: str | None) -> Html:  # noqa: C901, PLR0911, PLR0912 - one case a block
    match block:
        case kinds.Verdict(title, quote, who):
            said = element("p", element("q", quote), class_="mailwhy-quote") if quote else None
            return _joined(
                [element(f"h{top + 1}", title, class_="mailwhy-verdict"), said, element("p", who) if who else None]
            )
        case kinds.Heading(text, level, note):
            shown = element("span", note, class_="mailwhy-caption") if note else None
            return element(f"h{top + level - 1}", text, " " if note else None, shown)
        case kinds.Text(line, quiet):
            return element("p", _inline(line), class_="mailwhy-quiet" if quiet else None)
        case kinds.Facts(rows):
            parts = (
                element("div", element("dt", label), element("dd", value), data_fact=name)
                for name, label, value in rows
            )
            return element("dl", *parts, class_="mailwhy-facts")
        case kinds.Bullets(items):
            return element("ul", *(element("li", _inline(item)) for item in items), class_="mailwhy-list")
        case kinds.Ranking(items):
            causes = (
                element(
                    "li",
                    element("strong", title),
                    f" ({likely})",
                    element("ul", *(element("li", _inline(line)) for line in lines)),
                )
                for title, likely, lines in items
            )
            return element("ul", *causes)
        case kinds.Steps(items):
            return element("ol", *(element("li", _step(item, ticks=ticks)) for item in items), class_="mailwhy-steps")
        case kinds.Message(paragraphs):
            return element(
                "blockquote", *(element("p", paragraph) for paragraph in paragraphs), class_="mailwhy-message"
            )
        case kinds.Choice("answer", question, label, options):
            buttons = answer_buttons(question, options, form)
            return element("fieldset", element("legend", label), buttons, class_="mailwhy-question")
        case kinds.Choice(_, name, label, options, chosen):
            listed = (element("option", text, value=value, selected=value == chosen) for value, text in options)
            choice = element("label", label, " ", element("select", *listed, name=name, form=form))
            return element(
                "p", choice, " ", element("button", say("Show"), type="submit", form=form), class_="mailwhy-program"
            )
        case kinds.Answers(label, items):
            given = (element("li", *_answer(item, say, form)) for item in items)
            return _joined([element("p", label), element("ul", *given, class_="mailwhy-answers")])
        case kinds.Next(_, sentence):
            return element("p", sentence)
        case kinds.Links(items):
            links = (element("li", element("a", title, href=url, rel="noreferrer")) for title, url in items)
            return element("ul", *links, class_="mailwhy-references")
        case kinds.Fold(_, title, blocks):
            inside = blocks_html(blocks, say, top=top, ticks=ticks, form=form)
            return element("details", element("summary", title), inside)


def resolution_html(
    resolution: Resolution, say: Translator, *, ticks: bool = False, report: Report | None = None
) -> Html:
    """Why a remedy helps, who acts, and the steps: the reader's own open, other versions and other programs folded."""
    own, *others = lists_of(resolution)
    for_all = [shown for shown in others if shown.client == "any" == own.client]
    folds = [
        (shown.client, kinds.Fold("steps", caption_of(shown, say), (steps_of(shown.steps, report),)))
        for shown in others
        if shown not in for_all
    ]
    folded = [fold for client, fold in folds if client == own.client]
    if elsewhere := tuple(fold for client, fold in folds if client != own.client):
        folded.append(kinds.Fold("programs", say("Steps for other programs"), elsewhere))
    return blocks_html([*remedy(resolution, say, [own, *for_all], report=report), *folded], say, ticks=ticks)


def answer_buttons(question: str, options: Iterable[Any], form: str | None = None) -> Html:
    """The options of a question (id and label of each) as buttons that send the answer, with the form of that id."""
    pairs = (option if isinstance(option, tuple) else (option.id, option.label) for option in options)
    buttons = (
        element("button", label, type="submit", name="answer", value=f"{question}={option}", form=form)
        for option, label in pairs
    )
    return element("div", *buttons, class_="mailwhy-options")


def _answer(item: tuple[str, str, str, str], say: Translator, form: str | None) -> Iterator[str]:
    question, _, text, label = item
    name = say("Take back the answer “{answer}”").format(answer=label)
    yield from (element("span", text), " ", element("strong", label), " ")
    yield element("button", say("Take back"), type="submit", name="drop", value=question, form=form, aria_label=name)


def _step(line: kinds.Line, *, ticks: bool) -> Html:
    if not ticks:
        return _inline(line)
    return element("label", element("input", type="checkbox"), " ", element("span", _inline(line)))


def inline(text: str) -> Html:
    """A text of the knowledge base: menu names become strong, what stands in backticks code."""
    return _inline(runs(text))


def _inline(line: Iterable[tuple[str, str]]) -> Html:
    names = {"strong": "strong", "code": "code", "pasted": "code"}
    return _joined(element(names[kind], text) if kind in names else text for kind, text in line)


def _joined(parts: Iterable[str | None]) -> Html:
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts if part is not None))


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(str(value))}"'
