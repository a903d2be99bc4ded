"""What is told of two leaders, or two parties, who spoke with each other."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, tuple_
from sqlalchemy.orm import aliased

from app.json_sql import json_object
from app.references import reference_to
from app.tables import Call, Dyad

UNDATED = literal_column("DATE '-infinity'")


def dated_call(call: Any) -> list[ColumnElement[Any]]:
    """A call by its date and a reference."""
    return [call.date_edtf.label("date"), reference_to("call", call.id).label("call")]


def call_of_two(one: Any, other: Any, *, last: bool) -> ColumnElement[Any]:
    """The first or the last call of two by date, of those that are dated; null where none is."""
    dyad, call = aliased(Dyad), aliased(Call)
    order = (dyad.call_earliest, dyad.call_latest, dyad.call_id)
    return json_object(
        select(*dated_call(call))
        .join_from(dyad, call, call.id == dyad.call_id)
        .where(dyad.first_id == func.least(one, other), dyad.second_id == func.greatest(one, other))
        .where(tuple_(*order[:2]) > tuple_(UNDATED, UNDATED))
        .order_by(*(column.desc() if last else column for column in order))
        .limit(1)
        .correlate_except(dyad, call)
    )
