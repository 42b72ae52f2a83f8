"""Reads what the page's forms send. A conversation is in the form itself: nothing is kept between requests."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

__all__ = ["BadFormError", "Form", "read_form"]

_MOST_FIELDS = 200
_LONGEST_ANSWER = 400


class BadFormError(ValueError):
    """What was sent is no form of the page."""


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody sent.

    Attributes:
        text: the pasted text, its lines ended by line feeds.
        answers: the answers so far, the new one included, by question id.
        asking: the question whose answer was typed, or None.
        locale: the language chosen, or None where nobody chose.
        program: the program chosen for the steps, or None.
    """

    text: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    asking: str | None = None
    locale: str | None = None
    program: str | None = None


async def read_form(request: Request) -> Form:
    """The fields of a form in the encoding of HTML forms (application/x-www-form-urlencoded).

    ``answer`` is ``question=answer``, ``typed`` is typed into the question that ``asking`` names, ``drop`` takes an
    answer back, ``program`` names the program that the steps are for, ``switch`` chooses a language and goes before
    ``lang``.

    Raises:
        BadFormError: it is of another encoding, or has too many fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise BadFormError("not a form")
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BadFormError("not a form") from None
    single = dict(pairs)
    answers = dict(_pair(value) for name, value in pairs if name == "answer")
    if single.get("asking") and single.get("typed", "").strip():
        answers[single["asking"]] = single["typed"].strip()[:_LONGEST_ANSWER]
    answers.pop(single.get("drop", ""), None)
    text = single.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    locale = single.get("switch") or single.get("lang") or None
    return Form(text, answers, single.get("asking"), locale, single.get("program") or None)


def _pair(value: str) -> tuple[str, str]:
    question, equals, answer = value[:_LONGEST_ANSWER].partition("=")
    if not equals:
        raise BadFormError("an answer names no question")
    return question, answer
