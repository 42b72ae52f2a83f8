"""The grammar of reports: parser/report.lark with the terminals of the table of kinds, parsed by Lark at run time."""

from pathlib import Path

from lark import Lark

from mailwhy.parsing.kinds import KINDS
from mailwhy.parsing.lexer import SHAPE_TOKENS, PhraseLexer
from mailwhy.parsing.transform import PartBuilder
from mailwhy.parsing.values import SHAPES

__all__ = ["build_parser", "grammar_text"]


def grammar_text(source: str) -> str:
    """The whole grammar: ``source``, the text of report.lark, and declarations of the terminals of the lexer."""
    names = [*(kind.name.upper() for kind in KINDS), *SHAPES, *SHAPE_TOKENS]
    return f"{source}\n%declare {' '.join(names)}\n"


def build_parser(source: str, cache: Path | None = None) -> Lark:
    """The parser for the text of report.lark: from a ``lexer.Source`` to a list of ``transform.Part``.

    Args:
        source: the text of report.lark.
        cache: a folder of the user's own for Lark's tables, which take three times as long to build as to load. Lark
            keeps them pickled: never a folder that somebody else may write to.

    Raises:
        lark.exceptions.LarkError: the grammar is wrong.
    """
    return Lark(
        grammar_text(source),
        parser="lalr",
        lexer=PhraseLexer,
        transformer=PartBuilder(),
        maybe_placeholders=False,
        cache=str(cache / "report.lark.cache") if cache else False,
    )
