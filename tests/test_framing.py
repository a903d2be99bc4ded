"""What goes over a connection, byte for byte: where requests begin and end, and what is none at all (RFC 9112)."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from app import framing, lingering
from app.content import LARGEST_CONTENT
from app.framing import Framing
from app.heads import LARGEST_HEADERS, LONGEST_HEADER, MOST_HEADERS, Head
from app.problems import MalformedRequest, Problem
from app.surface import Surface
from tests.conftest import create_database
from tests.test_hostile import ABSENT, LARGE, LONG, MALFORMED, METHOD, TYPE, Answer, Hostile, check
from tests.test_serve import PATIENCE, Service, serving

HEADERS = "headers-too-large"
HOST, CLOSE = b"Host: telcon", b"Connection: close"
CHUNKED = b"Transfer-Encoding: chunked"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: telcon\r\n\r\n"


def lines(*parts: bytes) -> bytes:
    """A head, with the empty line at its end."""
    return b"\r\n".join([*parts, b"", b""])


def get(*headers: bytes, target: bytes = b"/healthz", line: bytes = b"") -> bytes:
    """A request with these headers and a host, after which the connection is closed."""
    return lines(line or b"GET " + target + b" HTTP/1.1", HOST, *headers, CLOSE)


def post(*headers: bytes, content: bytes = b"") -> bytes:
    """A request with content."""
    return lines(b"POST /healthz HTTP/1.1", HOST, *headers) + content


def at(*targets: bytes) -> list[bytes]:
    """Requests for targets."""
    return [get(target=target) for target in targets]


def headed(*headers: bytes) -> list[bytes]:
    """Requests with one more header each."""
    return [get(header) for header in headers]


def opened(*request_lines: bytes) -> list[bytes]:
    """Requests that begin with these lines."""
    return [get(line=line) for line in request_lines]


def hosted(*hosts: bytes) -> list[bytes]:
    """Requests with these headers as all of them."""
    return [lines(b"GET /healthz HTTP/1.1", *host.split(b"|")) for host in hosts]


# What is sent on one connection, under the answers that come back, after which it is closed.
TABLE: dict[str, list[bytes]] = {
    # Content framed in two ways, or in one that is none: a program before this one might take the other.
    MALFORMED: [
        post(b"Content-Length: 5", CHUNKED, content=b"0\r\n\r\n" + HIDDEN),
        post(CHUNKED, b"Content-Length: 5", content=b"0\r\n\r\n" + HIDDEN),
        post(b"Content-Length: 0", CHUNKED, content=b"0\r\n\r\n" + HIDDEN),
        post(b"Content-Length: 4", b"Content-Length: 4", content=b"abcd" + HIDDEN),
        post(b"Content-Length: 4", b"Content-Length: 0", content=HIDDEN),
        post(b"Content-Length: 0", b"Content-Length: %d" % len(HIDDEN), content=HIDDEN),
        *(
            post(b"Content-Length:" + length, content=b"abcde" + HIDDEN)
            for length in (b" 5, 5", b" -5", b" +5", b" 0x5", b" 5e0", b" 5 0", b" 5;", b"", b" five", b" \xef\xbc\x95")
        ),
        *(
            post(b"Transfer-Encoding:" + coding, content=b"0\r\n\r\n" + HIDDEN)
            for coding in (b" xchunked", b" chunked, identity", b" identity, chunked", b" identity", b" gzip, chunked")
        ),
        *(
            post(b"Transfer-Encoding:" + coding, content=b"0\r\n\r\n" + HIDDEN)
            for coding in (
                b"\x0bchunked",
                b" chunked\x00",
                b' "chunked"',
                b" chunked;x=1",
                b"",
                b"\r\n chunked",
                b" c hunked",
            )
        ),
        post(CHUNKED, CHUNKED, content=b"0\r\n\r\n"),
        post(CHUNKED, b"Transfer-Encoding: identity", content=b"0\r\n\r\n"),
        post(b"Transfer-Encoding : chunked", content=b"0\r\n\r\n"),
        post(b"Transfer-Encoding\t: chunked", content=b"0\r\n\r\n"),
        post(b" Transfer-Encoding: chunked", content=b"0\r\n\r\n"),
        post(b"X: y\nTransfer-Encoding: chunked", content=b"0\r\n\r\n"),
        post(b"X: y\rTransfer-Encoding: chunked", content=b"0\r\n\r\n"),
        post(b"Content-Length : 5", content=b"abcde"),
        lines(b"POST /healthz HTTP/1.0", HOST, CHUNKED) + b"0\r\n\r\n",
        # Chunks that are none.
        *(
            post(CHUNKED, content=content + HIDDEN)
            for content in (
                b"FFFFFFFFFFFFFFFFF\r\n",
                b"-1\r\n",
                b"+1\r\na\r\n0\r\n\r\n",
                b"0x1\r\na\r\n0\r\n\r\n",
                b"x\r\n",
                b"\r\n",
                b"1\r\nab\r\n0\r\n\r\n",
                b"1\na\n0\n\n",
                b"1\r\na0\r\n\r\n",
                b" 1\r\na\r\n0\r\n\r\n",
                b"1 \r\na\r\n0\r\n\r\n",
                b"1;\x00\r\na\r\n0\r\n\r\n",
                b"0\r\nX y\r\n\r\n",
                b"0\r\nContent-Length: 9\r\n\r\n",
            )
        ),
        # Hosts: missing, twice, empty, none.
        *hosted(b"Connection: close", b"Host: a|Host: b", b"Host: a|Host: a", b"Host:|Host: a", b"Host:", b"Host: \t"),
        *hosted(
            b"Host: a/b",
            b"Host: a b",
            b"Host: a@b",
            b"Host: a,b",
            b"Host: a?b",
            b"Host: \xff",
            b"Host: a:b",
            b"Host : a",
        ),
        *hosted(b"Host: a| b", b"Host: [::1", b"Host: a#b", b"Host: a\x00b", b" Host: a", b"H\xf6st: a|X: y"),
        lines(b"GET /healthz HTTP/1.0", HOST, HOST),
        # Targets that are none.
        *at(
            b"*",
            b"healthz",
            b"telcon:80",
            b"http://",
            b"http:///healthz",
            b"ftp://telcon/healthz",
            b"http://a@b/healthz",
        ),
        *at(
            b"/healthz#x",
            b"/?a#b",
            b"/healthz\x00",
            b"/health\tz",
            b"/healthz x",
            b"/\x7f",
            b"",
        ),
        *at(
            b"/health\nz", b"/health\rz", b"/healthz HTTP/1.1\nX: y", b"mailto:x", b"\xe6\x99\xae", b"?x", b"\\", b"//#"
        ),
        # Percent-encoding that is none, and bytes that are not UTF-8, as they are and encoded.
        *at(
            b"/v1/calls?leader=%",
            b"/v1/calls?leader=%zz",
            b"/%4",
            b"/v1/calls?leader=%ff",
            b"/v1/calls/%c0%af",
            b"/%ed%a0%80",
        ),
        *at(
            b"/v1/calls?leader=\xff",
            b"/v1/calls/\xc3(",
            b"/v1/calls?leader=\xed\xa0\x80",
            b"/\xc0\xae\xc0\xae/",
            b"/?\xfe\xff",
        ),
        # Versions, methods and lines that are none.
        *opened(b"GET /healthz HTTP/2.0", b"GET /healthz HTTP/3.0", b"GET /healthz HTTP/1.2", b"GET /healthz HTTP/0.9"),
        *opened(
            b"GET /healthz http/1.1", b"GET /healthz HTTP/11", b"GET /healthz HTTP/1.1.1", b"GET /healthz HTTP/ 1.1"
        ),
        *opened(
            b"GET /healthz HTTPS/1.1", b"GET /healthz RTSP/1.0", b"GET /healthz HTTP/1.1 ", b"GET /healthz HTTP/1,1"
        ),
        *opened(
            b"GET  /healthz HTTP/1.1", b"GET\t/healthz HTTP/1.1", b"GET /healthz  HTTP/1.1", b" GET /healthz HTTP/1.1"
        ),
        *opened(
            b"G(T /healthz HTTP/1.1",
            b"G\x00T /healthz HTTP/1.1",
            b"\xc3\x84 /healthz HTTP/1.1",
            b"X" * 41 + b" / HTTP/1.1",
        ),
        *opened(
            b"/healthz HTTP/1.1",
            b"GET HTTP/1.1",
            b"GET",
            b"\xef\xbb\xbfGET /healthz HTTP/1.1",
            b"HTTP/1.1 200 OK",
            b"GET /healthz",
        ),
        b"GET /healthz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + HIDDEN,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
        b"\n" + HIDDEN,
        b"\r" + HIDDEN,
        b"GET /healthz HTTP/1.1\nHost: telcon\n\n",
        b"GET /healthz HTTP/1.1\nHost: telcon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: telcon\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: telcon\r\n\n",
        b"GET /healthz HTTP/1.1\rHost: telcon\r\r\n",
        # Headers that are none.
        *headed(
            b"X: a\x00b",
            b"X: a\x01b",
            b"X: a\x7fb",
            b"X\x00: a",
            b"X y: a",
            b"X",
            b": a",
            b"X(: a",
            b"X\xe4: a",
            b"X: a\rb",
        ),
        *headed(
            b"X: a\r\n b: c", b"X: a\r\n\tb", b"\x0bX: a", b"{}: a", b"X: a\nY: b", b"X: a\r\n ", b'"X": a', b"X;: a"
        ),
        b"GET /healthz HTTP/1.1\r\n Host: telcon\r\n\r\n",
    ],
    # Content where none is taken; what is in it is not a request, and neither is what follows.
    TYPE: [
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: %d" % len(HIDDEN)) + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: 5") + b"abcde" + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length:\t5\t") + b"abcde" + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: 5"),
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: 5", b"Expect: 100-continue"),
        lines(b"GET /healthz HTTP/1.1", HOST, CHUNKED) + b"0\r\n\r\n" + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, CHUNKED) + b"5\r\nabcde\r\n0\r\n\r\n" + HIDDEN,
        lines(b"OPTIONS /healthz HTTP/1.1", HOST, b"Content-Length: 5") + b"abcde" + HIDDEN,
    ],
    METHOD: [
        *opened(
            b"get /healthz HTTP/1.1",
            b"FOO /healthz HTTP/1.1",
            b"TRACE /healthz HTTP/1.1",
            b"PROPFIND /v1/calls HTTP/1.1",
        ),
        *opened(
            b"SOURCE /v1/calls HTTP/1.1", b"M-SEARCH / HTTP/1.1", b"X" * 40 + b" / HTTP/1.1", b"$!~ /healthz HTTP/1.1"
        ),
        *opened(
            b"CONNECT telcon:80 HTTP/1.1",
            b"CONNECT /healthz HTTP/1.1",
            b"CONNECT * HTTP/1.1",
            b"DELETE /v1/calls HTTP/1.0",
        ),
        post(b"Content-Length: %d" % len(HIDDEN), content=HIDDEN),
        post(b"Content-Length: 5", content=b"abcde" + HIDDEN),
        post(b"Content-Length: 5", b"Expect: 100-continue"),
        post(CHUNKED, content=b"5\r\nabcde\r\n0\r\n\r\n" + HIDDEN),
        post(b"transfer-encoding:CHUNKED", content=b"5\r\nabcde\r\n0\r\n\r\n" + HIDDEN),
        post(CHUNKED, content=b"1;a=b\r\na\r\n0\r\nHost: other\r\n\r\n" + HIDDEN),
        post(CHUNKED, content=b"0\r\n" + b"X: y\r\n" * 9000 + b"\r\n" + HIDDEN),
        post(CHUNKED, content=b"1;" + b"x" * 3_000_000),
        post(b"Content-Length: 1048576", content=b"x" * 1048576 + HIDDEN),
    ],
    LARGE: [
        post(b"Content-Length: %d" % (LARGEST_CONTENT + 1)),
        post(b"Content-Length: 9000000", content=b"x" * 9_000_000 + HIDDEN),
        post(b"Content-Length: 18446744073709551616", content=HIDDEN),
        post(b"Content-Length: 99999999999999999999999999999999999", content=HIDDEN),
        post(b"Content-Length: %d" % (LARGEST_CONTENT + 1), b"Expect: 100-continue"),
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: 9223372036854775807") + HIDDEN,
    ],
    LONG: [
        *at(
            b"/" + b"a" * 8000, b"/v1/calls?leader=" + b"a" * 8000, b"/" + b"a" * 100_000, b"/?" + "普".encode() * 2500
        ),
        b"GET /" + b"a" * 9000,
        b"A" * 9000,
        b"\x00" * 100_000,
    ],
    HEADERS: [
        *headed(b"X: " + b"a" * (LONGEST_HEADER + 1)),
        *headed(
            b"X: " + b"a" * LARGEST_HEADERS, b"X" * LARGEST_HEADERS + b": a", b"\r\n".join([b"X: " + b"a" * 999] * 40)
        ),
        *headed(
            b"\r\n".join([b"X: a"] * (MOST_HEADERS - 1)), b"\r\n".join([b"X: a"] * 5000), b"Cookie: " + b"a=b; " * 9000
        ),
        lines(b"GET /healthz HTTP/1.1", HOST)[:-2] + b"X: " + b"a" * 40_000,
        lines(b"GET /healthz HTTP/1.1", HOST)[:-2] + b"X: a\r\n" * 200,
    ],
    ABSENT: [
        *at(
            b"//healthz",
            b"/%2e%2e/healthz",
            b"/../healthz",
            b"/healthz%2f",
            b"/\\healthz",
            b"/healthz%20",
            b"/*",
            b"/healthz;x",
        ),
        *at(
            b"http://telcon/nowhere",
            b"/healthz/",
            b"/%68ealthz/x",
            b"/HEALTHZ",
            b"/http://telcon/healthz",
            b'/|{}^`<>"',
        ),
    ],
    "no content": [*opened(b"OPTIONS * HTTP/1.1", b"OPTIONS /v1/calls HTTP/1.1", b"OPTIONS http://telcon HTTP/1.1")],
    "ok": [
        *headed(b"X: " + b"a" * LONGEST_HEADER),
        get(),
        lines(b"GET /healthz HTTP/1.0"),
        lines(b"GET /healthz HTTP/1.0", HOST),
        lines(b"GET /healthz HTTP/1.0", HOST, b"Connection: keep-alive") + HIDDEN,
        b"\r\n\r\n" + get(),
        *at(
            b"http://telcon/healthz",
            b"HTTP://other.example:80/healthz?x",
            b"https://telcon/healthz",
            b"/healthz?",
            b"/%68ealthz",
        ),
        *at(
            "/v1/calls?leader=普京".encode(),
            b"/v1/calls?leader=%E6%99%AE%E4%BA%AC",
            b"http://telcon",
            b"http://telcon?x",
        ),
        *headed(
            b"X:a",
            b"X: \t a \t ",
            b"X:",
            b"X: \xe4\xff",
            b"\r\n".join([b"X: " + b"a" * 7_500] * 4),
            b"Expect: 100-continue",
            b"X: :",
        ),
        *headed(
            b"Expect: tea",
            b"TE: trailers",
            b"Trailer: Host",
            b"Content-Length: 0",
            b"Content-Type: text/xml",
            b"X_Y: a",
        ),
        *headed(
            b"\r\n".join([b"X: a"] * (MOST_HEADERS - 2)), b"Host-: other", b"Keep-Alive: timeout=99999", b"Via: 1.1 x"
        ),
        *headed(b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
        # After the last answer nothing is read.
        get() + HIDDEN,
        get() + b"\x00\n",
        lines(
            b"GET /healthz HTTP/1.1",
            HOST,
            b"Connection: Upgrade, HTTP2-Settings, close",
            b"Upgrade: h2c",
            b"HTTP2-Settings: AA",
        ),
    ],
    # Several on one connection: each is answered in its turn, up to the first that is none.
    "ok ok ok": [HIDDEN * 2 + get(), HIDDEN + b"\r\n" + HIDDEN + get(target=b"http://telcon/healthz")],
    "ok malformed-request": [
        HIDDEN + b"nonsense\r\n" + HIDDEN,
        HIDDEN + post(b"Content-Length: 1", CHUNKED, content=HIDDEN),
        HIDDEN + lines(b"GET /healthz HTTP/1.1") + HIDDEN,
        # What another program would take for the end of content is none here, since there was no content.
        lines(b"GET /healthz HTTP/1.1", HOST, b"Transfer_Encoding: chunked") + b"0\r\n\r\n" + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, b"X-Transfer-Encoding: chunked") + b"0\r\n\r\n" + HIDDEN,
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content_Length: 40") + b"0\r\n\r\n" + HIDDEN,
    ],
    "ok ok": [
        lines(b"GET /healthz HTTP/1.1", HOST, b"Connection: Upgrade", b"Upgrade: h2c") + get(),
        lines(b"GET /healthz HTTP/1.1", HOST, b"Connection: Upgrade", b"Upgrade: websocket") + get(),
        lines(b"GET /healthz HTTP/1.1", HOST, b"Content-Length: 0") + get(),
    ],
    "method-not-allowed ok": [post() + get(), post(b"Content-Length: 0") + get()],
    "not-found ok": [lines(b"GET /nowhere HTTP/1.1", HOST) + get()],
    "ok unsupported-media-type": [HIDDEN + lines(b"GET / HTTP/1.1", HOST, b"Content-Length: 40") + HIDDEN],
    "ok headers-too-large": [HIDDEN + b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1000 + HIDDEN],
    " ".join(["ok"] * 300): [HIDDEN * 299 + get()],
}
ROWS = [(answers, sent) for answers, requests in TABLE.items() for sent in requests]


def read_answer(stream: Any, method: bytes = b"GET") -> Answer | None:
    """The next answer on a connection, or None where it was closed."""
    line = stream.readline()
    if not line:
        return None
    version, status, _ = line.decode().split(" ", 2)
    assert version == "HTTP/1.1"
    headers: dict[str, str] = {}
    while (field := stream.readline()) != b"\r\n":
        name, value = field.decode().rstrip("\r\n").split(": ", 1)
        assert name not in headers, name
        headers[name] = value
    assert "transfer-encoding" not in headers
    return Answer(
        int(status), headers, b"" if method == b"HEAD" else stream.read(int(headers.get("content-length", 0)))
    )


def speak(service: Service, *parts: bytes) -> list[Answer]:
    """All answers on a connection on which this is sent, until the service closes it."""
    url = httpx.URL(service.address)
    with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        with connection.makefile("rb") as stream:
            return list(iter(lambda: read_answer(stream), None))


@pytest.fixture(scope="module")
async def service(server: str, seeded: str) -> AsyncIterator[Service]:
    """The command, serving the seed."""
    url = await create_database(server, seeded)
    with tempfile.TemporaryDirectory() as home, serving(Path(home), DATABASE_URL=url) as service:
        yield service
        assert service.end() == 0
        # No fault, and nothing that a client could fill a log with.
        assert service.said() == ""


@pytest.mark.parametrize(("answers", "sent"), ROWS, ids=[f"{n}-{sent[:60]!r}" for n, (_, sent) in enumerate(ROWS)])
async def test_what_is_sent_is_answered(service: Service, answers: str, sent: bytes) -> None:
    """As expected, with a problem where it is refused; then the connection is closed."""
    got = await asyncio.to_thread(speak, service, sent)
    expected = [answers] if answers == "no content" else answers.split()
    assert len(got) == len(expected), got
    for kind, answer in zip(expected, got, strict=True):
        check(Hostile(kind, "/"), answer)
    assert got[-1].headers["connection"] == "close"
    assert not any("connection" in answer.headers for answer in got[:-1])


def test_there_are_many() -> None:
    """And each is another."""
    assert len({sent for _, sent in ROWS}) == len(ROWS)
    assert len(ROWS) >= 250


async def test_one_byte_after_the_other(service: Service) -> None:
    """However a request is cut up, it is the same."""
    for sent, kinds in (
        (HIDDEN + get(target="/v1/calls?leader=普京".encode()), ["ok", "ok"]),
        (post(b"Content-Length: 5", CHUNKED, content=b"0\r\n\r\n"), [MALFORMED]),
        (b"GET /healthz HTTP/1.1\nHost: telcon\n\n"[:22], [MALFORMED]),
    ):
        got = await asyncio.to_thread(speak, service, *(sent[at : at + 1] for at in range(len(sent))))
        assert len(got) == len(kinds)
        for kind, answer in zip(kinds, got, strict=True):
            check(Hostile(kind, "/"), answer)


async def test_answers_come_in_their_order(service: Service) -> None:
    """Slow ones before quick ones, where they were asked for so; one without a body among them."""
    targets = (b"/v1/statements?limit=200", b"/healthz", b"/v1/topics?limit=200&count=exact", b"/nowhere")
    sent = b"".join(lines(b"GET " + target + b" HTTP/1.1", HOST) for target in targets)
    first, second, third, fourth, last = await asyncio.to_thread(speak, service, sent + get())
    assert b'"statements"' not in first.body
    assert len(first.body) > 10_000
    assert second.body == last.body == b'{"status":"ok"}'
    assert b'"total":' in third.body
    assert fourth.status == 404


async def test_head_has_no_body_on_the_wire(service: Service) -> None:
    """Its Content-Length is that of GET, and the next answer follows at once."""
    url = httpx.URL(service.address)

    def talk() -> list[Answer | None]:
        with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE) as connection:
            connection.sendall(
                lines(b"HEAD /v1/calls HTTP/1.1", HOST, b"Accept-Encoding: gzip") + get(target=b"/v1/calls")
            )
            with connection.makefile("rb") as stream:
                return [read_answer(stream, b"HEAD"), read_answer(stream)]

    head, got = await asyncio.to_thread(talk)
    assert head is not None
    assert got is not None
    assert head.headers["content-encoding"] == "gzip"
    assert 0 < int(head.headers["content-length"]) < len(got.body)


class Place(NamedTuple):
    """Where an application listens, and the connections that it has."""

    host: str
    port: int
    connections: set[Any]


@asynccontextmanager
async def listening(application: Any) -> AsyncIterator[Place]:
    """An application behind this framing, in this process."""
    config = uvicorn.Config(Surface(application), http=Framing, ws="none", lifespan="off", log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    state = ServerState()
    server = await loop.create_server(lambda: Framing(config, state, {}, loop), "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield Place(host, port, state.connections)
        for connection in list(state.connections):
            connection.shutdown()


async def reading(scope: Any, receive: Any, send: Any) -> None:
    """An application that takes content: it answers how much there was, and the names of the headers."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    body = b"%d %s" % (size, b" ".join(name for name, _ in scope["headers"]))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def waiting_for(ready: asyncio.Event) -> Any:
    """The same, once it is ready."""

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        await ready.wait()
        await reading(scope, receive, send)

    return waiting


async def talk(place: Place, *parts: bytes) -> bytes:
    """All that comes back on a connection on which this is sent."""
    reader, writer = await asyncio.open_connection(place.host, place.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    got = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return got


def framed(content: bytes, *headers: bytes) -> Iterator[bytes]:
    """A request to the application above, head and content apart."""
    yield lines(b"POST /x HTTP/1.1", HOST, *headers)
    yield content


async def test_content_that_is_read() -> None:
    """As long as it says; in chunks it ends the connection, and what comes behind the last one is no header."""
    async with listening(reading) as place:
        whole = await talk(place, *framed(b"abcde" + get(), b"Content-Length: 5"))
        assert whole.count(b"HTTP/1.1 200") == 2
        assert b"\r\n\r\n5 host content-length" in whole
        chunks = await talk(place, *framed(b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: y\r\n\r\n" + HIDDEN, CHUNKED))
        assert chunks.count(b"HTTP/1.1") == 1
        assert b"\r\nconnection: close\r\n" in chunks
        assert chunks.endswith(b"\r\n\r\n5 host transfer-encoding")
        asked = await talk(place, *framed(b"abcde" + get(), b"Content-Length: 5", b"Expect: 100-continue"))
        assert asked.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "line", [b"X: a\x00b", b"X: a\n", b"X y: a", b"X\xe4: a", b" X: a", b"X", b": a", b"X: a\rb", b"X :"]
)
def test_a_head_is_held_against_the_standard(line: bytes) -> None:
    """Also where the parser would see the same."""
    head, received = Head(), bytearray(lines(b"GET / HTTP/1.1", line))
    assert head.read(received)
    with pytest.raises(MalformedRequest):
        head.read(received)


_PARTS = [
    *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b": ", b":", b" ", b"\t", b"\x00", b"\xff", b"X", b"a", b"Upgrade: x\r\n"),
    *(b"GET / HTTP/1.1\r\n", b"HEAD http://a/b HTTP/1.0", b"CONNECT a:1 HTTP/1.1\r\n", b"X: " + b"a" * 3000),
    b"X: y\r\n" * 100,
]


@settings(max_examples=500)
@given(st.sampled_from([b"", b"\r\n", b"GET / HTTP/1.1\r\n"]), st.lists(st.sampled_from(_PARTS), max_size=9))
def test_a_head_in_one_piece_is_read_as_one_in_lines(begin: bytes, parts: list[bytes]) -> None:
    """With the same outcome and the same rest, whatever it is."""

    def outcome(*, at_once: bool) -> tuple[Any, ...]:
        head, received = Head(), bytearray(b"".join([begin, *parts]))
        try:
            while not head.is_whole and ((at_once and head.read_whole(received)) or head.read(received)):
                pass
        except Problem as problem:
            return type(problem), problem.detail, head.method
        return head.is_whole, head.method, head.target, head.version, head.fields, received

    assert outcome(at_once=True) == outcome(at_once=False)


async def test_nothing_behind_chunks_is_parsed() -> None:
    """Where they end, only the parser knows, which would go on with another request."""
    ready = asyncio.Event()
    async with listening(waiting_for(ready)) as place:
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(b"".join(framed(b"0\r\n\r\n" + HIDDEN, CHUNKED)))
        await asyncio.sleep(0.1)
        (connection,) = place.connections
        assert not connection.pipeline
        ready.set()
        assert (await asyncio.wait_for(reader.read(), PATIENCE)).count(b"HTTP/1.1") == 1
        writer.close()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(b"xyz\r\n", b"400", id="no chunk"),
        pytest.param(b"1\r\nabc\r\n", b"400", id="a chunk longer than it says"),
        pytest.param(b"1;" + b"x" * (2 * LARGEST_CONTENT), b"413", id="extensions without end"),
        pytest.param(b"0\r\n" + b"X: y\r\n" * LARGEST_CONTENT, b"413", id="trailers without end"),
    ],
)
async def test_content_that_breaks_off(content: bytes, status: bytes) -> None:
    """It is refused in place of the answer that was being made."""
    async with listening(reading) as place:
        got = await talk(place, *framed(content, CHUNKED))
        assert got.startswith(b"HTTP/1.1 " + status)
        assert got.count(b"HTTP/1.1 4") == 1
        assert b"application/problem+json" in got


async def test_a_request_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """408 to half a request; a connection without any, or idle after one, is closed."""
    monkeypatch.setattr(framing, "HEAD_SECONDS", 0.1)
    async with listening(reading) as place:
        for sent in (b"GET", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: telcon\r\nX: y", HIDDEN + b"GET / HT"):
            got = await talk(place, sent)
            assert b"HTTP/1.1 408 " in got, sent
            assert b"/problems#request-timeout" in got
        assert await talk(place, b"") == b""
        assert await talk(place, b"\r\n") == b""
        assert (await talk(place, HIDDEN + b"\r\n")).count(b"HTTP/1.1") == 1


async def test_a_client_that_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given time to read why it was refused, but not for ever."""
    monkeypatch.setattr(lingering, "LINGER_SECONDS", 0.3)
    async with listening(reading) as place:
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(b"nonsense\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        loop = asyncio.get_running_loop()
        start = loop.time()
        with suppress(ConnectionError):
            while loop.time() < start + PATIENCE:
                writer.write(b"more")
                await writer.drain()
                await asyncio.sleep(0.01)
        assert 0.2 < loop.time() - start < PATIENCE / 2


async def test_no_more_is_read_than_is_answered() -> None:
    """A client that sends ahead does not fill the memory; it is answered all the same."""
    ready = asyncio.Event()
    async with listening(waiting_for(ready)) as place:
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(HIDDEN * 30_000 + get())
        await asyncio.sleep(0.2)
        (connection,) = place.connections
        assert isinstance(connection, Framing)
        assert 0 < len(connection.received) < 600_000
        ready.set()
        got = await asyncio.wait_for(reader.read(), PATIENCE)
        assert got.count(b"HTTP/1.1 200") == 30_001
        writer.close()
