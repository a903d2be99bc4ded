"""Pages of calls, and of statements, as they were: found among the calls that have not changed since and the others."""

from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import (
    CTE,
    DateTime,
    Integer,
    String,
    Text,
    Uuid,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.asked import Reference
from app.criteria import dated, reaching
from app.db import AnySelect, Prepared, Reader
from app.filters import PageFilters, Shape, moment_of
from app.lists import SHAPES_KEPT, keys_of
from app.paging import Order, Page, foreign_cursor, read_cursor
from app.past import Past, in_past
from app.problems import InvalidRequest
from app.references import asked_id, asked_records
from app.resource import Resource
from app.resources import asked_in, fetch_page, identity_of, refuse
from app.search import RELEVANCE
from app.tables import Call, Change, Snapshot, Writing

_THEN = ((Call.date_earliest, Snapshot.call_earliest), (Call.date_latest, Snapshot.call_latest))
_MOMENT = bindparam("moment", type_=DateTime(timezone=True))
_MOST = bindparam("most", type_=Integer())
# What a call's date and id are compared by, in the order of either list.
_KEYS = 3


async def fetch_past_page(
    reader: Reader, resource: Resource, filters: PageFilters, path: tuple[str, Reference] | None
) -> Page:
    """A page of what matched at a time, as `fetch_page` gave it then, and what is raised.

    Raises InvalidRequest also for what is not asked of the past, by its name, and for a time beyond the feed's head.
    """
    moment = moment_of(filters)
    assert moment is not None
    _check(filters)
    included = "readouts" in getattr(filters, "include", ())

    async def look(past: Past) -> Page:
        shape, values = asked_in(filters, path)
        for reference in _references(filters, path):
            await past.load_key(reference)
        found = await _found(past, shape, values, path)
        if None in found.values():
            await refuse(past, filters, path, shape, list(found.values()))
        after: dict[str, object] = {}
        if filters.cursor is not None:
            keys = read_cursor(filters.cursor, identity_of(resource, path, filters), keys_of(resource, shape))
            after = {f"after_{number}": keys[f"after_{number}"] for number in range(_KEYS)}
        # One more than the page and the one that tells of the next: those of the cursor's call may be behind it.
        most = filters.limit + 2
        while True:
            bound = {**values, **found, **after, "moment": moment, "most": most}
            try:
                calls = await reader.rows(_calls(resource, shape, after=bool(after)), bound)
            except asyncpg.DataError as error:
                if filters.cursor is not None:
                    raise foreign_cursor() from error
                raise
            await past.load("calls", [call[-1] for call in calls])
            await past.complete(readouts=included)
            page = await fetch_page(past, resource, filters, path)
            if page.next is not None or len(calls) < most:
                return page
            after = {f"after_{number}": calls[-1][number] for number in range(_KEYS)}

    return await in_past(reader, moment, look)


def _check(filters: PageFilters) -> None:
    allowed: frozenset[str] = getattr(filters, "of_the_past", frozenset())
    refused = [name for name in type(filters).model_fields if name in filters.model_fields_set - allowed]
    errors = [{"parameter": name, "detail": "is not asked together with as_of"} for name in refused]
    if getattr(filters, "sort", None) == RELEVANCE:
        errors.append({"parameter": "sort", "detail": "relevance is not asked together with as_of"})
    if errors:
        raise InvalidRequest(errors)


def _references(filters: PageFilters, path: tuple[str, Reference] | None) -> list[Reference]:
    given = [getattr(filters, name) for name in sorted(filters.model_fields_set)]
    listed = [one for value in given for one in (value if isinstance(value, list) else [value])]
    return [one for one in (*listed, path and path[1]) if isinstance(one, Reference)]


async def _found(
    past: Past, shape: Shape, values: dict[str, object], path: tuple[str, Reference] | None
) -> dict[str, object]:
    """The ids of the records that the question refers to, by its binds."""
    asked = asked_records(shape, exact=frozenset({path[0]} if path else ()))
    if asked is None:
        return {}
    (row,) = await past.rows(Prepared.of(select(*asked.c)), values)
    return dict(zip([f"{column.key}_id" for column in asked.c], row, strict=True))


@lru_cache(maxsize=SHAPES_KEPT)
def _calls(resource: Resource, shape: Shape, *, after: bool) -> Prepared:
    """The first calls in the list's order, from the cursor's on, that match or have statements that do."""
    names = [
        name
        for parameter, forms in shape.items()
        if not isinstance(forms, str)
        for name, form in shape.binds(parameter)
        if ":" in form
    ]
    asked = (
        select(*(cast(bindparam(f"{name}_id", type_=Uuid()), Uuid).label(name) for name in names)).cte("asked")
        if names
        else None
    )
    order = Order(resource.orders[shape.chosen("sort")].columns[:_KEYS])
    then = (*_THEN, (Call.id, Snapshot.record_id), (Call.date_edtf, Snapshot.call_edtf))
    arms: list[AnySelect] = []
    for part in reaching(shape):
        spine = resource.spine(part)
        arms.append(_first(resource.matching(part, asked).where(_is_unchanged()), order.along(spine), after=after))
        former = select(Snapshot).where(*_stood(part, asked), *dated(part, then))
        arms.append(_first(former, order.along(then), after=after))
    together = union_all(*(select(arm.subquery()) for arm in arms)).subquery()
    keys = [together.c[f"key_{number}"] for number in range(_KEYS)]
    return Prepared.of(select(*(cast(key, Text) for key in keys), keys[-1]).order_by(*order.clauses(keys)).limit(_MOST))


def _first(matching: AnySelect, order: Order, *, after: bool) -> AnySelect:
    columns = [column for column, _ in order.columns]
    rows = matching.with_only_columns(*order.keys, maintain_column_froms=True).distinct()
    if after:
        here = tuple_(*columns)
        there = tuple_(
            *(cast(bindparam(f"after_{number}", type_=String()), column.type) for number, column in enumerate(columns))
        )
        rows = rows.where(here <= there if order.columns[0][1] else here >= there)
    return rows.order_by(*order.clauses(order.keys)).limit(_MOST)


def _is_unchanged() -> Any:
    """That a call is what it was at the time."""
    later = or_(Writing.numbered_at.is_(None), Writing.numbered_at > _MOMENT)
    return ~exists(
        select(1)
        .select_from(Change)
        .join(Writing, Writing.id == Change.writing_id)
        .where(Change.record_id == Call.id, Change.resource == "calls", later)
        .correlate(Call)
    )


def _stood(shape: Shape, asked: CTE | None) -> list[Any]:
    """That a snapshot is what a call was at the time, and that the call matches, or seems to have what matches."""
    conditions: list[Any] = [
        Snapshot.resource == "calls",
        Snapshot.call_earliest.is_not(None),
        _numbered(Snapshot.version),
        ~_numbered(Snapshot.version + 1),
    ]
    terms = {"leader": "principal:", "party": "principal:", "speaker": "speaker:"}
    if "speaker" in shape:
        terms["party"] = "speaker:"
    for parameter, term in terms.items():
        for name, _ in shape.binds(parameter):
            conditions.append(Snapshot.terms.contains(_one(term, asked, name)))
    if anyone := shape.binds("any_leader"):
        conditions.append(or_(*(Snapshot.terms.contains(_one("principal:", asked, name)) for name, _ in anyone)))
    conditions += [Snapshot.record_id == asked_id(asked, name) for name, _ in shape.binds("call")]
    return conditions


def _one(term: str, asked: CTE | None, name: str) -> Any:
    return cast(array([func.concat(term, cast(asked_id(asked, name), Text))]), ARRAY(Text))


def _numbered(version: Any) -> Any:
    return exists(
        select(1)
        .select_from(Change)
        .join(Writing, Writing.id == Change.writing_id)
        .where(
            Change.record_id == Snapshot.record_id,
            Change.resource == "calls",
            Change.version == version,
            Writing.numbered_at <= _MOMENT,
        )
        .correlate(Snapshot)
    )
