"""`python -m bench.loading`: how long an import takes beside PostgreSQL's own COPY of the same rows, and what disk.

The rows are those that the import recorded. They are copied, in PostgreSQL's binary form, into the same tables without
indexes, constraints and triggers, and these, but for the triggers, are made afterwards.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from app import schema
from app.db import Database, dsn, open_database
from app.embedded import DATABASE, embedded_postgres, ensure_database
from app.exporting import exported
from app.importing import import_records
from app.settings import Settings
from app.tables import Base
from bench.generate import SEED, lines
from bench.running import machine

_PLAIN = "plain"
_CREATE = f"""
    CREATE DATABASE {_PLAIN} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'
"""
_BOUND = 3.0
_DISK_BOUND = 2.5
_TRIGGERS = """
    SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger
    WHERE NOT tgisinternal AND tgparentid = 0
"""
# Foreign keys go first and come last.
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'p', 'u', 'x')
    ORDER BY contype <> 'f', oid
"""
_INDEXES = """
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""

loading = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _write(path: Path, calls: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(calls, SEED))


async def _import(database: Database, path: Path) -> float:
    began = time.monotonic()
    with path.open("rb") as file:
        imported = await import_records(database, file, skip_invalid=False)
    assert not imported.faults, imported.faults[:3]
    return time.monotonic() - began


async def _export(database: Database) -> tuple[float, int]:
    began, size = time.monotonic(), 0
    async for some in exported(database):
        size += len("\n".join([*some, ""]).encode())
    return time.monotonic() - began, size


def _columns(table: Any) -> list[str]:
    return [column.name for column in table.columns if column.computed is None]


async def _copy_out(connection: Any, folder: Path) -> None:
    for table in Base.metadata.sorted_tables:
        await connection.copy_from_table(
            table.name, columns=_columns(table), output=folder / table.name, format="binary"
        )


async def _copy_in(url: str, folder: Path) -> tuple[float, float]:
    """How long the copying and the building take."""
    admin = await asyncpg.connect(dsn(url))
    await admin.execute(_CREATE)
    await admin.close()
    plain = url.replace(f"/{DATABASE}?", f"/{_PLAIN}?")
    async with open_database(plain, Settings()) as database:
        await schema.upgrade(database)
    connection = await asyncpg.connect(dsn(plain))
    try:
        for row in await connection.fetch(_TRIGGERS):
            await connection.execute(row[0])
        # What a new schema holds is among what is copied.
        await connection.execute(f"TRUNCATE {', '.join(table.name for table in Base.metadata.sorted_tables)}")
        constraints = await connection.fetch(_CONSTRAINTS)
        indexes = await connection.fetch(_INDEXES)
        for drop, _ in (*constraints, *indexes):
            await connection.execute(drop)
        # As a load has it.
        await connection.execute("SET maintenance_work_mem = '256MB'; SET jit = off")
        began = time.monotonic()
        async with connection.transaction():
            for table in Base.metadata.sorted_tables:
                await connection.copy_to_table(
                    table.name, columns=_columns(table), source=folder / table.name, format="binary"
                )
            copied = time.monotonic()
            for _, make in (*indexes, *reversed(constraints)):
                await connection.execute(make)
            await connection.execute("ANALYZE")
        return copied - began, time.monotonic() - copied
    finally:
        await connection.close()


async def _measure(url: str, folder: Path, calls: int) -> Iterator[str]:
    await ensure_database(url)
    async with open_database(url, Settings()) as database:
        await schema.upgrade(database)
        took = await _import(database, folder / "records.ndjson")
        connection = await asyncpg.connect(dsn(url))
        disk = await connection.fetchval("SELECT pg_database_size(current_database())")
        wrote, size = await _export(database)
        await _copy_out(connection, folder)
        await connection.close()
    copied, built = await _copy_in(url, folder)
    ratio, share = took / (copied + built), disk / size
    return iter(
        (
            "| | seconds | calls a second |",
            "|---|---|---|",
            f"| import, with all checks | {took:.1f} | {calls / took:,.0f} |",
            f"| COPY of the same rows | {copied:.1f} | |",
            f"| building the same indexes and constraints | {built:.1f} | |",
            f"| **import over both** | **{ratio:.2f}** (bound {_BOUND:g}) | |",
            f"| export | {wrote:.1f} | {calls / wrote:,.0f} |",
            "",
            f"{disk:,} bytes on disk for {size:,} bytes of NDJSON: **{share:.2f}** (bound {_DISK_BOUND:g})",
        )
    )


@loading.command()
def main(calls: Annotated[int, typer.Option(min=50, help="How many calls to load.")] = 10_000) -> None:
    """Measure an import and an export of generated records."""
    with tempfile.TemporaryDirectory(prefix="telcon-bench-") as name, embedded_postgres(Path(name) / "data") as url:
        folder = Path(name)
        _write(folder / "records.ndjson", calls)
        for line in asyncio.run(_measure(url, folder, calls)):
            print(line)
    print(f"\n{machine()}")


if __name__ == "__main__":
    loading()
