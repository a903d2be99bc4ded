"""Questions about statements."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from app.asked import StatementReference
from app.counting import Counting
from app.criteria import at_or_below, bears_identifier, dated, equals, in_language, part_of_call, refers
from app.db import AnySelect, Reader
from app.documents.statement import statement_columns
from app.filters import Filters, Shape
from app.paging import Item, Order, Spine, descending
from app.references import asked_id, bound
from app.resource import Resource, Words
from app.resources import fetch_item
from app.statements.counts import statement_by_statement, whole_calls
from app.statements.schemas import StatementOut
from app.tables import (
    Call,
    Participant,
    Readout,
    ReadoutVersion,
    Statement,
    StatementSpeaker,
    StatementTopic,
)


def _spoken_by(column: str, record_id: Any) -> ColumnElement[bool]:
    speaks = aliased(StatementSpeaker)
    participant = aliased(Participant)
    return exists(
        select(1)
        .select_from(speaks)
        .join(participant, participant.id == speaks.participant_id)
        .where(speaks.statement_id == Statement.id, getattr(participant, column) == record_id)
        .correlate_except(speaks, participant)
    )


def _spoken_to(record_id: Any) -> ColumnElement[bool]:
    hears = aliased(Participant)
    speaks = aliased(StatementSpeaker)
    somebody_else = exists(
        select(1).where(speaks.statement_id == Statement.id, speaks.participant_id != hears.id).correlate_except(speaks)
    )
    return exists(
        select(1)
        .where(
            hears.call_id == Statement.call_id,
            hears.leader_id == record_id,
            hears.role == "principal",
            somebody_else,
        )
        .correlate_except(hears)
    )


def spine(shape: Shape) -> Spine:
    """The statements of speakers are walked along the calls of the first of them."""
    if not shape.binds("speaker"):
        return ()
    return (
        (Call.date_earliest, Participant.call_earliest),
        (Call.date_latest, Participant.call_latest),
        (Call.id, Participant.call_id),
    )


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The statements that a question matches; an identifier may be of the call, the readout or a speaker."""
    readout = aliased(Readout)
    query = select(Statement).join(Call, Call.id == Statement.call_id)
    speakers = [asked_id(asked, name) for name, _ in shape.binds("speaker")]
    if speakers:
        # Joined, not asked for by EXISTS: a leader takes part once, and the index on them walks in the calls' order.
        speaks = aliased(StatementSpeaker)
        query = (
            query.join(speaks, speaks.statement_id == Statement.id)
            .join(Participant, and_(Participant.id == speaks.participant_id, part_of_call(Participant)))
            .where(Participant.leader_id == speakers[0])
        )
    conditions = [
        *refers(shape, asked, call=Statement.call_id),
        *(_spoken_by("leader_id", speaker) for speaker in speakers[1:]),
        *(_spoken_by("party_id", asked_id(asked, name)) for name, _ in shape.binds("party")),
        *(_spoken_to(asked_id(asked, name)) for name, _ in shape.binds("counterpart")),
        *equals(shape, act=Statement.act, mode=Statement.mode, verb=Statement.attribution_verb_folded),
        *dated(shape, spine(shape)),
    ]
    released = [*refers(shape, asked, attributed_by=readout.publisher_id), *in_language(shape, readout.language)]
    if released:
        conditions.append(
            exists(select(1).where(and_(readout.id == Statement.readout_id, *released)).correlate_except(readout))
        )
    if "wording" in shape:
        later = aliased(ReadoutVersion)
        outdated = exists(
            select(1)
            .where(later.readout_id == Statement.readout_id, later.version > Statement.readout_version)
            .correlate_except(later)
        )
        conditions.append(outdated == (bound("wording_0") == "earlier"))
    if "topic" in shape:
        about = select(StatementTopic.statement_id).where(StatementTopic.topic_id.in_(at_or_below(asked, "topic_0")))
        conditions.append(Statement.id.in_(about))
    if "identifier" in shape:
        speaks = aliased(StatementSpeaker)
        speaker = aliased(Participant)
        by_speaker = exists(
            select(1)
            .select_from(speaks)
            .join(speaker, speaker.id == speaks.participant_id)
            .where(speaks.statement_id == Statement.id, *bears_identifier(shape, leader_id=speaker.leader_id))
            .correlate_except(speaks, speaker)
        )
        of_source = bears_identifier(shape, call_id=Statement.call_id, readout_id=Statement.readout_id)
        conditions.append(of_source[0] | by_speaker)
    return query.where(*conditions)


STATEMENTS = Resource(
    kind="statement",
    table=Statement,
    out=StatementOut,
    columns=statement_columns,
    matching=matching,
    orders={
        "-date": Order.by(
            descending(Call.date_earliest),
            descending(Call.date_latest),
            descending(Call.id),
            Statement.readout_id,
            Statement.readout_version,
            Statement.position,
        ),
        "date": Order.by(
            Call.date_earliest,
            Call.date_latest,
            Call.id,
            Statement.readout_id,
            Statement.readout_version,
            Statement.position,
        ),
    },
    spine=spine,
    words=Words(Statement.words, effort=1, along=3),
)


COUNTING = Counting(
    STATEMENTS, number="statements", scope="speaker", calls=whole_calls, by_record=statement_by_statement
)


async def get_statement(reader: Reader, key: StatementReference, filters: Filters) -> Item:
    """One statement."""
    return await fetch_item(reader, STATEMENTS, key, filters)
