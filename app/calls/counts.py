"""What facets of calls are counted call by call: those that a question narrows beside the calls themselves."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, and_, select, union_all
from sqlalchemy.orm import aliased

from app.counting import numbers
from app.criteria import in_language, in_role
from app.db import AnySelect
from app.filters import Shape
from app.tables import Call, CallReadout, Participant, Readout
from app.vocabulary import Facet


def whole_calls(_shape: Shape, _asked: CTE | None, matching: AnySelect) -> AnySelect:
    """The ids of the calls that match: every question chooses whole calls."""
    return matching.with_only_columns(Call.id, maintain_column_froms=True)


def call_by_call(shape: Shape, matching: Sequence[AnySelect]) -> Mapping[Facet, AnySelect]:
    """The leaders and parties in further roles, and the publishers of readouts in one language."""
    ids = [part.with_only_columns(Call.id, maintain_column_froms=True) for part in matching]
    matched = union_all(*ids).cte("matched").prefix_with("MATERIALIZED")
    counted: dict[Facet, AnySelect] = {}
    if shape.chosen("role"):
        part = aliased(Participant)
        parts: Mapping[Facet, Any] = {"leader": part.leader_id, "party": part.party_id}
        for facet, who in parts.items():
            there = and_(part.call_id == matched.c.id, who.is_not(None), *in_role(shape, part))
            counted[facet] = numbers(select(matched.c.id, who).outerjoin_from(matched, part, there))
    if "language" in shape:
        released = (
            select(CallReadout.call_id, Readout.publisher_id)
            .join_from(CallReadout, Readout, Readout.id == CallReadout.readout_id)
            .where(Readout.publisher_id.is_not(None), *in_language(shape, Readout.language))
            .subquery()
        )
        there = released.c.call_id == matched.c.id
        counted["publisher"] = numbers(
            select(matched.c.id, released.c.publisher_id).outerjoin_from(matched, released, there)
        )
    return counted
