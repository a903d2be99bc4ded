"""What facets of statements are counted statement by statement: those of questions that choose among a call's."""

from collections.abc import Mapping, Sequence

from sqlalchemy import CTE, Uuid, and_, column, func, select, union_all
from sqlalchemy.orm import aliased

from app.counting import numbers, sums
from app.criteria import dated, part_of_call, refers
from app.db import AnySelect
from app.filters import Shape
from app.references import asked_id
from app.tables import Call, Participant, Readout, Statement, StatementSpeaker, StatementTopic
from app.vocabulary import Facet

_ABOVE = func.topics_above().table_valued(column("topic_id", Uuid), column("above_id", Uuid), name="above")
"""Every topic with itself and each broader one."""
_OF_CALLS = frozenset({"speaker", "call", "date", "date_from", "date_to", "date_match", "reach", "facet"})
"""The parameters that choose whole calls, or all that one leader says in them."""


def _of_calls(shape: Shape) -> bool:
    return len(shape.binds("speaker")) <= 1 and all(name in _OF_CALLS for name, forms in shape.items() if forms)


def whole_calls(shape: Shape, asked: CTE | None, _matching: AnySelect) -> AnySelect | None:
    """The ids of the calls whose statements match, all of them or all that one leader says; None for a choice."""
    if not _of_calls(shape):
        return None
    if not shape.binds("speaker"):
        return select(Call.id).where(*dated(shape), *refers(shape, asked, call=Call.id))
    # By the index that has a leader's calls in their order.
    part = aliased(Participant)
    spine = ((Call.date_earliest, part.call_earliest), (Call.date_latest, part.call_latest))
    spoke = part.leader_id == asked_id(asked, "speaker_0")
    where = (spoke, *dated(shape, spine), *refers(shape, asked, call=Call.id))
    return select(Call.id).join(part, part_of_call(part)).where(*where)


def statement_by_statement(shape: Shape, matching: Sequence[AnySelect]) -> Mapping[Facet, AnySelect]:
    """Every facet, where a question chooses among the statements of a call."""
    if _of_calls(shape):
        return {}
    columns = (Statement.id, Statement.call_id, Statement.readout_id, Statement.act)
    parts = [part.with_only_columns(*columns, maintain_column_froms=True) for part in matching]
    matched = union_all(*parts).cte("matched").prefix_with("MATERIALIZED")
    calls = select(matched.c.call_id, func.count().label("number")).group_by(matched.c.call_id).cte("matched_calls")
    hears = aliased(Participant)
    principal = and_(hears.call_id == calls.c.call_id, hears.role == "principal", hears.leader_id.is_not(None))
    of_call = Call.id == calls.c.call_id
    period = (Call.date_earliest, Call.date_latest)
    said = (
        select(StatementSpeaker.statement_id, Participant.leader_id, Participant.party_id)
        .join_from(StatementSpeaker, Participant, Participant.id == StatementSpeaker.participant_id)
        .subquery()
    )
    leads = and_(said.c.statement_id == matched.c.id, said.c.leader_id.is_not(None))
    stands = and_(said.c.statement_id == matched.c.id, said.c.party_id.is_not(None))
    about = (
        select(StatementTopic.statement_id, _ABOVE.c.above_id)
        .join_from(StatementTopic, _ABOVE, _ABOVE.c.topic_id == StatementTopic.topic_id)
        .subquery()
    )
    tells = about.c.statement_id == matched.c.id
    released = Readout.id == matched.c.readout_id
    return {
        "leader": sums(select(calls.c.number, hears.leader_id).outerjoin_from(calls, hears, principal)),
        "year": sums(select(calls.c.number, func.facet_year(*period)).join_from(calls, Call, of_call)),
        "month": sums(select(calls.c.number, func.facet_month(*period)).join_from(calls, Call, of_call)),
        "channel": sums(select(calls.c.number, Call.channel).join_from(calls, Call, of_call)),
        "party": numbers(select(matched.c.id, said.c.party_id).outerjoin_from(matched, said, stands)),
        "speaker": numbers(select(matched.c.id, said.c.leader_id).outerjoin_from(matched, said, leads)),
        "topic": numbers(select(matched.c.id, about.c.above_id).outerjoin_from(matched, about, tells)),
        "publisher": numbers(select(matched.c.id, Readout.publisher_id).join_from(matched, Readout, released)),
        "act": numbers(select(matched.c.id, matched.c.act)),
    }
