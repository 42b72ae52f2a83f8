"""A whole answer as text: every diagnosis, or a friendly word where the text held no report."""

from collections.abc import Sequence

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator, translator
from mailwhy.rendering.choosing import not_recognised
from mailwhy.rendering.text import Style, diagnosis_text, hits_text

__all__ = ["nothing_found", "text_answer"]


def text_answer(
    diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator, style: Style | None = None
) -> str:
    """The diagnoses one after the other, each in its own language; else what the knowledge base has on such words.

    Args:
        diagnoses: one for each report of the text.
        suggestions: finds of a search for the text, where it held no report.
        say: translator for what is said around them.
        style: width and colours; plain where it is None.
    """
    style = style or Style()
    if not diagnoses:
        return "\n".join(nothing_found(suggestions, say, style))
    several = len(diagnoses) > 1
    return "\n".join(
        diagnosis_text(diagnosis, translator(diagnosis.locale), style, number=place if several else None)
        for place, diagnosis in enumerate(diagnoses, 1)
    )


def nothing_found(suggestions: Sequence[Hit], say: Translator, style: Style) -> list[str]:
    """What to tell somebody whose text holds no report, in paragraphs."""
    told = not_recognised(say)
    if not suggestions:
        return [told + "\n"]
    return [told + "\n", say("Perhaps one of these is what you see:") + "\n", hits_text(suggestions, style)]
