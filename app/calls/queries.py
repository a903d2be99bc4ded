"""Questions about calls."""

from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, and_, cast, exists, or_, select
from sqlalchemy.orm import aliased

from app.asked import CallReference
from app.calls.schemas import CallFilters, CallItem
from app.claims.schemas import ClaimFilters
from app.criteria import at_or_below, bears_identifier, dated, equals, in_language, in_role, part_of_call, refers
from app.db import AnySelect, Reader
from app.documents.call import call_columns
from app.documents.claim import claim_columns
from app.documents.participant import initiated_by
from app.filters import Shape
from app.paging import Item, Order, Page, descending
from app.references import asked_id, bound
from app.resource import Resource, Words
from app.resources import fetch_item, fetch_page
from app.tables import (
    Call,
    CallReadout,
    CallWords,
    Claim,
    Participant,
    Readout,
    Statement,
    StatementTopic,
)


def _took_part(shape: Shape, column: str, *record_ids: Any) -> ColumnElement[bool]:
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
    leaders = [asked_id(asked, name) for name, _ in shape.binds("leader")]
    conditions = [
        *(_took_part(shape, "leader_id", leader) for leader in leaders[1:]),
        *(_took_part(shape, "party_id", asked_id(asked, name)) for name, _ in shape.binds("party")),
        *dated(shape),
        *equals(shape, channel=Call.channel),
        *bears_identifier(shape, call_id=Call.id),
    ]
    anyone = [asked_id(asked, name) for name, _ in shape.binds("any_leader")]
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
    query = select(Call).where(*conditions)
    if leaders:
        # Joined, not asked for by EXISTS: a leader takes part once, and the index on them walks in the calls' order.
        part = aliased(Participant)
        query = query.join(part, part_of_call(part)).where(part.leader_id == leaders[0], *in_role(shape, part))
    return query


CALLS = Resource(
    kind="call",
    table=Call,
    columns=call_columns,
    matching=matching,
    orders={
        "-date": Order.by(descending(Call.date_earliest), descending(Call.date_latest), descending(Call.id)),
        "date": Order.by(Call.date_earliest, Call.date_latest, Call.id),
    },
    words=Words(CallWords.words, effort=10, of=CallWords.call_id),
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
    columns=claim_columns,
    matching=matching_claims,
    orders={"position": Order.by(Claim.position, Claim.id)},
)


async def list_calls(reader: Reader, filters: CallFilters) -> Page:
    """A page of the calls that match."""
    return await fetch_page(reader, CALLS, filters)


async def get_call(reader: Reader, key: CallReference, filters: CallItem) -> Item:
    """One call."""
    return await fetch_item(reader, CALLS, key, filters)


async def list_claims(reader: Reader, filters: ClaimFilters, call: CallReference) -> Page:
    """A page of the claims of a call."""
    return await fetch_page(reader, CLAIMS, filters, ("call", call))
