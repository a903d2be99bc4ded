"""Questions about calls."""

from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased, outerjoin

from app.asked import CallReference
from app.calls.counts import call_by_call, whole_calls
from app.calls.schemas import CallItem, CallOut
from app.claims.schemas import ClaimOut
from app.counting import Counting
from app.criteria import at_or_below, bears_identifier, dated, equals, in_language, in_role, part_of_call, refers
from app.db import AnySelect, Reader
from app.documents.call import call_document, embedded_columns
from app.documents.claim import claim_columns
from app.documents.participant import initiated_by
from app.filters import Shape
from app.paging import Item, Order, Spine, descending
from app.references import asked_id, bound
from app.resource import Resource, Words
from app.resources import fetch_item
from app.tables import (
    Call,
    CallReadout,
    CallWords,
    Claim,
    Dyad,
    Participant,
    Readout,
    Statement,
    StatementTopic,
)


def _principals(shape: Shape) -> bool:
    return not shape.chosen("role")


def spine(shape: Shape) -> Spine:
    """The calls of leaders or parties are walked along those of the first one or two of them."""
    named = shape.binds("leader") or shape.binds("party")
    if not named:
        return ()
    along: Any = Dyad if _principals(shape) else Participant
    if along is Participant and not shape.binds("leader"):
        # Several may take part for one party, whose calls would come as often.
        return ()
    return (
        (Call.date_earliest, along.call_earliest),
        (Call.date_latest, along.call_latest),
        (Call.id, along.call_id),
    )


def _took_part(shape: Shape, column: str, *record_ids: Any) -> ColumnElement[bool]:
    if _principals(shape):
        dyad = aliased(Dyad)
        alone = and_(part_of_call(dyad), dyad.first_id == dyad.second_id)
        return exists(select(1).where(alone, dyad.first_id.in_(record_ids)).correlate_except(dyad))
    part = aliased(Participant)
    return exists(
        select(1)
        .where(
            part.call_id == Call.id,
            or_(*(getattr(part, column) == record_id for record_id in record_ids)),
            *in_role(shape, part),
        )
        .correlate_except(part)
    )


def _initiated(record_id: Any) -> ColumnElement[bool]:
    part = aliased(Participant)
    as_participant = exists(
        select(1)
        .where(
            part.call_id == Call.id,
            or_(part.leader_id == record_id, part.party_id == record_id),
            initiated_by(part, Call),
        )
        .correlate_except(part)
    )
    return or_(Call.initiator_party_id == record_id, as_participant)


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The calls that a question matches."""
    leaders, parties, anyone = (
        [asked_id(asked, name) for name, _ in shape.binds(parameter)] for parameter in ("leader", "party", "any_leader")
    )
    along = spine(shape)
    # Joined, not asked for by EXISTS, since the spine's index gives the calls in their order; from the outside, since
    # PostgreSQL then leaves the calls out where nothing else of them is asked.
    if not along:
        walked = select(Call)
    elif _principals(shape):
        named = leaders or parties
        walked = select(Call).select_from(outerjoin(Dyad, Call, part_of_call(Dyad))).where(*_are_principals(named[:2]))
        del named[:2]
    else:
        walked = select(Call).select_from(outerjoin(Participant, Call, part_of_call(Participant)))
        walked = walked.where(Participant.leader_id == leaders.pop(0), *in_role(shape, Participant))
    conditions = [
        *(_took_part(shape, "leader_id", leader) for leader in leaders),
        *(_took_part(shape, "party_id", party) for party in parties),
        *dated(shape, along),
        *equals(shape, channel=Call.channel),
        *bears_identifier(shape, call_id=Call.id),
    ]
    if anyone:
        conditions.append(_took_part(shape, "leader_id", *anyone))
    for name, form in shape.binds("initiator"):
        conditions.append(Call.initiator_kind == "mutual" if form == "mutual" else _initiated(asked_id(asked, name)))
    if "topic" in shape:
        about = (
            select(Statement.call_id)
            .join(StatementTopic, StatementTopic.statement_id == Statement.id)
            .where(StatementTopic.topic_id.in_(at_or_below(asked, "topic_0")))
        )
        conditions.append(Call.id.in_(about))
    readout, reports = aliased(Readout), aliased(CallReadout)
    released = [*refers(shape, asked, publisher=readout.publisher_id), *in_language(shape, readout.language)]
    if released:
        conditions.append(
            exists(
                select(1)
                .select_from(reports)
                .join(readout, readout.id == reports.readout_id)
                .where(and_(reports.call_id == Call.id, *released))
                .correlate_except(readout, reports)
            )
        )
    return walked.where(*conditions)


def _are_principals(record_ids: list[Any]) -> list[ColumnElement[bool]]:
    """That one or two leaders or parties are principals of a dyad's call."""
    one, other = record_ids[0], record_ids[-1]
    if len(record_ids) == 1:
        return [Dyad.first_id == one, Dyad.second_id == one]
    return [Dyad.first_id == func.least(one, other), Dyad.second_id == func.greatest(one, other)]


CALLS = Resource(
    kind="call",
    table=Call,
    out=CallOut,
    columns=embedded_columns,
    matching=matching,
    orders={
        "-date": Order.by(descending(Call.date_earliest), descending(Call.date_latest), descending(Call.id)),
        "date": Order.by(Call.date_earliest, Call.date_latest, Call.id),
    },
    spine=spine,
    words=Words(CallWords.words, effort=10, of=CallWords.call_id),
    document=call_document,
)


def matching_claims(shape: Shape, asked: CTE | None) -> AnySelect:
    """The claims of a call that a question matches."""
    query = select(Claim).where(
        *refers(shape, asked, call=Claim.call_id),
        *equals(shape, field=Claim.field, basis=Claim.basis),
        *bears_identifier(shape, call_id=Claim.call_id),
    )
    if "preferred" in shape:
        query = query.where(Claim.preferred == cast(bound("preferred_0"), Boolean))
    return query


CLAIMS = Resource(
    kind="claim",
    table=Claim,
    out=ClaimOut,
    columns=claim_columns,
    matching=matching_claims,
    orders={"position": Order.by(Claim.position, Claim.id)},
)


COUNTING = Counting(CALLS, number="calls", scope="leader", calls=whole_calls, by_record=call_by_call)


async def get_call(reader: Reader, key: CallReference, filters: CallItem) -> Item:
    """One call."""
    return await fetch_item(reader, CALLS, key, filters)
