"""A service of the tests' own that writes: things in a table, by what comes before any write of the records."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Request, Security
from fastapi.responses import Response
from pydantic import Field, TypeAdapter

from app.authorisation import Bearing
from app.bodies import as_document, read_document, read_object, take_nothing
from app.db import Database, driver_connection, open_database
from app.failures import HANDLERS, fault
from app.fields import In
from app.idempotency import Keyed, once
from app.keys import Principal
from app.main import Service
from app.notes import change_note
from app.origins import Origins
from app.patches import apply_merge_patch
from app.preconditions import Precondition
from app.problems import Conflict, NotFound, Unavailable
from app.settings import Settings
from app.surface import Surface
from tests.conftest import connected

Administrator = Annotated[Principal, Security(Bearing("admin"), scopes=["admin"])]
"""Who sends a request that takes all scopes, which none of the product's does."""
TABLE = """
CREATE TABLE things (
    slug text PRIMARY KEY, size integer NOT NULL CHECK (size < 1000), version integer NOT NULL DEFAULT 1,
    note text, effect bigint GENERATED ALWAYS AS IDENTITY
)
"""
ANYBODY = UUID(int=1)


class ThingIn(In):
    """A thing to write."""

    slug: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9-]+$")]
    size: Annotated[int, Field(ge=0, le=2_000_000)]
    colour: Annotated[str | None, Field(max_length=10)] = None
    parts: Annotated[tuple[UUID, ...], Field(max_length=10)] = ()


THING = TypeAdapter(ThingIn)


def answer(status: int, row: Any) -> Response:
    """The answer that shows a thing."""
    shown = {"slug": row["slug"], "size": row["size"], "note": row["note"], "effect": row["effect"]}
    headers = {"ETag": f'"v{row["version"]}.{row["effect"]:032x}"', "Location": f"/things/{row['slug']}"}
    return Response(json.dumps(shown), status, headers, "application/json")


async def add_thing(connection: Any, thing: ThingIn, note: str | None, precondition: Precondition) -> Response:
    """Write one; each of some sizes goes wrong in a way of its own, after it was written."""
    version = await connection.fetchval("SELECT version FROM things WHERE slug = $1", thing.slug)
    precondition.check(None)
    if version is not None:
        if precondition.create_only:
            precondition.check(version)
        message = "There is such a thing already."
        raise Conflict(message)
    row = await connection.fetchrow(
        "INSERT INTO things (slug, size, note) VALUES ($1, $2, $3) RETURNING *", thing.slug, thing.size % 1001, note
    )
    if thing.size == 901:
        message = "This one never."
        raise Conflict(message)
    if thing.size == 902:
        message = "This one not now."
        raise Unavailable(message)
    if thing.size == 903:
        raise ZeroDivisionError
    return answer(201, row)


def make_app(database: Database, origins: tuple[str, ...] = ()) -> Service:
    """The service over a database, as the product's is put together."""
    app = Service(exception_handlers=dict(HANDLERS), openapi_url=None)
    app.add_exception_handler(Exception, fault)
    app.state.origins = Origins(origins)

    @app.post("/things")
    async def post(request: Request) -> Response:
        thing, note, precondition = await read_document(request, THING), change_note(request), Precondition.of(request)
        keyed = await Keyed.of(request, UUID(request.headers.get("x-principal", str(ANYBODY))))
        async with database.writing() as writing:
            connection = await driver_connection(writing)
            return await once(connection, keyed, lambda: add_thing(connection, thing, note, precondition))

    async def row_of(connection: Any, slug: str) -> Any:
        return await connection.fetchrow("SELECT * FROM things WHERE slug = $1 FOR UPDATE", slug)

    @app.patch("/things/{slug}")
    async def patch(request: Request, slug: str) -> Response:
        given, precondition = await read_object(request), Precondition.of(request)
        async with database.writing() as writing:
            connection = await driver_connection(writing)
            row = await row_of(connection, slug)
            if row is None:
                message = "There is no such thing."
                raise NotFound(message)
            precondition.check(row["version"])
            patched = apply_merge_patch({"slug": row["slug"], "size": row["size"]}, given)
            thing = as_document(THING, json.dumps(patched).encode())
            sql = "UPDATE things SET size = $2, version = version + 1 WHERE slug = $1 RETURNING *"
            return answer(200, await connection.fetchrow(sql, slug, thing.size))

    @app.put("/things/{slug}")
    async def put(request: Request, slug: str) -> Response:
        thing, precondition = await read_document(request, THING), Precondition.of(request)
        async with database.writing() as writing:
            connection = await driver_connection(writing)
            row = await row_of(connection, slug)
            precondition.check(None if row is None else row["version"])
            sql = (
                "INSERT INTO things (slug, size) VALUES ($1, $2)"
                " ON CONFLICT (slug) DO UPDATE SET size = $2, version = things.version + 1 RETURNING *"
            )
            return answer(201 if row is None else 200, await connection.fetchrow(sql, slug, thing.size))

    @app.delete("/things/{slug}")
    async def delete(request: Request, slug: str) -> Response:
        await take_nothing(request)
        precondition = Precondition.of(request)
        async with database.writing() as writing:
            connection = await driver_connection(writing)
            row = await row_of(connection, slug)
            precondition.check(None if row is None else row["version"])
            await connection.execute("DELETE FROM things WHERE slug = $1", slug)
        return Response(status_code=204)

    app.surface = Surface(app.framework, origins=app.state.origins)
    return app


@asynccontextmanager
async def writable(url: str, origins: tuple[str, ...] = (), pool_size: int = 6) -> AsyncIterator[Service]:
    """The service over a database of a test's own, in which there are no things yet."""
    async with connected(url) as connection:
        try:
            await connection.execute(TABLE)
        except asyncpg.DuplicateTableError:
            await connection.execute("TRUNCATE things, kept_answers")
    async with open_database(url, Settings(pool_size=pool_size)) as database:
        yield make_app(database, origins)
