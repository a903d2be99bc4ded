"""Orders, cursors and pages, shared by every list."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Label, String, and_, bindparam, cast, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.problems import ForeignCursor

T = TypeVar("T")
NEWEST = 2_147_483_647
"""The greatest version that a record may have."""
Spine = tuple[tuple[Any, Any], ...]
"""Columns that an order sorts by, each with the one of another table that is equal to it and stands in an index."""


def stand_in(spine: Spine, column: Any) -> Any:
    """What stands for a column in a spine; itself where nothing does."""
    return next((other for own, other in spine if own is column), column)


@dataclass(frozen=True, slots=True)
class Order:
    """An order without ties and without nulls: the columns it sorts by, each with its direction, the last ones unique.

    Both are what a keyset cursor needs to show every record once.
    """

    columns: tuple[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], bool], ...]

    @classmethod
    def by(cls, *columns: Any) -> "Order":
        """An order by columns; one given as `descending(column)` runs downwards."""
        return cls(tuple(column if isinstance(column, tuple) else (column, False) for column in columns))

    def along(self, spine: Spine) -> "Order":
        """The same order by the columns of a spine."""
        return Order(tuple((stand_in(spine, column), down) for column, down in self.columns))

    @property
    def keys(self) -> list[Label[Any]]:
        """The sort keys, labelled for a page of them."""
        return [column.label(f"key_{number}") for number, (column, _) in enumerate(self.columns)]

    def clauses(self, columns: Sequence[Any]) -> list[ColumnElement[Any]]:
        """The ORDER BY over columns that stand for the order's own."""
        return [
            column.desc() if down else column.asc() for column, (_, down) in zip(columns, self.columns, strict=True)
        ]

    def after(self) -> ColumnElement[bool]:
        """What holds for the rows behind the cursor, whose keys are bound as text to `after_0`, `after_1`, ...

        Columns of one direction are compared as a row, which an index on them serves.
        """
        runs: list[tuple[list[Any], list[Any], bool]] = []
        numbered = enumerate(self.columns)
        for down, run in groupby(numbered, key=lambda item: item[1][1]):
            members = list(run)
            columns = [column for _, (column, _) in members]
            bounds = [
                cast(bindparam(f"after_{number}", type_=String()), column.type) for number, (column, _) in members
            ]
            runs.append((columns, bounds, down))
        return _behind(runs)


def descending(column: Any) -> tuple[Any, bool]:
    """A column of an order that runs downwards."""
    return column, True


def _behind(runs: list[tuple[list[Any], list[Any], bool]]) -> ColumnElement[bool]:
    (columns, bounds, down), *rest = runs
    here, there = tuple_(*columns), tuple_(*bounds)
    beyond = here < there if down else here > there
    if not rest:
        return beyond
    return and_(here <= there if down else here >= there, or_(beyond, _behind(rest)))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records as JSON text, with what else the page's envelope says."""

    data: str
    limit: int
    next: str | None
    total: int | None
    ranked: int | None
    facets: str | None = None
    """What the matching records are counted by, as JSON text."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record as JSON text, with its version."""

    data: str
    version: int


def _digest(identity: str, keys: Sequence[str]) -> str:
    return hashlib.blake2b(json.dumps([identity, *keys]).encode(), digest_size=9).hexdigest()


_packed = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_cursor(identity: str, keys: Sequence[str]) -> str:
    """The opaque cursor behind a row with these keys, bound to the query of this identity."""
    packed = _packed([_digest(identity, keys), *keys])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(cursor: str, identity: str, number: int) -> dict[str, object]:
    """The binds of `Order.after` for as many keys; raises ForeignCursor for one that this query did not give out."""
    try:
        packed = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        digest, *keys = packed
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise foreign_cursor() from error
    whole = len(keys) == number and all(isinstance(key, str) for key in keys)
    if not whole or digest != _digest(identity, keys):
        raise foreign_cursor()
    return {f"after_{number}": key for number, key in enumerate(keys)}


def key_in(cursor: str, identity: str, read: Callable[[str], T]) -> T:
    """The one key of a cursor as `read` takes it, which raises ValueError for what it cannot be; raises ForeignCursor.

    Anybody can write a cursor that looks like one of a query's.
    """
    (key,) = read_cursor(cursor, identity, 1).values()
    try:
        return read(str(key))
    except ValueError as error:
        raise foreign_cursor() from error


def version_number(written: str) -> int:
    """A version as it stands in a cursor; raises ValueError."""
    number = int(written)
    if not 0 <= number <= NEWEST:
        message = "is no version"
        raise ValueError(message)
    return number


def foreign_cursor() -> ForeignCursor:
    """The problem of a cursor that does not belong to the query."""
    return ForeignCursor(
        [{"parameter": "cursor", "detail": "This cursor was not given out by this query; start again without it."}]
    )
