"""The load, in a process of its own: a plan comes as JSON on standard input, and what was seen goes to standard output.

HTTP/1.1 by hand over kept connections, each with one request in flight, since a client library would need more of the
processor than the service it measures.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from time import perf_counter
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, of whom, and for how long."""

    port: int
    targets: list[str]
    first: int
    """Which target to begin with, so that every round asks for others."""
    seconds: float
    connections: int
    lead_in: float
    """How long they are asked before anything is counted, so that the count neither begins nor ends with a burst."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it; times in milliseconds, the size of the mean body in bytes."""

    requests: int
    errors: int
    per_second: float
    p50: float
    p99: float
    size: float


@dataclass(slots=True)
class _Tally:
    requests: Iterator[bytes]
    since: float
    until: float
    times: list[float] = field(default_factory=list)
    sizes: int = 0
    errors: int = 0


class _Connection(asyncio.Protocol):
    def __init__(self, tally: _Tally) -> None:
        self.tally = tally
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.head = self.whole = 0
        self.asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.ask()

    def ask(self) -> None:
        self.received.clear()
        self.whole = 0
        self.asked = perf_counter()
        self.transport.write(next(self.tally.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.whole:
            end = self.received.find(_HEAD_END)
            if end < 0:
                return
            length = _LENGTH.search(self.received, 0, end + 2)
            if length is None or self.received[9:12] != b"200":
                self.tally.errors += 1
                self.transport.close()
                return
            self.head = end + len(_HEAD_END)
            self.whole = self.head + int(length[1])
        if len(self.received) >= self.whole:
            self.answered()

    def answered(self) -> None:
        now = perf_counter()
        if now > self.tally.until:
            self.transport.close()
            return
        if now >= self.tally.since:
            self.tally.times.append(now - self.asked)
            self.tally.sizes += self.whole - self.head
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.tally.errors += perf_counter() < self.tally.until
        self.done.set_result(None)


async def _run(plan: Plan) -> Seen:
    requests = [f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for target in plan.targets]
    since = perf_counter() + plan.lead_in
    tally = _Tally(islice(cycle(requests), plan.first % len(requests), None), since, since + plan.seconds)
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(tally), "127.0.0.1", plan.port)
        for _ in range(plan.connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in made))
    times = sorted(tally.times) or [0.0]
    number = len(tally.times)
    return Seen(
        requests=number,
        errors=tally.errors,
        per_second=number / plan.seconds,
        p50=times[len(times) // 2] * 1000,
        p99=times[len(times) * 99 // 100] * 1000,
        size=tally.sizes / max(number, 1),
    )


if __name__ == "__main__":
    json.dump(asdict(uvloop.run(_run(Plan(**json.load(sys.stdin))))), sys.stdout)
