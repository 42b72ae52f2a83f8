"""The kinds of entry that the knowledge base holds: one model for each kind of YAML file.

They are the specification of ``kb/``: ``mailwhy kb check`` validates with them, and the JSON Schemas for editors are
published from them.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mailwhy.knowledge.vocabulary import CodeKind, EvidenceKind, Responsible, Side, SteppedClient

__all__ = [
    "CauseEntry",
    "CodeEntry",
    "CodeFile",
    "DialogueEntry",
    "InstructionEntry",
    "ProviderEntry",
    "QuestionEntry",
    "ReplyEntry",
    "ReplyFile",
    "ResolutionEntry",
    "SwitchedOff",
    "SymptomEntry",
    "TalkFile",
    "WeightsFile",
]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CauseId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.*-]*\.)?[a-z0-9-]+\.[a-z0-9-]+$")]
"""A server's name; a ``*`` stands for what differs from customer to customer, left of the last two labels."""
Strength = Annotated[int, Field(ge=1, le=5)]
Causes = Annotated[
    dict[CauseId, Strength], Field(description="Cause id -> how strongly this alone speaks for it, 1 to 5.")
]
Status = Literal["draft", "stable", "retired"]
Tls = Literal["implicit", "starttls", "none"]
Authentication = Literal["password", "password-encrypted", "oauth2", "app-password", "client-ip", "none"]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ReferenceEntry(_Entry):
    """A page to read further; its title is not translated."""

    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\.[^\s]+$")]


class RemedyRule(_Entry):
    """What a reply, code or notice says about the remedies: those to begin with, and those that would be wrong."""

    first: tuple[Slug, ...] = ()
    never: tuple[Slug, ...] = ()


class Guard(_Entry):
    """What must be true of a report; a list holds for any of its values, and every list that is given must hold."""

    side: tuple[Side, ...] = ()
    client: Annotated[tuple[Text, ...], Field(description="Clients of reports, such as program or m365-ndr.")] = ()
    authentication: Annotated[
        tuple[Authentication, ...], Field(description="Ways of signing in that the account's provider takes.")
    ] = ()
    protocol: tuple[Literal["SMTP", "POP3", "IMAP", "HTTPMAIL", "NNTP"], ...] = ()
    temporary: Annotated[
        bool | None, Field(description="Whether the server's answer is temporary (4xx) or a notice of delay.")
    ] = None
    delayed: Annotated[bool | None, Field(description="Whether it is a notice of delay: the server still tries.")] = (
        None
    )


class CauseEntry(_Entry):
    """``causes/<id>.yaml``: a cause of the taxonomy, and what to do about it."""

    id: CauseId
    status: Status
    since: dt.date
    updated: dt.date
    title: Text
    summary: Text
    details: Text
    responsible: Responsible
    temporary: bool
    onward: Annotated[
        bool,
        Field(description="Whether a server whose own reply tells it speaks of its way to the next server."),
    ] = False
    resolutions: tuple[Slug, ...] = ()
    sides: Annotated[
        dict[Side, tuple[Slug, ...]],
        Field(description="Resolutions by where it failed, in order; other sides take the list of resolutions."),
    ] = {}
    passing: Annotated[
        tuple[Slug, ...],
        Field(description="Resolutions that come before those of any side where the reply is temporary (4xx)."),
    ] = ()
    questions: tuple[Slug, ...] = ()
    related: tuple[CauseId, ...] = ()
    references: tuple[ReferenceEntry, ...] = ()


class InstructionEntry(_Entry):
    """The steps of a resolution in one client."""

    client: SteppedClient
    versions: Text | None = None
    steps: Annotated[tuple[Text, ...], Field(min_length=1)]


class ResolutionEntry(_Entry):
    """``resolutions/<id>.yaml``: one thing to do, step by step, in each client."""

    id: Slug
    status: Status
    since: dt.date
    updated: dt.date
    title: Text
    why: Text
    responsible: Responsible
    instructions: Annotated[tuple[InstructionEntry, ...], Field(min_length=1)]
    requires: Guard | None = None
    excludes: Guard | None = None
    leads: Annotated[Guard | None, Field(description="Where this holds, it stands first, whatever the cause.")] = None
    mends: Annotated[
        tuple[Text, ...], Field(description="Kinds of findings about the settings that it puts right.")
    ] = ()
    passive: Annotated[bool, Field(description="Whether it mends nothing: somebody else still has to act.")] = False
    references: tuple[ReferenceEntry, ...] = ()


class OptionEntry(_Entry):
    """An answer to a question, and what it says about the causes (log-odds)."""

    id: Slug
    label: Text
    effects: dict[CauseId, Annotated[float, Field(ge=-4, le=4)]] = {}


class QuestionEntry(_Entry):
    """``questions/<id>.yaml``: a question whose answer tells causes apart."""

    id: Slug
    status: Status
    question: Text
    options: Annotated[tuple[OptionEntry, ...], Field(min_length=2)]


class CodeEntry(_Entry):
    """One code of ``codes/*.yaml``."""

    code: Text
    also: tuple[Text, ...] = ()
    symbol: Text | None = None
    meaning: Text
    advice: Text | None = None
    remedies: RemedyRule | None = None
    responsible: Responsible | None = None
    certainty: Literal["sourced", "usual", "unknown"] = "sourced"
    direction: Literal["send", "receive", "both"] | None = None
    causes: Causes = {}
    reference: Text | None = None
    source: Annotated[
        Text | None, Field(description="Where the meaning comes from, if not from the file's source.")
    ] = None


class CodeFile(_Entry):
    """``codes/<kind>-<family>.yaml``: the codes of one kind and family."""

    kind: CodeKind
    family: Text
    source: Text | None = None
    codes: Annotated[tuple[CodeEntry, ...], Field(min_length=1)]


class ReplyEntry(_Entry):
    """One wording, or family of wordings, of ``replies/*.yaml``.

    ``match`` and ``unless`` are literal wordings, not regular expressions: case, accents, quotes and runs of spaces
    don't count, " * " stands for a gap, and both ends fall on whole words unless a ``*`` stands there.
    """

    id: Slug
    match: Annotated[tuple[Text, ...], Field(min_length=1)]
    unless: tuple[Text, ...] = ()
    codes: tuple[Annotated[str, StringConstraints(pattern=r"^[\dx]{3}$|^[\dx]\.[\dx]{1,3}\.[\dx]{1,3}$")], ...] = ()
    where: Literal["reply", "notice", "any"] = "any"
    general: Annotated[
        bool,
        Field(description="Words that any server may print; a server's own count for more."),
    ] = False
    alone: Annotated[
        bool, Field(description="Whether these words show a failed mail by themselves, wherever they stand in a text.")
    ] = False
    causes: Annotated[dict[CauseId, Strength], Field(min_length=1)]
    remedies: RemedyRule | None = None
    responsible: Responsible | None = None
    meaning: Text | None = None
    examples: Annotated[tuple[Text, ...], Field(min_length=1)]
    references: tuple[ReferenceEntry, ...] = ()
    source: Annotated[Text | None, Field(description="Who says it, if not the file's source.")] = None


class ReplyFile(_Entry):
    """``replies/<mta or provider>.yaml``: what one system's servers (or one client's notices) say."""

    source: Text
    servers: tuple[Slug, ...] = ()
    general: bool = False
    replies: Annotated[tuple[ReplyEntry, ...], Field(min_length=1)]


class SubmissionEntry(_Entry):
    """A server that takes mail from the provider's own users (RFC 6409, RFC 8314)."""

    host: HostName
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: Tls | None = None
    authentication: tuple[Authentication, ...] = ()
    username: Literal["address", "local-part", "other"] | None = None


class RetrievalEntry(SubmissionEntry):
    """A server that users fetch their mail from."""

    protocol: Literal["imap", "pop3"]


class ProviderEntry(_Entry):
    """``providers/<id>.yaml``: the account settings that a provider publishes."""

    id: Slug
    name: Text
    domains: tuple[Slug, ...] = ()
    hosts: tuple[Slug, ...] = ()
    submission: tuple[SubmissionEntry, ...] = ()
    retrieval: tuple[RetrievalEntry, ...] = ()
    complete: Annotated[
        bool, Field(description="Whether submission lists every way in, so that another port is known to be wrong.")
    ] = False
    app_password: Text | None = None
    sending_limits: Text | None = None
    port25: Text | None = None
    note: Text | None = None
    documentation: tuple[Annotated[str, StringConstraints(pattern=r"^https?://\S+$")], ...] = ()
    source: Text
    date: dt.date | None = None


class SymptomEntry(_Entry):
    """``symptoms/<id>.yaml``: a complaint without any code, and the words that people use for it."""

    id: Slug
    status: Status
    since: dt.date
    updated: dt.date
    title: Text
    summary: Text
    keywords: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Za-z]+)?$")], tuple[Text, ...]]
    causes: Annotated[dict[CauseId, Strength], Field(min_length=1)]
    resolutions: tuple[Slug, ...] = ()
    questions: tuple[Slug, ...] = ()


class DialogueOption(_Entry):
    """An answer in a dialogue, and where it leads."""

    id: Slug
    label: Text
    next: Slug


class DialogueRule(_Entry):
    """Where a typed domain leads: compared with an earlier answer, or always."""

    same_domain_as: Slug | None = None
    next: Slug


class DialogueNode(_Entry):
    """A question of a dialogue: one of several options, or a mail domain (or address) to type."""

    id: Slug
    question: Text
    note: Text | None = None
    options: tuple[DialogueOption, ...] = ()
    domain: tuple[DialogueRule, ...] = ()


class DialogueOutcome(_Entry):
    """Where a dialogue ends: is this relaying, will it be let through, what to do."""

    id: Slug
    relaying: bool | None
    let_through: Literal["yes", "no", "perhaps"] | None
    title: Text
    explanation: Text
    cause: CauseId | None = None
    resolutions: tuple[Slug, ...] = ()


class DialogueEntry(_Entry):
    """``dialogues/<id>.yaml``: a decision tree."""

    id: Slug
    title: Text
    summary: Text
    start: Slug
    nodes: Annotated[tuple[DialogueNode, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[DialogueOutcome, ...], Field(min_length=1)]


class WeightsFile(_Entry):
    """``weights.yaml``: what evidence of each kind and strength adds to a cause, in log-odds; fitted, not written.

    ``unknown`` is the score of "the text says too little"; ``elsewhere`` that of all causes together which nothing in
    the text speaks for; ``prior`` is added to a cause before any evidence; all scores are multiplied by ``sharpness``.
    """

    unknown: float
    elsewhere: float
    sharpness: Annotated[float, Field(gt=0)] = 1.0
    prior: dict[CauseId, float] = {}
    evidence: dict[EvidenceKind, Annotated[tuple[float, ...], Field(min_length=5, max_length=5)]]


class TalkFile(_Entry):
    """``talk.yaml``: words that no bare reply of a mail server holds, so that ordinary talk is not read as one."""

    person: tuple[Text, ...] = ()
    other_services: tuple[Text, ...] = ()


class SwitchedOff(_Entry):
    """``switched-off.yaml`` of an organisation's folder: ids, by kind, that are not to be used."""

    causes: tuple[CauseId, ...] = ()
    codes: tuple[Text, ...] = ()
    replies: tuple[Slug, ...] = ()
    resolutions: tuple[Slug, ...] = ()
    questions: tuple[Slug, ...] = ()
    providers: tuple[Slug, ...] = ()
    symptoms: tuple[Slug, ...] = ()
    dialogues: tuple[Slug, ...] = ()
