"""Errors that can be said in the reader's language."""

from typing import Any

from mailwhy.i18n.translator import Translator

__all__ = ["SpokenError"]


class SpokenError(ValueError):
    """An error whose message is a template and the values for it: English as text, any language by :meth:`spoken`.

    Args:
        template: the message, marked with ``N_`` where it is written.
        values: what stands for the placeholders.
    """

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come back from worker processes; their own constructors may take other arguments."""
        return _again, (type(self), self.template, self.values)

    def spoken(self, say: Translator) -> str:
        """The message in the translator's language, and so an error that is among its values."""
        values = {
            name: value.spoken(say) if isinstance(value, SpokenError) else value for name, value in self.values.items()
        }
        return say(self.template).format(**values)


def _again(kind: type[SpokenError], template: str, values: dict[str, Any]) -> SpokenError:
    error = kind.__new__(kind)
    SpokenError.__init__(error, template, **values)
    return error
