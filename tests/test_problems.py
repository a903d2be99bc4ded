"""Every problem that the service answers with, each in the one shape that the document declares."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import jsonschema
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.changes.schemas import EXAMPLE
from app.content import LARGEST_CONTENT
from app.db import driver_connection, dsn, open_database
from app.imports import receiving
from app.keys import Key, add_key
from app.main import create_app
from app.problems import HeadersTooLarge, Problem, RequestTimeout, every_problem
from app.settings import Settings
from tests.conftest import client_of, connected, serving
from tests.test_contract import DOCUMENT
from tests.test_hostile import Hostile, ask, check
from tests.writes import ANYBODY, Administrator, writable

ANSWERED: dict[str, str] = {
    "malformed-request": "/v1/calls?leader=%zz",
    "not-found": "/v1/calls/no-such-call",
    "uri-too-long": "/v1/calls?leader=" + "x" * 8000,
    "invalid-request": "/v1/calls?colour=red",
    "unknown-reference": "/v1/calls?leader=Merkel",
    "foreign-cursor": "/v1/calls?cursor=abcd",
}


def is_problem(answer: httpx.Response, kind: str) -> dict[str, Any]:
    """The problem, after making sure that it is one, of that kind, and says nothing of the inside."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    schema = {"$ref": "#/components/schemas/ProblemOut", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(problem)
    assert problem["type"] == f"/problems#{kind}", problem
    assert problem["status"] == answer.status_code
    assert answer.headers["cache-control"] == "no-store"
    for inside in ("Traceback", "SELECT", "asyncpg", "sqlalchemy", "/app/", "site-packages"):
        assert inside not in answer.text
    return problem


@pytest.mark.parametrize("kind", ANSWERED)
async def test_a_request_is_answered_with_its_problem(client: httpx.AsyncClient, kind: str) -> None:
    """What the client did wrong."""
    is_problem(await client.get(ANSWERED[kind]), kind)


async def test_a_method_that_is_not_allowed(client: httpx.AsyncClient) -> None:
    """405 lists every method of the path."""
    for path in ("/v1/calls", "/v1/calls/x", "/healthz", "/"):
        answer = await client.post(path) if path == "/v1/calls/x" else await client.delete(path)
        is_problem(answer, "method-not-allowed")
        methods = {"/v1/calls": "GET, HEAD, OPTIONS, POST, PUT", "/v1/calls/x": "DELETE, GET, HEAD, OPTIONS, PATCH"}
        assert answer.headers["allow"] == methods.get(path, "GET, HEAD, OPTIONS")


async def test_more_than_is_open_to_other_origins(client: httpx.AsyncClient) -> None:
    """403 to a browser that asks first."""
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "PUT"}
    is_problem(await client.options("/v1/calls", headers=asked), "cross-origin-refused")


async def test_a_record_that_is_another(client: httpx.AsyncClient) -> None:
    """412 where If-Match names another tag."""
    is_problem(await client.get("/v1/leaders/Q7747", headers={"If-Match": '"v2.x"'}), "precondition-failed")


async def test_a_cursor_of_another_feed(client: httpx.AsyncClient) -> None:
    """410 for what might be one, and does not lead anywhere here."""
    is_problem(await client.get("/v1/changes", params={"after": EXAMPLE}), "cursor-gone")


async def test_a_key_that_is_missing_or_not_enough(own_seeded_url: str) -> None:
    """401 and 403, each with its challenge (RFC 6750, 3)."""
    app = create_app(Settings(database_url=own_seeded_url, reads="private"))

    @app.post("/administered")
    async def administer(_administrator: Administrator) -> None:
        raise AssertionError

    async with app.router.lifespan_context(app), client_of(app) as client:
        key = Key.new()
        async with app.state.database.writing() as connection:
            await add_key(connection, key, "Somebody", ["records:write"], None)
        answer = await client.get("/v1/calls")
        is_problem(answer, "unauthorised")
        assert answer.headers["www-authenticate"] == 'Bearer realm="telcon"'
        answer = await client.post("/administered", headers={"Authorization": f"Bearer {key.text}"})
        is_problem(answer, "forbidden")
        assert answer.headers["www-authenticate"] == 'Bearer realm="telcon", error="insufficient_scope", scope="admin"'


async def test_what_a_write_meets(editor: httpx.AsyncClient) -> None:
    """409 for a record that is there, or that others refer to, and 410 for one that was removed."""
    topic = {"slug": "news", "name": "News"}
    made = await editor.post("/v1/topics", json=topic)
    refused = await editor.post("/v1/topics", json=topic)
    is_problem(refused, "already-recorded")
    assert refused.headers["location"] == made.headers["location"]
    is_problem(await editor.delete("/v1/parties/CN", headers={"If-Match": "*"}), "still-referred-to")
    await editor.delete("/v1/topics/news", headers={"If-Match": "*"})
    is_problem(await editor.get("/v1/topics/news"), "gone")


async def test_what_refuses_an_import(editor: httpx.AsyncClient) -> None:
    """503 while others are under way."""
    async with receiving._places:  # noqa: SLF001 - what one holds that is under way
        answer = await editor.post("/v1/imports", content=b"{}", headers={"Content-Type": "application/x-ndjson"})
        is_problem(answer, "imports-taken")


async def test_content_that_is_not_taken(client: httpx.AsyncClient) -> None:
    """415 for any where only reading is done, and 413 for too much."""
    is_problem(await client.request("GET", "/v1/calls", json={}), "unsupported-media-type")
    is_problem(await client.post("/v1/calls", content=b"x" * (LARGEST_CONTENT + 1)), "content-too-large")


async def test_what_the_server_refuses(app: FastAPI) -> None:
    """408 and 431 come from below the application, which answers them."""
    for kind, problem in (
        ("request-timeout", RequestTimeout("Late.")),
        ("headers-too-large", HeadersTooLarge("Many.")),
    ):
        check(Hostile(kind, "/"), await ask(app, Hostile(kind, "/"), refused=problem))


async def test_what_refuses_a_stream(app: FastAPI, client: httpx.AsyncClient) -> None:
    """426 to HTTP/1.0, and 503 when all streams are taken."""
    async with AsyncExitStack() as taken:
        for _ in range(Settings().stream_connections):
            await taken.enter_async_context(app.state.streams.snapshot())
        is_problem(await client.get("/v1/calls?format=csv"), "streams-taken")
    assert (await client.get("/v1/calls?format=csv")).status_code == 200

    async def by_http_1_0(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "http_version": "1.0"}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(by_http_1_0), base_url="http://telcon") as old:
        refused = await old.get("/v1/calls?format=csv")
        is_problem(refused, "upgrade-required")
        assert (refused.headers["upgrade"], refused.headers["connection"]) == ("HTTP/1.1", "upgrade")
        assert (await old.get("/v1/calls")).status_code == 200


async def test_a_media_type_that_cannot_be_given(client: httpx.AsyncClient) -> None:
    """406 for what is not JSON, and for JSON that is refused."""
    for accept in ("text/turtle", "application/json;q=0", "application/json;q=0, */*", "image/*"):
        is_problem(await client.get("/v1/calls", headers={"Accept": accept}), "not-acceptable")
    for accept in (
        "application/json",
        "*/*",
        "text/html, */*;q=0.8",
        "application/*",
        "text/turtle, application/json;q=0.1",
    ):
        assert (await client.get("/v1/calls", headers={"Accept": accept})).status_code == 200


async def test_a_name_that_several_leaders_share(world_client: httpx.AsyncClient) -> None:
    """The answer lists who is meant."""
    problem = is_problem(await world_client.get("/v1/calls?leader=shared"), "ambiguous-name")
    assert [candidate["slug"] for candidate in problem["candidates"]] == ["leader-1", "leader-2"]


async def test_several_faults_are_all_named(client: httpx.AsyncClient) -> None:
    """Each by its parameter."""
    problem = is_problem(await client.get("/v1/calls?limit=0&colour=red&date=2020-13&sort=up"), "invalid-request")
    assert {error["parameter"] for error in problem["errors"]} == {"limit", "colour", "date", "sort"}


async def test_a_database_that_is_down() -> None:
    """503 at once, with a time to try again; the process itself is well."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with serving(f"postgresql://nobody@127.0.0.1:{port}/none") as app, client_of(app) as client:
        for path in ("/v1/calls", "/v1/calls/x", "/readyz"):
            answer = await client.get(path)
            is_problem(answer, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert (await client.get("/healthz")).status_code == 200


async def test_a_table_that_stays_locked(own_seeded_url: str) -> None:
    """503 after the lock timeout, not a request that hangs."""
    connection = await asyncpg.connect(dsn(own_seeded_url))
    async with serving(own_seeded_url) as app, client_of(app) as client:
        async with connection.transaction():
            await connection.execute("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
            is_problem(await client.get("/v1/calls"), "unavailable")
        assert (await client.get("/v1/calls")).status_code == 200
    await connection.close()


async def test_connections_that_the_database_ended(own_seeded_url: str) -> None:
    """A restart of the database between two requests is not noticed."""
    connection = await asyncpg.connect(dsn(own_seeded_url))
    async with serving(own_seeded_url) as app, client_of(app) as client:
        assert (await client.get("/v1/calls")).status_code == 200
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert (await client.get("/v1/calls")).status_code == 200
    await connection.close()


async def test_a_fault_of_ours(own_seeded_url: str) -> None:
    """500 that tells nothing of the inside; readiness says that the schema is not the right one."""
    connection = await asyncpg.connect(dsn(own_seeded_url))
    await connection.execute("DROP TABLE mentions CASCADE; UPDATE alembic_version SET version_num = 'other'")
    async with serving(own_seeded_url) as app, client_of(app) as client:
        is_problem(await client.get("/v1/participants?include=mentions"), "internal-error")
        is_problem(await client.get("/readyz"), "unavailable")
        await connection.execute("DROP TABLE alembic_version")
        is_problem(await client.get("/readyz"), "unavailable")
    await connection.close()


async def test_every_problem_is_described(client: httpx.AsyncClient) -> None:
    """The page that the types lead to has each of them."""
    page = await client.get("/problems")
    assert page.status_code == 200
    for problem in every_problem():
        assert f'id="{problem.kind()}"' in page.text
        assert problem.__doc__ != Problem.__doc__


async def test_what_a_write_is_refused_with(empty_url: str) -> None:
    """409, 412, 422 and 428, each before or instead of a change."""
    async with writable(empty_url) as service, client_of(service) as writer:
        thing = {"slug": "thing", "size": 1}
        keyed = {"Idempotency-Key": '"one"'}
        assert (await writer.post("/things", json=thing, headers=keyed)).status_code == 201
        is_problem(await writer.post("/things", json=thing), "conflict")
        is_problem(await writer.post("/things", json=thing | {"size": 2}, headers=keyed), "key-reused")
        is_problem(await writer.delete("/things/thing"), "precondition-required")
        is_problem(await writer.delete("/things/thing", headers={"If-Match": '"v2.x"'}), "precondition-failed")
        connection = await asyncpg.connect(dsn(empty_url))
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO kept_answers (principal_id, key, fingerprint) VALUES ($1, 'two', sha256(''))", ANYBODY
            )
            in_use = await writer.post("/things", json=thing, headers={"Idempotency-Key": "two"})
            is_problem(in_use, "key-in-use")
            assert in_use.headers["retry-after"] == "1"
        await connection.close()


async def failing(service: FastAPI, work: Callable[[AsyncConnection], Awaitable[object]], url: str) -> httpx.Response:
    """The answer to a write that does some work in its transaction."""

    async def write() -> None:
        async with open_database(url, Settings()) as database, database.writing() as writing:
            await work(writing)

    service.get("/write")(write)
    async with client_of(service) as client:
        return await client.get("/write")


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("INSERT INTO topics SELECT * FROM topics LIMIT 1", "conflict"),
        ("UPDATE topics SET broader_id = uuidv7()", "conflict"),
        ("UPDATE topics SET version = 0", "conflict"),
        ("UPDATE topics SET name = NULL", "conflict"),
        ("UPDATE calls SET channel = 'video'", "conflict"),
        ("DELETE FROM claims", "conflict"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$", "unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", "unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'P0001'; END $$", "internal-error"),
    ],
)
@pytest.mark.parametrize("driver", [False, True])
async def test_what_the_database_refuses(own_seeded_url: str, sql: str, kind: str, driver: bool) -> None:  # noqa: FBT001
    """A broken rule is a conflict, also at the end; what time mends is a 503. Neither tells any SQL."""

    async def work(writing: AsyncConnection) -> None:
        if driver:
            await (await driver_connection(writing)).execute(sql)
        else:
            await writing.execute(text(sql))

    answer = await failing(create_app(Settings()), work, own_seeded_url)
    problem = is_problem(answer, kind)
    assert ("retry-after" in answer.headers) == (kind == "unavailable")
    for inside in ("topics", "claims", "channel", "constraint", "violates", "null"):
        assert inside not in problem["detail"]


async def test_a_connection_that_is_lost(own_seeded_url: str) -> None:
    """Before the end nothing was written; at the end, nobody knows."""

    async def cut(pid: int) -> None:
        async with connected(own_seeded_url) as other:
            await other.execute("SELECT pg_terminate_backend($1)", pid)

    async def in_between(writing: AsyncConnection) -> None:
        connection = await driver_connection(writing)
        await cut(connection.get_server_pid())
        await asyncio.sleep(0.1)
        await connection.execute("UPDATE topics SET name = 'Other'")

    async def at_the_end(writing: AsyncConnection) -> None:
        # What is checked at the end takes long enough.
        await writing.execute(
            text(
                "CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1); RETURN NULL; END'"
            )
        )
        await writing.execute(
            text(
                "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON topics DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION pg_temp.wait()"
            )
        )
        await writing.execute(text("UPDATE topics SET name = 'Other' WHERE slug = 'health'"))

    for work, kind in ((in_between, "unavailable"), (at_the_end, "outcome-unknown")):
        answer = await failing(create_app(Settings()), work, own_seeded_url)
        problem = is_problem(answer, kind)
        assert int(answer.headers["retry-after"]) > 0
        assert ("Idempotency-Key" in problem["detail"]) == (kind == "outcome-unknown")
    async with connected(own_seeded_url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM topics WHERE name = 'Other'") == 0


def test_every_problem_is_tested() -> None:
    """No kind of problem is missing in this file."""
    text = Path(__file__).read_text("utf-8")
    assert [problem.kind() for problem in every_problem() if f'"{problem.kind()}"' not in text] == []
