"""The members that documents share."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.json_sql import iso_day, json_list, json_object
from app.tables import Identifier
from app.tables.base import Record


def record_columns(table: type[Record]) -> list[Any]:
    """What every record shows of itself, at the end of its document."""
    return [table.version, table.created_at, table.content_changed_at]


def identifiers_of(owner: InstrumentedAttribute[Any], record_id: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The identifiers that name a record; `owner` is their column that refers to it."""
    identifier = aliased(Identifier)
    return json_list(
        select(identifier.scheme, identifier.value)
        .where(getattr(identifier, owner.key) == record_id)
        .order_by(identifier.scheme, identifier.folded)
        .correlate_except(identifier)
    ).label("identifiers")


def date_columns(table: Any) -> list[ColumnElement[Any]]:
    """A date's value, from a call or a claim."""
    return [
        table.date_edtf.label("edtf"),
        iso_day(table.date_earliest).label("earliest"),
        iso_day(table.date_latest).label("latest"),
        table.date_precision.label("precision"),
        table.date_zone.label("zone"),
        table.date_text.label("text"),
        table.date_part_of_day.label("part_of_day"),
    ]


def members(*columns: Any, of: Any) -> ColumnElement[Any]:
    """Some columns of the row at hand as an object."""
    return json_object(select(*columns).correlate(of))
