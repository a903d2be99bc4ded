"""The document of a call."""

from typing import Any

from sqlalchemy import case, func, select

from app.documents.claim import claim_columns, initiator_columns
from app.documents.common import date_columns, identifiers_of, members, record_columns
from app.documents.participant import part_columns
from app.documents.readout import readout_columns
from app.documents.statement import statements_of_call
from app.json_sql import json_list
from app.tables import (
    Call,
    CallReadout,
    Claim,
    Identifier,
    Participant,
    Publisher,
    Readout,
    Statement,
    StatementTopic,
    Topic,
)


def _count(table: Any) -> Any:
    return (
        select(func.count())
        .select_from(table)
        .where(table.call_id == Call.id)
        .correlate_except(table)
        .scalar_subquery()
    )


def call_columns(included: frozenset[str]) -> list[Any]:
    """A call with its participants; statements, readouts and claims on request."""
    participants = (
        select(*part_columns())
        .where(Participant.call_id == Call.id)
        .order_by(Participant.position)
        .correlate_except(Participant)
    )
    spoken_of = (
        select(StatementTopic.topic_id)
        .join(Statement, Statement.id == StatementTopic.statement_id)
        .where(Statement.call_id == Call.id)
        .correlate_except(Statement, StatementTopic)
    )
    topics = (
        select(Topic.id, Topic.slug, Topic.name)
        .where(Topic.id.in_(spoken_of))
        .order_by(Topic.slug)
        .correlate_except(Topic)
    )
    published_by = (
        select(Readout.publisher_id)
        .join(CallReadout, CallReadout.readout_id == Readout.id)
        .where(CallReadout.call_id == Call.id)
        .correlate_except(Readout, CallReadout)
    )
    publishers = (
        select(Publisher.id, Publisher.slug, Publisher.name)
        .where(Publisher.id.in_(published_by))
        .order_by(Publisher.slug)
        .correlate_except(Publisher)
    )
    initiator = members(*initiator_columns(Call), Call.initiator_basis.label("basis"), of=Call)
    columns = [
        Call.id,
        Call.slug,
        Call.channel,
        Call.title,
        members(*date_columns(Call), Call.date_basis.label("basis"), of=Call).label("date"),
        Call.duration_seconds,
        case((Call.initiator_kind.is_not(None), initiator)).label("initiator"),
        json_list(participants).label("participants"),
        json_list(topics).label("topics"),
        json_list(publishers).label("publishers"),
        _count(CallReadout).label("readout_count"),
        _count(Statement).label("statement_count"),
        identifiers_of(Identifier.call_id, Call.id),
        *record_columns(Call),
    ]
    if "statements" in included:
        columns.append(json_list(statements_of_call()).label("statements"))
    if "readouts" in included:
        readouts = (
            select(*readout_columns(frozenset()))
            .join(CallReadout, CallReadout.readout_id == Readout.id)
            .where(CallReadout.call_id == Call.id)
            .order_by(Readout.id)
            .correlate_except(Readout, CallReadout)
        )
        columns.append(json_list(readouts).label("readouts"))
    if "claims" in included:
        claims = (
            select(*claim_columns(frozenset()))
            .where(Claim.call_id == Call.id)
            .order_by(Claim.position)
            .correlate_except(Claim)
        )
        columns.append(json_list(claims).label("claims"))
    return columns
