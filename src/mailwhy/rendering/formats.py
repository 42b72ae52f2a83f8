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
from mailwhy.i18n import Translator

__all__ = ["FORMATS", "Format", "Render"]

Render = Callable[[Sequence[Diagnosis], Sequence[Hit], Translator], str | dict[str, Any]]
"""Diagnoses (none where the text holds no report), what else may be meant then, and the translator of the answer."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form of answer: its media type, and the function that makes it as ``module:function``."""

    media_type: str
    function: str

    def render(self, diagnoses: Sequence[Diagnosis], suggestions: Sequence[Hit], say: Translator) -> str:
        """The answer as text of the media type; a card becomes its JSON."""
        module, _, name = self.function.partition(":")
        make: Render = getattr(import_module(module), name)
        made = make(diagnoses, suggestions, say)
        return made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)


FORMATS: dict[str, Format] = {
    "text": Format("text/plain", "mailwhy.rendering.answer:text_answer"),
    "markdown": Format("text/markdown", "mailwhy.rendering.markdown:markdown_answer"),
    "html": Format("text/html", "mailwhy.rendering.html:html_answer"),
    "adaptive-card": Format(
        "application/vnd.microsoft.card.adaptive+json", "mailwhy.rendering.adaptive_card:adaptive_card"
    ),
    "slack": Format("application/json", "mailwhy.rendering.slack:slack_message"),
    "rasa": Format("application/json", "mailwhy.rendering.rasa:rasa_answer"),
}
