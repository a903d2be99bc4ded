"""The way from an empty database to the schema and back, and the guards on every connection."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app import schema
from app.db import Database, DatabaseRefused, Prepared, dsn, open_database
from app.seed import load_seed
from app.settings import Settings
from app.tables import Base
from tests.conftest import create_database, opened
from tests.factories import make_world
from tests.test_serve import run as telcon

ROOT = Path(__file__).parents[1]

_COLUMNS = """
SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attcollation::regcollation,
       pg_get_expr(adbin, adrelid)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
"""
_CONSTRAINTS = """
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), condeferrable, condeferred
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_TRIGGERS = "SELECT tgrelid::regclass, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
_FUNCTIONS = """
SELECT proname, CASE prokind WHEN 'a' THEN aggtransfn::text ELSE pg_get_functiondef(pg_proc.oid) END
FROM pg_proc LEFT JOIN pg_aggregate ON aggfnoid = pg_proc.oid WHERE pronamespace = 'public'::regnamespace
"""
# For tables that are made without the migrations and their functions.
_STAND_INS_OF_SNAPSHOTS = (
    "CREATE FUNCTION snapshot_terms(rows jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT NULL::text[]'",
    "CREATE FUNCTION snapshot_day(written text) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT NULL::date'",
)
_DRAFTS = """
    WITH made AS (
        INSERT INTO drafts (sha256, number, text, language, document)
        SELECT encode(sha256('a'), 'hex'), number, 'a', 'en', '{}' FROM generate_series(1, 3) AS number RETURNING id
    )
    INSERT INTO draft_revisions (draft_id, version, kind, author) SELECT id, 1, 'created', 'Nobody' FROM made
"""
_STAND_IN = "CREATE FUNCTION search_words(text, text) RETURNS tsvector IMMUTABLE RETURN to_tsvector('simple', $2)"
_NAMES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT collname FROM pg_collation WHERE collnamespace = 'public'::regnamespace
UNION ALL SELECT dictname FROM pg_ts_dict WHERE dictnamespace = 'public'::regnamespace
UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|public$)'
"""


@pytest.fixture
async def bare_url(server: str, migrated: str) -> str:  # noqa: ARG001
    """A database with nothing in it, made after the one that is copied, so that the server is ready for it."""
    return await create_database(server)


async def rows(database: Database, *questions: str) -> set[tuple[object, ...]]:
    """The rows of all questions together, without those about Alembic's own table."""
    async with database.writing() as connection:
        answers = [tuple(row) for question in questions for row in await connection.execute(text(question))]
    return {row for row in answers if "alembic_version" not in str(row[0])}


async def described(database: Database) -> set[tuple[object, ...]]:
    """All that the schema consists of."""
    return await rows(database, _COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS, _FUNCTIONS)


async def load(database: Database, records: str, url: str) -> None:
    """Put records in."""
    if records == "seed":
        async with database.writing() as writing:
            await load_seed(writing)
            await writing.execute(text(_DRAFTS))
    elif records == "world":
        await make_world(url, database, calls=40)


async def test_up_from_nothing(bare_url: str) -> None:
    """Every table is there, and upgrading once more changes nothing."""
    async with opened(bare_url) as database:
        assert await schema.revision_of(database) == "base"
        await schema.upgrade(database)
        assert await schema.revision_of(database) == schema.newest_revision()
        made = await described(database)
        await schema.upgrade(database)
        assert await described(database) == made
        tables = await rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert tables == {(table,) for table in Base.metadata.tables}


async def test_migrations_and_tables_say_the_same(server: str, bare_url: str) -> None:
    """As Alembic sees it, and to the letter: columns, checks, keys and indexes."""
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        await schema.check(database)
        migrated = await rows(database, _COLUMNS, _CONSTRAINTS, _INDEXES)
    async with opened(await create_database(server)) as database:
        async with database.writing() as connection:
            for stand_in in (_STAND_IN, *_STAND_INS_OF_SNAPSHOTS):
                await connection.execute(text(stand_in))
            await connection.run_sync(Base.metadata.create_all)
        assert await rows(database, _COLUMNS, _CONSTRAINTS, _INDEXES) == migrated


@pytest.mark.parametrize("records", ["nothing", "seed", "world"])
async def test_down_and_up_again(bare_url: str, records: str) -> None:
    """With records in: nothing of ours is left below, and above all is as it was."""
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        made = await described(database)
        await load(database, records, bare_url)
        await schema.downgrade(database, "base")
        assert await schema.revision_of(database) == "base"
        assert await rows(database, _NAMES) == set()
        await schema.upgrade(database)
        assert await described(database) == made
        await load(database, records, bare_url)


async def test_each_step_down_and_up_keeps_the_records(bare_url: str) -> None:
    """The triggers can be taken away and put back over records that are there."""
    question = "SELECT id::text, text FROM statements UNION ALL SELECT id::text, date_edtf FROM calls"
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        made = await described(database)
        await load(database, "world", bare_url)
        recorded = await rows(database, question)
        await schema.downgrade(database, "20261123_records")
        assert await schema.revision_of(database) == "20261123_records"
        assert await rows(database, _TRIGGERS, _FUNCTIONS) == set()
        await schema.upgrade(database)
        assert await described(database) == made
        assert await rows(database, question) == recorded


async def test_a_step_down_keeps_a_draft_of_each_text(bare_url: str) -> None:
    """That of its first call with what was done to it, which stays as it was: it is the first above again."""
    question = "SELECT drafts.id::text, kind FROM drafts JOIN draft_revisions ON draft_id = drafts.id"
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        made = await described(database)
        await load(database, "seed", bare_url)
        first = await rows(database, f"{question} WHERE number = 1")
        await schema.downgrade(database, "20261205_drafts")
        revisions = "SELECT draft_id::text, kind FROM draft_revisions"
        assert await rows(database, question) == await rows(database, revisions) == first
        async with database.writing() as connection:
            with pytest.raises(DBAPIError, match="what was written is not changed"):
                await connection.execute(text("DELETE FROM drafts"))
        await schema.upgrade(database)
        assert await described(database) == made
        assert await rows(database, f"{question} WHERE number = 1") == first


async def run(*command: str, url: str | None) -> tuple[int | None, str, str]:
    """The exit code, output and errors of a command in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        environment["DATABASE_URL"] = url
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_upgrades_at_once_all_succeed(bare_url: str) -> None:
    """Services that start together on one database wait for one another."""
    ends = await asyncio.gather(*(telcon(ROOT, "db", "upgrade", DATABASE_URL=bare_url) for _ in range(2)))
    assert ends == [(0, f"{schema.newest_revision()}\n", "")] * 2
    async with opened(bare_url) as database:
        await schema.check(database)


async def test_a_migration_that_fails_leaves_nothing(bare_url: str) -> None:
    async with opened(bare_url) as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE topics (mine text)"))
        with pytest.raises(ProgrammingError, match="already exists"):
            await schema.upgrade(database)
        assert await schema.revision_of(database) == "base"
        assert await rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == {("topics",)}


async def test_a_schema_newer_than_the_code_is_refused(bare_url: str) -> None:
    """By everything that would change it, in one line that names both."""
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '20991231_future'"))
        before = await described(database)
        for attempt in (
            schema.check_known(database),
            schema.upgrade(database),
            schema.downgrade(database, "base"),
            schema.check(database),
        ):
            with pytest.raises(DatabaseRefused) as refused:
                await attempt
            assert "\n" not in str(refused.value)
            assert "20991231_future" in str(refused.value)
            assert schema.newest_revision() in str(refused.value)
        assert await schema.revision_of(database) == "20991231_future"
        assert await described(database) == before


@pytest.mark.parametrize("revision", ["nonsense", "20991231_future", "+70", "-70"])
async def test_an_unknown_revision_is_refused(bare_url: str, revision: str) -> None:
    async with opened(bare_url) as database:
        await schema.upgrade(database)
        for attempt in (schema.upgrade(database, revision), schema.downgrade(database, revision)):
            with pytest.raises(DatabaseRefused) as refused:
                await attempt
            assert str(refused.value)
            assert "\n" not in str(refused.value)
        assert await schema.revision_of(database) == schema.newest_revision()


async def test_the_plain_alembic_command(bare_url: str) -> None:
    """It finds the migrations by pyproject.toml and the database by DATABASE_URL, and says so where there is none."""
    alembic = (sys.executable, "-m", "alembic")
    code, _, errors = await run(*alembic, "upgrade", "head", url=bare_url)
    assert code == 0, errors
    code, output, errors = await run(*alembic, "check", url=bare_url)
    assert (code, output) == (0, "No new upgrade operations detected.\n"), errors
    code, _, errors = await run(*alembic, "upgrade", "head", url=None)
    assert code == 1
    assert errors == "Set DATABASE_URL to the database that Alembic shall work on.\n"


async def told(database: Database, side: str, *statements: str) -> str:
    """What the last statement gives first, over connections such as requests read or write by."""
    rows: Any = ()
    if side == "reading":
        for statement in statements:
            rows = await database.reader.rows(Prepared(statement, (), {}), {})
    elif side == "reading the past":
        async with database.reader.past.acquire() as connection:
            for statement in statements:
                rows = await connection.fetch(statement)
    else:
        async with database.write.connect() as connection:
            for statement in statements:
                result = await connection.exec_driver_sql(statement)
                rows = result.all() if result.returns_rows else ()
    return str(rows[0][0]) if rows else ""


async def state_after(database: Database, side: str, *statements: str) -> str:
    """The SQLSTATE that statements end with; empty where none fails."""
    try:
        await told(database, side, *statements)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    except DBAPIError as error:
        # A connection that was closed before the next statement was sent tells no state.
        closed = "08003" if error.connection_invalidated else None
        return str(getattr(error.orig, "sqlstate", None) or closed)
    return ""


@pytest.mark.parametrize("side", ["reading", "reading the past", "writing"])
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (5.0, {"statement_timeout": "5s", "transaction_timeout": "10s"}),
        (0.25, {"statement_timeout": "250ms", "transaction_timeout": "500ms"}),
        (90.0, {"statement_timeout": "90s", "transaction_timeout": "3min"}),
    ],
)
async def test_a_connection_has_its_guards(
    seeded_url: str, side: str, seconds: float, expected: dict[str, str]
) -> None:
    """As PostgreSQL itself says; only the statement's own time is a setting."""
    expected |= {
        "lock_timeout": "1s",
        "idle_in_transaction_session_timeout": "5s",
        "default_transaction_read_only": "off" if side == "writing" else "on",
        "transaction_read_only": "off" if side == "writing" else "on",
        "TimeZone": "UTC",
        "application_name": "telcon",
        "max_parallel_workers_per_gather": "0",
    }
    async with open_database(seeded_url, Settings(statement_timeout=seconds)) as database:
        shown = {name: await told(database, side, f"SHOW {name}") for name in expected}
    # 90 seconds are shown in minutes.
    assert {name: value.replace("1min 30s", "90s") for name, value in shown.items()} == expected


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO parties (code, name, folded, kind) VALUES ('ZZ', 'Z', 'z', 'other')",
        "UPDATE calls SET title = 'Changed'",
        "DELETE FROM evidence",
        "TRUNCATE statement_topics",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE calls DISABLE TRIGGER ALL",
        "WITH gone AS (DELETE FROM evidence RETURNING 1) SELECT count(*) FROM gone",
        "SELECT id FROM calls FOR UPDATE",
    ],
)
async def test_a_reading_connection_does_not_write(seeded_url: str, statement: str) -> None:
    async with opened(seeded_url) as database:
        assert await state_after(database, "reading", statement) == "25006"


@pytest.mark.parametrize("side", ["reading", "writing"])
async def test_a_long_statement_is_given_up(seeded_url: str, side: str) -> None:
    async with open_database(seeded_url, Settings(statement_timeout=0.1)) as database:
        assert await state_after(database, side, "SELECT pg_sleep(5)") == "57014"
        assert await state_after(database, side, "SELECT 1") == ""


async def test_a_long_transaction_is_given_up(seeded_url: str) -> None:
    """Though each of its statements is short: PostgreSQL closes the connection, and the next one is a new one."""
    async with open_database(seeded_url, Settings(statement_timeout=0.1)) as database:
        assert await state_after(database, "writing", *["SELECT pg_sleep(0.06)"] * 9) in {"25P04", "08003"}
        assert await state_after(database, "writing", "SELECT 1") == ""


async def test_a_held_lock_is_not_waited_for_long(server: str, migrated: str) -> None:
    url = await create_database(server, migrated)
    async with opened(url) as database, database.writing() as holder:
        await holder.execute(text("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE"))
        assert await state_after(database, "reading", "SELECT * FROM calls") == "55P03"
        assert await state_after(database, "writing", "UPDATE calls SET title = 'X'") == "55P03"


async def test_a_dump_restores_everything(server: str, own_seeded_url: str) -> None:
    """What is generated and kept is made again by functions that find each other without a search path."""
    kept = (
        "SELECT id::text, words::text FROM statements",
        "SELECT call_id::text, words::text FROM call_words",
        "SELECT readout_id::text, words::text FROM readout_words",
    )
    # The server says which PostgreSQL it is of; its tools lie beside it.
    connection = await asyncpg.connect(dsn(server))
    options = await connection.fetchval("SELECT pg_read_file('postmaster.opts')")
    await connection.close()
    tools = Path(options.split()[0].strip('"')).parent
    restored = await create_database(server)
    dump = await asyncio.create_subprocess_exec(
        tools / "pg_dump", "--no-owner", "--dbname", own_seeded_url, stdout=asyncio.subprocess.PIPE
    )
    script, _ = await dump.communicate()
    psql = await asyncio.create_subprocess_exec(
        *(tools / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", restored),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    await psql.communicate(script)
    assert (dump.returncode, psql.returncode) == (0, 0)
    async with opened(own_seeded_url) as before, opened(restored) as after:
        # Checks and bodies of functions come back in other words.
        schemas = [await rows(one, _COLUMNS, _INDEXES, _TRIGGERS) for one in (before, after)]
        assert schemas[0] == schemas[1]
        assert await rows(after, *kept) == await rows(before, *kept)
        await schema.check(after)
