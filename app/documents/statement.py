"""The document of a statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.db import AnySelect
from app.documents.common import members, record_columns
from app.json_sql import json_list, json_object
from app.references import reference_to
from app.search import QUESTION
from app.tables import (
    Call,
    CallReadout,
    Participant,
    Readout,
    Statement,
    StatementSpeaker,
    StatementTopic,
    Topic,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a statement shows of the records around it, each as an expression over the statement's row."""

    call: ColumnElement[Any]
    date: ColumnElement[Any]
    readout: ColumnElement[Any]
    speakers: ColumnElement[Any]
    topics: ColumnElement[Any]


def _reported(publisher: ColumnElement[Any]) -> list[Any]:
    return [Statement.readout_id.label("id"), Statement.readout_version.label("version"), publisher.label("publisher")]


def _looked_up() -> Surroundings:
    """Found for each statement by itself, wherever it stands."""
    call, readout, speaker = aliased(Call), aliased(Readout), aliased(Participant)
    speakers = (
        select(
            StatementSpeaker.participant_id.label("participant"),
            reference_to("leader", speaker.leader_id).label("leader"),
            reference_to("party", speaker.party_id).label("party"),
        )
        .join(speaker, speaker.id == StatementSpeaker.participant_id)
        .where(StatementSpeaker.statement_id == Statement.id)
        .order_by(StatementSpeaker.position, StatementSpeaker.participant_id)
        .correlate_except(StatementSpeaker, speaker)
    )
    topics = (
        select(Topic.id, Topic.slug, Topic.name)
        .join(StatementTopic, StatementTopic.topic_id == Topic.id)
        .where(StatementTopic.statement_id == Statement.id)
        .order_by(Topic.slug)
        .correlate_except(Topic, StatementTopic)
    )
    reported = select(*_reported(reference_to("publisher", readout.publisher_id)))
    return Surroundings(
        call=reference_to("call", Statement.call_id),
        date=select(call.date_edtf).where(call.id == Statement.call_id).correlate_except(call).scalar_subquery(),
        readout=json_object(reported.where(readout.id == Statement.readout_id).correlate_except(readout)),
        speakers=json_list(speakers),
        topics=json_list(topics),
    )


def _gathered() -> tuple[Surroundings, list[CTE]]:
    """Made once for all statements of the call at hand, which share speakers and readouts; and what makes them so."""
    part, readout, quoted = aliased(Participant), aliased(Readout), aliased(Statement)
    speaker = select(
        part.id.label("participant"),
        reference_to("leader", part.leader_id).label("leader"),
        reference_to("party", part.party_id).label("party"),
    )
    parts = _once(
        select(part.id, json_object(speaker.correlate(part)).label("speaker")).where(part.call_id == Call.id), "parts"
    )
    sources = _once(
        select(readout.id, reference_to("publisher", readout.publisher_id).label("publisher"))
        .join(CallReadout, CallReadout.readout_id == readout.id)
        .where(CallReadout.call_id == Call.id),
        "sources",
    )
    ordered = aggregate_order_by(parts.c.speaker, StatementSpeaker.position, StatementSpeaker.participant_id)
    spoken = _once(
        select(StatementSpeaker.statement_id, func.json_agg(ordered).label("speakers"))
        .join(parts, parts.c.id == StatementSpeaker.participant_id)
        .group_by(StatementSpeaker.statement_id),
        "spoken",
    )
    topic = json_object(select(Topic.id, Topic.slug, Topic.name).correlate(Topic))
    about = _once(
        select(StatementTopic.statement_id, func.json_agg(aggregate_order_by(topic, Topic.slug)).label("topics"))
        .join(Topic, Topic.id == StatementTopic.topic_id)
        .join(quoted, quoted.id == StatementTopic.statement_id)
        .where(quoted.call_id == Call.id)
        .group_by(StatementTopic.statement_id),
        "about",
    )
    publisher = select(sources.c.publisher).where(sources.c.id == Statement.readout_id).correlate_except(sources)
    speakers = select(spoken.c.speakers).where(spoken.c.statement_id == Statement.id).correlate_except(spoken)
    topics = select(about.c.topics).where(about.c.statement_id == Statement.id).correlate_except(about)
    around = Surroundings(
        call=members(Call.id, Call.slug, Call.title.label("name"), of=Call),
        date=Call.date_edtf,
        readout=members(*_reported(publisher.scalar_subquery()), of=Statement),
        speakers=speakers.scalar_subquery(),
        topics=func.coalesce(topics.scalar_subquery(), literal_column("'[]'::json")),
    )
    return around, [parts, sources, spoken, about]


def _once(query: AnySelect, name: str) -> CTE:
    return query.correlate(Call).cte(name).prefix_with("MATERIALIZED")


def statement_columns(included: frozenset[str]) -> list[Any]:
    """A statement with who reports it, who speaks, how it is attributed and what it is about."""
    return _columns(included, _looked_up())


def statements_of_call() -> AnySelect:
    """The statements of the call at hand, in reading order."""
    around, gathered = _gathered()
    return (
        select(*_columns(frozenset(), around))
        .add_cte(*gathered, nest_here=True)
        .where(Statement.call_id == Call.id)
        .order_by(Statement.readout_id, Statement.readout_version, Statement.position)
        .correlate(Call)
    )


def _columns(included: frozenset[str], around: Surroundings) -> list[Any]:
    attribution = members(
        Statement.attribution_kind.label("kind"),
        Statement.attribution_verb.label("verb"),
        Statement.attribution_text.label("text"),
        Statement.attribution_start.label("start"),
        Statement.attribution_end.label("end"),
        of=Statement,
    )
    highlights = func.search_highlights(Statement.language, Statement.text, QUESTION).label("highlights")
    return [
        Statement.id,
        around.call.label("call"),
        around.date.label("date"),
        around.readout.label("readout"),
        Statement.position,
        Statement.paragraph,
        around.speakers.label("speakers"),
        Statement.text,
        Statement.start,
        Statement.end,
        attribution.label("attribution"),
        Statement.mode,
        Statement.speaker_as,
        Statement.act,
        around.topics.label("topics"),
        *([highlights] if "highlights" in included else []),
        *record_columns(Statement),
    ]
