"""How the facets of a list are counted: by what is kept of every call where that will do, else record by record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Text,
    Uuid,
    cast,
    column,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.asked import Kind, Reference
from app.criteria import reaching
from app.db import AnySelect, Prepared, Reader
from app.facets import MOST_VALUES
from app.filters import PageFilters, Shape
from app.json_sql import json_list, json_object
from app.lists import SHAPES_KEPT, meeting
from app.paging import Page
from app.references import NAMINGS, asked_id, asked_records, reference_to
from app.resource import Resource
from app.resources import asked_in, fetch_page
from app.vocabulary import Facet

SECONDS = 2.0
"""How long counting may take."""
_NOT_COUNTED = '{"values":[],"value_count":null,"none":null,"complete":false}'
_NOBODY = literal(UUID(int=0), Uuid())
_OF_THE_PAGE = frozenset({"sort", "count", "limit", "include"})
_RECORDS: Mapping[str, Kind] = {
    "leader": "leader",
    "speaker": "leader",
    "party": "party",
    "topic": "topic",
    "publisher": "publisher",
}


@dataclass(frozen=True, eq=False, slots=True)
class Counting:
    """How the facets of one kind of record are counted."""

    resource: Resource
    number: str
    """The column of the kept counts."""
    scope: str
    """The parameter that narrows to a leader for whom counts are kept."""
    calls: Callable[[Shape, CTE | None, AnySelect], AnySelect | None]
    """The ids of the calls that a question chooses; None where it chooses among the records of one call."""
    by_record: Callable[[Shape, Sequence[AnySelect]], Mapping[Facet, AnySelect]]
    """For each facet that what is kept does not tell: the values of the matching records, and their numbers."""

    def facets(self, shape: Shape, asked: CTE | None) -> ColumnElement[str]:
        """The facets that a shape of question asks for, as JSON text; `asked` as in `asked_records`."""
        shape = _counted(shape)
        names = shape.chosen("facet").split(",")
        matching = {part: self.resource.matching(part, asked) for part in reaching(shape)}
        if "q" in shape:
            matching = {part: meeting(self.resource, records) for part, records in matching.items()}
        by_record = self.by_record(shape, [*matching.values()])
        parts: list[AnySelect] = []
        kept = [name for name in names if name not in by_record]
        if kept:
            counts = _kept(self, shape, asked, matching, cast(kept, ARRAY(Text())))
            number = counts.c[self.number].label("number")
            parts.append(select(counts.c.facet, counts.c.value, number).where(number > 0))
        for name, counted_values in by_record.items():
            if name in names:
                value, number = counted_values.subquery().c
                text = func.coalesce(cast(value, Text), "")
                parts.append(select(literal(name).label("facet"), text.label("value"), number.label("number")))
        counted = union_all(*parts).cte("counted").prefix_with("MATERIALIZED")
        return cast(json_object(select(*(_facet(name, counted).label(name) for name in names))), Text)


def numbers(values: AnySelect) -> AnySelect:
    """How many records have each value, out of records with a value each."""
    each = values.distinct().subquery()
    _, value = each.c
    return select(value, func.count()).group_by(value)


def sums(values: AnySelect) -> AnySelect:
    """How many records have each value, out of numbers of records with a value each."""
    each = values.subquery()
    number, value = each.c
    return select(value, cast(func.sum(number), BigInteger)).group_by(value)


async def fetch_faceted(
    reader: Reader, counting: Counting, filters: PageFilters, path: tuple[str, Reference] | None = None
) -> Page:
    """A page with the facets that are asked for, if any; `path` is as in `fetch_page`, and so is what is raised.

    Where counts are kept of just what the question matches, one statement gives both; else a second one counts. Either
    is given up after some time, and then each facet says so.
    """
    resource, facets = counting.resource, filters.shape().chosen("facet")
    if not facets:
        return await fetch_page(reader, resource, filters, path)
    shape, values = asked_in(filters, path)
    shape["facet"] = facets
    shape = _counted(shape)
    page = None if _in_scope(counting, shape) else await fetch_page(reader, resource, filters, path)
    try:
        async with asyncio.timeout(SECONDS):
            if page is None:
                return await fetch_page(reader, resource, filters, path, beside=counting.facets)
            statement = _facets_statement(counting, shape, path[0] if path else None)
            told = (await reader.rows(statement, values))[0][0]
    except (TimeoutError, asyncpg.QueryCanceledError):
        members = [f'"{name}":{_NOT_COUNTED}' for name in facets.split(",")]
        told = f"{{{','.join(members)}}}"
    if page is None:
        page = await fetch_page(reader, resource, filters, path)
    return replace(page, facets=told)


def _counted(shape: Shape) -> Shape:
    """The shape of what is counted, whatever page of it is asked for."""
    return Shape({name: forms for name, forms in shape.items() if name not in _OF_THE_PAGE})


def _in_scope(counting: Counting, shape: Shape) -> bool:
    """Whether a question matches all records, or all of one leader for whom counts are kept."""
    filtered = {name for name, forms in shape.items() if forms and name not in {"facet", "date_match"}}
    return filtered <= {counting.scope} and len(shape.binds(counting.scope)) <= 1


@lru_cache(maxsize=SHAPES_KEPT)
def _facets_statement(counting: Counting, shape: Shape, path: str | None) -> Prepared:
    asked = asked_records(shape, exact=frozenset({path} if path else ()))
    return Prepared.of(select(counting.facets(shape, asked)))


def _kept(counting: Counting, shape: Shape, asked: CTE | None, matching: Mapping[Shape, AnySelect], facets: Any) -> Any:
    """What is kept that tells of a question: the counts of all records or of a leader's, or sums over some calls."""
    leaders = shape.binds(counting.scope)
    # One who was removed since the page was read is nobody, and not everybody.
    leader = func.coalesce(asked_id(asked, leaders[0][0]), _NOBODY) if len(leaders) == 1 else cast(null(), Uuid)
    columns: list[Any] = [column("facet", Text), column("value", Text), column("calls"), column("statements")]
    if _in_scope(counting, shape):
        return func.facet_totals(leader, facets).table_valued(*columns, name="counts")
    calls = [counting.calls(part, asked, records) for part, records in matching.items()]
    ids = union_all(*(ids for ids in calls if ids is not None))
    scope = leader if counting.number == "statements" else cast(null(), Uuid)
    return func.facet_sums(func.array(ids.scalar_subquery()), scope, facets).table_valued(*columns, name="counts")


def _facet(name: str, counted: CTE) -> ColumnElement[Any]:
    here = counted.c.facet == name
    some = counted.c.value != ""
    if name in _RECORDS:
        naming = NAMINGS[_RECORDS[name]]
        key = naming.key_of(naming.table)
        record = reference_to(_RECORDS[name], naming.table.id)
        joined: Any = counted.join(naming.table, naming.table.id == cast(counted.c.value, Uuid))
    else:
        key, record, joined = counted.c.value, null(), counted
    # The reference is made of the most frequent only.
    most = (
        select(key.label("value"), record.label("record"), counted.c.number.label("count"))
        .select_from(joined)
        .where(here, some)
        .order_by(counted.c.number.desc(), key)
        .limit(MOST_VALUES)
    )
    return json_object(
        select(
            json_list(most).label("values"),
            select(func.count()).where(here, some).select_from(counted).scalar_subquery().label("value_count"),
            func.coalesce(select(counted.c.number).where(here, ~some).scalar_subquery(), 0).label("none"),
            true().label("complete"),
        )
    )
