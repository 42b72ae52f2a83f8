"""Runs beyond one machine: an engine that is there already does the distribution, the same Arrow function the work."""

from importlib import import_module
from typing import Protocol

from mailwhy.batch.engines.work import Job
from mailwhy.batch.jobs import Totals

__all__ = ["ENGINES", "Engine", "Job", "engine"]

ENGINES = ("spark", "ray")


class Engine(Protocol):
    """An engine's module."""

    def run(self, job: Job, cluster: str | None) -> Totals:
        """Does the job on the cluster at that address, or on this machine where it is None."""


def engine(name: str) -> Engine:
    """The engine of that name (one of ENGINES); its library is imported here."""
    module: Engine = import_module(f"mailwhy.batch.engines.{name}_engine")
    return module
