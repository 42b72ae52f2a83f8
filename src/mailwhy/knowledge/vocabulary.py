"""Words that the knowledge base and the diagnosis share."""

from typing import Literal, get_args

__all__ = ["CODE_KINDS", "EVIDENCE_KINDS", "CodeKind", "EvidenceKind", "Responsible"]

Responsible = Literal["sender", "provider", "administrator", "recipient"]
"""Who has to act."""

CodeKind = Literal["hresult", "winsock", "smtp-reply", "smtp-enhanced", "outlook-mac"]
"""Kinds of code; each is a name space of its own."""

EvidenceKind = Literal["reply", "notice", "smtp-enhanced", "smtp-reply", "hresult", "winsock", "settings", "symptom"]
"""Kinds of evidence, as ``kb/weights.yaml`` names them."""

CODE_KINDS: tuple[CodeKind, ...] = get_args(CodeKind)
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
