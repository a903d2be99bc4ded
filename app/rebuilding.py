"""What is cheaper to make anew than to keep up row by row: foreign keys, and the indexes of words.

A foreign key looks every new row up by itself, and an index of words takes each of a row's words to another place.
Over many rows, one join and one sort do the same in a fraction of the time. Both are dropped and made again within the
transaction of the load, as the catalogue describes them: seen from outside they are always in place, a load that fails
leaves them as they were, and a row that a foreign key refuses fails the load when the key comes back. Meanwhile the
tables are locked, also for readers, who wait or are told to try again; so this is for loads that are large beside what
is recorded already.

What records are looked up by, and what makes them unique, stays: each batch is checked against those before.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

_LEAST = 32 * 1024 * 1024
_RECORDED = """
    SELECT sum(pg_total_relation_size(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""
_FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %s %s', conrelid::regclass, string_agg(format('DROP CONSTRAINT %I', conname), ', ')),
        format('ALTER TABLE %s %s', conrelid::regclass, string_agg(
            format('ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), ', ' ORDER BY conname))
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    GROUP BY conrelid ORDER BY conrelid::regclass::text
"""
_INDEXES_OF_WORDS = """
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE amname = 'gin' AND relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid::regclass::text
"""


async def is_large(connection: Any, size: int) -> bool:
    """Whether so many bytes of records are much beside those that are recorded."""
    return bool(size > max(_LEAST, await connection.fetchval(_RECORDED)))


@asynccontextmanager
async def rebuilt(connection: Any) -> AsyncIterator[None]:
    """Do without them while the block lasts; they are made again at its end, within the same transaction."""
    found = [*await connection.fetch(_FOREIGN_KEYS), *await connection.fetch(_INDEXES_OF_WORDS)]
    for drop, _ in found:
        await connection.execute(drop)
    yield
    for _, make in reversed(found):
        await connection.execute(make)
