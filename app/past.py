"""The past: what was recorded at a time, put where the statements that ask of now find it instead.

A connection for it has temporary tables under the names of those that records are kept in, which come first wherever a
statement names them. Records are put there as they were, with all that they show of others; who asks by a statement of
now is answered from these. When the answer is given all of it is undone, in a hundredth of the time of emptying them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.asked import Reference, is_id
from app.connections import PATIENCE
from app.db import LOST, Reader, Within
from app.problems import InvalidRequest
from app.references import NAMINGS

T = TypeVar("T")
_PARTS = ("participant", "statement")
_HEAD = "SELECT head_at FROM feed"
_LOAD = "SELECT load_past($1, $2, $3)"
_BEARERS = "SELECT ARRAY(SELECT past_bearers($1, $2, $3))"
_CALLS_OF = "SELECT ARRAY(SELECT past_calls_of($1, $2))"
_REPORTS = "SELECT load_past('calls', ARRAY(SELECT past_reports_of(ARRAY(SELECT id FROM readouts))), $1)"
_NARROWER = "SELECT load_past('topics', ARRAY(SELECT past_narrower(ARRAY(SELECT id FROM topics))), $1)"
_COMPLETE = "SELECT complete_past($1)"
_BURY = """
    INSERT INTO tombstones (resource, key, record_id, version)
    SELECT $1::text, $2::text, gone.record_id, gone.version FROM past_gone($1::text, $3, $4) AS gone
    WHERE gone.record_id::text = $2::text OR EXISTS (
        SELECT FROM snapshots AS s
        WHERE s.record_id = gone.record_id AND s.resource = $1::text AND s.version = gone.version - 1
          AND s.terms @> ARRAY['key:' || $2::text]
    )
    ORDER BY gone.writing_id DESC LIMIT 1
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Past(Within):
    """What was recorded at a time, as far as it is loaded."""

    moment: datetime

    async def load(self, resource: str, ids: Sequence[UUID]) -> None:
        """Load records, where they were there."""
        await self.connection.execute(_LOAD, resource, ids, self.moment)

    async def load_key(self, key: Reference) -> None:
        """Load whatever a key may have meant, and what is known of one that was removed with it."""
        resource = str(NAMINGS[key.kind].table.__tablename__)
        by_id = is_id(key.text)
        known = key.text.upper() if key.kind == "party" and not by_id else key.text.lower()
        bearers: list[UUID] = [UUID(key.text)] if by_id else []
        if key.kind in _PARTS:
            calls = await self.connection.fetchval(_CALLS_OF, resource, bearers[0]) if by_id else []
            await self.load("calls", calls)
        else:
            bearers += await self.connection.fetchval(_BEARERS, resource, known, str(key.values.get("_folded", known)))
            await self.load(resource, bearers)
        if key.kind == "topic":
            await self.connection.execute(_NARROWER, self.moment)
        await self.connection.execute(_BURY, resource, known, bearers, self.moment)

    async def complete(self, *, readouts: bool) -> None:
        """Load what the records that are loaded show of others; with readouts, also the calls that these report."""
        if readouts:
            await self.connection.execute(_COMPLETE, self.moment)
            await self.connection.execute(_REPORTS, self.moment)
        await self.connection.execute(_COMPLETE, self.moment)


async def in_past(reader: Reader, moment: datetime, look: Callable[[Past], Awaitable[T]]) -> T:
    """What is found by looking at the past; raises InvalidRequest for a time that is not past for all that is written.

    Until then, what is committed may yet be numbered before it.
    """
    try:
        return await _in_past(reader, moment, look)
    except LOST:
        # As where a reader meets it: the database was restarted since.
        await reader.past.expire_connections()
        return await _in_past(reader, moment, look)


async def _in_past(reader: Reader, moment: datetime, look: Callable[[Past], Awaitable[T]]) -> T:
    async with reader.past.acquire(timeout=PATIENCE) as connection:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        await transaction.start()
        try:
            head: datetime = await connection.fetchval(_HEAD)
            if moment > head:
                latest = head.isoformat().replace("+00:00", "Z")
                detail = f"must not be later than {latest}, the head of the change feed"
                raise InvalidRequest([{"parameter": "as_of", "detail": detail}])
            return await look(Past(connection, moment))
        finally:
            await transaction.rollback()
