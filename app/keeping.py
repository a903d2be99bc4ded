"""What is derived from the records in the background: a few at a time, by one worker however many there are."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import Database
from app.ready import make_documents
from app.tables import CountedCall, UncountedCall

Task = Callable[[AsyncConnection, int], Awaitable[int]]
"""Does some of what is to be done, as much as it is told at most, and gives how much it did."""

KEEPING = 7_351_857
"""The lock of whoever does it; the migration that adds the counts has it too."""
_AT_ONCE = 200
_MANY_AT_ONCE = 2_000
_PAUSE = 1.0
_PAUSE_AFTER_FAILURE = 5.0
_GRACE = 10.0
_LOG = logging.getLogger("telcon")


async def count_calls(writing: AsyncConnection, most: int) -> int:
    """Count calls that changed since they were counted, or never were."""
    return int((await writing.execute(select(func.count_calls(most)))).scalar_one())


async def recount_calls(writing: AsyncConnection) -> int:
    """Count all calls anew, whatever was counted; gives how many they are."""
    await writing.execute(text("SET LOCAL transaction_timeout = 0"))
    await writing.execute(text("SET LOCAL statement_timeout = 0"))
    await writing.execute(text("SET LOCAL lock_timeout = '1min'"))
    return int((await writing.execute(select(func.recount_calls()))).scalar_one())


TASKS: tuple[Task, ...] = (count_calls, make_documents)


async def keep_some(database: Database, most: int = _AT_ONCE) -> int:
    """Let each task do some of what is to be done, unless another worker is at it; gives how much was done."""
    done = 0
    for task in TASKS:
        async with database.writing() as writing:
            if (await writing.execute(select(func.pg_try_advisory_xact_lock(KEEPING)))).scalar_one():
                done += await task(writing, most)
    return done


async def keep_all(database: Database) -> None:
    """Do all that is to be done, as after many records were added; where most is new, counting anew is quicker."""
    uncounted = select(func.count()).select_from(UncountedCall).scalar_subquery()
    counted = select(func.count()).select_from(CountedCall).scalar_subquery()
    async with database.writing() as writing:
        if (await writing.execute(select(uncounted > counted))).scalar_one():
            await recount_calls(writing)
    while await keep_some(database, _MANY_AT_ONCE):
        pass


@asynccontextmanager
async def keeping(database: Database) -> AsyncIterator[None]:
    """Do what is to be done for as long as the block lasts; what is being done when it ends is finished."""
    stop = asyncio.Event()
    keeper = asyncio.create_task(_keep(database, stop))
    try:
        yield
    finally:
        stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(keeper, _GRACE)


async def _keep(database: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = _PAUSE
        try:
            if await keep_some(database):
                continue
        except (SQLAlchemyError, OSError) as error:
            # The database is restarted, say. Answers stay right meanwhile.
            _LOG.warning("keeping: %s", " ".join(str(error).split())[:500])
            pause = _PAUSE_AFTER_FAILURE
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
