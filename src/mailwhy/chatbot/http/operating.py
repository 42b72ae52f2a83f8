"""What the operator's tools ask: is it well, and how much does it do."""

from collections.abc import Callable

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from mailwhy import __version__
from mailwhy.chatbot.http.document import PROBLEMS
from mailwhy.chatbot.http.observing import Metrics
from mailwhy.chatbot.models import Health

__all__ = ["add_routes"]


def add_routes(app: FastAPI, metrics: Metrics, draining: Callable[[], bool]) -> None:
    """Adds the routes for load balancers and Prometheus."""

    @app.get(
        "/healthz",
        tags=["operation"],
        operation_id="health",
        summary="Whether the service is ready",
        description="200 while it takes requests, 503 from the moment it was told to end. Needs no token.",
        response_model=Health,
        responses={**PROBLEMS, 503: {"model": Health, "description": "It is about to end."}},
    )
    async def health() -> Response:
        ending = draining()
        state = Health(status="draining" if ending else "ready", version=__version__)
        headers = {"Cache-Control": "no-store"}
        return Response(
            state.model_dump_json(), status_code=503 if ending else 200, media_type="application/json", headers=headers
        )

    @app.get(
        "/metrics",
        tags=["operation"],
        operation_id="metrics",
        summary="Numbers for Prometheus",
        description="Requests, their times, texts and causes, in the Prometheus text format.",
        response_class=Response,
        responses={
            **PROBLEMS,
            200: {"description": "The numbers.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        },
    )
    async def numbers() -> Response:
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
