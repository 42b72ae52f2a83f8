"""JSON Schemas of the knowledge base's files, for the completion and the checks of editors.

They are published in ``docs/schemas``; a test compares.
"""

from typing import Any

from pydantic import BaseModel

from mailwhy.knowledge import entries

__all__ = ["SCHEMAS", "schema_of"]

SCHEMAS: dict[str, type[BaseModel]] = {
    "causes": entries.CauseEntry,
    "codes": entries.CodeFile,
    "dialogues": entries.DialogueEntry,
    "providers": entries.ProviderEntry,
    "questions": entries.QuestionEntry,
    "replies": entries.ReplyFile,
    "resolutions": entries.ResolutionEntry,
    "switched-off": entries.SwitchedOff,
    "symptoms": entries.SymptomEntry,
    "talk": entries.TalkFile,
    "weights": entries.WeightsFile,
}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SCHEMAS[kind].model_json_schema()}
