"""Ready documents: those that would be made for an answer, and never older than what they show."""

import asyncio
import random
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from app.db import dsn
from tests.conftest import client_of, create_database, name_of, opened, serving
from tests.factories import make_world

LISTS = (
    "/v1/calls?limit=200",
    "/v1/calls?limit=200&sort=date",
    "/v1/calls?limit=50&include=statements",
    "/v1/calls?limit=50&include=claims&include=readouts,statements",
    "/v1/calls?q=peace&limit=200",
    "/v1/calls?leader=leader-3&limit=200",
)
DIFFERING = """
    SELECT call_id FROM call_documents
    WHERE document <> call_document(call_id) OR statements <> call_statements(call_id)
"""


@pytest.fixture(scope="module")
async def small(server: str, migrated: str) -> str:
    """The name of a database with a few generated records, to be copied."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=60)
    return name_of(url)


@pytest.fixture
async def own_url(server: str, small: str) -> str:
    """A copy of them, for changes that are committed."""
    return await create_database(server, small)


@pytest.fixture
async def one(own_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the copy."""
    connection = await asyncpg.connect(dsn(own_url))
    yield connection
    await connection.close()


@pytest.fixture
async def other(own_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Another one."""
    connection = await asyncpg.connect(dsn(own_url))
    yield connection
    await connection.close()


async def make_all(connection: asyncpg.Connection, a_time: int = 1000) -> int:
    """Make all documents that are wanting; how many were made."""
    made = 0
    while number := await connection.fetchval("SELECT make_call_documents($1)", a_time):
        made += number
    return made


async def answers(client: httpx.AsyncClient, calls: list[str]) -> list[tuple[str, str]]:
    """What lists and items answer, with their tags."""
    paths = [*LISTS, *(f"/v1/calls/{call}" for call in calls), *(f"/v1/calls/{call}?include=claims" for call in calls)]
    given = [await client.get(path) for path in paths]
    assert {answer.status_code for answer in given} == {200}
    return [(answer.text, answer.headers["ETag"]) for answer in given]


async def test_a_ready_document_is_what_would_be_made(own_url: str, one: asyncpg.Connection) -> None:
    """To the byte, in lists and items, whatever is embedded, and also when only some stand ready."""
    calls = [str(row[0]) for row in await one.fetch("SELECT id FROM calls ORDER BY id LIMIT 30")]
    async with serving(own_url) as app, client_of(app) as client:
        made_for_each = await answers(client, calls)
        assert await one.fetchval("SELECT make_call_documents(20)") == 20
        assert await answers(client, calls) == made_for_each
        assert await make_all(one) == await one.fetchval("SELECT count(*) FROM calls") - 20
        assert await answers(client, calls) == made_for_each
        # That they come from there is seen when they are wrong.
        await one.execute("UPDATE call_documents SET document = '{}', statements = '[]'")
        assert (await client.get(f"/v1/calls/{calls[0]}")).text == "{}"


async def test_a_call_embeds_the_statements_that_lists_show(world_client: httpx.AsyncClient) -> None:
    """Made by two compositions, one a statement and one a call."""
    for call in (await world_client.get("/v1/calls?include=statements&limit=200")).json()["data"]:
        listed = await world_client.get(f"/v1/calls/{call['id']}/statements?limit=200")
        assert call["statements"] == listed.json()["data"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calls SET title = 'Fresh' WHERE id = $1",
        "UPDATE participants SET office = 'Guest' WHERE call_id = $1",
        "UPDATE leaders SET slug = slug || '-fresh' WHERE id IN (SELECT first_id FROM dyads WHERE call_id = $1)",
        "UPDATE parties SET name = 'Fresh' WHERE id IN (SELECT party_id FROM participants WHERE call_id = $1)",
    ],
)
async def test_what_changes_while_documents_are_made(
    one: asyncpg.Connection, other: asyncpg.Connection, change: str
) -> None:
    """Whoever comes first: the changed call is passed over, or its document is forgotten again."""
    call = await one.fetchval(
        "SELECT call_id FROM participants JOIN dyads USING (call_id)"
        " WHERE first_id = leader_id AND party_id IS NOT NULL"
    )
    await one.execute("BEGIN")
    await one.execute(change, call)
    await make_all(other)
    assert await other.fetchval("SELECT document IS NULL FROM call_documents WHERE call_id = $1", call)
    await one.execute("COMMIT")
    assert await one.fetch(DIFFERING) == []
    await make_all(other)

    await one.execute("UPDATE calls SET version = 2 WHERE id = $1", call)
    await other.execute("BEGIN")
    assert await other.fetchval("SELECT make_call_documents(1000)") == 1
    changing = asyncio.create_task(one.execute(change.replace("resh", "resher"), call))
    _, waiting = await asyncio.wait([changing], timeout=0.2)
    assert waiting
    await other.execute("COMMIT")
    await changing
    assert await one.fetchval("SELECT document IS NULL FROM call_documents WHERE call_id = $1", call)
    assert await one.fetch(DIFFERING) == []


async def test_calls_of_one_leader_are_changed_at_once(one: asyncpg.Connection, other: asyncpg.Connection) -> None:
    """Nobody waits for somebody else's transaction on another call of the leader, and all dyads are right."""
    first, second = (
        row[0]
        for row in await one.fetch(
            "SELECT call_id FROM dyads WHERE first_id = (SELECT first_id FROM dyads WHERE first_id = second_id"
            " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) AND second_id = first_id LIMIT 2"
        )
    )
    for connection, call in ((one, first), (other, second)):
        await connection.execute("SET lock_timeout = '50ms'; BEGIN")
        await connection.execute("UPDATE participants SET role = 'aide' WHERE call_id = $1", call)
        await connection.execute("UPDATE calls SET title = 'Fresh' WHERE id = $1", call)
    for connection in (one, other):
        await connection.execute("COMMIT")
    assert await one.fetchval("SELECT count(*) FROM dyads WHERE call_id IN ($1, $2)", first, second) == 0


CHANGES = (
    "UPDATE participants SET office = 'Office ' || random() WHERE call_id = $1",
    "UPDATE participants SET role = CASE role WHEN 'principal' THEN 'aide' ELSE 'principal' END WHERE call_id = $1",
    "UPDATE calls SET title = 'Title ' || random() WHERE id = $1",
    "UPDATE statements SET act = CASE WHEN act = 'thank' THEN 'agree' ELSE 'thank' END WHERE call_id = $1",
    "DELETE FROM statement_topics WHERE statement_id IN (SELECT id FROM statements WHERE call_id = $1)",
    "INSERT INTO identifiers (scheme, folded, value, call_id) VALUES ('x', gen_random_uuid(), 'x', $1)",
    """UPDATE leaders SET slug = left(slug, 8) || '-' || (random() * 1e9)::int
        WHERE id = (SELECT min(leader_id::text)::uuid FROM participants WHERE call_id = $1)""",
    """UPDATE claims SET channel = CASE channel WHEN 'video' THEN 'meeting' ELSE 'video' END
        WHERE call_id = $1 AND preferred AND field = 'channel'""",
)


async def test_many_writers(own_url: str) -> None:
    """While eight write and one makes documents, no reader sees one that is older than the records."""
    calls = [row[0] for row in await _fetch(own_url, "SELECT id FROM calls ORDER BY id LIMIT 12")]
    done = asyncio.Event()

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        connection = await asyncpg.connect(dsn(own_url))
        for _ in range(40):
            try:
                async with connection.transaction():
                    for _ in range(chance.choice((1, 2))):
                        await connection.execute(chance.choice(CHANGES), chance.choice(calls))
            except asyncpg.DeadlockDetectedError:
                # Two transactions that take two calls in turns; what they did is undone.
                continue
        await connection.close()

    async def look() -> int:
        connection = await asyncpg.connect(dsn(own_url))
        looked = 0
        while not done.is_set():
            await make_all(connection, 5)
            assert await connection.fetch(DIFFERING) == []
            looked += 1
        await connection.close()
        return looked

    looking = [asyncio.create_task(look()) for _ in range(2)]
    try:
        await asyncio.gather(*(write(seed) for seed in range(8)))
    finally:
        done.set()
    assert all(looked > 5 for looked in await asyncio.gather(*looking))
    assert await _fetch(own_url, DIFFERING) == []
    derived = "SELECT * FROM dyads_of(ARRAY(SELECT id FROM calls))"
    assert await _fetch(own_url, f"({derived} EXCEPT TABLE dyads) UNION ALL (TABLE dyads EXCEPT {derived})") == []


async def _fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn(url))
    rows: list[asyncpg.Record] = await connection.fetch(query)
    await connection.close()
    return rows
