"""What one kind of record shows, which records a question matches, and in which orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, select

from app.asked import Kind
from app.db import AnySelect
from app.fields import Out
from app.filters import Shape
from app.paging import Order


@dataclass(frozen=True, eq=False, slots=True)
class Words:
    """What records are found by: a column of words, and the id beside it where it is in a table of its own."""

    column: Any
    effort: int
    """How many matches the index gives in the time that it takes to look at the words of one record."""
    of: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Resource:
    """One kind of record."""

    kind: Kind
    table: Any
    out: type[Out]
    """What a record looks like to a client."""
    columns: Callable[[frozenset[str]], list[Any]]
    """The members of a record, given what to include."""
    matching: Callable[[Shape, CTE | None], AnySelect]
    """The table's rows that match a question, its words aside, joined to whatever its orders sort by."""
    orders: Mapping[str, Order]
    """By the values of `sort`, the usual one first."""
    alone: frozenset[str] = frozenset()
    """What an item includes unasked."""
    words: Words | None = None

    @property
    def usual_order(self) -> Order:
        """The order in which a list comes unasked."""
        return next(iter(self.orders.values()))

    def shown(self, shape: Shape, *, alone: bool) -> list[Any]:
        """The members of a record in the answer to a question, as columns."""
        included = set(shape.chosen("include").split(",")) if "include" in shape else set()
        if alone:
            included |= self.alone
        if "q" in shape:
            included.add("highlights")
        return self.columns(frozenset(included))

    def record(self, shape: Shape, record_id: ColumnElement[Any], *, alone: bool) -> Any:
        """The record with an id, as a row whose columns are its members."""
        return select(*self.shown(shape, alone=alone)).where(self.table.id == record_id)
