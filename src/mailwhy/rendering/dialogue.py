"""The outcome of a dialogue as text for a terminal."""

from mailwhy.diagnosis.dialogue import Outcome
from mailwhy.i18n import Translator
from mailwhy.rendering.text import Style, resolution_lines, wrapped

__all__ = ["outcome_text"]


def outcome_text(outcome: Outcome, say: Translator, style: Style) -> str:
    """Is it relaying, will it be let through, and what to do."""
    lines = [*wrapped(style.strong(outcome.title), style, indent=0), *wrapped(outcome.explanation, style, indent=0)]
    if outcome.resolutions:
        lines += ["", style.heading(say("What to do"))]
    for place, resolution in enumerate(outcome.resolutions, 1):
        if place > 1:
            lines.append("")
        lines += resolution_lines(resolution, say, style, place)
    return "\n".join(lines) + "\n"
