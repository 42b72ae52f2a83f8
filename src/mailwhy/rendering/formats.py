"""The forms that an answer can take besides JSON, by the names that ``--format`` and the chatbot's ``format`` use.

Each is a pure function ``(diagnoses, suggestions, translator) -> str | dict``, loaded when it is first asked for. To
add one, write the function and give it a line here.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import N_, SpokenError, Translator, translator

__all__ = ["FORMATS", "Format", "Render", "UnknownFormatError", "render"]

Render = Callable[..., str | dict[str, Any]]
"""Takes diagnoses (none where the text holds no report), what else may be meant then, the translator of the answer; and
by name, where its buttons or slots are to carry the conversation along, the text and the answers so far."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form of answer.

    Attributes:
        media_type: of what it gives.
        function: what makes it, as ``module:function``.
        carries: what the function takes by name: ``text``, ``answers``; ``full`` where it has no folds.
    """

    media_type: str
    function: str
    carries: tuple[str, ...] = ()

    def render(self, diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator, **given: Any) -> str:
        """The answer as text of the media type; a card becomes its JSON. Arguments as for :meth:`make`."""
        made = self.make(diagnoses, suggestions, say, **given)
        return made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, separators=(",", ":"))

    def make(
        self, diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator, **given: Any
    ) -> str | dict[str, Any]:
        """The answer as text, or as the object that a chat takes.

        Args:
            diagnoses: one for each report of the text.
            suggestions: finds of a search for the text, where it held no report.
            say: translator for what is said around them.
            given: ``text`` that was diagnosed and ``answers`` so far, for forms that carry them along; ``full`` shows
                the facts, the reasons and every remedy too, in forms that have no folds.
        """
        module, _, name = self.function.partition(":")
        function: Render = getattr(import_module(module), name)
        return function(diagnoses, suggestions, say, **{part: given[part] for part in self.carries if part in given})


FORMATS: dict[str, Format] = {
    "text": Format("text/plain", "mailwhy.rendering.text:text_answer", ("full",)),
    "markdown": Format("text/markdown", "mailwhy.rendering.markdown:markdown_answer", ("full",)),
    "html": Format("text/html", "mailwhy.rendering.html:html_answer"),
    "adaptive-card": Format(
        "application/vnd.microsoft.card.adaptive+json", "mailwhy.rendering.adaptive_card:adaptive_card", ("answers",)
    ),
    "slack": Format("application/json", "mailwhy.rendering.slack:slack_message", ("answers", "full")),
    "rasa": Format("application/json", "mailwhy.rendering.rasa:rasa_answer", ("text", "answers", "full")),
}


class UnknownFormatError(SpokenError):
    """There is no form of answer of that name."""


def render(
    diagnosis: Diagnosis | Sequence[Diagnosis],
    format: str = "text",  # noqa: A002 - the word that everybody looks for
    *,
    full: bool = False,
) -> str | dict[str, Any]:
    """An answer ready to show, in the language of the diagnosis.

    Args:
        diagnosis: one, or those of all reports of a text.
        format: ``text``, ``markdown``, ``html``, ``adaptive-card``, ``slack`` or ``rasa``.
        full: whether text, Markdown, Slack and Rasa have the facts, the reasons and every remedy too; HTML and cards
            always have them, folded.

    Returns:
        Text; an object ready for JSON for the card, Slack and Rasa.

    Raises:
        UnknownFormatError: there is no such format; the message names those that there are.
    """
    if format not in FORMATS:
        template = N_("there is no format “{format}”; there are {formats}")
        raise UnknownFormatError(template, format=format, formats=", ".join(FORMATS))
    diagnoses = [diagnosis] if isinstance(diagnosis, Diagnosis) else list(diagnosis)
    return FORMATS[format].make(diagnoses, [], translator(diagnoses[0].locale if diagnoses else "en"), full=full)
