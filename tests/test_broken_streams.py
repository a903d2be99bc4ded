"""Streams over a real connection: what breaks them, who holds them up, and what is left of them afterwards."""

import asyncio
import re
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import uvloop

from app import framing
from app.db import dsn
from tests.conftest import create_database, name_of
from tests.conftest import serving as serving_here
from tests.test_framing import listening
from tests.test_serve import PATIENCE, Service, serving

TOPICS = 20_000
"""Some 23 MB, which no system holds in its buffers."""
NDJSON = "/v1/topics?format=ndjson"
_BROKEN: list[str] = []
"""The databases whose side of a stream was ended, one for each time."""
_RUNNING = """FROM pg_stat_activity
              WHERE datname = $1 AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
                AND query LIKE '%FROM topics%'"""
"""Sessions that read the topics, and not those that do the background's work meanwhile."""


@pytest.fixture(scope="module")
async def large_url(server: str, migrated: str) -> str:
    """A database with many topics that cannot be compressed well."""
    url = await create_database(server, migrated)
    connection = await asyncpg.connect(dsn(url))
    await connection.execute(
        f"""INSERT INTO topics (slug, name, folded, definition)
            SELECT 'topic-' || n, 'Topic ' || n, 'topic ' || n,
                   (SELECT string_agg(md5(concat(n, ' ', m)), '') FROM generate_series(1, 26) AS m)
            FROM generate_series(1, {TOPICS}) AS n"""
    )
    await connection.close()
    return url


@pytest.fixture(scope="module")
async def service(large_url: str) -> AsyncIterator[Service]:
    """The command, serving them."""
    with tempfile.TemporaryDirectory() as home, serving(Path(home), "--no-seed", DATABASE_URL=large_url) as service:
        yield service
        assert service.end() == 0
        # Each broken stream is told, and nothing else is.
        told = Counter(line.partition(": ")[0] for line in service.said().splitlines())
        assert told["a stream is broken off"] >= len(_BROKEN)
        assert told.keys() <= {"a stream is broken off", "ERROR"}


@pytest.fixture
async def looking(large_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the service's."""
    connection = await asyncpg.connect(dsn(large_url))
    yield connection
    await connection.close()


async def running(looking: asyncpg.Connection, large_url: str, wanted: int) -> None:
    """Wait until so many transactions run."""
    async with asyncio.timeout(PATIENCE):
        while await looking.fetchval(f"SELECT count(*) {_RUNNING}", name_of(large_url)) != wanted:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


async def break_stream(looking: asyncpg.Connection, large_url: str) -> None:
    """End the database's side of the only stream."""
    await running(looking, large_url, 1)
    assert await looking.fetchval(f"SELECT pg_terminate_backend(pid) {_RUNNING}", name_of(large_url))
    _BROKEN.append(large_url)


@pytest.mark.parametrize(
    ("coding", "form"),
    [("identity", "ndjson"), ("identity", "csv"), ("zstd", "ndjson"), ("br", "csv"), ("gzip", "ndjson")],
)
async def test_a_stream_that_breaks_is_recognised(
    service: Service, looking: asyncpg.Connection, large_url: str, coding: str, form: str
) -> None:
    """By any client: the last chunk is missing, and the connection is closed."""
    small = httpx.AsyncHTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)])
    async with httpx.AsyncClient(base_url=service.address, timeout=PATIENCE, transport=small) as client:
        asked = client.stream("GET", f"/v1/topics?format={form}", headers={"Accept-Encoding": coding})
        async with asked as answer:
            assert answer.headers.get("content-encoding", "identity") == coding
            parts = answer.aiter_raw()
            assert await anext(parts)
            await break_stream(looking, large_url)
            with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
                _ = [part async for part in parts]
        # The next one is whole.
        assert (await client.get(NDJSON)).text.count("\n") == TOPICS


def ask(service: Service, request: bytes, size: int = 0) -> socket.socket:
    """A connection on which this was sent, with a small buffer if so wished."""
    url = httpx.URL(service.address)
    connection = socket.socket()
    if size:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    connection.settimeout(PATIENCE)
    connection.connect((url.host, url.port or 0))
    connection.sendall(request)
    return connection


async def test_the_bytes_of_a_broken_stream(service: Service, looking: asyncpg.Connection, large_url: str) -> None:
    """A whole one ends in an empty chunk; one that breaks just ends."""
    sent = f"GET {NDJSON} HTTP/1.1\r\nHost: telcon\r\nConnection: close\r\n\r\n".encode()
    for breaks in (False, True):
        with ask(service, sent) as connection, connection.makefile("rb") as stream:
            head = stream.read(2_000)
            assert b"\r\ntransfer-encoding: chunked\r\n" in head
            if breaks:
                await break_stream(looking, large_url)
            assert stream.read().endswith(b"\r\n0\r\n\r\n") == (not breaks)


async def test_http_1_0_has_no_chunks(service: Service) -> None:
    """So it gets none, and a page as ever."""
    for target, status in ((NDJSON, b"426"), ("/v1/topics", b"200")):
        with ask(service, f"GET {target} HTTP/1.0\r\nHost: telcon\r\n\r\n".encode()) as connection:
            with connection.makefile("rb") as stream:
                answer = stream.read()
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert (b"upgrade-required" in answer) == (b"\r\nupgrade: HTTP/1.1\r\n" in answer) == (status == b"426")


async def test_a_client_that_leaves_holds_nothing(
    service: Service, looking: asyncpg.Connection, large_url: str
) -> None:
    """However many come and go, the connections are free for the next."""
    sent = f"GET {NDJSON} HTTP/1.1\r\nHost: telcon\r\n\r\n".encode()
    for _ in range(3):
        connections = [ask(service, sent) for _ in range(4)]
        await running(looking, large_url, 4)
        async with httpx.AsyncClient(base_url=service.address, timeout=PATIENCE) as client:
            assert (await client.get(NDJSON)).status_code == 503
        for connection in connections:
            connection.close()
        await running(looking, large_url, 0)


def memory_of(service: Service) -> int:
    """How many bytes of memory the worker holds."""
    told = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{service.process.pid}/status").read_text())
    assert told is not None
    return int(told[1]) * 1024


@pytest.mark.parametrize("coding", ["identity", "br"])
async def test_memory_stays_as_it_is(service: Service, coding: str) -> None:
    """While a slow client holds a stream up, and while it takes the rest; other requests are answered meanwhile."""
    size = 0
    async with httpx.AsyncClient(base_url=service.address, timeout=PATIENCE) as client:
        await client.get("/v1/topics")
        before = most = memory_of(service)
        async with client.stream("GET", NDJSON, headers={"Accept-Encoding": coding}) as answer:
            async for part in answer.aiter_raw():
                if not size:
                    await asyncio.sleep(1)
                    assert (await client.get("/v1/topics?limit=1")).status_code == 200
                size += len(part)
                most = max(most, memory_of(service))
    assert size > (20_000_000 if coding == "identity" else 5_000_000)
    assert most - before < 15_000_000


async def test_a_client_that_takes_nothing_is_cut_off(large_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a stated time, and its stream is free."""
    monkeypatch.setattr(framing, "STALL_SECONDS", 0.3)
    async with serving_here(large_url) as app, listening(app) as place:
        for _ in range(6):
            reader, writer = await asyncio.open_connection(place.host, place.port, limit=2**10)
            writer.write(f"GET {NDJSON} HTTP/1.1\r\nHost: telcon\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            async with asyncio.timeout(PATIENCE):
                while place.connections:  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.02)
            writer.close()


async def test_one_that_is_slow_is_not(large_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it takes something."""
    monkeypatch.setattr(framing, "STALL_SECONDS", 0.5)
    async with serving_here(large_url) as app, listening(app) as place:
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(f"GET {NDJSON} HTTP/1.1\r\nHost: telcon\r\nConnection: close\r\n\r\n".encode())
        begun, size = time.monotonic(), 0
        while part := await reader.read(2**20):
            size += len(part)
            if size < 10_000_000:
                await asyncio.sleep(0.1)
        writer.close()
        assert part == b""
        assert size > 20_000_000
        assert time.monotonic() - begun > 1


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_one_that_is_slow_with_a_large_answer_is_not(
    monkeypatch: pytest.MonkeyPatch, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """Nor with one that is sent in one piece, of which nothing is told until most of it is taken."""
    monkeypatch.setattr(framing, "STALL_SECONDS", 0.5)
    size = 16_000_000

    async def large(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
        await send({"type": "http.response.body", "body": bytes(size)})

    async def take() -> None:
        async with listening(large) as place:
            reader, writer = await asyncio.open_connection(place.host, place.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: telcon\r\nConnection: close\r\n\r\n")
            taken, begun = 0, time.monotonic()
            while part := await reader.read(2**20):
                taken += len(part)
                await asyncio.sleep(0.1)
            writer.close()
            assert taken > size
            assert time.monotonic() - begun > 1

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(take())


async def test_the_end_of_the_service_waits_for_a_stream(large_url: str) -> None:
    """As for any request."""
    with tempfile.TemporaryDirectory() as home, serving(Path(home), "--no-seed", DATABASE_URL=large_url) as service:
        client = httpx.AsyncClient(base_url=service.address, timeout=PATIENCE)
        async with client, client.stream("GET", NDJSON) as answer:
            service.send(signal.SIGTERM)
            body = await answer.aread()
        assert body.count(b"\n") == TOPICS
        assert await asyncio.to_thread(service.process.wait, PATIENCE) == 0
        assert service.said() == ""
