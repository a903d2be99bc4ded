"""Whole lists, read off the database part by part: over connections of their own, each of which sees one state."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import lru_cache

import asyncpg
from sqlalchemy import select

from app.asked import Reference
from app.db import Prepared, Reader, connecting
from app.fetching import fetched
from app.filters import PageFilters, Shape
from app.lists import SHAPES_KEPT, keys_among, meeting, ordered
from app.problems import StreamsTaken
from app.references import asked_records
from app.resource import PLACED, Resource
from app.resources import asked_in, refuse
from app.settings import Settings

_PART = 64 * 1024
"""About how many characters are read at a time."""
_MOST = 500
"""How many records are read at once at most."""
_MOST_WHOLE = 4
"""How many at most with what is embedded, by which one may be a thousand times as long as the one before."""


class Streams:
    """The connections for streams, which are made when they are needed and shared with nothing else."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Set up as many as the settings allow."""
        self._free = settings.stream_connections
        self._connecting = connecting(url, settings, reading=True)
        # The database itself ends a statement that is overdue, and the whole stream.
        self._connecting["command_timeout"] = None
        self._connecting["server_settings"] |= {
            "statement_timeout": f"{settings.stream_statement_timeout}s",
            "transaction_timeout": f"{settings.stream_timeout}s",
            "idle_in_transaction_session_timeout": "0",
            # Nobody waits for what is still sorted when the client is gone.
            "client_connection_check_interval": "1s",
        }

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees the records as they were at its start; raises StreamsTaken where none is free."""
        if not self._free:
            message = "As many lists are being streamed as the service streams at once; page, or try again later."
            raise StreamsTaken(message)
        self._free -= 1
        connection: asyncpg.Connection | None = None
        try:
            connection = await asyncpg.connect(**self._connecting)
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
            await connection.close(timeout=1)
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # What the driver says of a connection that the database closed while nothing was asked over it.
            message = "The database closed the connection."
            raise ConnectionResetError(message) from error
        finally:
            self._free += 1
            if connection is not None:
                connection.terminate()


@lru_cache(maxsize=SHAPES_KEPT)
def stream_statement(resource: Resource, shape: Shape, path: str | None) -> Prepared:
    """Every record that a shape of question matches, as a row of its JSON text, in the list's order."""
    asked = asked_records(shape, exact=frozenset({path} if path else ()))
    matching = resource.matching(shape, asked)
    order = resource.orders[shape.chosen("sort")].along(resource.spine(shape))
    met = meeting(resource, matching) if "q" in shape else matching
    # Sorted before the records are looked at: a join would be sorted with the records in it.
    placed = ordered(met, resource.ids(shape), order, *resource.carried, after=False).subquery(PLACED)
    record = resource.text(shape, placed.c.id, alone=False)
    return Prepared.of(select(record).select_from(placed).order_by(*order.clauses(keys_among(placed, order))))


@lru_cache(maxsize=SHAPES_KEPT)
def _asked_statement(shape: Shape, path: str | None) -> Prepared | None:
    asked = asked_records(shape, exact=frozenset({path} if path else ()))
    return None if asked is None else Prepared.of(select(asked))


@asynccontextmanager
async def open_stream(
    streams: Streams,
    reader: Reader,
    resource: Resource,
    filters: PageFilters,
    path: tuple[str, Reference] | None = None,
) -> AsyncIterator[AsyncIterator[list[str]]]:
    """All records that match as JSON texts, some at a time; `path` is as in `fetch_page`, and so is what it raises.

    Nothing is read ahead: whoever takes the parts slowly holds the connection longer, and no memory.
    """
    shape, values = asked_in(filters, path)
    where = path[0] if path else None
    async with streams.snapshot() as connection:
        referring = _asked_statement(shape, where)
        if referring is not None:
            found = tuple(await connection.fetchrow(referring.sql, *referring.arguments(values)))
            if None in found:
                await refuse(reader, filters, path, shape, found)
        statement = stream_statement(resource, shape, where)
        most = _MOST_WHOLE if "include" in shape and shape.chosen("include") else _MOST
        cursor = await connection.cursor(statement.sql, *statement.arguments(values))
        async with aclosing(fetched(cursor, _PART, most)) as parts:
            yield parts
