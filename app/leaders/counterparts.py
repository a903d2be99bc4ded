"""With whom a leader spoke: a list of what is counted beforehand for every leader."""

import json
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, cast, column, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from app.asked import LeaderReference
from app.criteria import bears_identifier
from app.db import Prepared, Reader
from app.documents.dyad import call_of_two
from app.filters import Shape
from app.json_sql import json_object
from app.leaders.schemas import CounterpartFilters
from app.lists import SHAPES_KEPT
from app.paging import Order, Page, descending, foreign_cursor, read_cursor, write_cursor
from app.references import asked_records, reference_to
from app.resources import refuse_path
from app.tables import Leader

_LIMIT = bindparam("limit_0", type_=Integer())
_KEYS = 2
"""How many sort keys a row has, whatever the order."""


def _orders(calls: Any) -> dict[str, Order]:
    return {
        "-count": Order.by(descending(calls), Leader.slug),
        "count": Order.by(calls, Leader.slug),
        "name": Order.by(Leader.folded, Leader.id),
        "-name": Order.by(descending(Leader.folded), descending(Leader.id)),
    }


async def list_counterparts(reader: Reader, leader: LeaderReference, filters: CounterpartFilters) -> Page:
    """A page of those with whom the leader in the path spoke, by one statement.

    Raises NotFound, Moved or AmbiguousName for the leader.
    """
    shape, values = filters.shape(), filters.values()
    identity = f"counterparts {leader} {filters.identity()}"
    shape.pop("cursor", None)
    shape["key"] = (leader.form,)
    values.update({f"key_0{suffix}": part for suffix, part in leader.values.items()})
    after = {} if filters.cursor is None else read_cursor(filters.cursor, identity, _KEYS)
    try:
        ((data, last, total, found),) = await reader.rows(_statement(shape, after=bool(after)), values | after)
    except asyncpg.DataError as error:
        if after:
            raise foreign_cursor() from error
        raise
    if found is None:
        await refuse_path(reader, leader)
    following = None if last is None else write_cursor(identity, json.loads(last))
    return Page(data or "", filters.limit, following, total, None)


@lru_cache(maxsize=SHAPES_KEPT)
def _statement(shape: Shape, *, after: bool) -> Prepared:
    asked = asked_records(shape, exact=frozenset({"key"}))
    assert asked is not None
    leader = select(asked.c.key_0).scalar_subquery()
    columns: list[Any] = [column("facet", Text), column("value", Text), column("calls", BigInteger)]
    counted = func.facet_totals(leader, cast(["leader"], ARRAY(Text()))).table_valued(*columns, name="counted")
    order = _orders(counted.c.calls)[shape.chosen("sort")]
    rows = (
        select(Leader.id, counted.c.calls, *order.keys)
        .join_from(counted, Leader, Leader.id == cast(counted.c.value, Uuid))
        .where(counted.c.value != "", counted.c.calls > 0, Leader.id != leader)
        .where(*bears_identifier(shape, leader_id=Leader.id))
    )
    ordered = (rows.where(order.after()) if after else rows).order_by(*order.clauses([by for by, _ in order.columns]))
    page = ordered.limit(_LIMIT + 1).cte("page")
    keys = [page.c[key.name] for key in order.keys]
    placed = select(page, func.row_number().over(order_by=order.clauses(keys)).label("place")).cte("placed")
    record = json_object(
        select(
            reference_to("leader", placed.c.id).label("leader"),
            placed.c.calls.label("call_count"),
            call_of_two(leader, placed.c.id, last=False).label("first"),
            call_of_two(leader, placed.c.id, last=True).label("last"),
        ).correlate(placed)
    )
    data = select(func.string_agg(cast(record, Text), aggregate_order_by(literal_column("','"), placed.c.place))).where(
        placed.c.place <= _LIMIT
    )
    ends = func.json_build_array(*(cast(placed.c[key.name], Text) for key in order.keys))
    more = select(func.count()).select_from(page).scalar_subquery() > _LIMIT
    last = select(cast(ends, Text)).where(placed.c.place == _LIMIT, more)
    total = select(func.count()).select_from(rows.subquery()).scalar_subquery()
    return Prepared.of(
        select(
            data.scalar_subquery().label("data"),
            last.scalar_subquery().label("last"),
            (total if shape["count"] == "exact" else null()).label("total"),
            asked.c.key_0,
        )
    )
