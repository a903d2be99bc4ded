"""What one kind of record shows, which records a question matches, and in which orders."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, Uuid, bindparam, cast, func, literal_column, select

from app.asked import Kind
from app.db import AnySelect, Prepared
from app.filters import Shape
from app.paging import Order, Spine


@dataclass(frozen=True, eq=False, slots=True)
class Words:
    """What records are found by: a column of words, and the id beside it where it is in a table of its own."""

    column: Any
    effort: int
    """How many matches the index gives in the time that it takes to look at the words of one record."""
    of: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Ready:
    """Where documents of records stand ready, as lists show them when nothing is embedded."""

    document: Any
    form: Any
    of: Any
    """The id of the record."""


def no_spine(_shape: Shape) -> Spine:
    """That a list is walked along its own table, whatever is asked."""
    return ()


@dataclass(frozen=True, eq=False, slots=True)
class Resource:
    """One kind of record."""

    kind: Kind
    table: Any
    columns: Callable[[frozenset[str]], list[Any]]
    """The members of a record, given what to include."""
    matching: Callable[[Shape, CTE | None], AnySelect]
    """The table's rows that match a question, its words aside, joined to whatever its orders sort by."""
    orders: Mapping[str, Order]
    """By the values of `sort`, the usual one first."""
    spine: Callable[[Shape], Spine] = no_spine
    """Along which joined table a question's records are walked in their order, so that its index gives them so."""
    alone: frozenset[str] = frozenset()
    """What an item includes unasked."""
    words: Words | None = None
    ready: Ready | None = None

    @property
    def usual_order(self) -> Order:
        """The order in which a list comes unasked."""
        return next(iter(self.orders.values()))

    def text(self, shape: Shape, record_id: ColumnElement[Any], *, alone: bool) -> ColumnElement[str]:
        """The JSON of the record with an id."""
        included = set(shape.chosen("include").split(",")) if "include" in shape else set()
        if alone:
            included |= self.alone
        if "q" in shape:
            included.add("highlights")
        columns = self.columns(frozenset(included))
        if self.ready is None:
            return self._text(columns, record_id)
        plain = self.plain_text(record_id)
        ready = (
            select(self.ready.document)
            .where(self.ready.of == record_id, self.ready.form == literal_column(f"'{self.form}'"))
            .correlate_except(self.ready.of.class_)
        )
        document: ColumnElement[str] = func.coalesce(ready.scalar_subquery(), plain)
        embedded = columns[len(self.columns(frozenset())) :]
        if not embedded:
            return document
        # What is embedded comes last: it takes the place of the closing brace.
        return func.concat(func.left(document, -1), ",", func.substr(self._text(embedded, record_id), 2))

    def plain_text(self, record_id: ColumnElement[Any]) -> ColumnElement[str]:
        """The JSON of the record with an id, made anew, with nothing embedded."""
        return self._text(self.columns(frozenset()), record_id)

    @property
    def form(self) -> str:
        """By what composition `plain_text` is made: another one has another name."""
        return _form(self)

    def _text(self, columns: list[Any], record_id: ColumnElement[Any]) -> ColumnElement[str]:
        row = select(*columns).where(self.table.id == record_id).correlate_except(self.table).subquery("record")
        return select(cast(func.row_to_json(row.table_valued()), Text)).scalar_subquery()


@cache
def _form(resource: Resource) -> str:
    statement = Prepared.of(select(resource.plain_text(bindparam("id", type_=Uuid()))))
    return hashlib.sha256(repr((statement.sql, sorted(statement.fixed.items(), key=str))).encode()).hexdigest()[:32]
