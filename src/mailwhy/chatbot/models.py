"""What goes in and comes out of the HTTP service and of the MCP tools."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from mailwhy.diagnosis.models import Diagnosis, Hit
from mailwhy.knowledge.vocabulary import SteppedClient
from mailwhy.rendering.formats import FORMATS

__all__ = [
    "ANSWER_FORMATS",
    "Answer",
    "Detail",
    "DiagnoseRequest",
    "DialogueRequest",
    "Feedback",
    "Health",
    "Locale",
    "Notice",
    "Problem",
    "SearchAnswer",
]

ANSWER_FORMATS = ("json", *FORMATS)
AnswerFormat = Literal[ANSWER_FORMATS]  # type: ignore[valid-type]
"""The forms that an answer can be asked for in."""

Locale = Annotated[
    str,
    StringConstraints(max_length=35),  # BCP 47 (RFC 5646, 4.4.1): room enough for every tag in use
]
Detail = Annotated[
    Literal["full", "brief"],
    Field(
        description="brief gives the likeliest causes and their first remedies, in a fifth of the space, which is "
        "what people and language models read; full gives every fact, reason and remedy, for every mail program."
    ),
]
Identifier = Annotated[str, StringConstraints(max_length=100)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiagnoseRequest(_Model):
    """A text to diagnose, and the conversation so far."""

    text: str = Field(
        min_length=1,
        description="The error message as the mail program printed it, or the whole ticket or bounce that holds it. "
        "Pass it on unchanged: quotes, numbers, line breaks and all.",
    )
    locale: Locale | None = Field(
        default=None,
        description="Language of the answer (BCP 47, such as en or fr-CA). Left out: Accept-Language, else the "
        "language of the report. A language that there is no answer in falls back, and a warning says so.",
    )
    answers: dict[Identifier, Identifier] = Field(
        default_factory=dict,
        description="Answers to the questions of earlier diagnoses of this text: option id by question id.",
    )
    program: SteppedClient | None = Field(
        default=None,
        description="The program that the reader uses, for its steps; left out, the program that printed the report.",
    )
    detail: Detail | None = Field(
        default=None, description="Left out: full for json, brief for all forms that are ready to show."
    )
    format: AnswerFormat = Field(
        default="json", description="json for the data of the contract; the others are ready to show."
    )


class DialogueRequest(_Model):
    """The answers that were given so far in a dialogue."""

    answers: dict[Identifier, Annotated[str, StringConstraints(max_length=320)]] = Field(
        default_factory=dict,
        description="By question id: the id of an option, or the mail address or domain that was typed.",
    )
    locale: Locale | None = Field(default=None, description="Language of the answer (BCP 47).")


class Notice(_Model):
    """Something that was not done as asked, or not to the end."""

    code: Literal["locale-not-available", "more-reports"]
    message: str


class Answer(_Model):
    """The answer to a text: one diagnosis for each failure report in it."""

    schema_version: Literal[1] = 1
    locale: str = Field(description="Language of the answer (BCP 47); of the first diagnosis where they differ.")
    found: int = Field(default=0, description="Reports in the text; of many only the first are diagnosed.")
    diagnoses: tuple[Diagnosis, ...] = Field(
        description="One for each report, in order; empty where the text holds none. To go on with the question of a "
        "diagnosis, send the same text again with the answer added to answers."
    )
    suggestions: tuple[Hit, ...] = Field(
        default=(), description="Where the text holds no report: entries of the knowledge base on such words."
    )
    warnings: tuple[Notice, ...] = ()


class SearchAnswer(_Model):
    """What a search found, best first."""

    query: str
    locale: str
    hits: tuple[Hit, ...]


class Feedback(_Model):
    """Whether a resolution helped against a cause. Holds no text of anybody."""

    cause: Identifier = Field(description="Id of the cause that was answered, such as relay_denied.")
    resolution: Identifier = Field(description="Id of the resolution that was tried.")
    helped: StrictBool


class Health(_Model):
    """Whether the service is ready to answer."""

    status: Literal["ready", "draining"]
    version: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(default="about:blank", description="Always about:blank: code tells what it is.")
    title: str = Field(description="The name of the HTTP status.")
    status: int
    detail: str = Field(description="What was wrong, and what to do.")
    code: str = Field(description="What was wrong, for programs, such as text-too-large.")
    errors: tuple[str, ...] = Field(default=(), description="Each fault of the request, where there are several.")
