"""`python -m bench.streaming`: how fast all calls are streamed, in what memory, and how others fare meanwhile."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated

import typer

from bench.load import Plan, Seen
from bench.running import Service, load, machine, recorded, serving
from bench.service import OURS

_MEBIBYTE = 1024 * 1024
_PART = 256 * 1024
_FIRST_DAY, _DAYS = date(1945, 1, 1), 29_000
_STREAMS = (("ndjson", "identity"), ("ndjson", "zstd"), ("ndjson", "br"), ("ndjson", "gzip"), ("csv", "identity"))

streaming = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Streamed:
    """What came of a stream."""

    seconds: float
    size: int
    growth: int
    """By how many bytes the worker's memory was larger at its largest."""


def _stream(service: Service, form: str, coding: str) -> Streamed:
    """Read all calls to the end."""
    begun, (before, _) = time.perf_counter(), service.memory()
    size, most, looked = 0, before, begun
    connection = HTTPConnection("127.0.0.1", service.port, timeout=600)
    connection.request("GET", f"/v1/calls?format={form}", headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    while part := answer.read(_PART):
        size += len(part)
        if time.perf_counter() - looked > 0.02:
            looked = time.perf_counter()
            most = max(most, service.memory()[0])
    connection.close()
    return Streamed(time.perf_counter() - begun, size, most - before)


def _ask(port: int, seconds: float, connections: int) -> Seen:
    """Ask for the calls of one day after the other."""
    days = [_FIRST_DAY + timedelta(days=number) for number in range(_DAYS)]
    targets = [f"/v1/calls?date={day}" for day in days]
    return load(Plan(port, targets, first=0, seconds=seconds, connections=connections, lead_in=0.2))


@streaming.command()
def main(
    *,
    calls: Annotated[int, typer.Option(min=50, help="How many calls to generate.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long others ask, quietly and during a stream.")] = 5.0,
    connections: Annotated[int, typer.Option(min=1, help="How many others ask at once.")] = 16,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the records in this folder, and use them if they are there.")
    ] = None,
) -> None:
    """Stream all calls in each form, alone and while others ask."""
    with recorded(calls, data_dir) as url, ThreadPoolExecutor(1) as thread, serving(OURS, url) as service:
        # What is read for the first time is not what is measured.
        _stream(service, "ndjson", "identity")
        quiet = _ask(service.port, seconds, connections)
        print(f"quiet: {quiet.per_second:,.0f} requests/s, p50 {quiet.p50:.1f} ms, p99 {quiet.p99:.1f} ms\n")
        print("| stream | calls/s | MiB/s | MiB more memory | p50 ms meanwhile | p99 ms meanwhile | p99 / quiet |")
        print("|---|---|---|---|---|---|---|")
        for form, coding in _STREAMS:
            alone = _stream(service, form, coding)
            running: Future[Streamed] = thread.submit(_stream, service, form, coding)
            # No longer than the stream, which is slower now.
            meanwhile = _ask(service.port, min(seconds, alone.seconds), connections)
            growth = max(alone.growth, running.result().growth)
            cells = [
                f"{form}, {coding}",
                f"{calls / alone.seconds:,.0f}",
                f"{alone.size / alone.seconds / _MEBIBYTE:.1f}",
                f"{growth / _MEBIBYTE:.1f}",
                f"{meanwhile.p50:.1f}",
                f"{meanwhile.p99:.1f}",
                f"{meanwhile.p99 / quiet.p99:.1f}",
            ]
            print(f"| {' | '.join(cells)} |", flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    streaming()
