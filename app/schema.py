"""The state of the database's schema beside this code's, and the way from one to the other."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import Database, DatabaseRefused, Prepared, Reader

MIGRATIONS = Path(__file__).parents[1] / "migrations"
_RECORDED = Prepared("SELECT version_num FROM alembic_version", (), {})


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@lru_cache
def newest_revision() -> str:
    """The revision that this code is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def recorded_revision(reader: Reader) -> str | None:
    """The revision as a reading request sees it; raises UndefinedTableError where no schema was ever made."""
    rows = await reader.rows(_RECORDED, {})
    return str(rows[0][0]) if rows else None


async def current_revision(connection: AsyncConnection) -> str | None:
    """The revision of the database's schema; None where there is none."""
    return await connection.run_sync(_current)


async def revision_of(database: Database) -> str:
    """The revision of the database's schema for people to read; `base` is the empty database."""
    async with database.writing() as connection:
        return await current_revision(connection) or "base"


async def check_known(database: Database) -> None:
    """Raise DatabaseRefused when the schema is one that this code does not know, being older than it."""
    async with database.writing() as connection:
        current = await current_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        message = f"The database's schema ({current}) is newer than this Telcon, which knows {newest_revision()}."
        raise DatabaseRefused(message)


async def check_newest(database: Database) -> None:
    """Raise DatabaseRefused when the schema is not the one that this code is written for."""
    await check_known(database)
    current = await revision_of(database)
    if current != newest_revision():
        message = f"The database's schema is {current}, not {newest_revision()}; run `telcon db upgrade` first."
        raise DatabaseRefused(message)


def _named(revision: str) -> str:
    if not revision:
        message = "Name a revision."
        raise DatabaseRefused(message)
    return revision


async def _run(database: Database, action: Callable[[Config], object]) -> None:
    await check_known(database)
    async with database.writing() as connection:
        await connection.run_sync(lambda sync_connection: action(_config(sync_connection)))


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision; raises DatabaseRefused for one that is not known."""
    try:
        await _run(database, lambda config: command.upgrade(config, _named(revision)))
    except CommandError as error:
        raise DatabaseRefused(str(error)) from error


async def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision, `base` being the empty database; raises DatabaseRefused likewise."""
    try:
        await _run(database, lambda config: command.downgrade(config, _named(revision)))
    except CommandError as error:
        raise DatabaseRefused(str(error)) from error


async def check(database: Database) -> None:
    """Raise alembic's CommandError where the migrations and the tables differ."""
    await _run(database, command.check)
