"""What a diagnosis says: the typed answer of every way in."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailwhy.knowledge.vocabulary import CodeKind, Responsible, SteppedClient
from mailwhy.parsing.report import Report

__all__ = [
    "Cause",
    "CodeExplanation",
    "Diagnosis",
    "Evidence",
    "GivenAnswer",
    "Hit",
    "Instructions",
    "Option",
    "Question",
    "Reference",
    "Resolution",
]


class _Model(BaseModel):
    # The diagnosis makes its models with model_construct: all their values come from the knowledge base, which was
    # validated when it was compiled, and building validators is a fifth of a cold start. A test validates the result.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Reference(_Model):
    """A page to read further."""

    title: str
    url: str


class Evidence(_Model):
    """One reason for a cause: which entry of the knowledge base matched which words of which field."""

    field: str = Field(description="Field of the report that was matched, such as server_response.")
    text: str = Field(description="The words or the code that matched.")
    entry: str = Field(description="Entry of the knowledge base, such as replies/postfix-relay-access-denied.")
    weight: float = Field(description="Log-odds that this adds to the cause; negative speaks against it.")
    meaning: str | None = Field(default=None, description="What the entry says it means, in the diagnosis' language.")


class Instructions(_Model):
    """The steps of a resolution in one client."""

    client: str = Field(description="Client that the steps are for (outlook-classic, new-outlook, ... or any).")
    versions: str | None = Field(default=None, description="Versions of the client, in words.")
    steps: tuple[str, ...] = Field(description="What to do, in order; menu names stand between ** and **.")


class Resolution(_Model):
    """One thing to do about a cause."""

    id: str
    title: str
    why: str | None = Field(default=None, description="Why it helps.")
    responsible: Responsible
    client: str = Field(description="Client that the steps are for: the report's own where it is known.")
    versions: str | None = None
    steps: tuple[str, ...] = Field(description="What to do, in order; menu names stand between ** and **.")
    other_instructions: tuple[Instructions, ...] = Field(
        default=(), description="Further lists of steps: for other versions, other people concerned, other clients."
    )
    references: tuple[Reference, ...] = ()


class Cause(_Model):
    """A cause of the failure, with what speaks for it and what to do about it."""

    id: str = Field(description="Label of the taxonomy, such as relay_denied. Never reused.")
    confidence: float = Field(ge=0, le=1, description="Calibrated probability that this is the cause.")
    title: str
    summary: str
    details: str | None = Field(default=None, description="For the helpdesk.")
    responsible: Responsible
    temporary: bool = Field(description="Whether the failure may pass by itself.")
    evidence: tuple[Evidence, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    references: tuple[Reference, ...] = ()


class Option(_Model):
    """One answer to a question."""

    id: str
    label: str


class Question(_Model):
    """The next question worth asking; its answer goes back as ``answers={question.id: option.id}``."""

    id: str
    text: str
    options: tuple[Option, ...]


class GivenAnswer(_Model):
    """An answer that was given to a question, and counted. Without it in ``answers``, it is taken back."""

    question: str = Field(description="Id of the question.")
    option: str = Field(description="Id of the option.")
    text: str = Field(description="The question in words.")
    label: str = Field(description="The answer in words.")


class Diagnosis(_Model):
    """The answer for one report."""

    report: Report
    causes: tuple[Cause, ...] = Field(
        description="Causes by confidence, likeliest first; empty where nothing is known."
    )
    contradictions: tuple[str, ...] = Field(
        default=(), description="Where the client's number and the server's reply disagree, and which one was believed."
    )
    settings: tuple[str, ...] = Field(
        default=(), description="Account settings that differ from what the provider publishes, as sentences."
    )
    question: Question | None = None
    answers: tuple[GivenAnswer, ...] = Field(default=(), description="The answers that were taken into account.")
    program: SteppedClient | None = Field(
        default=None, description="The program that the steps were asked for; null where the report decides."
    )
    locale: str = Field(description="Language of the answer (BCP 47).")


class CodeExplanation(_Model):
    """What a code means."""

    code: str = Field(description="The code in its usual form, such as 0x800CCC79 or 5.7.1.")
    kind: CodeKind
    symbol: str | None = None
    meaning: str
    advice: str | None = None
    certainty: Literal["sourced", "usual", "unknown"]
    causes: tuple[Cause, ...] = ()
    reference: str | None = None
    locale: str


class Hit(_Model):
    """One find of a search in the knowledge base."""

    kind: Literal["cause", "symptom", "code", "resolution", "provider"]
    id: str
    title: str
    summary: str
    score: float = Field(description="Relevance; comparable within one search only.")
    locale: str
