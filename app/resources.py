"""What the eight resources have in common: how a page and an item are fetched, and why they are refused."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NoReturn

import asyncpg
from sqlalchemy import String, bindparam, select

from app.asked import Kind, Reference
from app.db import Prepared, Reader
from app.filters import Filters, PageFilters, Shape, in_order
from app.lists import SHAPES_KEPT, keys_of, list_statement
from app.paging import Item, Page, foreign_cursor, read_cursor, write_cursor
from app.problems import Moved, NotFound
from app.references import NAMINGS, ambiguous_name, asked_records, redirected, unknown_reference
from app.resource import Resource


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
    shape, values = asked_in(filters, path)
    identity = f"{resource.kind} {path} {filters.identity()}"
    after: dict[str, object] = {}
    if filters.cursor is not None:
        after = read_cursor(filters.cursor, identity, keys_of(resource, shape))
    statement = list_statement(resource, shape, path[0] if path else None, after=bool(after))
    try:
        data, last, total, ranked, *found = tuple((await reader.rows(statement, values | after))[0])
    except asyncpg.DataError as error:
        if after:
            raise foreign_cursor() from error
        raise
    if None in found:
        await refuse(reader, filters, path, shape, found)
    following = None if last is None else write_cursor(identity, json.loads(last))
    return Page(data or "", filters.limit, following, total, ranked)


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
    reader: Reader, filters: Filters, path: tuple[str, Reference] | None, shape: Shape, found: Sequence[object]
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


async def fetch_item(reader: Reader, resource: Resource, key: Reference, filters: Filters) -> Item:
    """The record in the path, by one statement; raises NotFound, or Moved where another record answers for it."""
    shape, values = filters.shape(), filters.values()
    shape["key"] = (key.form,)
    values.update({f"key_0{suffix}": part for suffix, part in key.values.items()})
    rows = await reader.rows(_item_statement(resource, shape), values)
    if not rows:
        await refuse_path(reader, key)
    version, data = tuple(rows[0])
    return Item(data, version)


@lru_cache
def _redirect_statement(kind: Kind) -> Prepared:
    naming = NAMINGS[kind]
    return Prepared.of(
        select(naming.key_of(naming.table)).where(naming.table.id == redirected(kind, bindparam("old", type_=String())))
    )


async def refuse_path(reader: Reader, key: Reference) -> NoReturn:
    """Say why no record answers to a key in the path: raises NotFound, Moved, or AmbiguousName."""
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
