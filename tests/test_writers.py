"""Eight who write at once about one leader: none waits for another, and all that is derived is right afterwards."""

import asyncio
import copy
import random
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app import keeping
from app.db import Database
from app.ids import new_id
from app.records import Records, add_records
from app.verifying import verify
from tests.conftest import create_database, opened
from tests.counted import CHANGES as ANY_CHANGES
from tests.factories import World, make_world
from tests.test_documents import CHANGES as OF_CALL

WRITERS = 8
ROUNDS = 6
LEADER = "leader-1"
PATIENCE = 0.5
"""How many seconds a writer waits for a lock before it fails: many times what a commit takes."""
CHANGES = (
    # Who renames a leader changes all of the leader's calls; and what is folded belongs to who records.
    *(change for change in OF_CALL if not any(name in change for name in ("UPDATE leaders", "office", "folded"))),
    "UPDATE participants SET (office, office_folded) = ('Guest', 'guest') WHERE call_id = $1",
    """UPDATE claims SET (date_edtf, date_earliest, date_latest, date_precision)
        = ('2021-02', DATE '2021-02-01', DATE '2021-02-28', 'month')
        WHERE call_id = $1 AND preferred AND field = 'date'""",
    """UPDATE readouts SET title = 'Readout ' || random(), language = 'fr'
        WHERE id IN (SELECT readout_id FROM call_readouts WHERE call_id = $1)""",
    """UPDATE claims SET publisher_id = (SELECT id FROM publishers ORDER BY random() LIMIT 1)
        WHERE preferred AND readout_id IN (SELECT readout_id FROM call_readouts WHERE call_id = $1)""",
    """DELETE FROM participants WHERE call_id = $1 AND role <> 'principal'
        AND id NOT IN (SELECT participant_id FROM statement_speakers)
        AND id NOT IN (SELECT initiator_participant_id FROM claims WHERE initiator_participant_id IS NOT NULL)""",
)
"""What each writer does to a call of the leader's."""


@pytest.fixture
async def world(server: str, migrated: str) -> World:
    """Some generated records in a database of a test's own, with all that is derived from them."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        made = await make_world(url, database, calls=60)
        await keeping.keep_all(database)
    return made


class Writer:
    """Records, changes and removes calls of the leader, each its own, over a connection of its own."""

    def __init__(self, database: Database, world: World, number: int) -> None:
        """Draw by a number."""
        self._database = database
        self._chance = random.Random(number)
        self._documents = world.documents
        self._number = number
        self._left: list[UUID] = []
        self.done: list[str] = []

    async def write(self, connection: Any) -> None:
        """Record a call, change it and another one, and remove one now and then."""
        await connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        await add_records(connection, self._fresh())
        driver = (await connection.get_raw_connection()).driver_connection
        for call in (self._left[-1], self._chance.choice(self._left)):
            change = self._chance.choice(CHANGES)
            await driver.execute(change, call)
            self.done.append(change)
        if len(self._left) > 1 and self._chance.random() < 0.5:
            gone = self._left.pop(0)
            await driver.execute("SELECT set_config('test.gone', $1, true)", str(gone))
            for statement in ANY_CHANGES["a call less"][1:]:
                await driver.execute(statement)
            self.done.append("removed")

    async def run(self) -> None:
        """Write some times, each in a transaction."""
        for _ in range(ROUNDS):
            async with self._database.writing() as connection:
                await self.write(connection)

    def _fresh(self) -> Records:
        """A new call of the leader's with a new readout, like one that was generated."""
        models = [call for call in self._documents["calls"] if call["statements"]]
        call = copy.deepcopy(self._chance.choice(models))
        readouts = {readout["id"]: readout for readout in self._documents["readouts"]}
        told = copy.deepcopy(readouts[call["statements"][0]["readout"]])
        call |= {"id": str(new_id()), "identifiers": [], "readouts": [told["id"]]}
        call["slug"] = f"call-of-{self._number}-{call['id'][-12:]}"
        call["statements"] = [said for said in call["statements"] if said["readout"] == told["id"]]
        for part in (*call["participants"], *call["statements"]):
            del part["id"]
        for person in call["participants"]:
            person["leader"] = None if person["leader"] == LEADER else person["leader"]
        call["participants"][0]["leader"] = LEADER
        new = str(new_id())
        told |= {"id": new, "identifiers": []}
        call["readouts"] = [new]
        for said in call["statements"]:
            said["readout"] = new
        self._left.append(UUID(call["id"]))
        return Records.model_validate({"readouts": [told], "calls": [call]}, strict=False)


async def differing(database: Database) -> dict[str, list[str]]:
    """What is derived and not as the records give it."""
    return {check.derived: found async for check, keys in verify(database) if (found := [key async for key in keys])}


async def test_eight_write_about_one_leader(world: World) -> None:
    """One of them keeps its transaction open all the while, and so does nobody wait for anybody's end."""
    async with opened(world.url) as database:
        writers = [Writer(database, world, number) for number in range(WRITERS)]
        written = asyncio.Event()

        async def keep() -> None:
            while not written.is_set():
                for task in keeping.TASKS:
                    await keeping.keep_some(database, task, 10)
                await asyncio.sleep(0.01)

        keeper = asyncio.create_task(keep())
        async with database.writing() as connection:
            began = monotonic()
            await writers[0].write(connection)
            await writers[0].write(connection)
            await asyncio.gather(*(writer.run() for writer in writers[1:]))
            # Whoever had waited for this one would have given up long before.
            while monotonic() - began < 2 * PATIENCE:
                await asyncio.gather(*(writer.run() for writer in writers[1:]))
        written.set()
        await keeper
        assert {change for writer in writers for change in writer.done} == {*CHANGES, "removed"}
        assert await differing(database) == {}
        await keeping.keep_all(database)
        assert await differing(database) == {}
        await told(database)


async def told(database: Database) -> None:
    """See that there was something to be kept: the leader's calls, more than there were, counted and made ready."""
    async with database.writing() as connection:
        question = """
            SELECT count(*), count(document), count(counts), (SELECT count(*) FROM uncounted_calls)
            FROM participants JOIN leaders ON leaders.id = leader_id
            LEFT JOIN call_documents USING (call_id) LEFT JOIN counted_calls USING (call_id)
            WHERE leaders.slug = 'leader-1'
        """
        calls, made, counted, uncounted = (await connection.execute(text(question))).one()
    assert calls > WRITERS * ROUNDS / 2
    assert (made, counted, uncounted) == (calls, calls, 0)
