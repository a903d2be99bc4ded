"""Questions about parties."""

from sqlalchemy import CTE, or_, select

from app.asked import PartyReference
from app.criteria import bears_identifier, equals
from app.db import AnySelect, Reader
from app.documents.party import party_columns
from app.filters import Filters, Shape
from app.paging import Item, Order, descending
from app.parties.schemas import PartyOut
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
