"""A Rasa action server (https://legacy-docs-oss.rasa.com/docs/rasa/action-server), without rasa-sdk.

    pip install 'mailwhy[server]'
    uvicorn rasa_actions:app --port 5055

The assistant's domain needs: the action ``action_mailwhy``; the intent ``mailwhy_answer`` with the entities
``mailwhy_question`` and ``mailwhy_option``; the slots ``mailwhy_text`` (text) and ``mailwhy_answers`` (any), neither
filled by mappings of its own; a slot ``mailwhy_program`` may name the user's program. Have a rule run the action where
somebody reports an error, and on ``mailwhy_answer``.
"""

from typing import Any

from fastapi import FastAPI

import mailwhy
from mailwhy.i18n import negotiate, translator
from mailwhy.rendering.rasa import RasaRequest, rasa_answer

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    """Rasa asks whether the server is there."""
    return {"status": "ok"}


@app.post("/webhook")
def webhook(asked: RasaRequest) -> dict[str, Any]:
    """Rasa runs an action: diagnose what the user wrote, or answered."""
    diagnoses = mailwhy.diagnose(asked.text, asked.locale, answers=asked.answers, program=asked.program)
    hits = [] if diagnoses else mailwhy.search(asked.text[:1000], asked.locale, limit=3)
    locale = diagnoses[0].locale if diagnoses else negotiate(asked.locale) or "en"
    return rasa_answer(diagnoses, hits, translator(locale), text=asked.text, answers=asked.answers)
