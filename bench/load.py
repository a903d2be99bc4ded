"""The load, in a process of its own: a plan comes as JSON on standard input, and what was seen goes to standard output.

HTTP/1.1 by hand over kept connections, each with one request in flight, and without an event loop or a client library:
either would need more of the processors than the services that are measured on them.
"""

import json
import select
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from time import perf_counter

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "
_BUFFER = 2**20


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

    @classmethod
    def of(cls, times: list[float], seconds: float, *, errors: int = 0, size: float = 0.0) -> "Seen":
        """Count the seconds that single answers took, in as many seconds."""
        ranked = sorted(times) or [0.0]
        return cls(
            requests=len(times),
            errors=errors,
            per_second=len(times) / seconds,
            p50=ranked[len(ranked) // 2] * 1000,
            p99=ranked[len(ranked) * 99 // 100] * 1000,
            size=size,
        )


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    asked: float = 0.0
    size: int = 0
    left: int = 0
    """How many bytes of the body have not come yet; none are expected before its head has come."""


@dataclass(slots=True)
class _Load:
    requests: Iterator[bytes]
    since: float
    until: float
    times: list[float] = field(default_factory=list)
    sizes: int = 0
    errors: int = 0

    def ask(self, connection: _Connection) -> None:
        connection.asked = perf_counter()
        connection.socket.send(next(self.requests))

    def run(self, connections: list[_Connection]) -> None:
        """Ask over all connections until the time is up and every answer has come."""
        poll = select.epoll()
        open_ones = {connection.socket.fileno(): connection for connection in connections}
        for number, connection in open_ones.items():
            poll.register(number, select.EPOLLIN)
            self.ask(connection)
        buffer = bytearray(_BUFFER)
        while open_ones:
            for number, _ in poll.poll():
                connection = open_ones[number]
                try:
                    goes_on = self.goes_on(connection, buffer, connection.socket.recv_into(buffer))
                except ConnectionError:
                    self.errors += 1
                    goes_on = False
                if not goes_on:
                    del open_ones[number]
                    connection.socket.close()

    def goes_on(self, connection: _Connection, buffer: bytearray, received: int) -> bool:
        """Take in what came, and ask again once the answer is whole; False where the connection is of no more use."""
        if connection.left:
            connection.left -= received
        else:
            # A head is sent whole by any service, and is too short to come in two pieces.
            end = buffer.find(_HEAD_END, 0, received)
            at = buffer.find(_LENGTH, 0, end + 2) + len(_LENGTH)
            if end < 0 or at < len(_LENGTH):
                self.errors += 1
                return False
            self.errors += not buffer.startswith(b"200", 9)
            connection.size = int(buffer[at : buffer.find(b"\r", at)])
            connection.left = connection.size + end + len(_HEAD_END) - received
        if connection.left:
            # Nothing came where the other side has closed.
            self.errors += not received
            return received > 0
        now = perf_counter()
        if now > self.until:
            return False
        if now >= self.since:
            self.times.append(now - connection.asked)
            self.sizes += connection.size
        self.ask(connection)
        return True


def _run(plan: Plan) -> Seen:
    requests = [f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for target in plan.targets]
    connections = [_Connection(socket.create_connection(("127.0.0.1", plan.port))) for _ in range(plan.connections)]
    since = perf_counter() + plan.lead_in
    load = _Load(islice(cycle(requests), plan.first % len(requests), None), since, since + plan.seconds)
    load.run(connections)
    return Seen.of(load.times, plan.seconds, errors=load.errors, size=load.sizes / max(len(load.times), 1))


if __name__ == "__main__":
    json.dump(asdict(_run(Plan(**json.load(sys.stdin)))), sys.stdout)
