"""With whom a leader spoke: a list of what is counted beforehand for every leader."""

from typing import Any

from sqlalchemy import CTE, BigInteger, Text, Uuid, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.criteria import bears_identifier
from app.db import AnySelect
from app.documents.dyad import call_of_two
from app.filters import Shape
from app.leaders.schemas import CounterpartOut
from app.paging import Order, descending
from app.references import asked_id, reference_to
from app.resource import PLACED, Resource
from app.tables import Leader

_CALLS = literal_column("counted.calls", BigInteger())
_LEADER = literal_column("(SELECT leader_0 FROM asked)", Uuid())
"""The id of the leader in the path, where a record is shown."""


def _matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """Those who were principals of calls together with the leader in the path, each with how many these are."""
    leader = asked_id(asked, "leader_0")
    columns: list[Any] = [column("facet", Text), column("value", Text), column("calls", BigInteger)]
    counted = func.facet_totals(leader, cast(["leader"], ARRAY(Text()))).table_valued(*columns, name="counted")
    return (
        select(Leader)
        .join_from(counted, Leader, Leader.id == cast(counted.c.value, Uuid))
        .where(counted.c.value != "", counted.c.calls > 0, Leader.id != leader)
        .where(*bears_identifier(shape, leader_id=Leader.id))
    )


def _columns(_included: frozenset[str]) -> list[Any]:
    return [
        reference_to("leader", Leader.id).label("leader"),
        literal_column(f"{PLACED}.calls", BigInteger()).label("call_count"),
        call_of_two(_LEADER, Leader.id, last=False).label("first"),
        call_of_two(_LEADER, Leader.id, last=True).label("last"),
    ]


COUNTERPARTS = Resource(
    kind="leader",
    table=Leader,
    out=CounterpartOut,
    columns=_columns,
    matching=_matching,
    orders={
        "-count": Order.by(descending(_CALLS), Leader.slug),
        "count": Order.by(_CALLS, Leader.slug),
        "name": Order.by(Leader.folded, Leader.id),
        "-name": Order.by(descending(Leader.folded), descending(Leader.id)),
    },
    carried=(_CALLS.label("calls"),),
)
