"""What one kind of record shows, which records a question matches, and in which orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, cast, func, select

from app.asked import Kind
from app.db import AnySelect
from app.fields import Out, RecordOut
from app.filters import Shape
from app.paging import Order, Spine, stand_in

PLACED = "placed"
"""The name of the rows that a list's records are made from, in its order."""


@dataclass(frozen=True, eq=False, slots=True)
class Words:
    """What records are found by: a column of words, and the id beside it where it is in a table of its own."""

    column: Any
    effort: int
    """How many matches the index gives in the time that it takes to look at the words of one record."""
    of: Any = None
    along: int | None = None
    """By how many sort keys a walk goes, where the others only sort records that share these."""


def no_spine(_shape: Shape) -> Spine:
    """That a list is walked along its own table, whatever is asked."""
    return ()


@dataclass(frozen=True, eq=False, slots=True)
class Resource:
    """One kind of record."""

    kind: Kind
    table: Any
    out: type[Out]
    """What a record looks like to a client."""
    columns: Callable[[frozenset[str]], list[Any]]
    """The members of a record, given what to include; only those that are to be included, where it has a document."""
    matching: Callable[[Shape, CTE | None], AnySelect]
    """The table's rows that match a question, its words aside, joined to whatever its orders sort by."""
    orders: Mapping[str, Order]
    """By the values of `sort`, the usual one first."""
    spine: Callable[[Shape], Spine] = no_spine
    """Along which joined table a question's records are walked in their order, so that its index gives them so."""
    alone: frozenset[str] = frozenset()
    """What an item includes unasked."""
    words: Words | None = None
    document: Callable[[ColumnElement[Any]], ColumnElement[str]] | None = None
    """The JSON of the record with an id, where it stands ready."""
    carried: tuple[Any, ...] = ()
    """What is known of a record where it is matched, and is shown of it: columns of PLACED for `columns`."""

    @property
    def usual_order(self) -> Order:
        """The order in which a list comes unasked."""
        return next(iter(self.orders.values()))

    def ids(self, shape: Shape) -> Any:
        """The ids of the records that match, by the spine if there is one, so that its index is all that is read."""
        return stand_in(self.spine(shape), self.table.id)

    def included(self, shape: Shape, *, alone: bool) -> frozenset[str]:
        """What a record has beside what it always has."""
        included = set(shape.chosen("include").split(",")) if "include" in shape else set()
        if alone:
            included |= self.alone
        if "q" in shape:
            included.add("highlights")
        return frozenset(included)

    def members(self, shape: Shape) -> list[str]:
        """The members of a record in a list, what is included last."""
        included = self.included(shape, alone=False)
        of_every_record = list(RecordOut.model_fields) if issubclass(self.out, RecordOut) else []
        own = [name for name in self.out.model_fields if name not in of_every_record]
        always = [name for name in own if self.out.model_fields[name].is_required()]
        return [*of_every_record[:1], *always, *of_every_record[1:], *(name for name in own if name in included)]

    def text(self, shape: Shape, record_id: ColumnElement[Any], *, alone: bool) -> ColumnElement[str]:
        """The JSON of the record with an id."""
        columns = self.columns(self.included(shape, alone=alone))
        if self.document is None:
            row = select(*columns).where(self.table.id == record_id).correlate_except(self.table).subquery("record")
            return select(cast(func.row_to_json(row.table_valued()), Text)).scalar_subquery()
        document = self.document(record_id)
        if not columns:
            return document
        # Put together as text: what stands ready is large, and would be read through once more to become JSON again.
        members = [part for member in columns for part in (f',"{member.name}":', cast(member, Text))]
        embedded = select(func.concat(*members)).where(self.table.id == record_id).correlate_except(self.table)
        # What is embedded comes last: it takes the place of the closing brace.
        return func.concat(func.left(document, -1), embedded.scalar_subquery(), "}")
