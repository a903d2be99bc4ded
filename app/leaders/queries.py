"""Questions about leaders."""

from sqlalchemy import CTE, or_, select

from app.asked import LeaderReference
from app.criteria import bears_identifier
from app.db import AnySelect, Reader
from app.documents.leader import leader_columns
from app.filters import Filters, Shape
from app.leaders.schemas import LeaderOut
from app.paging import Item, Order, descending
from app.references import asked_id, bound
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Leader, LeaderName, Office, Participant


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The leaders that a question matches; a party's are those who held an office of it or took part for it."""
    query = select(Leader).where(*bears_identifier(shape, leader_id=Leader.id))
    if "name" in shape:
        query = query.where(Leader.id.in_(select(LeaderName.leader_id).where(LeaderName.folded == bound("name_0"))))
    if "party" in shape:
        party = asked_id(asked, "party_0")
        held = select(Office.leader_id).where(Office.party_id == party)
        took_part = select(Participant.leader_id).where(Participant.party_id == party)
        query = query.where(or_(Leader.id.in_(held), Leader.id.in_(took_part)))
    return query


LEADERS = Resource(
    kind="leader",
    table=Leader,
    out=LeaderOut,
    columns=leader_columns,
    matching=matching,
    orders={
        "name": Order.by(Leader.folded, Leader.id),
        "-name": Order.by(descending(Leader.folded), descending(Leader.id)),
    },
)


async def get_leader(reader: Reader, key: LeaderReference, filters: Filters) -> Item:
    """One leader."""
    return await fetch_item(reader, LEADERS, key, filters)
