"""The OpenAPI document: what FastAPI reads from the routes, made exact from the knowledge base, with real examples.

A program that calls functions needs nothing else, so the document names every question and option that may be answered.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from mailwhy import __version__
from mailwhy.chatbot import purposes
from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.dialogue_answers import DOMAIN_PATTERN
from mailwhy.chatbot.http.answers import JSON
from mailwhy.chatbot.models import Answer, Problem
from mailwhy.chatbot.problems import MEDIA_TYPE
from mailwhy.chatbot.settings import Settings
from mailwhy.rendering.formats import FORMATS

__all__ = ["PROBLEMS", "SAMPLE", "documented"]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Any error, as problem+json (RFC 9457): 400 no JSON, 401 no token, 404 nothing there, 408 sent "
        "too slowly, 413 too large, 415 not sent as JSON, 422 not of this form, 429 too often, 503 busy.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}

SAMPLE = (
    "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
    "address was 'anna@example.net'. Subject 'Minutes', Account: 'mail.example.com', Server: 'smtp.example.com', "
    "Protocol: SMTP, Server Response: '550 5.7.1 <anna@example.net>: Relay access denied', Port: 25, Secure(SSL): No, "
    "Server Error: 550, Error Number: 0x800CCC79"
)
"""A report as Outlook Express prints it; the document's example, and what the service warms itself up with."""

Schema = dict[str, Any]


def documented(app: FastAPI, answerer: Answerer, settings: Settings) -> Callable[[], Schema]:
    """A function that gives the document of an application; it is made once, when it is first asked for."""

    def document() -> Schema:
        if app.openapi_schema is None:
            made = get_openapi(
                title="mailwhy",
                version=__version__,
                openapi_version="3.1.0",
                summary="Why was my mail not sent, and what do I do now?",
                description=purposes.SERVICE,
                license_info={"name": "MIT", "identifier": "MIT"},
                routes=app.routes,
            )
            _complete(made, answerer, settings)
            app.openapi_schema = made
        return app.openapi_schema

    return document


def _complete(made: Schema, answerer: Answerer, settings: Settings) -> None:
    schemas: dict[str, Schema] = made["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    kb = answerer.kb
    asked = schemas["DiagnoseRequest"]
    asked["properties"]["text"]["description"] += f" The request may have {settings.most_bytes:,} bytes."
    _exact(
        asked["properties"]["answers"],
        {entry.id: _choice(option.id for option in entry.options) for entry in kb.questions.values()},
    )
    asked["examples"] = [{"text": SAMPLE, "locale": "en"}]
    going_on = schemas["DialogueRequest"]
    _exact(going_on["properties"]["answers"], _dialogue_answers(answerer))
    going_on["examples"] = [{"answers": {"program": "mail-program", "where": "work"}, "locale": "en"}]
    if "Feedback" in schemas:
        given = schemas["Feedback"]["properties"]
        given["cause"]["enum"] = list(kb.causes)
        given["resolution"]["enum"] = sorted({name for cause in kb.causes.values() for name in cause.resolutions})
        schemas["Feedback"]["examples"] = [
            {"cause": "relay_denied", "resolution": "turn-on-smtp-authentication", "helped": True}
        ]
    answer = made["paths"]["/v1/diagnose"]["post"]["responses"]["200"]["content"][JSON]
    cards = [name for name, form in FORMATS.items() if form.media_type == JSON]
    if cards:
        told = f"With format {', '.join(cards)}: what that program shows, in its own form."
        answer["schema"] = {"anyOf": [answer["schema"], {"type": "object", "description": told}]}
    answer["example"] = _example(answerer).model_dump(mode="json", exclude_defaults=True)
    if settings.token is not None:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        made["paths"]["/healthz"]["get"]["security"] = []


def _exact(schema: Schema, properties: Mapping[str, Schema]) -> None:
    """Makes the schema of a mapping name its keys, and what each may hold."""
    schema.pop("propertyNames", None)
    schema["properties"] = dict(properties)
    schema["additionalProperties"] = False


def _dialogue_answers(answerer: Answerer) -> dict[str, Schema]:
    """What may be answered in any of the dialogues, by question."""
    options: dict[str, list[str]] = {}
    typed: dict[str, Schema] = {}
    for dialogue in answerer.kb.dialogues.values():
        for node in dialogue.nodes:
            if node.domain:
                typed[node.id] = {
                    "type": "string",
                    "description": "A mail address, or its domain.",
                    "pattern": DOMAIN_PATTERN,
                    "maxLength": 320,
                    "examples": ["anna@example.net"],
                }
            else:
                options.setdefault(node.id, []).extend(option.id for option in node.options)
    return {**{name: _choice(ids) for name, ids in options.items()}, **typed}


def _choice(ids: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(dict.fromkeys(ids))}


def _example(answerer: Answerer) -> Answer:
    """A true answer, cut down to its first cause and remedy so that the document stays readable."""
    answer = answerer.diagnose(SAMPLE, Wish("en"))
    first = answer.diagnoses[0]
    causes = tuple(
        cause.model_copy(
            update={
                "resolutions": tuple(
                    remedy.model_copy(update={"other_instructions": (), "references": ()})
                    for remedy in cause.resolutions[:1]
                ),
                "references": (),
            }
        )
        for cause in first.causes[:1]
    )
    return answer.model_copy(update={"diagnoses": (first.model_copy(update={"causes": causes}),)})
