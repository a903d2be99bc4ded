"""What the eight resources have in common: how a page and an item are fetched, and why they are refused."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
from sqlalchemy import String, bindparam, select

from app.asked import Kind, Reference, is_id
from app.db import Prepared, Reader, Within
from app.filters import Filters, PageFilters, Shape, in_order, moment_of
from app.lists import SHAPES_KEPT, Beside, keys_of, list_statement
from app.paging import Item, Page, foreign_cursor, read_cursor, write_cursor
from app.past import Past, in_past
from app.problems import Gone, InvalidRequest, Moved, NotFound
from app.references import NAMINGS, ambiguous_name, asked_records, redirected, resolution, unknown_reference
from app.resource import Resource
from app.tables import Change, Tombstone, Writing


async def fetch_page(
    reader: Reader | Within,
    resource: Resource,
    filters: PageFilters,
    path: tuple[str, Reference] | None = None,
    *,
    beside: Beside | None = None,
) -> Page:
    """A page of the records that match, by one statement, with the facets that `beside` makes of the same shape.

    `path` is a parameter that stands in the path instead of the query, by its name. Raises InvalidRequest for what
    the question refers to in vain, NotFound or Moved for the record in the path.
    """
    shape, values = asked_in(filters, path)
    after: dict[str, object] = {}
    if filters.cursor is not None:
        after = read_cursor(filters.cursor, identity_of(resource, path, filters), keys_of(resource, shape))
    if beside is not None:
        shape["facet"] = filters.shape()["facet"]
    statement = list_statement(resource, shape, path[0] if path else None, after=bool(after), beside=beside)
    try:
        data, last, total, ranked, facets, *found = tuple((await reader.rows(statement, values | after))[0])
    except asyncpg.DataError as error:
        if after:
            raise foreign_cursor() from error
        raise
    if None in found:
        await refuse(reader, filters, path, shape, found)
    following = None if last is None else write_cursor(identity_of(resource, path, filters), json.loads(last))
    return Page(data or "", filters.limit, following, total, ranked, facets)


def identity_of(resource: Resource, path: tuple[str, Reference] | None, filters: PageFilters) -> str:
    """What a cursor of this list is bound to."""
    return f"{resource.kind} {path} {filters.identity()}"


def asked_in(filters: PageFilters, path: tuple[str, Reference] | None) -> tuple[Shape, dict[str, object]]:
    """The shape and values of a question of a list, with the parameter in its path, but none of the page only."""
    shape, values = filters.shape(), filters.values()
    for name in ("cursor", "facet"):
        shape.pop(name, None)
    if path is not None:
        shape[path[0]] = (path[1].form,)
        values.update({f"{path[0]}_0{suffix}": part for suffix, part in path[1].values.items()})
    return shape, values


async def refuse(
    reader: Reader | Within, filters: Filters, path: tuple[str, Reference] | None, shape: Shape, found: Sequence[object]
) -> None:
    """Raise the problem of the first record that the question refers to in vain, by the ids that were found."""
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
            await refuse_path(reader, path[1])
        given = getattr(filters, parameter)
        raise await unknown_reference(reader, parameter, in_order(given)[number] if isinstance(given, list) else given)


@lru_cache(maxsize=SHAPES_KEPT)
def _item_statement(resource: Resource, shape: Shape) -> Prepared:
    asked = asked_records(shape, exact=frozenset({"key"}))
    assert asked is not None
    key = select(asked.c.key_0).scalar_subquery()
    rows = resource.matching(shape, asked).with_only_columns(
        resource.table.version, resource.text(shape, key, alone=True), maintain_column_froms=True
    )
    return Prepared.of(rows.where(resource.table.id == key))


@lru_cache(maxsize=SHAPES_KEPT)
def _id_statement(form: str, *, follow: bool = False) -> Prepared:
    return Prepared.of(select(resolution("key_0", form, follow=follow, lasting=True)))


async def fetch_id(reader: Reader | Within, key: Reference) -> UUID:
    """The id of the record in the path; raises NotFound, Gone, or Moved where another record answers for it."""
    values = {f"key_0{suffix}": part for suffix, part in key.values.items()}
    record_id: UUID | None = (await reader.rows(_id_statement(key.form), values))[0][0]
    if record_id is None:
        await refuse_path(reader, key)
    return record_id


async def fetch_item(reader: Reader | Within, resource: Resource, key: Reference, filters: Filters) -> Item:
    """The record in the path, by one statement; raises NotFound, or Moved where another record answers for it.

    One of the past is told by the same statement, of what was then; raises InvalidRequest for a time that is not past.
    """
    moment = moment_of(filters)
    if moment is None or isinstance(reader, Within):
        return await _fetch_item(reader, resource, key, filters)

    async def look(past: Past) -> Item:
        await past.load_key(key)
        await past.complete(readouts=key.kind == "readout" or "readouts" in getattr(filters, "include", ()))
        return await _fetch_item(past, resource, key, filters)

    return await in_past(reader, moment, look)


async def _fetch_item(reader: Reader | Within, resource: Resource, key: Reference, filters: Filters) -> Item:
    shape, values = filters.shape(), filters.values()
    shape["key"] = (key.form,)
    values.update({f"key_0{suffix}": part for suffix, part in key.values.items()})
    rows = await reader.rows(_item_statement(resource, shape), values)
    if not rows:
        await refuse_path(reader, key)
    version, data = tuple(rows[0])
    return Item(data, version)


async def find_id(reader: Reader | Within, key: Reference) -> UUID | None:
    """The id of the record that a key means, or meant once; None where it means none, or several."""
    values = {f"key_0{suffix}": part for suffix, part in key.values.items()}
    record_id: UUID | None = (await reader.rows(_id_statement(key.form, follow=True), values))[0][0]
    return record_id


async def fetch_named(reader: Reader | Within, key: Reference, pointer: str) -> UUID:
    """The id of the record that a document names at a pointer; raises InvalidRequest where it is none, or several."""
    record_id = await find_id(reader, key)
    if record_id is None:
        raise InvalidRequest.pointer(pointer, f"no {NAMINGS[key.kind].noun} is recorded under {key.text}")
    return record_id


async def find_ever(reader: Reader | Within, key: Reference) -> UUID:
    """The id of the record in the path, also of one that was removed; raises as `refuse_path` does for any other."""
    values = {f"key_0{suffix}": part for suffix, part in key.values.items()}
    record_id: UUID | None = (await reader.rows(_id_statement(key.form), values))[0][0]
    if record_id is not None:
        return record_id
    tombstone = await _tombstone(reader, key.kind, key.text)
    if tombstone is None:
        await refuse_path(reader, key)
    removed: UUID = tombstone[0]
    return removed


async def _tombstone(reader: Reader | Within, kind: Kind, key: str) -> Sequence[Any] | None:
    """What is known of the last record that was removed and had a key: its id, when, why, and what it lived on in."""
    known = key.upper() if kind == "party" and not is_id(key) else key.lower()
    rows = await reader.rows(_tombstone_statement(kind), {"key": known})
    return tuple(rows[0]) if rows else None


@lru_cache
def _tombstone_statement(kind: Kind) -> Prepared:
    asked = bindparam("key", type_=String())
    return Prepared.of(
        select(Tombstone.record_id, Change.content_changed_at, Writing.note, Change.into_id)
        .join_from(
            Tombstone,
            Change,
            (Change.record_id == Tombstone.record_id)
            & (Change.version == Tombstone.version)
            & (Change.resource == Tombstone.resource),
        )
        .join(Writing, Writing.id == Change.writing_id)
        .where(Tombstone.resource == NAMINGS[kind].table.__tablename__, Tombstone.key == asked)
    )


@lru_cache
def _redirect_statement(kind: Kind) -> Prepared:
    naming = NAMINGS[kind]
    return Prepared.of(
        select(naming.key_of(naming.table)).where(naming.table.id == redirected(kind, bindparam("old", type_=String())))
    )


async def refuse_path(reader: Reader | Within, key: Reference) -> NoReturn:
    """Say why no record answers to a key in the path: raises Moved, Gone, AmbiguousName, or NotFound."""
    naming = NAMINGS[key.kind]
    if naming.moved_to is not None:
        rows = await reader.rows(_redirect_statement(key.kind), {"old": key.text.lower()})
        if rows:
            raise Moved(str(rows[0][0]))
    gone, tombstone = None, await _tombstone(reader, key.kind, key.text)
    while tombstone is not None:
        # One that was merged is gone since the one is that it lived on in.
        _, when, why, into = tombstone
        gone = Gone.since(naming.noun, when, why)
        tombstone = await _tombstone(reader, key.kind, str(into)) if into else None
    if gone is not None:
        raise gone
    ambiguous = await ambiguous_name(reader, "id", key)
    if ambiguous is not None:
        raise ambiguous
    message = f"There is no {naming.noun} {key.text}."
    raise NotFound(message)
