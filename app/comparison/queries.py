"""What is asked of a call to compare its accounts."""

import asyncio
import json
from typing import Any

from sqlalchemy import CTE, Text, Uuid, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.asked import CallReference
from app.comparing import compare
from app.comparison.schemas import MOST_READOUTS, MOST_STATEMENTS, ComparisonFilters, ComparisonOut
from app.criteria import bears_identifier
from app.db import AnySelect, Reader
from app.documents.claim import claim_columns
from app.documents.readout import newest
from app.documents.statement import statement_columns
from app.filters import Shape
from app.json_sql import json_list, json_object
from app.paging import Item
from app.problems import InvalidRequest
from app.references import reference_to
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Call, CallReadout, Claim, Participant, Publisher, Readout, Statement, StatementTopic, Topic

_KEY = "id"
# What a statement is compared by: the words of the beginning of its text in the forms of its language, without those
# that every text has, which PostgreSQL's own dictionaries know, and without those that give the text to its speakers.
_WORDS = literal_column(
    """ARRAY(
        SELECT DISTINCT lexeme
        FROM (SELECT search_tag(statements.language) AS tag OFFSET 0) AS tags,
            LATERAL (SELECT search_stemmer(tag) AS stemmer OFFSET 0) AS stemmers,
            LATERAL (
                SELECT CAST(regexp_replace(CAST(stemmer AS text), '^.*search_(.*)$', '\\1_stem') AS regdictionary)
                    AS common OFFSET 0
            ) AS dictionaries,
            string_to_table(search_read(left(CASE
                WHEN attribution_start >= start AND attribution_end <= "end"
                THEN overlay(statements.text PLACING ' ' FROM attribution_start - start + 1
                    FOR attribution_end - attribution_start)
                ELSE statements.text
            END, 5000)), ' ') AS word,
            unnest(search_lexemes(tag, stemmer, word)) AS stem,
            left(stem, coalesce(length(tag), 0) + 6) AS lexeme
        WHERE word <> '' AND (common IS NULL OR ts_lexize(common, word) IS DISTINCT FROM '{}')
        ORDER BY lexeme
    )""",
    ARRAY(Text()),
)


_ABOVE = literal_column(
    """ARRAY(
        WITH RECURSIVE above (id) AS (
            SELECT topics.broader_id
            UNION SELECT upper.broader_id FROM topics AS upper JOIN above ON upper.id = above.id
        )
        SELECT id FROM above WHERE id IS NOT NULL
    )""",
    ARRAY(Uuid()),
)
"""The ids of all topics that are broader than one."""


def _matching(shape: Shape, _asked: CTE | None) -> AnySelect:
    return select(Call).where(*bears_identifier(shape, call_id=Call.id))


def _columns(_included: frozenset[str]) -> list[Any]:
    return [
        reference_to("call", Call.id).label("call"),
        Call.date_edtf.label("date"),
        json_list(_readouts()).label("readouts"),
        json_list(_people()).label("participants"),
        json_list(_topics()).label("topics"),
        json_list(_claims()).label("claims"),
        json_list(_statements()).label("statements"),
    ]


def _readouts() -> AnySelect:
    publisher = aliased(Publisher)
    return (
        select(
            Readout.id,
            Readout.kind,
            Readout.title,
            Readout.language,
            Readout.translation,
            Readout.translation_of,
            Readout.published_on,
            Readout.url,
            newest("version").label("text_version"),
            reference_to("publisher", Readout.publisher_id).label("publisher"),
            reference_to("party", publisher.party_id).label("party"),
        )
        .join(CallReadout, CallReadout.readout_id == Readout.id)
        .outerjoin(publisher, publisher.id == Readout.publisher_id)
        .where(CallReadout.call_id == Call.id)
        .order_by(Readout.published_on, Readout.id)
        .limit(MOST_READOUTS + 1)
        .correlate_except(Readout, CallReadout, publisher)
    )


def _people() -> AnySelect:
    return (
        select(
            Participant.id.label("participant"),
            reference_to("leader", Participant.leader_id).label("leader"),
            reference_to("party", Participant.party_id).label("party"),
        )
        .where(Participant.call_id == Call.id)
        .order_by(Participant.position)
        .correlate_except(Participant)
    )


def _topics() -> AnySelect:
    """The topics of the call's statements, each narrower one after its broader one."""
    broader = aliased(Topic)
    of_call = (
        select(StatementTopic.topic_id)
        .join(Statement, Statement.id == StatementTopic.statement_id)
        .where(Statement.call_id == Call.id)
        .correlate_except(StatementTopic, Statement)
    )
    return (
        select(
            json_object(select(Topic.id, Topic.slug, Topic.name).correlate(Topic)).label("topic"),
            reference_to("topic", Topic.broader_id).label("broader"),
            _ABOVE.label("above"),
        )
        .outerjoin_from(Topic, broader, broader.id == Topic.broader_id)
        .where(Topic.id.in_(of_call))
        .order_by(func.coalesce(broader.slug, Topic.slug), Topic.broader_id.is_not(None), Topic.slug)
        .correlate_except(Topic, broader)
    )


def _claims() -> AnySelect:
    return (
        select(*claim_columns(frozenset()))
        .where(Claim.call_id == Call.id)
        .order_by(Claim.position)
        .correlate_except(Claim)
    )


def _statements() -> AnySelect:
    return (
        select(*statement_columns(frozenset()), Statement.language, _WORDS.label("words"))
        .where(Statement.call_id == Call.id)
        .order_by(Statement.readout_id, Statement.readout_version, Statement.position)
        .limit(MOST_STATEMENTS + 1)
        .correlate_except(Statement)
    )


_COMPARED = Resource(kind="call", table=Call, out=ComparisonOut, columns=_columns, matching=_matching, orders={})


async def get_call_comparison(reader: Reader, key: CallReference, filters: ComparisonFilters) -> Item:
    """The accounts of a call side by side, by one statement; raises as `fetch_item` does.

    Raises InvalidRequest where there is more than can be compared in a moment.
    """
    item = await fetch_item(reader, _COMPARED, key, filters)
    told = json.loads(item.data)
    for name, most in (("statements", MOST_STATEMENTS), ("readouts", MOST_READOUTS)):
        if len(told[name]) > most:
            detail = f"has more than {most:,} {name}, which are too many to be compared; its lists give them all"
            raise InvalidRequest.parameter(_KEY, detail)
    # In a thread, so that others are answered while much is compared.
    compared = await asyncio.to_thread(compare, told)
    return Item(json.dumps(compared, ensure_ascii=False, separators=(",", ":")), item.version)
