"""Changes written the way the service writes them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.db import Database
from app.records import Records, add_records


async def record_parties(database: Database, *codes: str) -> None:
    """Record parties as the service does, in one writing."""
    parties = [{"code": code, "name": code, "kind": "other"} for code in codes]
    async with database.writing() as writing:
        await add_records(writing, Records.model_validate({"parties": parties}))


async def change(
    connection: asyncpg.Connection,
    parties: Sequence[UUID],
    author: str = "tests",
    *,
    pause: float = 0,
    bare_sequence: bool = False,
) -> None:
    """Change parties within the transaction that is under way, which pauses once it has taken its id.

    `bare_sequence` gives a single change its number at once from a sequence of that name, as the product does not.
    """
    versions = [
        await connection.fetchval("UPDATE parties SET version = version + 1 WHERE id = $1 RETURNING version", party)
        for party in sorted(parties)
    ]
    if bare_sequence:
        columns, values = ", size, first, numbered_at", ", 1, nextval('bare_sequence'), clock_timestamp()"
    else:
        columns, values = "", ""
    writing = await connection.fetchval(
        f"INSERT INTO writings (author{columns}) VALUES ($1{values}) RETURNING id", author
    )
    await asyncio.sleep(pause)
    await connection.executemany(
        "INSERT INTO changes (writing_id, ordinal, resource, record_id, version, kind, content_changed_at)"
        " VALUES ($1, $2, 'parties', $3, $4, 'changed', clock_timestamp())",
        [(writing, *numbered) for numbered in zip(range(1, 1000), sorted(parties), versions, strict=False)],
    )
    if bare_sequence:
        await connection.execute("NOTIFY telcon_feed")
    else:
        await connection.execute("UPDATE writings SET size = $2 WHERE id = $1", writing, len(versions))


async def change_parties(url: str, *writings: Sequence[UUID]) -> None:
    """Change parties in as many transactions."""
    connection = await asyncpg.connect(url)
    try:
        for parties in writings:
            async with connection.transaction():
                await change(connection, parties)
    finally:
        await connection.close()
