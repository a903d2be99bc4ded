"""The counts that are kept: exact in every state of the records, kept without anybody waiting, and verified."""

import asyncio
import random
from pathlib import Path
from time import monotonic
from typing import get_args
from uuid import UUID

import asyncpg
import pytest

from app import keeping
from app.checks import CHECKS
from app.db import open_database
from app.main import create_app
from app.settings import Settings
from app.vocabulary import Facet
from tests.conftest import connected, create_database, name_of, opened
from tests.counted import CHANGES, Changes, Counts, Rows
from tests.factories import make_world
from tests.test_serve import run

POPULAR = UUID("01980000-0000-7000-8000-000200000001")
ROOT = Path(__file__).parents[1]
FACETS = get_args(Facet)
WRITERS = 8
SECONDS = 5.0


@pytest.fixture(scope="module")
async def made(server: str, migrated: str) -> str:
    """The name of a database with a few generated records, of which some are counted, to be copied."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=90)
    async with connected(url) as connection:
        await connection.execute("SELECT count_calls(60), make_call_documents(60)")
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
            assert await told(connection, "facet_totals($1, $2)", leader, FACETS) == expected, leader
            some = chance.sample(sorted(rows.calls), 12)
            by_calls, by_statements = await told(connection, "facet_sums($1, $2, $3)", some, leader, FACETS)
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
    counted: list[int] = []
    asked: list[int] = []

    async def write(number: int) -> None:
        async with connected(url, lock_timeout="2s") as connection:
            changes = Changes(f"writer {number}", POPULAR)
            while monotonic() < until:
                change = changes.draw()
                if await changes.make(connection, change):
                    made.append(change)

    async def count() -> None:
        async with connected(url) as connection:
            while monotonic() < until:
                counted.append(await connection.fetchval("SELECT count_calls(3)"))
                await asyncio.sleep(0.01)

    async def ask() -> None:
        async with connected(url) as connection:
            chance = random.Random("asks")
            while monotonic() < until:
                await compare(connection, chance)
                asked.append(1)

    await asyncio.gather(*map(write, range(WRITERS)), count(), ask())
    assert len(made) > 50
    assert len(set(made)) > 12, set(made)
    assert sum(counted) > 20
    assert sum(asked) > 5
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
        before = await told(connection, "facet_totals(NULL, $1)", FACETS)
        for _ in range(200):
            if (
                await changes.make(connection, change)
                and await told(connection, "facet_totals(NULL, $1)", FACETS) != before
            ):
                break
        else:
            pytest.fail("nothing that is told has changed")
        await compare(connection, chance)
        assert await differing(connection) == []
        assert await connection.fetchval("SELECT count_calls(100)") > 0
        await compare(connection, chance)
        assert await differing(connection) == []


_JOIN = """
    INSERT INTO participants (call_id, call_earliest, call_latest, position, leader_id, role)
    SELECT id, date_earliest, date_latest, 99, $1, 'principal' FROM calls
    WHERE id NOT IN (SELECT call_id FROM participants WHERE leader_id = $1) ORDER BY id OFFSET $2 LIMIT 1
    RETURNING call_id
"""


async def test_writers_do_not_wait_for_each_other(url: str) -> None:
    """Two change calls of one leader at once; who waited at all would fail."""
    async with (
        connected(url, lock_timeout="100ms") as one,
        connected(url, lock_timeout="100ms") as other,
        connected(url) as counts,
    ):
        await counts.execute("SELECT count_calls(100)")
        before = (await told(counts, "facet_totals($1, $2)", POPULAR, FACETS))[0]["leader", str(POPULAR)]
        async with one.transaction(), other.transaction():
            assert await one.fetchval(_JOIN, POPULAR, 0) != await other.fetchval(_JOIN, POPULAR, 1)
            # Neither is seen, nor waited for.
            assert await counts.fetchval("SELECT count_calls(100)") == 0
            assert (await told(counts, "facet_totals($1, $2)", POPULAR, FACETS))[0]["leader", str(POPULAR)] == before
        assert (await told(counts, "facet_totals($1, $2)", POPULAR, FACETS))[0]["leader", str(POPULAR)] == before + 2
        await compare(counts, random.Random("both"))


async def test_writers_do_not_wait_for_who_counts(url: str) -> None:
    """A call changes while it is being counted: it is to be counted again."""
    async with connected(url, lock_timeout="100ms") as writer, connected(url) as counts:
        await counts.execute("SELECT count_calls(100)")
        changed = await writer.fetchval(_JOIN, POPULAR, 0)
        async with counts.transaction():
            assert await counts.fetchval("SELECT count_calls(100)") == 1
            await writer.execute("UPDATE participants SET role = 'aide' WHERE call_id = $1", changed)
            await compare(writer, random.Random("meanwhile"))
        await compare(writer, random.Random("after"))
        assert await counts.fetchval("SELECT count_calls(100)") == 1
        await compare(writer, random.Random("counted"))
        assert await differing(counts) == []


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("topics", "broader_id", "NULL WHERE slug = 'topic-3'"),
        ("claims", "publisher_id", "(SELECT max(id::text)::uuid FROM publishers) WHERE field = 'publisher'"),
    ],
)
async def test_what_many_calls_share_changes_in_read_committed(url: str, table: str, column: str, other: str) -> None:
    """Another transaction may add a call that an older state of the records does not show."""
    async with connected(url, default_transaction_isolation="repeatable read") as connection:
        await connection.execute("UPDATE topics SET name = name || '!'; UPDATE readouts SET title = title || '!'")
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            await connection.execute(f"UPDATE {table} SET {column} = {other}")


async def test_the_tree_of_topics_waits_for_who_adds_topics(url: str) -> None:
    """Neither would see the other, and the broader topic be left uncounted."""
    async with connected(url) as adds, connected(url, lock_timeout="100ms") as moves, connected(url) as counts:
        await counts.execute("SELECT count_calls(100)")
        move = "UPDATE topics SET broader_id = (SELECT id FROM topics WHERE slug = 'topic-2') WHERE slug = 'topic-7'"
        async with adds.transaction():
            await adds.execute(
                """INSERT INTO statement_topics (statement_id, topic_id)
                SELECT statements.id, topics.id FROM statements, topics WHERE topics.slug = 'topic-7' AND NOT EXISTS (
                    SELECT FROM statement_topics WHERE (statement_id, topic_id) = (statements.id, topics.id))
                LIMIT 3"""
            )
            with pytest.raises(asyncpg.LockNotAvailableError):
                await moves.execute(move)
        await counts.execute("SELECT count_calls(100)")
        await moves.execute(move)
        await compare(counts, random.Random("moved"))


async def test_counting_forgets_what_is_gone(url: str) -> None:
    """A call that was removed leaves nothing behind."""
    async with connected(url) as connection:
        await connection.execute("SELECT count_calls(100)")
        changes = Changes("removed", POPULAR)
        while not await changes.make(connection, "a call less"):
            pass
        await connection.execute("SELECT count_calls(100)")
        kept = await connection.fetchval(
            "SELECT count(*) FROM counted_calls WHERE call_id NOT IN (SELECT id FROM calls)"
        )
        assert kept == 0
        assert await connection.fetchval("SELECT count(*) FROM counted_calls") == 89


async def run_telcon(url: str, *command: str) -> tuple[int, str]:
    """The exit code and the output of a command."""
    code, output, errors = await run(ROOT, *command, DATABASE_URL=url)
    return code, output + errors


BREAKS = {
    "facet_counts": "UPDATE facet_counts SET calls = calls + 1"
    " WHERE (scope, value) IN (SELECT scope, value FROM facet_counts LIMIT 2)",
    "counted_calls": "UPDATE counted_calls SET counts = counts[2:]"
    " WHERE call_id IN (SELECT call_id FROM counted_calls LIMIT 2)",
    "call_documents": "UPDATE call_documents SET document = document || ' '"
    " WHERE call_id IN (SELECT call_id FROM call_documents WHERE document IS NOT NULL LIMIT 2)",
    "dyads": "DELETE FROM dyads WHERE call_id IN (SELECT DISTINCT call_id FROM dyads LIMIT 2)",
}


@pytest.mark.parametrize("table", BREAKS)
async def test_verify_reports_what_was_broken(url: str, table: str) -> None:
    """One line a table; the exit code says whether anything differs, and counting anew repairs the counts."""
    code, output = await run_telcon(url, "db", "verify")
    assert (code, [line.rpartition(": ")[2] for line in output.splitlines()]) == (0, ["0 differ"] * len(CHECKS))
    async with connected(url) as connection:
        broken = (await connection.execute(BREAKS[table])).split()[-1]
    code, output = await run_telcon(url, "db", "verify")
    assert code == 1
    (line,) = [line for line in output.splitlines() if line.startswith(f"{table} ")]
    assert ": 2 differ, such as " in line, (broken, output)
    if table in {"facet_counts", "counted_calls"}:
        assert await run_telcon(url, "db", "recount") == (0, "90 calls are counted\n")
        assert (await run_telcon(url, "db", "verify"))[0] == 0


async def counted_by_and_by(url: str) -> None:
    """Wait until every call is counted."""
    async with connected(url) as connection:
        for _ in range(200):
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM uncounted_calls)"):
                return
            await asyncio.sleep(0.05)
    pytest.fail("nobody counts")


async def test_the_service_counts_in_the_background(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes while it runs, too, also after its connections were cut; with the service it ends."""
    monkeypatch.setattr(keeping, "TASKS", dict.fromkeys(keeping.TASKS, 0.05))
    monkeypatch.setattr(keeping, "_PAUSE_AFTER_FAILURE", 0.05)
    app = create_app(Settings(database_url=url), keeps=True)
    async with connected(url) as connection:
        async with app.router.lifespan_context(app):
            await counted_by_and_by(url)
            await connection.fetchval(_JOIN, POPULAR, 0)
            await counted_by_and_by(url)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            await connection.fetchval(_JOIN, POPULAR, 0)
            await counted_by_and_by(url)
        assert await differing(connection) == []
        await connection.fetchval(_JOIN, POPULAR, 0)
        await asyncio.sleep(0.3)
        assert await connection.fetchval("SELECT count(*) FROM uncounted_calls") == 1


async def test_what_takes_too_long_is_done_in_smaller_parts(
    server: str, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is done; a command takes the time that it needs."""
    url = await create_database(server, migrated)
    monkeypatch.setattr(keeping, "TASKS", {"count_calls": 0.05})
    monkeypatch.setattr(keeping, "_PAUSE_AFTER_FAILURE", 0.05)
    async with opened(url) as database, connected(url) as connection:
        await make_world(url, database, calls=20)
        await connection.execute("ALTER FUNCTION count_calls RENAME TO count_calls_quickly")
        await connection.execute(
            """CREATE FUNCTION count_calls(most integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_sleep(CASE WHEN most > 10 THEN 1.2 ELSE 0 END);
                RETURN count_calls_quickly(most);
            END $$"""
        )
        hurried = Settings(database_url=url, statement_timeout=0.5)
        app = create_app(hurried, keeps=True)
        async with app.router.lifespan_context(app):
            await counted_by_and_by(url)
        await connection.fetchval(_JOIN, POPULAR, 0)
        async with open_database(url, hurried) as command:
            await keeping.keep_all(command)
        assert await connection.fetchval("SELECT count(*) FROM uncounted_calls") == 0


async def test_one_worker_counts_at_a_time(url: str) -> None:
    """Another finds that somebody is at it, and does not wait."""
    async with opened(url) as database, connected(url) as connection:
        async with connection.transaction():
            await connection.execute("SELECT count_calls(1)")
            assert await keeping.keep_some(database, "count_calls") == 0
        assert await keeping.keep_some(database, "count_calls") > 0


async def test_all_is_kept_at_once(server: str, migrated: str) -> None:
    """After many records were added, by counting anew, and after a few, by counting these."""
    url = await create_database(server, migrated)
    async with opened(url) as database, connected(url) as connection:
        await make_world(url, database, calls=20)
        await keeping.keep_all(database)
        assert await connection.fetchval("SELECT count(*) FROM counted_calls") == 20
        await connection.fetchval(_JOIN, POPULAR, 0)
        await keeping.keep_all(database)
        assert await connection.fetchval("SELECT count(*) FROM uncounted_calls") == 0
        assert await differing(connection) == []
        await compare(connection, random.Random("all"))
