"""The one statement that answers a list: which records its page holds, and the page as JSON."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    REAL,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import REGCLASS, aggregate_order_by

from app.criteria import reaching
from app.db import AnySelect, Prepared
from app.filters import Shape
from app.paging import Order, descending
from app.references import asked_records
from app.resource import PLACED, Resource
from app.search import RANKING, RELEVANCE, asked_query, expected_share

Beside = Callable[[Shape, CTE | None], ColumnElement[str]]
"""Makes what else a statement tells of the records that a shape matches, given those that the question refers to."""
SHAPES_KEPT = 512
RANKED = 100
"""How many of the matching records, the first in the usual order, are ranked by relevance."""
_LIMIT = bindparam("limit_0", type_=Integer())
_CLASS = table("pg_class", column("oid"), column("reltuples", REAL()), schema="pg_catalog")
_PATIENCE = 100
"""How many statements, at least, are looked at for each that is wanted, since the index also gives mere candidates."""
_COST_OF_A_MATCH, _COST_OF_A_LOOK = 3.0, 0.006
_BY_LENGTH = 1
"""Makes `ts_rank` divide by one plus the logarithm of the number of words."""


@lru_cache(maxsize=SHAPES_KEPT)
def list_statement(
    resource: Resource, shape: Shape, path: str | None, *, after: bool, beside: Beside | None = None
) -> Prepared:
    """The statement for a shape of question; `path` is the parameter in the path, `after` says that a cursor is given.

    Its row: the page's records as JSON, the last one's keys where others follow, how many match, how many were ranked,
    what `beside` makes, and the ids of the records that the question refers to.
    """
    asked = asked_records(shape, exact=frozenset({path} if path else ()))
    matching = resource.matching(shape, asked)
    ids = resource.ids(shape)
    ranked = None
    if shape["sort"] == RELEVANCE:
        ranked = _ranked(resource, shape, matching)
        order = _by_rank(resource, ranked)
        page = ordered(select(ranked), ranked.c.id, order, after=after).limit(_LIMIT + 1).cte("page")
    else:
        order = resource.orders[shape.chosen("sort")].along(resource.spine(shape))
        if "q" in shape:
            page = _first_met(resource, matching, ids, order, _LIMIT + 1, after=after).cte("page")
        else:
            parts = [matching if part is shape else resource.matching(part, asked) for part in reaching(shape)]
            rows = [ordered(part, ids, order, *resource.carried, after=after) for part in parts]
            # The one that begins later comes first, unless the order, whose first key is the first day, runs upwards.
            page = _first_of(rows if order.columns[0][1] else rows[::-1], _LIMIT + 1).cte("page")
    keys = keys_among(page, order)
    placed = select(page, func.row_number().over(order_by=order.clauses(keys)).label("place")).cte(PLACED)
    record = resource.text(shape, placed.c.id, alone=False)
    data = (
        select(func.string_agg(record, aggregate_order_by(literal_column("','"), placed.c.place)))
        .where(placed.c.place <= _LIMIT)
        .scalar_subquery()
    )
    last = (
        select(cast(func.json_build_array(*(cast(key, Text) for key in keys_among(placed, order))), Text))
        .where(placed.c.place == _LIMIT, _size(page) > _LIMIT)
        .scalar_subquery()
    )
    counted = meeting(resource, matching) if "q" in shape else matching
    total = _size(counted.with_only_columns(ids, maintain_column_froms=True).subquery())
    answer = select(
        data.label("data"),
        last.label("last"),
        (total if shape["count"] == "exact" else null()).label("total"),
        (null() if ranked is None else _size(ranked)).label("ranked"),
        (null() if beside is None else beside(shape, asked)).label("facets"),
        *([] if asked is None else list(asked.c)),
    )
    return Prepared.of(answer if asked is None else answer.select_from(asked))


def keys_of(resource: Resource, shape: Shape) -> int:
    """How many sort keys a row of the list has."""
    if shape["sort"] == RELEVANCE:
        return 1 + len(resource.usual_order.columns)
    return len(resource.orders[shape.chosen("sort")].columns)


def _first_of(parts: list[AnySelect], number: Any) -> AnySelect:
    """The first rows of parts that follow one another in an order; no part is begun once those before have enough."""
    first, *others = parts
    rows = select(first.limit(number).subquery())
    for part in others:
        before = rows.cte()
        rest = part.limit(number - _size(before)).subquery()
        rows = select(union_all(select(before), select(rest)).subquery())
    return rows


def ordered(matching: AnySelect, record_id: Any, order: Order, *more: Any, after: bool) -> AnySelect:
    """The ids and sort keys of what matches, and more of their columns, in order and behind the cursor."""
    rows = matching.with_only_columns(record_id.label("id"), *order.keys, *more, maintain_column_froms=True)
    return (rows.where(order.after()) if after else rows).order_by(
        *order.clauses([column for column, _ in order.columns])
    )


def keys_among(rows: FromClause, order: Order) -> list[ColumnElement[Any]]:
    """The sort keys of an order among the columns of rows."""
    return [rows.c[key.name] for key in order.keys]


def _size(rows: FromClause) -> Any:
    return select(func.count()).select_from(rows).scalar_subquery()


def _with_words(resource: Resource, matching: AnySelect) -> AnySelect:
    assert resource.words is not None
    of = resource.words.of
    return matching if of is None else matching.join(of.class_, of == resource.table.id)


def meeting(resource: Resource, matching: AnySelect) -> AnySelect:
    """The records that match, and whose words meet the question."""
    assert resource.words is not None
    return _with_words(resource, matching).where(resource.words.column.bool_op("@@")(asked_query(resource.kind)))


def _first_met(  # noqa: PLR0913
    resource: Resource, matching: AnySelect, record_id: Any, order: Order, number: Any, *, after: bool
) -> Any:
    """The first records in an order that match, and whose words meet the question.

    Where many do, some are met soon by walking in that order; where few do, the index on the words has them all. Which
    it is, is guessed by how common the words are; and since the guess may be wrong, the walk is given up where the
    index would have been as fast. Where nothing is known of the words: when one record in n meets the question, the
    walk looks at n times the number, and the index gives an nth of all.
    """
    assert resource.words is not None
    met = resource.words.column.bool_op("@@")(asked_query(resource.kind)).label("met")
    # By those keys only that an index gives in their order, so that nothing is sorted that does not meet the question.
    along = order.clauses([by for by, _ in order.columns])[: resource.words.along]
    near = ordered(_with_words(resource, matching), record_id, order, met, after=after).order_by(None).order_by(*along)
    # As PostgreSQL last counted them; -1 is never.
    of = cast(literal_column(f"'{resource.table.__tablename__}'"), REGCLASS)
    records = select(func.abs(_CLASS.c.reltuples)).where(_CLASS.c.oid == of).scalar_subquery()
    effort, share = resource.words.effort, expected_share(resource.kind)
    least = number * (_PATIENCE // effort)
    # What the index costs, in records that could be walked meanwhile: so much for each that will match, and for all.
    most = func.greatest(least, func.ceil(records * (share * _COST_OF_A_MATCH + _COST_OF_A_LOOK) / effort))
    patience = case(
        (share.is_(None), func.greatest(least, func.ceil(func.sqrt(number * records / effort)))),
        (share * most < number, 0),
        else_=most,
    )
    nearest = near.fetch(cast(patience, Integer), with_ties=True).subquery("near")
    keys = keys_among(nearest, order)
    walked = select(nearest.c.id, *keys).where(nearest.c.met).order_by(*order.clauses(keys))
    walked_first = walked.limit(number).cte("walked")
    # Found before they are sorted: a plan that counts on few of them would otherwise go through them once a record.
    indexed = ordered(meeting(resource, matching), record_id, order, after=after).order_by(None)
    indexed_all = indexed.cte("indexed").prefix_with("MATERIALIZED")
    indexed_first = (
        select(indexed_all).order_by(*order.clauses(keys_among(indexed_all, order))).limit(number).subquery()
    )
    enough = _size(walked_first) == number
    return union_all(select(walked_first).where(enough), select(indexed_first).where(~enough))


def _ranked(resource: Resource, shape: Shape, matching: AnySelect) -> CTE:
    """The first records in the usual order that match and meet the question, each with its rank beside its keys."""
    assert resource.words is not None
    order, ids = resource.usual_order.along(resource.spine(shape)), resource.ids(shape)
    number = literal_column(str(RANKED), Integer())
    met = _first_met(resource, matching, ids, order, number, after=False).cte("met")
    words = resource.words
    rank: Any = func.ts_rank(words.column, RANKING, _BY_LENGTH, type_=REAL()).label("rank")
    beside = resource.table.id if words.of is None else words.of
    return (
        select(met.c.id, *keys_among(met, order), rank).join_from(met, beside.class_, beside == met.c.id).cte("ranked")
    )


def _by_rank(resource: Resource, ranked: CTE) -> Order:
    order = resource.usual_order
    directions = [down for _, down in order.columns]
    return Order((descending(ranked.c.rank), *zip(keys_among(ranked, order), directions, strict=True)))
