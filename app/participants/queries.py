"""Questions about participants."""

from sqlalchemy import CTE, select

from app.asked import ParticipantReference
from app.criteria import bears_identifier, dated, equals, refers
from app.db import AnySelect, Reader
from app.documents.participant import participant_columns
from app.filters import Filters, Shape
from app.paging import Item, Order, descending
from app.participants.schemas import ParticipantOut
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Call, Participant


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The participants that a question matches; an identifier may be of the leader, the party or the call."""
    return (
        select(Participant)
        .join(Call, Call.id == Participant.call_id)
        .where(
            *refers(
                shape,
                asked,
                leader=Participant.leader_id,
                party=Participant.party_id,
                call=Participant.call_id,
            ),
            *equals(shape, role=Participant.role, office=Participant.office_folded),
            *dated(shape),
            *bears_identifier(
                shape, leader_id=Participant.leader_id, party_id=Participant.party_id, call_id=Participant.call_id
            ),
        )
    )


PARTICIPANTS = Resource(
    kind="participant",
    table=Participant,
    out=ParticipantOut,
    columns=participant_columns,
    matching=matching,
    orders={
        "-date": Order.by(
            descending(Call.date_earliest), descending(Call.date_latest), descending(Call.id), Participant.position
        ),
        "date": Order.by(Call.date_earliest, Call.date_latest, Call.id, Participant.position),
    },
    alone=frozenset({"mentions"}),
)


async def get_participant(reader: Reader, key: ParticipantReference, filters: Filters) -> Item:
    """One participant."""
    return await fetch_item(reader, PARTICIPANTS, key, filters)
