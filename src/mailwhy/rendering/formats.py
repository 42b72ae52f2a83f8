"""The forms that an answer can take besides JSON, by the names that ``--format`` and the chatbot's ``format`` use.

Each is a pure function ``(diagnoses, suggestions, translator) -> str | dict``, loaded when it is first asked for. To
add one, write the function and give it a line here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.i18n import Translator

__all__ = ["FORMATS", "Format", "Render"]

Render = Callable[..., str | dict[str, Any]]
"""Takes diagnoses (none where the text holds no report), what else may be meant then, the translator of the answer; and
by name, where its buttons or slots are to carry the conversation along, the text and the answers so far."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form of answer.

    Attributes:
        media_type: of what it gives.
        function: what makes it, as ``module:function``.
        carries: what of the conversation the function takes by name: ``text``, ``answers``.
    """

    media_type: str
    function: str
    carries: tuple[str, ...] = ()

    def render(
        self,
        diagnoses: Sequence[Diagnosis],
        suggestions: Sequence[Hit],
        say: Translator,
        *,
        text: str | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> str:
        """The answer as text of the media type; a card becomes its JSON.

        Args:
            diagnoses: one for each report of the text.
            suggestions: finds of a search for the text, where it held no report.
            say: translator for what is said around them.
            text: the text that was diagnosed, for forms that carry it along.
            answers: the answers so far, for forms whose buttons carry them along.
        """
        module, _, name = self.function.partition(":")
        make: Render = getattr(import_module(module), name)
        conversation = {"text": text, "answers": answers}
        made = make(diagnoses, suggestions, say, **{part: conversation[part] for part in self.carries})
        return made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)


FORMATS: dict[str, Format] = {
    "text": Format("text/plain", "mailwhy.rendering.answer:text_answer"),
    "markdown": Format("text/markdown", "mailwhy.rendering.markdown:markdown_answer"),
    "html": Format("text/html", "mailwhy.rendering.html:html_answer"),
    "adaptive-card": Format(
        "application/vnd.microsoft.card.adaptive+json", "mailwhy.rendering.adaptive_card:adaptive_card", ("answers",)
    ),
    "slack": Format("application/json", "mailwhy.rendering.slack:slack_message", ("answers",)),
    "rasa": Format("application/json", "mailwhy.rendering.rasa:rasa_answer", ("text", "answers")),
}
