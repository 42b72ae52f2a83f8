"""A worker process: reads chunks from its standard input and answers on its standard output."""

import gc
import json
import os
import signal
import sys
from typing import Any

import pyarrow as pa

from mailwhy.batch.diagnosing import Diagnoser
from mailwhy.batch.options import Options
from mailwhy.batch.schema import ROW_SCHEMA
from mailwhy.batch.wire import Outcome, receive, send
from mailwhy.parsing import parse

__all__ = ["Worker", "serve"]

_MANY_OBJECTS = 20_000
_ANY_REPLY = "550 5.1.1 User unknown"


class Worker:
    """Diagnoses chunks.

    Args:
        options: of the diagnosis.
    """

    def __init__(self, options: Options) -> None:
        self._diagnoser = Diagnoser(options)

    def diagnosed(self, payload: bytes) -> Outcome:
        """The outcome of a chunk's payload."""
        before = self._diagnoser.left_out
        with pa.ipc.open_stream(payload) as stream:
            result = self._diagnoser.diagnose(stream.read_next_batch())
        left_out = self._diagnoser.left_out - before
        rejected: list[dict[str, Any]] = []
        if result["problem"].null_count < result.num_rows:
            rejected = [_refused(row) for row in result.filter(result["problem"].is_valid()).to_pylist()]
            result = result.filter(result["problem"].is_null())
        if not result.num_rows:
            return Outcome(b"", 0, 0, rejected, left_out)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, ROW_SCHEMA) as stream:
            stream.write_batch(result.select(ROW_SCHEMA.names))
        tickets = result["report"].to_pylist().count(1)
        return Outcome(sink.getvalue().to_pybytes(), result.num_rows, tickets, rejected, left_out)


def _refused(row: dict[str, Any]) -> dict[str, Any]:
    """A text that can't be read, as the list of such rows has it."""
    told = {"source": "source", "line": "row", "ticket": "ticket", "part": "part", "reason": "problem"}
    return {name: row[field] for name, field in told.items() if row[field] is not None}


def serve(answers: int) -> None:
    """The main function of a worker process: answers chunks until there are no more.

    Args:
        answers: descriptor to answer on. Standard input gives the options (JSON), then the chunks.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    first = receive(sys.stdin.buffer)
    if first is None:
        return
    values = json.loads(first[0])
    worker = Worker(Options(**{**values, "kb": tuple(values["kb"]), "columns": tuple(values["columns"])}))
    parse(_ANY_REPLY)  # loads all that parsing needs while the first tickets are still being read
    gc.freeze()  # what is loaded now stays; what comes holds few cycles
    gc.set_threshold(_MANY_OBJECTS)
    with os.fdopen(answers, "wb") as pipe:
        while (payload := receive(sys.stdin.buffer)) is not None:
            outcome = worker.diagnosed(payload[0])
            counts = {"reports": outcome.reports, "tickets": outcome.tickets, "left_out": outcome.left_out}
            facts = {**counts, "rejected": outcome.rejected}
            send(pipe, json.dumps(facts).encode(), outcome.rows)
    os._exit(0)  # there is nothing left to tidy up, which Python would take a while for
