"""How records get into the tables: set-wise, each table by one statement, references resolved beforehand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.asked import Kind, is_id
from app.fields import IdentifierFields
from app.names import fold
from app.problems import InvalidRequest
from app.references import NAMINGS
from app.tables import Base, Identifier, PartyAlias

Row = Mapping[str, object]


class Document(Protocol):
    """A document of a record, which may bring its own id and identifiers."""

    @property
    def id(self) -> UUID | None:
        """The id, or None for a new one."""

    @property
    def identifiers(self) -> list[IdentifierFields]:
        """The identifiers."""


D = TypeVar("D", bound=Document)


async def new_ids(writing: AsyncConnection, number: int) -> list[UUID]:
    """New ids, as many as asked for, in rising order."""
    made = select(func.uuidv7()).select_from(func.generate_series(1, number))
    return list((await writing.execute(made)).scalars())


async def not_yet_recorded(writing: AsyncConnection, kind: Kind, documents: Sequence[D]) -> list[tuple[UUID, D]]:
    """The documents of records that are not there yet, each under its id or a new one.

    A record is there when one has the document's id, one of its identifiers, or its slug or code.
    """
    naming = NAMINGS[kind]
    ids = [document.id for document in documents if document.id is not None]
    there: set[object] = set(await _found(writing, naming.table.id, ids))
    identifiers = [_written(given) for document in documents for given in document.identifiers]
    there |= set(await _found(writing, func.concat(Identifier.scheme, ":", Identifier.folded), identifiers))
    if naming.key:
        keys = [getattr(document, naming.key) for document in documents]
        there |= set(await _found(writing, naming.key_of(naming.table), keys))
    new = [
        document
        for document in documents
        if there.isdisjoint(
            {document.id, getattr(document, naming.key, None), *map(_written, document.identifiers)} - {None}
        )
    ]
    spare = iter(await new_ids(writing, sum(document.id is None for document in new)))
    return [(document.id or next(spare), document) for document in new]


def _written(identifier: IdentifierFields) -> str:
    return f"{identifier.scheme}:{fold(identifier.value)}"


async def _found(writing: AsyncConnection, column: Any, wanted: Sequence[object]) -> Iterable[object]:
    if not wanted:
        return ()
    return (await writing.execute(select(column).where(column == func.any(wanted)))).scalars()


async def insert(writing: AsyncConnection, table: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns, by one statement however many they are."""
    if not rows:
        return
    name = table.__tablename__
    columns = ", ".join(f'"{column}"' for column in rows[0])
    statement = (
        f'INSERT INTO "{name}" ({columns})'  # noqa: S608 - the names are those of our own tables and columns
        f' SELECT {columns} FROM json_populate_recordset(NULL::"{name}", CAST(:rows AS json))'
    )
    await writing.execute(text(statement), {"rows": json.dumps(rows, default=str)})


async def add_identifiers(writing: AsyncConnection, owner: str, records: Iterable[tuple[UUID, Document]]) -> None:
    """Record the identifiers of new records; `owner` is the column that refers to them."""
    await insert(
        writing,
        Identifier,
        [
            {owner: record_id, "scheme": given.scheme, "value": given.value, "folded": fold(given.value)}
            for record_id, record in records
            for given in record.identifiers
        ],
    )


async def ids_of(writing: AsyncConnection, kind: Kind, keys: Iterable[str | None]) -> dict[str | None, UUID | None]:
    """The ids of the records that keys (an id, a slug or a code) name; raises InvalidRequest where one names none."""
    naming = NAMINGS[kind]
    wanted = {key for key in keys if key is not None}
    by_key: dict[str | None, UUID | None] = {None: None}
    if not wanted:
        return by_key
    ids = [UUID(key) for key in wanted if is_id(key)]
    found = await writing.execute(
        select(naming.table.id, naming.key_of(naming.table)).where(
            (naming.key_of(naming.table) == func.any(sorted(wanted))) | (naming.table.id == func.any(ids))
        )
    )
    for record_id, key in found:
        by_key[key] = record_id
        by_key.update({key: record_id for key in wanted if is_id(key) and UUID(key) == record_id})
    if kind == "party" and not wanted <= by_key.keys():
        aliases = await writing.execute(
            select(PartyAlias.party_id, PartyAlias.folded).where(
                PartyAlias.folded == func.any([fold(key) for key in wanted])
            )
        )
        by_folded = {folded: party_id for party_id, folded in aliases}
        by_key.update({key: by_folded[fold(key)] for key in wanted if fold(key) in by_folded and key not in by_key})
    missing = sorted(wanted - by_key.keys())
    if missing:
        raise InvalidRequest(
            [{"pointer": "", "detail": f"no {naming.noun} is recorded under {key}"} for key in missing]
        )
    return by_key
