"""The batch way in: ticket exports in, a table of failure reports out.

Needs the extra ``mailwhy[batch]`` (DuckDB, Arrow, readers and writers of workbooks).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailwhy.batch.columnar import diagnose_batch
    from mailwhy.batch.errors import BatchError
    from mailwhy.batch.jobs import ENDINGS
    from mailwhy.batch.running import Progress, RunSummary, run, run_on_engine
    from mailwhy.batch.schema import INPUT_SCHEMA, RESULT_SCHEMA, ROW_SCHEMA
    from mailwhy.batch.selection import Selection
    from mailwhy.batch.sniffing import FORMATS

_HOME = {
    "ENDINGS": "jobs",
    "FORMATS": "sniffing",
    "INPUT_SCHEMA": "schema",
    "RESULT_SCHEMA": "schema",
    "ROW_SCHEMA": "schema",
    "BatchError": "errors",
    "Progress": "running",
    "RunSummary": "running",
    "Selection": "selection",
    "diagnose_batch": "columnar",
    "run": "running",
    "run_on_engine": "running",
}

__all__ = [
    "ENDINGS",
    "FORMATS",
    "INPUT_SCHEMA",
    "RESULT_SCHEMA",
    "ROW_SCHEMA",
    "BatchError",
    "Progress",
    "RunSummary",
    "Selection",
    "diagnose_batch",
    "run",
    "run_on_engine",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mailwhy.batch' has no attribute {name!r}")
    value = getattr(import_module(f"mailwhy.batch.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
