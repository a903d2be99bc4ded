"""The counts that are kept: exact in every state of the records, kept without anybody waiting, and verified."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from uuid import UUID

import asyncpg
import pytest

from app.db import dsn
from tests.conftest import create_database, name_of, opened
from tests.counted import CHANGES, Changes, Counts, Rows
from tests.factories import make_world

POPULAR = UUID("01980000-0000-7000-8000-000200000001")
WRITERS = 8
SECONDS = 8.0


@asynccontextmanager
async def connected(url: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of a test's own."""
    connection = await asyncpg.connect(dsn(url), server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def made(server: str, migrated: str) -> str:
    """The name of a database with a few generated records, of which some are counted, to be copied."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=90)
    async with connected(url) as connection:
        await connection.execute("SELECT count_calls(60)")
    return name_of(url)


@pytest.fixture
async def url(server: str, made: str) -> str:
    """The same in a database of a test's own."""
    return await create_database(server, made)


async def told(connection: asyncpg.Connection, question: str, *arguments: object) -> tuple[Counts, Counts]:
    """The counts of calls and of statements that a function tells."""
    rows = await connection.fetch(f"SELECT * FROM {question}", *arguments)
    of_calls, of_statements = (
        Counts({(row["facet"], row["value"]): row[column] for row in rows if row[column]})
        for column in ("calls", "statements")
    )
    assert all(number > 0 for counts in (of_calls, of_statements) for number in counts.values())
    return of_calls, of_statements


async def compare(connection: asyncpg.Connection, chance: random.Random) -> None:
    """Hold what is told to the rows, all of one state: of all records, of leaders, and of some calls."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await Rows.read(connection)
        leaders = [person["leader_id"] for person in rows.people.values() if person["leader_id"]]
        for leader in (None, POPULAR, chance.choice(leaders)):
            expected = rows.of_calls(leader), rows.of_statements(leader)
            assert await told(connection, "facet_totals($1)", leader) == expected, leader
            some = chance.sample(sorted(rows.calls), 12)
            by_calls, by_statements = await told(connection, "facet_sums($1, $2)", some, leader)
            assert by_statements == rows.of_statements(leader, some), leader
            assert by_calls == rows.of_calls(leader, some), leader


async def differing(connection: asyncpg.Connection) -> list[str]:
    """What the database itself finds to differ."""
    return [
        row[0]
        for row in await connection.fetch("SELECT differing_counted_calls() UNION ALL SELECT differing_facet_counts()")
    ]


async def test_counts_are_exact_while_many_write(url: str) -> None:
    """Eight write, one counts, and whoever asks meanwhile is told what the rows give in the same state."""
    until = monotonic() + SECONDS
    made: list[str] = []

    async def write(number: int) -> None:
        async with connected(url, lock_timeout="2s") as connection:
            changes = Changes(f"writer {number}", POPULAR)
            while monotonic() < until:
                change = changes.draw()
                if await changes.make(connection, change):
                    made.append(change)

    async def count() -> int:
        counted = 0
        async with connected(url) as connection:
            while monotonic() < until:
                counted += await connection.fetchval("SELECT count_calls(3)")
                await asyncio.sleep(0.01)
        return counted

    async def ask() -> int:
        asked = 0
        async with connected(url) as connection:
            chance = random.Random("asks")
            while monotonic() < until:
                await compare(connection, chance)
                asked += 1
        return asked

    *_, counted, asked = await asyncio.gather(*map(write, range(WRITERS)), count(), ask())
    assert len(made) > 100
    assert len(set(made)) > 12, set(made)
    assert counted > 50
    assert asked > 10
    async with connected(url) as connection:
        await compare(connection, random.Random("at rest"))
        while await connection.fetchval("SELECT count_calls(10)"):
            pass
        await compare(connection, random.Random("counted"))
        assert await differing(connection) == []
        kept = await connection.fetch(
            "SELECT scope, value, calls, statements FROM facet_counts WHERE calls + statements > 0"
        )
        await connection.execute("SELECT recount_calls()")
        anew = await connection.fetch("SELECT scope, value, calls, statements FROM facet_counts")
        assert set(kept) == set(anew)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_is_noticed(url: str, change: str) -> None:
    """Each kind by itself, of calls that are counted: it is told at once, and kept once it is counted."""
    async with connected(url) as connection:
        changes = Changes(change, POPULAR)
        chance = random.Random(change)
        await connection.execute("SELECT count_calls(100)")
        before = await told(connection, "facet_totals(NULL)")
        for _ in range(200):
            if await changes.make(connection, change) and await told(connection, "facet_totals(NULL)") != before:
                break
        else:
            pytest.fail("nothing that is told has changed")
        await compare(connection, chance)
        assert await differing(connection) == []
        assert await connection.fetchval("SELECT count_calls(100)") > 0
        await compare(connection, chance)
        assert await differing(connection) == []
