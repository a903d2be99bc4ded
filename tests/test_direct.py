"""What is answered directly is answered as the framework answers it, byte for byte."""

from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import asyncpg
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from app import main
from app.confirmed import Confirmed
from app.db import dsn
from app.direct import Direct
from app.main import create_app
from app.problems import NotFound
from app.settings import Settings
from tests.conftest import create_database
from tests.test_contract import OPERATIONS, address, examples_of
from tests.test_hostile import CALL, TABLE

FRESHNESS = 10
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"accept-encoding": "gzip"},
    {"accept-encoding": "br, zstd;q=0.5"},
    {"accept-encoding": "identity;q=0"},
    {"accept": "image/png"},
    {"accept": "text/csv"},
    {"accept": "application/x-ndjson", "accept-encoding": "gzip"},
    {"if-none-match": "*"},
    {"if-none-match": '"other"', "cache-control": "no-cache"},
    {"if-match": '"other"'},
    {"if-match": "*"},
    {"host": "one two"},
    {"content-length": "5"},
    {"content-length": "0", "content-type": "text/xml"},
    {"origin": "https://example.org", "access-control-request-method": "GET"},
)
QUERIES = ("", "limit=2", "limit=0&colour=red", "format=csv", "format=ndjson&limit=3", "limit=1&limit=2", "x=%zz")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "FOO")
PATHS = (
    "/",
    "/docs",
    "/healthz",
    "/nowhere",
    "/v1",
    "/v1/",
    "/v1/calls/",
    "/v1//x",
    "/v1/calls//claims",
    "/v1/calls/{id}",
    "/v1/calls/%7Bid%7D/claims",
    "/v1/calls%0A",
    f"/v1/calls/{CALL}%0A",
    f"/v1/calls/{CALL}/",
    f"/v1/calls/{CALL}/nothing",
    f"/v1/calls/{CALL}/claims/",
    f"/v1/calls/{CALL}/claims/x",
    f"/V1/calls/{CALL}",
    f"//v1/calls/{CALL}",
    f"/v1/calls/{CALL.upper()}",
    "/v1/calls/an-old-slug",
    "/v1/calls/an-old-slug/claims",
    "/v1/calls/" + "x" * 201,
    "/v1/calls/" + "x" * 4000,
    "/v1/calls/x%2Fy",
    "/v1/calls/x%20y%C3%A4",
    "/v1/readouts/none",
    "/v1/dyads/CN-RU",
    "/v1/dyads/CN-",
    "/v1/dyads/CN",
    "/v1/leaders/Q7747",
    "/v1/leaders/Q0",
    "/v1/schemas/record.json",
    "/v1/schemas/none",
    "/assets/docs.js",
)


class Asked(NamedTuple):
    """A request."""

    path: str
    query: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    http_version: str = "1.1"
    leaves: bool = False


class Ways(NamedTuple):
    """The same service twice: as it is, and with the framework alone."""

    direct: FastAPI
    framework: FastAPI


async def ask(app: FastAPI, asked: Asked) -> tuple[list[tuple[str, Any, Any]], bytes, type[BaseException] | None]:
    """All that is sent, the body in one piece, and what is raised to be logged."""
    named = {name for name, _ in asked.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": asked.http_version,
        "method": asked.method,
        "scheme": "http",
        "path": unquote(asked.path),
        "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(),
        "root_path": "",
        "headers": [
            *([] if "host" in named else [(b"host", b"telcon")]),
            *((name.encode(), value.encode()) for name, value in asked.headers),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[tuple[str, Any, Any]] = []
    body: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return (
            {"type": "http.disconnect"} if asked.leaves else {"type": "http.request", "body": b"", "more_body": False}
        )

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            body.append(message["body"])
        else:
            sent.append((message["type"], message["status"], message["headers"]))

    raised: type[BaseException] | None = None
    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001 - whatever the server would log
        raised = type(error)
    return sent, b"".join(body), raised


@pytest.fixture(scope="module")
async def ways(server: str, seeded: str) -> AsyncIterator[Ways]:
    """Over the seed, with a call that was merged into another."""
    url = await create_database(server, seeded)
    connection = await asyncpg.connect(dsn(url))
    await connection.execute(
        "INSERT INTO redirects (resource, key, call_id) SELECT 'calls', 'an-old-slug', id FROM calls LIMIT 1"
    )
    await connection.close()
    settings = Settings(database_url=url, freshness=FRESHNESS)
    direct = create_app(settings)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(main, "Direct", lambda _app: None)
        framework = create_app(settings)
    async with direct.router.lifespan_context(direct), framework.router.lifespan_context(framework):
        yield Ways(direct, framework)


@pytest.fixture(autouse=True)
def fresh(ways: Ways) -> None:
    """Nothing is confirmed yet, and time stands still."""
    for app in ways:
        app.state.confirmed = Confirmed(FRESHNESS, lambda: 1000.0)


async def both(ways: Ways, asked: Asked) -> int:
    """Ask in both ways, and raise unless they answer alike; the status."""
    direct, framework = await ask(ways.direct, asked), await ask(ways.framework, asked)
    assert direct == framework, asked
    return int(direct[0][0][1]) if direct[0] else 0


def every_header(path: str, query: str = "") -> Iterator[Asked]:
    """An address, asked with each of the headers."""
    for headers, method in product(HEADERS, ("GET", "HEAD")):
        yield Asked(path, query, method, tuple(headers.items()))


@pytest.mark.parametrize(
    ("path", "operation"), OPERATIONS, ids=[operation["operationId"] for _, operation in OPERATIONS]
)
async def test_every_operation(ways: Ways, path: str, operation: dict[str, Any]) -> None:
    """With every header and method, with its examples, and with what is wrong in the query, the key and both."""
    here = quote(address(path, operation))
    for asked in every_header(here):
        await both(ways, asked)
    wrong = [here, path.replace("{id}", "x" * 900), path.replace("{id}", "no%20such%20key")]
    for target, query, accept in product(wrong, QUERIES, ("*/*", "image/png")):
        await both(ways, Asked(target, query, headers=(("accept", accept),)))
    for name, value in examples_of(operation, "query").items():
        await both(ways, Asked(here, f"{name}={quote(str(value))}"))
    for method, version in product(METHODS, ("1.0", "1.1")):
        for query in ("", "format=csv"):
            await both(ways, Asked(here, query, method, http_version=version))


@pytest.mark.parametrize("path", PATHS)
async def test_addresses_of_all_kinds(ways: Ways, path: str) -> None:
    """Those that are none, and those of pages, among them."""
    for asked in every_header(path):
        await both(ways, asked)
    for method in METHODS:
        await both(ways, Asked(path, "x=1", method))


async def test_what_nobody_should_send(ways: Ways) -> None:
    """All of it."""
    for row in TABLE:
        if not isinstance(row.target, str) or not row.target.isascii() or "{" in row.target or row.content:
            continue
        headers = tuple((name.lower(), value) for name, value in row.headers if isinstance(value, str))
        path, _, query = row.target.partition("?")
        await both(ways, Asked(path, query, row.method, headers))


async def test_conditions(ways: Ways) -> None:
    """A tag saves the body, and then the statement, also where the key would be refused."""
    for path in ("/v1/calls", f"/v1/calls/{CALL}", f"/v1/calls/{CALL}/claims", "/v1/dyads/CN-RU"):
        (start, *_), _, _ = await ask(ways.direct, Asked(path))
        tag = dict(start[2])[b"etag"].decode()
        for headers in ({}, {"accept-encoding": "gzip"}, {"cache-control": "no-cache"}, {"if-match": tag}):
            asked = Asked(path, headers=(("if-none-match", f'"x", {tag}'), *headers.items()))
            assert [await both(ways, asked) for _ in range(3)] == [304] * 3
    for app in ways:
        app.state.confirmed.note(b"/v1/calls/" + b"x" * 900, b"", "tag", 1000.0)
    assert await both(ways, Asked("/v1/calls/" + "x" * 900, headers=(("if-none-match", '"tag"'),))) == 304
    assert await both(ways, Asked("/v1/calls/" + "x" * 900, headers=(("if-none-match", '"other"'),))) == 422


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError("gone"), 503),
        (ConnectionResetError("gone"), 503),
        (TimeoutError(), 503),
        (PermissionError("no"), 503),
        (asyncpg.QueryCanceledError("late"), 503),
        (asyncpg.TooManyConnectionsError("full"), 503),
        (asyncpg.UndefinedTableError("none"), 500),
        (asyncpg.DataError("odd"), 500),
        (SQLAlchemyError("odd"), 500),
        (NotFound("There is none."), 404),
        (RequestValidationError([{"loc": ("query", "x"), "type": "odd", "msg": "Odd"}]), 422),
        (HTTPException(400, "odd"), 400),
        (ZeroDivisionError(), 500),
        (KeyError("x"), 500),
    ],
    ids=repr,
)
async def test_faults(ways: Ways, error: Exception, status: int) -> None:
    """Of the database and of ours: answered alike, and alike raised to be logged."""

    class Broken:
        async def rows(self, *_: Any) -> Any:
            raise error

    readers = [app.state.reader for app in ways]
    for app in ways:
        app.state.reader = Broken()
    try:
        for path in ("/v1/calls", f"/v1/calls/{CALL}", f"/v1/calls/{CALL}/claims"):
            for method in ("GET", "HEAD"):
                assert await both(ways, Asked(path, method=method)) == status
        _, _, raised = await ask(ways.direct, Asked("/v1/calls"))
        assert raised == (type(error) if status == 500 else None)
    finally:
        for app, reader in zip(ways, readers, strict=True):
            app.state.reader = reader


async def test_a_client_that_goes_away(ways: Ways) -> None:
    """A stream is not made for nobody."""
    for query in ("", "format=csv"):
        await both(ways, Asked("/v1/calls", query, leaves=True))


async def test_which_operations_are_answered_directly(app: FastAPI) -> None:
    """All that read records by at most one key; at each address it is the one that the framework would choose."""
    direct = Direct(app)
    found = set()
    for route in iter_route_contexts(app.routes):
        assert route.path is not None
        if route.methods != {"GET"}:
            continue
        path = route.path.format(id="x", name="y", version="1")
        first = next(
            other
            for other in iter_route_contexts(app.routes)
            if other.methods == {"GET"} and other.path_regex.match(path)
        )
        operation = direct.find({"path": path})
        if operation is not None:
            assert operation[0].endpoint is first.endpoint
            found.add(route.path)
    others = {"schemas", "service"}
    assert found == {
        path for path, operation in OPERATIONS if operation["tags"][0] not in others and "{version}" not in path
    }
