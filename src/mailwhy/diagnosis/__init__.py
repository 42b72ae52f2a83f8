"""From a report to its causes and what to do: the engine of ``kb/``."""

from mailwhy.diagnosis.api import diagnose, explain, search

__all__ = ["diagnose", "explain", "search"]
