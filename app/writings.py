"""What a transaction writes into the history: that it wrote, for whom and why, and which records it changed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.copying import Rows, Sheet
from app.tables import Change
from app.vocabulary import ChangeKind, ResourceName

CHANGES = Sheet(Change, ("writing_id", "ordinal", "resource", "record_id", "version", "kind", "within_id", "into_id"))


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, under which key, and why."""

    label: str
    key_id: UUID | None = None
    note: str | None = None


THE_SERVICE = Author("telcon")
"""The author of what the service records by itself."""


class Writing:
    """The one writing of a transaction; it is there only if something is changed.

    Every record it changes has to be locked, or be new, before `begin`: of two writings that change one record the
    later then has the larger number, by which both are numbered once they are committed.
    """

    def __init__(self, connection: Any, author: Author) -> None:
        """Take a connection of the driver's own, inside the transaction, and who writes."""
        self._connection = connection
        self._author = author
        self._id: int | None = None
        self._told = 0
        self.size = 0

    async def begin(self) -> None:
        """Take the writing's number, if it has none yet."""
        if self._id is None:
            self._id = await self._connection.fetchval("SELECT nextval(pg_get_serial_sequence('writings', 'id'))")

    def enter(  # noqa: PLR0913 - as many as a change has columns
        self,
        rows: Rows,
        resource: ResourceName,
        record_id: UUID,
        version: int,
        kind: ChangeKind,
        *,
        within: UUID | None = None,
        into: UUID | None = None,
    ) -> None:
        """Add the row of one record's new version to others, which are written after `enter_itself`."""
        assert self._id is not None
        self.size += 1
        rows.add(CHANGES, (self._id, self.size, resource, record_id, version, kind, within, into))

    async def enter_itself(self) -> None:
        """Put the writing into its table, if it changes something and is not there yet."""
        if self.size and not self._told:
            # More is entered meanwhile, where the next batch of an import is gone through.
            self._told = self.size
            await self._connection.execute(
                "INSERT INTO writings (id, author, key_id, note, size) VALUES ($1, $2, $3, $4, $5)",
                self._id,
                self._author.label,
                self._author.key_id,
                self._author.note,
                self._told,
            )

    async def finish(self) -> None:
        """Say how many records it changed; nothing is changed afterwards."""
        if self.size != self._told:
            await self._connection.execute("UPDATE writings SET size = $2 WHERE id = $1", self._id, self.size)
