"""Measures ``mailwhy serve`` on loopback: start, throughput, latency at half load, memory.

Run it on a quiet machine with two cores or more: one serves, one asks.

    python tests/benchmarks/bench_http.py [--requests 100000] [--connections 16]
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import yaml

FIXTURES = Path(__file__).parent.parent / "fixtures" / "reports"
BUDGET_START, BUDGET_RATE, BUDGET_P99, BUDGET_MEMORY = 1.5, 800, 20, 150
HALF = BUDGET_RATE // 2


class Server:
    """``mailwhy serve`` as a process of its own."""

    def __init__(self) -> None:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "mailwhy", "serve", "--port", "0", "--no-access-log", "--lang", "en"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        assert self.process.stderr is not None
        found = re.search(r"http://([\d.]+):(\d+)", self.process.stderr.readline())
        assert found is not None, "the server did not start"
        self.host, self.port = found[1], int(found[2])
        with urlopen(f"http://{self.host}:{self.port}/healthz") as answer:  # waits in the socket's queue until ready
            assert answer.status == 200
        self.seconds_to_ready = time.perf_counter() - begun

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def seconds_of_processor(self) -> float:
        """Time that the process has used; unlike the clock's, it is its own on a busy machine too."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def requests(host: str) -> list[bytes]:
    """A request for every fixture that holds one report."""
    made = []
    for path in sorted(FIXTURES.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            if len(entry["reports"]) == 1:
                body = json.dumps({"text": entry["text"]}).encode()
                head = f"POST /v1/diagnose HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                made.append(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return made


class Caller:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, server: Server) -> "Caller":
        return cls(*await asyncio.open_connection(server.host, server.port, limit=1 << 20))

    async def ask(self, request: bytes) -> None:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        found = re.search(rb"content-length: (\d+)", head)
        assert found is not None
        await self._reader.readexactly(int(found[1]))

    def close(self) -> None:
        self._writer.close()


async def flat_out(server: Server, payloads: Iterator[bytes], number: int, connections: int) -> float:
    """Requests a second when every connection asks again as soon as it has its answer."""
    left = iter(range(number))

    async def keep_asking() -> None:
        caller = await Caller.connect(server)
        for _ in left:
            await caller.ask(next(payloads))
        caller.close()

    begun = time.perf_counter()
    await asyncio.gather(*(keep_asking() for _ in range(connections)))
    return number / (time.perf_counter() - begun)


async def at_rate(server: Server, payloads: Iterator[bytes], number: int, connections: int, rate: int) -> list[float]:
    """Milliseconds of each request when they come evenly; a request that has to wait for its turn counts its wait."""
    free: asyncio.Queue[Caller] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await Caller.connect(server))
    begun, times = time.perf_counter(), []

    async def one(place: int) -> None:
        due = begun + place / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due = max(due, time.perf_counter() - 0.0005)  # what the sleep overslept is not the server's
        caller = await free.get()
        await caller.ask(next(payloads))
        times.append((time.perf_counter() - due) * 1000)
        free.put_nowait(caller)

    await asyncio.gather(*(one(place) for place in range(number)))
    while not free.empty():
        free.get_nowait().close()
    return times


async def measure(server: Server, options: argparse.Namespace) -> list[tuple[str, str, str]]:
    payloads = itertools.cycle(requests(server.host))
    await flat_out(server, payloads, 1000, options.connections)
    early, used = server.memory(), server.seconds_of_processor()
    rate = await flat_out(server, payloads, options.requests, options.connections)
    late, used = server.memory(), server.seconds_of_processor() - used
    times = sorted(await at_rate(server, payloads, HALF * options.seconds, options.connections * 2, HALF))
    p99 = times[int(len(times) * 0.99)]
    return [
        ("start to ready", f"{server.seconds_to_ready:.2f} s", f"<= {BUDGET_START} s"),
        (f"{options.requests:,} requests, keep-alive", f"{rate:,.0f} a second", f">= {BUDGET_RATE}"),
        ("processor time a request", f"{1000 * used / options.requests:.2f} ms", f"<= {1000 / BUDGET_RATE} ms"),
        (f"median at {HALF} a second", f"{statistics.median(times):.1f} ms", ""),
        (f"p99 at {HALF} a second", f"{p99:.1f} ms", f"<= {BUDGET_P99} ms"),
        ("memory after 1,000 requests", f"{early:.0f} MB", f"<= {BUDGET_MEMORY} MB"),
        ("memory after all", f"{late:.0f} MB", f"<= {BUDGET_MEMORY} MB, flat"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=10, help="how long to ask at half load")
    options = parser.parse_args()
    server = Server()
    try:
        rows = asyncio.run(measure(server, options))
    finally:
        server.stop()
    load = os.getloadavg()[0]
    print(f"mailwhy serve on loopback, one process ({os.cpu_count()} cores, load average {load:.1f})")
    for what, figure, budget in rows:
        print(f"  {what:<36}{figure:>16}   {budget}")


if __name__ == "__main__":
    main()
