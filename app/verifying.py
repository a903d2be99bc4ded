"""Whether what is derived from the records is what the records give, told in bounded memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.checks import CHECKS, Check
from app.db import Database

_AT_ONCE = 1_000
_BEFORE_ALL = UUID(int=0)


async def verify(database: Database) -> AsyncIterator[tuple[Check, AsyncIterator[str]]]:
    """Each check with the keys of what differs, as they are found, all of one state of the records."""
    async with database.writing() as connection:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        for setting in ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
            await connection.execute(text(f"SET LOCAL {setting} = 0"))
        for check in CHECKS:
            yield check, _differing(connection, check)


async def _differing(connection: AsyncConnection, check: Check) -> AsyncIterator[str]:
    async for row in _rows(connection, check):
        key, *texts = row
        if check.is_right is None or not check.is_right(*texts):
            yield key


async def _rows(connection: AsyncConnection, check: Check) -> AsyncIterator[Sequence[Any]]:
    if check.part_of is None:
        async with connection.stream(text(check.query)) as rows:
            async for row in rows:
                yield row
        return
    question = text(check.query).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
    async for ids in _parts(connection, check.part_of):
        for row in await connection.execute(question, {"ids": ids}):
            yield row


async def _parts(connection: AsyncConnection, table: str) -> AsyncIterator[list[UUID]]:
    """The ids of all records of a table, some at a time."""
    # The name is that of one of our own tables.
    question = text(f"SELECT id FROM {table} WHERE id > :last ORDER BY id LIMIT {_AT_ONCE}")  # noqa: S608
    last = _BEFORE_ALL
    while ids := list((await connection.execute(question, {"last": last})).scalars()):
        yield ids
        last = ids[-1]
