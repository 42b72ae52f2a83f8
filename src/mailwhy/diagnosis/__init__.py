"""From a report to its causes and what to do: the engine of ``kb/``. Its functions are in :mod:`mailwhy.diagnosis.api`."""
