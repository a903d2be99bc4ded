"""The way to PostgreSQL: one engine that can only read, one that writes, and statements compiled once a shape."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
from sqlalchemy import Select, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.connections import PATIENCE, Connections
from app.problems import CommitLost, is_lost
from app.settings import Settings

AnySelect = Select[*tuple[Any, ...]]
"""A select of whatever columns."""

LEAST_SERVER_VERSION = 18
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
_PASTS = 2
"""How many connections a process has for answers of the past, which must not slow any of now."""
_PAST_QUERIES = 1_000
"""After how many statements a connection of the past is replaced: what was undone stays in its tables."""
_LATE = 0.5
"""How many seconds the database has to end a statement that is overdue."""
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # As the driver says where it saw the end before it sent the statement.
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)
"""What a connection ends with that the other side closed."""


class DatabaseRefused(Exception):
    """The database cannot serve the records; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A composed statement as text, its parameters' names in their order, and those values that never change."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]

    @classmethod
    def of(cls, select: AnySelect) -> "Prepared":
        """Compile a select; done once a shape, since composing costs more than the query itself."""
        compiled = select.compile(dialect=_DIALECT)
        values = compiled.construct_params({name: None for name, bind in compiled.binds.items() if bind.required})
        return cls(compiled.string, tuple(compiled.positiontup or ()), values)

    def arguments(self, values: Mapping[str, object]) -> tuple[object, ...]:
        """The arguments in the order of the statement's parameters."""
        return tuple(values[name] if name in values else self.fixed[name] for name in self.names)


@dataclass(frozen=True, slots=True)
class Reader:
    """The side of the database that requests read from; PostgreSQL itself refuses a write here.

    What SQLAlchemy composed is run by the driver itself, over connections of its own: the engine would take longer to
    pass an answer on than the framework takes for everything else (see docs/performance.md).
    """

    connections: Connections = field(repr=False)
    engine: AsyncEngine = field(repr=False)
    """Who listens to its statements, as tracing does, hears of these as well."""
    past: asyncpg.Pool = field(repr=False)
    """Connections whose tables are filled with what was recorded at a time (see app/past.py)."""

    async def rows(self, statement: Prepared, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        """The rows of one statement, which sees one state of the records."""
        arguments = statement.arguments(values)
        for heard in self.engine.sync_engine.dispatch.before_cursor_execute:
            heard(None, None, statement.sql, arguments, None, executemany=False)
        try:
            return await self.connections.fetch(statement.sql, arguments)
        except LOST:
            # The database was restarted since, so that no other connection is any better; reading twice does no harm.
            await self.connections.renew()
            return await self.connections.fetch(statement.sql, arguments)


@dataclass(frozen=True, slots=True)
class Within:
    """The same within a transaction that writes, by which it sees what that has changed."""

    connection: Any

    async def rows(self, statement: Prepared, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        """The rows of one statement."""
        return cast("Sequence[Sequence[Any]]", await self.connection.fetch(statement.sql, *statement.arguments(values)))


@dataclass(frozen=True, slots=True)
class Database:
    """Both engines on one PostgreSQL, and the side of it that requests read from."""

    read: AsyncEngine
    write: AsyncEngine
    reader: Reader

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits when the block ends and is undone when it fails.

        Raises CommitLost where the database was lost in between, so that either may be the case.
        """
        is_ending = False
        try:
            async with self.write.begin() as connection:
                yield connection
                is_ending = True
        except (SQLAlchemyError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            if is_ending and is_lost(error):
                message = "the connection was lost while a transaction was being committed"
                raise CommitLost(message) from error
            raise


async def driver_connection(writing: AsyncConnection) -> Any:
    """The driver's own connection, inside the transaction."""
    # The first statement begins it.
    await writing.execute(text("SELECT 1"))
    return (await writing.get_raw_connection()).driver_connection


def dsn(url: str) -> str:
    """The address as the driver reads it, whether or not it names a SQLAlchemy dialect."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def connecting(url: str, settings: Settings, *, reading: bool) -> dict[str, Any]:
    """How the driver connects, to read or to write."""
    server_settings = {
        "application_name": "telcon",
        "TimeZone": "UTC",
        "DateStyle": "ISO, YMD",
        "jit": "off",
        # What to do for a shape of question does not depend on its values: see docs/performance.md.
        "plan_cache_mode": "force_generic_plan" if reading else "auto",
        # A worker takes longer to start than any of these questions, and other requests want the processors.
        "max_parallel_workers_per_gather": "0",
        # What is asked for often stays in memory, where the next page costs about what any other does.
        "random_page_cost": "1.1",
        # Without the values, a search seems to match so many that going through all calls would be cheaper.
        "enable_mergejoin": "off" if reading else "on",
        "statement_timeout": f"{settings.statement_timeout}s",
        "lock_timeout": "1s",
        "idle_in_transaction_session_timeout": "5s",
        "transaction_timeout": f"{settings.statement_timeout * 2}s",
        "default_transaction_read_only": "on" if reading else "off",
    }
    return {
        "dsn": dsn(url),
        "timeout": PATIENCE,
        "command_timeout": settings.statement_timeout + _LATE if reading else None,
        "server_settings": server_settings,
    }


def _engine(url: str, settings: Settings, *, reading: bool) -> AsyncEngine:
    how = connecting(url, settings, reading=reading)

    async def connect() -> DBAPIConnection:
        return cast("DBAPIConnection", await asyncpg.connect(**how))

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=PATIENCE,
        isolation_level="AUTOCOMMIT" if reading else "READ COMMITTED",
        # A reading connection is never inside a transaction, so there is nothing to undo when it goes back.
        pool_reset_on_return=None if reading else "rollback",
    )


async def _as_it_is(_connection: object) -> None:
    """Leave a connection as it is: nothing that is read changes its state."""


async def _open_past(connection: asyncpg.Connection) -> None:
    """Give a connection tables of its own for what was recorded at a time."""
    await connection.execute("BEGIN READ WRITE; SELECT open_past(); COMMIT")


@asynccontextmanager
async def open_database(url: str, settings: Settings) -> AsyncIterator[Database]:
    """The database at `url` for as long as the block lasts; connections are made when they are first needed."""
    read, write = _engine(url, settings, reading=True), _engine(url, settings, reading=False)
    how = connecting(url, settings, reading=True)
    past = await asyncpg.create_pool(
        **{**how, "server_settings": how["server_settings"] | {"plan_cache_mode": "auto"}},
        min_size=0,
        max_size=_PASTS,
        max_queries=_PAST_QUERIES,
        max_inactive_connection_lifetime=0,
        init=_open_past,
        reset=_as_it_is,
    )
    pool = await asyncpg.create_pool(
        **how,
        min_size=0,
        max_size=settings.pool_size,
        max_inactive_connection_lifetime=0,
        reset=_as_it_is,
    )
    try:
        yield Database(read, write, Reader(Connections(pool, settings.pool_size), read, past))
    finally:
        pool.terminate()
        past.terminate()
        await read.dispose()
        await write.dispose()


async def check_server(url: str) -> None:
    """Make sure that a PostgreSQL is there and fit for the records.

    Raises DatabaseRefused when it cannot be reached, is older than 18, or does not keep UTF-8.
    """
    try:
        connection = await asyncpg.connect(dsn(url), timeout=PATIENCE * 2)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        message = f"The database cannot be reached: {reason}"
        raise DatabaseRefused(message) from error
    try:
        version = connection.get_server_version()
        encoding = await connection.fetchval("SHOW server_encoding")
    finally:
        await connection.close()
    if version.major < LEAST_SERVER_VERSION:
        message = (
            f"The database is PostgreSQL {version.major}.{version.minor}; Telcon needs {LEAST_SERVER_VERSION} or later."
        )
        raise DatabaseRefused(message)
    if encoding != "UTF8":
        message = f"The database keeps {encoding}; Telcon needs one created with ENCODING 'UTF8'."
        raise DatabaseRefused(message)
