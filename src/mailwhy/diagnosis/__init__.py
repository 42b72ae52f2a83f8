"""From a report to its causes and what to do, see :mod:`mailwhy.diagnosis.api`: the engine of ``kb/``."""
