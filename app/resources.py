"""What the eight resources have in common: one statement that answers a list, and one that answers an item."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.exc import DBAPIError

from app.asked import Kind, Reference
from app.db import AnySelect, Prepared, Reader
from app.filters import Filters, PageFilters, Shape, in_order
from app.paging import Item, Order, Page, foreign_cursor, read_cursor, write_cursor
from app.problems import Moved, NotFound
from app.references import NAMINGS, ambiguous_name, asked_records, redirected, unknown_reference

_SHAPES_KEPT = 512
_DATA_EXCEPTION = "22"


@dataclass(frozen=True, eq=False, slots=True)
class Resource:
    """One kind of record: what it shows, which records a question matches, and in which orders."""

    kind: Kind
    table: Any
    columns: Callable[[frozenset[str]], list[Any]]
    """The members of a record, given what to include."""
    matching: Callable[[Shape, CTE | None], AnySelect]
    """The table's rows that match a question, joined to whatever its orders sort by."""
    orders: Mapping[str, Order]
    alone: frozenset[str] = frozenset()
    """What an item includes unasked."""

    def record(self, shape: Shape, record_id: ColumnElement[Any], *, alone: bool) -> Any:
        """The record with an id, as a row whose columns are its members."""
        included = frozenset(shape.chosen("include").split(",")) if "include" in shape else frozenset()
        return select(*self.columns(included | self.alone if alone else included)).where(self.table.id == record_id)


@lru_cache(maxsize=_SHAPES_KEPT)
def _list_statement(resource: Resource, shape: Shape, path: str | None, *, after: bool) -> Prepared:
    order = resource.orders[shape.chosen("sort")]
    asked = asked_records(shape, exact=frozenset({path} if path else ()))
    matching = resource.matching(shape, asked)
    table = resource.table
    limit = bindparam("limit_0", type_=Integer())
    ordered = matching.with_only_columns(table.id.label("id"), *order.keys, maintain_column_froms=True)
    if after:
        ordered = ordered.where(order.after())
    page = ordered.order_by(*order.clauses([column for column, _ in order.columns])).limit(limit + 1).cte("page")
    keys = [page.c[f"key_{number}"] for number in range(len(order.columns))]
    ranked = select(page, func.row_number().over(order_by=order.clauses(keys)).label("rank")).cte("ranked")
    record = resource.record(shape, ranked.c.id, alone=False).correlate(ranked).lateral("record")
    data = (
        select(
            func.string_agg(
                cast(func.row_to_json(record.table_valued()), Text),
                aggregate_order_by(literal_column("','"), ranked.c.rank),
            )
        )
        .select_from(ranked.join(record, true()))
        .where(ranked.c.rank <= limit)
        .scalar_subquery()
    )
    size = select(func.count()).select_from(page).scalar_subquery()
    last_keys = [cast(ranked.c[key.name], Text) for key in keys]
    last = (
        select(cast(func.json_build_array(*last_keys), Text))
        .where(ranked.c.rank == limit, size > limit)
        .scalar_subquery()
    )
    total = (
        select(func.count()).select_from(matching.with_only_columns(table.id, maintain_column_froms=True).subquery())
    ).scalar_subquery()
    answer = select(
        data.label("data"),
        last.label("last"),
        (total if shape["count"] == "exact" else null()).label("total"),
        *([] if asked is None else list(asked.c)),
    )
    return Prepared.of(answer if asked is None else answer.select_from(asked))


async def fetch_page(
    reader: Reader,
    resource: Resource,
    filters: PageFilters,
    path: tuple[str, Reference] | None = None,
) -> Page:
    """A page of the records that match, by one statement.

    `path` is a parameter that stands in the path instead of the query, by its name. Raises InvalidRequest for what
    the question refers to in vain, NotFound or Moved for the record in the path.
    """
    shape, values = filters.shape(), filters.values()
    if path is not None:
        shape[path[0]] = (path[1].form,)
        values.update({f"{path[0]}_0{suffix}": part for suffix, part in path[1].values.items()})
    identity = f"{resource.kind} {path} {filters.identity()}"
    after: dict[str, object] = {}
    if filters.cursor is not None:
        after = read_cursor(filters.cursor, identity, resource.orders[shape.chosen("sort")])
    shape.pop("cursor", None)
    statement = _list_statement(resource, shape, path[0] if path else None, after=bool(after))
    try:
        data, last, total, *found = tuple((await reader.rows(statement, values | after))[0])
    except DBAPIError as error:
        if after and (getattr(error.orig, "sqlstate", None) or "").startswith(_DATA_EXCEPTION):
            raise foreign_cursor() from error
        raise
    if None in found:
        await _refuse(reader, filters, path, shape, found)
    following = None if last is None else write_cursor(identity, json.loads(last))
    return Page(data or "", filters.limit, following, total)


async def _refuse(
    reader: Reader, filters: Filters, path: tuple[str, Reference] | None, shape: Shape, found: Sequence[object]
) -> None:
    places = [
        (parameter, number)
        for parameter, forms in shape.items()
        if not isinstance(forms, str)
        for number, form in enumerate(forms)
        if ":" in form
    ]
    for (parameter, number), record_id in zip(places, found, strict=True):
        if record_id is not None:
            continue
        if path is not None and parameter == path[0]:
            await _refuse_path(reader, path[1])
        given = getattr(filters, parameter)
        raise await unknown_reference(reader, parameter, in_order(given)[number] if isinstance(given, list) else given)


@lru_cache(maxsize=_SHAPES_KEPT)
def _item_statement(resource: Resource, shape: Shape) -> Prepared:
    asked = asked_records(shape, exact=frozenset({"key"}))
    assert asked is not None
    key = select(asked.c.key_0).scalar_subquery()
    record = resource.record(shape, key, alone=True).subquery("record")
    rows = resource.matching(shape, asked).with_only_columns(
        resource.table.version,
        select(cast(func.row_to_json(record.table_valued()), Text)).scalar_subquery(),
        maintain_column_froms=True,
    )
    return Prepared.of(rows.where(resource.table.id == key))


async def fetch_item(reader: Reader, resource: Resource, key: Reference, filters: Filters) -> Item:
    """The record in the path, by one statement; raises NotFound, or Moved where another record answers for it."""
    shape, values = filters.shape(), filters.values()
    shape["key"] = (key.form,)
    values.update({f"key_0{suffix}": part for suffix, part in key.values.items()})
    rows = await reader.rows(_item_statement(resource, shape), values)
    if not rows:
        await _refuse_path(reader, key)
    version, data = tuple(rows[0])
    return Item(data, version)


@lru_cache
def _redirect_statement(kind: Kind) -> Prepared:
    naming = NAMINGS[kind]
    return Prepared.of(
        select(naming.key_of(naming.table)).where(naming.table.id == redirected(kind, bindparam("old", type_=String())))
    )


async def _refuse_path(reader: Reader, key: Reference) -> NoReturn:
    naming = NAMINGS[key.kind]
    if naming.moved_to is not None:
        rows = await reader.rows(_redirect_statement(key.kind), {"old": key.text.lower()})
        if rows:
            raise Moved(str(rows[0][0]))
    ambiguous = await ambiguous_name(reader, "id", key)
    if ambiguous is not None:
        raise ambiguous
    message = f"There is no {naming.noun} {key.text}."
    raise NotFound(message)
