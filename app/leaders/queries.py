"""Questions about leaders, and their recording."""

from collections.abc import Sequence

from sqlalchemy import CTE, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.asked import LeaderReference
from app.criteria import bears_identifier
from app.db import AnySelect, Reader
from app.documents.leader import leader_columns
from app.filters import Filters, Shape
from app.leaders.schemas import LeaderIn, LeaderOut
from app.names import fold
from app.paging import Item, Order, descending
from app.recording import add_identifiers, ids_of, insert, not_yet_recorded
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


async def add_leaders(writing: AsyncConnection, leaders: Sequence[LeaderIn]) -> None:
    """Record leaders; those whose id is recorded already are left as they are."""
    new = await not_yet_recorded(writing, "leader", leaders)
    parties = await ids_of(writing, "party", [office.party for _, leader in new for office in leader.offices])
    preferred = {
        record_id: next(name.name for name in leader.names if name.kind == "preferred") for record_id, leader in new
    }
    await insert(
        writing,
        Leader,
        [
            {"id": record_id, "slug": leader.slug, "name": preferred[record_id], "folded": fold(preferred[record_id])}
            for record_id, leader in new
        ],
    )
    await insert(
        writing,
        LeaderName,
        [
            {
                "leader_id": record_id,
                "position": position,
                "name": name.name,
                "folded": fold(name.name),
                "language": name.language,
                "kind": name.kind,
            }
            for record_id, leader in new
            for position, name in enumerate(leader.names, start=1)
        ],
    )
    await insert(
        writing,
        Office,
        [
            {
                "leader_id": record_id,
                "position": position,
                "title": office.title,
                "party_id": parties[office.party],
                "held_from": office.from_,
                "held_to": office.to,
            }
            for record_id, leader in new
            for position, office in enumerate(leader.offices, start=1)
        ],
    )
    await add_identifiers(writing, "leader_id", new)
