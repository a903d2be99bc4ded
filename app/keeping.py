"""What is derived from the records in the background: a few at a time, by one worker however many there are."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import Database
from app.tables import CountedCall, UncountedCall

TASKS = {"count_calls": 1.0, "make_call_documents": 1.0, "note_word_shares": 300.0, "forget_answers": 60.0}
"""Functions of the database that do some of what is to be done, as much as they are told at most, and give how much.

Beside each, after how many seconds to look again when there was nothing to do.
"""
KEEPING = 7_351_857
"""The lock of whoever does it; the migration that adds the counts has it too."""
_AT_ONCE = 200
_MANY_AT_ONCE = 2_000
_PAUSE_AFTER_FAILURE = 5.0
_GRACE = 10.0
_LOG = logging.getLogger("telcon")


async def _take_time(writing: AsyncConnection) -> None:
    """Let a transaction take the time it needs, which requests must not."""
    for setting in ("transaction_timeout = 0", "statement_timeout = 0", "lock_timeout = '1min'"):
        await writing.execute(text(f"SET LOCAL {setting}"))


async def recount_calls(writing: AsyncConnection) -> int:
    """Count all calls anew, whatever was counted; gives how many they are."""
    await _take_time(writing)
    return int((await writing.execute(select(func.recount_calls()))).scalar_one())


async def keep_some(database: Database, task: str, most: int = _AT_ONCE) -> int:
    """Do some of what is to be done for a task, unless another worker is at it; gives how much was done."""
    async with database.writing() as writing:
        return await _some(writing, task, most)


async def _some(writing: AsyncConnection, task: str, most: int) -> int:
    if not (await writing.execute(select(func.pg_try_advisory_xact_lock(KEEPING)))).scalar_one():
        return 0
    return int((await writing.execute(select(getattr(func, task)(most)))).scalar_one())


async def keep_all(database: Database) -> None:
    """Do all that is to be done, as after many records were added; where most is new, counting anew is quicker."""
    uncounted = select(func.count()).select_from(UncountedCall).scalar_subquery()
    counted = select(func.count()).select_from(CountedCall).scalar_subquery()
    async with database.writing() as writing:
        if (await writing.execute(select(uncounted > counted))).scalar_one():
            await recount_calls(writing)
    for task in TASKS:
        done = 1
        while done:
            async with database.writing() as writing:
                await _take_time(writing)
                done = await _some(writing, task, _MANY_AT_ONCE)


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
    clock = asyncio.get_running_loop().time
    due, most = dict.fromkeys(TASKS, clock()), dict.fromkeys(TASKS, _AT_ONCE)
    while not stop.is_set():
        for task in [task for task, when in due.items() if when <= clock()]:
            try:
                done, pause = await keep_some(database, task, most[task]), TASKS[task]
                most[task] = min(2 * most[task], _AT_ONCE)
            except (SQLAlchemyError, OSError) as error:
                # The database is restarted, say, or these are records so large that they take too long. Answers stay
                # right meanwhile.
                _LOG.warning("%s: %s", task, " ".join(str(error).split())[:500])
                done, pause = 0, _PAUSE_AFTER_FAILURE
                most[task] = max(most[task] // 2, 1)
            due[task] = clock() + (0 if done else pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0, min(due.values()) - clock()))
