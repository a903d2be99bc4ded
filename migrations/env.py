"""Runs the migrations: on the connection that Telcon hands over, or, for Alembic's own command, on DATABASE_URL."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text

from app.db import open_database
from app.settings import Settings
from app.tables import Base

# Any number that nothing else in the database locks; two services that start together migrate one after the other.
_MIGRATION_LOCK = 7_351_852


def run(connection: Connection) -> None:
    """Run the migrations in one transaction, politely: whoever holds a table is waited for only so long."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL transaction_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = '15min'"))
        connection.execute(text("SET LOCAL lock_timeout = '1min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


async def run_on_database_url() -> None:
    """Connect as the settings say."""
    settings = Settings()
    if settings.database_url is None:
        message = "Set DATABASE_URL to the database that Alembic shall work on."
        raise SystemExit(message)
    async with open_database(settings.database_url, settings) as database, database.writing() as connection:
        await connection.run_sync(run)


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    asyncio.run(run_on_database_url())
