"""Lists as streams: every matching record, in the form of the list's items, or one problem."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import repeat
from typing import Any

import asyncpg
import httpx
import pytest
from asyncpg.cursor import Cursor
from fastapi import FastAPI

from app.db import dsn
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of, serving
from tests.factories import World
from tests.oracle import walk
from tests.test_contract import DOCUMENT, OPERATIONS, address, response_of
from tests.test_statement_count import LISTS, QUESTIONS, Params, embedding
from tests.test_surface import DECODE

QUESTION: list[tuple[str, Params]] = [
    *((path.format(call="call-8"), embedding(embedded)) for path, (embedded, _) in LISTS.items()),
    ("/v1/calls", {"sort": "date"}),
    ("/v1/statements", {"sort": "date"}),
    ("/v1/leaders/leader-3/counterparts", {"sort": "count"}),
    ("/v1/leaders/leader-3/counterparts", {"sort": "-name"}),
    *((path, params) for path, params in QUESTIONS if params.get("sort") != "relevance"),
    *((path.format(call="call-8"), nothing) for path, (_, nothing) in LISTS.items()),
]


@asynccontextmanager
async def with_settings(url: str, **settings: Any) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """The service over a database, set otherwise."""
    app = create_app(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield app, client


async def paged(client: httpx.AsyncClient, path: str, params: Params) -> list[Any]:
    """All records that match, page by page."""
    given = [
        (name, value) for name, values in params.items() for value in ([values] if isinstance(values, str) else values)
    ]
    return [record for page in await walk(client, path, given, repeat(200)) for record in page["data"]]


@pytest.mark.parametrize(("path", "params"), QUESTION)
async def test_a_stream_is_all_pages_on_end(world_client: httpx.AsyncClient, path: str, params: Params) -> None:
    """The records of the pages in their order, each as it stands there; for every list, filter, order and embedding."""
    answer = await world_client.get(path, params={**params, "format": "ndjson"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = answer.text.splitlines(keepends=True)
    assert all(line.endswith("\n") for line in lines)
    assert [json.loads(line) for line in lines] == await paged(world_client, path, params)
    page = await world_client.get(path, params={**params, "limit": "200"})
    shown = ",".join(line.removesuffix("\n") for line in lines[:200])
    assert page.text.startswith(f'{{"data":[{shown}],"page":')


def flat(record: Any, column: str) -> str:
    """What a cell shows of a record, read anew from the rule in the guide."""
    value = record
    for name in column.split("."):
        value = None if value is None else value[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and column in {"calls", "narrower", "publishers", "topics"}:
        return "; ".join(item["slug"] for item in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


@pytest.mark.parametrize(("path", "params"), QUESTION)
async def test_a_sheet_is_all_pages_on_end(world_client: httpx.AsyncClient, path: str, params: Params) -> None:
    """A row for each record, under columns that hold all of it."""
    answer = await world_client.get(path, params={**params, "format": "csv"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    header, *rows = list(csv.reader(io.StringIO(answer.text, newline=""), strict=True))
    records = await paged(world_client, path, params)
    assert rows == [[flat(record, column) for column in header] for record in records]
    assert len(set(header)) == len(header)
    assert {column.partition(".")[0] for column in header} >= {name for record in records for name in record}
    ends = answer.content.count(b"\r\n")
    assert ends == answer.content.count(b"\n") == len(records) + 1


@pytest.mark.parametrize("path", LISTS)
async def test_the_columns_are_always_the_same(world_client: httpx.AsyncClient, path: str) -> None:
    """Whether anything matches or not, for each thing that can be embedded."""
    embedded, nothing = LISTS[path]
    where = path.format(call="call-8")
    for asked in ({}, embedding(embedded)):
        full, empty = [
            (await world_client.get(where, params={**asked, **more, "format": "csv"})).content for more in ({}, nothing)
        ]
        assert empty.endswith(b"\r\n")
        assert empty.count(b"\n") == 1
        assert full.startswith(empty)


@pytest.mark.parametrize(
    ("path", "operation"),
    [one for one in OPERATIONS if any(parameter["name"] == "format" for parameter in one[1].get("parameters", ()))],
)
async def test_every_list_answers_in_all_three_forms(
    client: httpx.AsyncClient, path: str, operation: dict[str, Any]
) -> None:
    """As the document declares it: a page, and all records on lines and in rows."""
    where = address(path, operation)
    assert set(response_of(operation, 200)["content"]) == {"application/json", "application/x-ndjson", "text/csv"}
    page, lines, sheet = [
        await client.get(where, headers={"Accept": kind})
        for kind in ("application/json", "application/x-ndjson", "text/csv")
    ]
    assert page.headers["content-type"] == "application/json"
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert sheet.headers["content-type"].startswith("text/csv;")
    number = (await client.get(where, params={"count": "exact"})).json()["page"]["total"]
    assert number > 0
    assert [json.loads(line) for line in lines.text.splitlines()][:20] == page.json()["data"]
    assert lines.text.count("\n") == len(list(csv.DictReader(io.StringIO(sheet.text, newline="")))) == number
    assert {parameter["name"] for parameter in operation["parameters"]} >= {"format", "limit", "cursor", "count"}


def test_what_comes_in_pages_is_a_list() -> None:
    """So that none is missed above."""
    for _, operation in OPERATIONS:
        schema = response_of(operation, 200)["content"]["application/json"]["schema"]
        paged = "page" in DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
        assert paged == operation["operationId"].startswith("list")


async def test_the_form_is_what_is_asked_for(client: httpx.AsyncClient) -> None:
    """By `format`, or else by name in Accept; what a wildcard takes is a page."""
    for accept, given, kind in (
        ("text/csv", None, "text/csv"),
        ("application/x-ndjson", None, "application/x-ndjson"),
        ("text/csv;q=0.5, application/x-ndjson", None, "application/x-ndjson"),
        ("application/json;q=0.5, text/csv", None, "text/csv"),
        ("application/json, text/csv", None, "application/json"),
        ("text/csv;charset=utf-8, */*;q=0.1", None, "text/csv"),
        ("text/csv; charset=utf-8; header=present", None, "text/csv"),
        ("text/html, text/*;q=0.9, */*;q=0.1", None, "application/json"),
        ("*/*", None, "application/json"),
        ("*/*", "csv", "text/csv"),
        ("application/json", "ndjson", "application/x-ndjson"),
        ("image/png", "csv", "text/csv"),
        ("text/csv", "json", "application/json"),
    ):
        params = {} if given is None else {"format": given}
        answer = await client.get("/v1/calls", params=params, headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind, (accept, given)
        assert answer.headers["vary"] == "Accept, Accept-Encoding"
    for accept in (
        "text/*",
        "text/csv;q=0",
        "application/json;q=0, */*",
        "text/csv;q=0, image/png",
        "text/csv;header=absent",
    ):
        answer = await client.get("/v1/calls", headers={"Accept": accept})
        assert (answer.status_code, answer.json()["type"]) == (406, "/problems#not-acceptable"), accept


async def test_the_headers(client: httpx.AsyncClient) -> None:
    """No tag, nothing to keep, a name to save it under; HEAD has the same, and no body."""
    for path, name in (("/v1/calls", "calls"), ("/v1/calls/2020-03-19-xi-jinping-vladimir-putin/claims", "claims")):
        for form in ("ndjson", "csv"):
            got, head = [await client.request(method, path, params={"format": form}) for method in ("GET", "HEAD")]
            assert dict(got.headers) == dict(head.headers)
            assert got.content
            assert head.content == b""
            assert got.headers["cache-control"] == "no-store"
            assert got.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
            assert not {"etag", "content-length", "link"} & got.headers.keys()


async def test_head_reads_no_more_than_it_needs(
    world_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One part, to know that there is no fault; a GET reads on."""
    fetch, fetched = Cursor.fetch, 0

    async def counted(cursor: Cursor, *given: Any) -> Any:
        nonlocal fetched
        fetched += 1
        return await fetch(cursor, *given)

    monkeypatch.setattr(Cursor, "fetch", counted)
    for method, least, most in (("HEAD", 1, 1), ("GET", 3, 100)):
        fetched = 0
        assert (await world_client.request(method, "/v1/statements?format=csv")).status_code == 200
        assert least <= fetched <= most


@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_a_stream_is_compressed(world_client: httpx.AsyncClient, form: str) -> None:
    """As the client likes it, and the same when unpacked."""
    bodies = []
    for coding in ("identity", *DECODE):
        request = world_client.stream(
            "GET", "/v1/statements", params={"format": form}, headers={"Accept-Encoding": coding}
        )
        async with request as answer:
            packed = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding", "identity") == coding
        bodies.append(DECODE[coding](packed) if coding in DECODE else packed)
        assert coding == "identity" or len(packed) < len(bodies[0]) / 4
    assert len(set(bodies)) == 1
    refused = await world_client.get(
        "/v1/calls", params={"format": form}, headers={"Accept-Encoding": "gzip;q=0, identity;q=0, br;q=0, zstd;q=0"}
    )
    assert refused.status_code == 406


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_a_stream_refuses(world_client: httpx.AsyncClient, form: str, method: str) -> None:
    """As any list does, and what only pages have; each fault is named."""
    for path, params, status, named in (
        ("/v1/calls", {"limit": "20", "count": "exact", "cursor": "x"}, 422, {"limit", "cursor", "count"}),
        ("/v1/calls", {"limit": "20"}, 422, {"limit"}),
        ("/v1/statements", {"q": "peace", "sort": "relevance"}, 422, {"sort"}),
        ("/v1/calls", {"colour": "red", "date": "2020-13"}, 422, {"colour", "date"}),
        ("/v1/calls", {"leader": "Nobody"}, 422, {"leader"}),
        ("/v1/calls", {"leader": "Shared"}, 422, {"leader"}),
        ("/v1/calls/nothing/statements", {}, 404, None),
    ):
        answer = await world_client.request(method, path, params={**params, "format": form})
        assert answer.status_code == status, (path, params)
        assert answer.headers["content-type"] == "application/problem+json"
        if method == "GET" and named is not None:
            assert {error["parameter"] for error in answer.json()["errors"]} == named
    answer = await world_client.request(method, "/v1/calls?format=xml&format=csv")
    assert answer.status_code == 422
    for condition, path, status in (
        ({"If-Match": '"x"'}, "/v1/calls", 412),
        # Conditions are on what there is (RFC 9110, 13.2.1).
        ({"If-Match": '"x"'}, "/v1/calls/nothing/statements", 404),
        ({"If-Match": "*"}, "/v1/calls", 200),
        ({"If-None-Match": "*"}, "/v1/calls", 304),
        ({"If-None-Match": '"x"'}, "/v1/calls", 200),
    ):
        answer = await world_client.request(method, path, params={"format": form}, headers=condition)
        assert answer.status_code == status, (path, condition)


async def test_a_merged_call_is_redirected(own_seeded_url: str) -> None:
    """With what was asked of it."""
    async with serving(own_seeded_url) as app, client_of(app) as client:
        connection = await asyncpg.connect(dsn(own_seeded_url))
        await connection.execute(
            "INSERT INTO redirects (resource, key, call_id) SELECT 'calls', 'an-old-slug', id FROM calls"
        )
        await connection.close()
        answer = await client.get("/v1/calls/an-old-slug/claims?format=csv")
        assert answer.status_code == 308
        location = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin/claims?format=csv"
        assert answer.headers["location"] == location
        assert (await client.get(location)).status_code == 200


async def test_a_stream_sees_one_state(own_seeded_url: str) -> None:
    """What is recorded while it runs is not in it."""
    async with with_settings(own_seeded_url) as (app, client), app.state.streams.snapshot() as snapshot:
        before = await snapshot.fetchval("SELECT count(*) FROM topics")
        connection = await asyncpg.connect(dsn(own_seeded_url))
        await connection.execute("INSERT INTO topics (slug, name, folded) VALUES ('added', 'Added', 'added')")
        await connection.close()
        assert await snapshot.fetchval("SELECT count(*) FROM topics") == before
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snapshot.execute("DELETE FROM topics")
        assert (await client.get("/v1/topics?format=ndjson")).text.count("\n") == before + 1


async def test_few_are_read_at_once_where_one_may_be_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with what is embedded in them, since a long one may follow upon short ones; others by their length."""
    read: list[int] = []
    fetch = Cursor.fetch

    async def noted(cursor: Cursor, number: int, **options: Any) -> Any:
        read.append(number)
        return await fetch(cursor, number, **options)

    monkeypatch.setattr(Cursor, "fetch", noted)
    async with with_settings(world.url) as (_, client):
        for query, few in (("&include=statements", True), ("", False)):
            read.clear()
            assert (await client.get(f"/v1/calls?format=ndjson{query}")).status_code == 200
            assert (max(read) <= 4) == few, read


async def test_there_are_only_so_many_at_once(world: World) -> None:
    """One more is refused, and told when to try again; pages are answered all the same."""
    async with with_settings(world.url, stream_connections=2) as (app, client):
        async with app.state.streams.snapshot(), app.state.streams.snapshot():
            refused = await client.get("/v1/calls?format=csv")
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems#streams-taken")
            assert refused.headers["retry-after"] == "30"
            assert (await client.get("/v1/calls")).status_code == 200
        for _ in range(5):
            answers = await asyncio.gather(*(client.get("/v1/calls?format=csv") for _ in range(2)))
            assert [answer.status_code for answer in answers] == [200, 200]


async def test_a_database_that_is_slow_or_gone(world: World) -> None:
    """A problem, as long as nothing was sent, and the connection is free again."""
    async with with_settings(world.url, stream_connections=1, stream_statement_timeout=0.2) as (_, client):
        locking = await asyncpg.connect(dsn(world.url))
        await locking.execute("BEGIN; LOCK TABLE topics IN ACCESS EXCLUSIVE MODE")
        try:
            for method in ("GET", "HEAD"):
                assert (await client.request(method, "/v1/topics?format=csv")).status_code == 503
        finally:
            await locking.close()
        assert (await client.get("/v1/topics?format=csv")).status_code == 200
    lasting = {"stream_timeout": 0.5, "stream_statement_timeout": 3600}
    async with asyncio.timeout(30), with_settings(world.url, stream_connections=1, **lasting) as (_, client):
        locking = await asyncpg.connect(dsn(world.url))
        await locking.execute("BEGIN; LOCK TABLE topics IN ACCESS EXCLUSIVE MODE")
        try:
            for _ in range(2):
                assert (await client.get("/v1/topics?format=csv")).status_code == 503
        finally:
            await locking.close()
        assert (await client.get("/v1/topics?format=csv")).status_code == 200
    async with with_settings("postgresql://nobody@127.0.0.1:1/nothing", stream_connections=1) as (_, client):
        for _ in range(2):
            answer = await client.get("/v1/topics?format=csv")
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems#unavailable")
