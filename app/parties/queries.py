"""Questions about parties, and their recording."""

from collections.abc import Sequence

from sqlalchemy import CTE, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.asked import PartyReference
from app.criteria import bears_identifier, equals
from app.db import AnySelect, Reader
from app.documents.party import party_columns
from app.filters import Filters, Shape
from app.names import fold
from app.paging import Item, Order, descending
from app.parties.schemas import PartyIn, PartyOut
from app.recording import add_identifiers, insert, not_yet_recorded
from app.references import bound
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Party, PartyAlias


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The parties that a question matches."""
    query = select(Party).where(*equals(shape, kind=Party.kind), *bears_identifier(shape, party_id=Party.id))
    if "name" in shape:
        alias = select(PartyAlias.party_id).where(PartyAlias.folded == bound("name_0"))
        query = query.where(or_(Party.folded == bound("name_0"), Party.id == alias.scalar_subquery()))
    return query


PARTIES = Resource(
    kind="party",
    table=Party,
    out=PartyOut,
    columns=party_columns,
    matching=matching,
    orders={
        "name": Order.by(Party.folded, Party.id),
        "-name": Order.by(descending(Party.folded), descending(Party.id)),
    },
)


async def get_party(reader: Reader, key: PartyReference, filters: Filters) -> Item:
    """One party."""
    return await fetch_item(reader, PARTIES, key, filters)


async def add_parties(writing: AsyncConnection, parties: Sequence[PartyIn]) -> None:
    """Record parties; those whose id is recorded already are left as they are."""
    new = await not_yet_recorded(writing, "party", parties)
    await insert(
        writing,
        Party,
        [
            {"id": record_id, "code": party.code, "name": party.name, "folded": fold(party.name), "kind": party.kind}
            for record_id, party in new
        ],
    )
    await insert(
        writing,
        PartyAlias,
        [
            {"party_id": record_id, "alias": alias, "folded": fold(alias)}
            for record_id, party in new
            for alias in party.aliases
        ],
    )
    await add_identifiers(writing, "party_id", new)
