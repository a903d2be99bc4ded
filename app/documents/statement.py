"""The document of a statement."""

from typing import Any

from sqlalchemy import and_, case, func, literal_column, select, true
from sqlalchemy.orm import aliased

from app.documents.common import members, record_columns
from app.json_sql import json_list, json_object
from app.references import reference_to
from app.search import QUESTION, wanted_lexemes, wanted_words, word_marks
from app.tables import (
    Call,
    Participant,
    Readout,
    Statement,
    StatementSpeaker,
    StatementTopic,
    Topic,
)


def statement_columns(included: frozenset[str]) -> list[Any]:
    """A statement with who reports it, who speaks, how it is attributed and what it is about."""
    call = aliased(Call)
    readout = aliased(Readout)
    speaker = aliased(Participant)
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
    reported = select(
        readout.id,
        Statement.readout_version.label("version"),
        reference_to("publisher", readout.publisher_id).label("publisher"),
    )
    attribution = members(
        Statement.attribution_kind.label("kind"),
        Statement.attribution_verb.label("verb"),
        Statement.attribution_text.label("text"),
        Statement.attribution_start.label("start"),
        Statement.attribution_end.label("end"),
        of=Statement,
    )
    # Looked up one by one: a join would go through all topics for each statement, since they are few.
    topic = (
        select(Topic.id, Topic.slug, Topic.name)
        .where(Topic.id == StatementTopic.topic_id)
        .offset(literal_column("0"))
        .lateral("topic")
    )
    topics = (
        select(*topic.c)
        .select_from(StatementTopic)
        .join(topic, true())
        .where(StatementTopic.statement_id == Statement.id)
        .order_by(topic.c.slug)
        .correlate_except(StatementTopic, topic)
    )
    text, words = Statement.text, Statement.words
    marks = case(
        (and_(wanted_words("statement").is_not(None), func.search_plain(text)), word_marks("statement", text, words)),
        else_=func.search_marks(Statement.language, text, words, QUESTION, wanted_lexemes("statement")),
    )
    return [
        Statement.id,
        reference_to("call", Statement.call_id).label("call"),
        select(call.date_edtf)
        .where(call.id == Statement.call_id)
        .correlate_except(call)
        .scalar_subquery()
        .label("date"),
        json_object(reported.where(readout.id == Statement.readout_id).correlate_except(readout)).label("readout"),
        Statement.position,
        Statement.paragraph,
        json_list(speakers).label("speakers"),
        Statement.text,
        Statement.start,
        Statement.end,
        attribution.label("attribution"),
        Statement.mode,
        Statement.speaker_as,
        Statement.act,
        json_list(topics).label("topics"),
        *([marks.label("highlights")] if "highlights" in included else []),
        *record_columns(Statement),
    ]
