"""Conditions that the questions of several resources share."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.asked import FIRST_DAY
from app.filters import Shape
from app.paging import Spine, stand_in
from app.references import asked_id, bound
from app.tables import Call, Identifier, Topic


def _bound_day(name: str) -> ColumnElement[Any]:
    # The days are bound as text, since Python's dates know neither the year 0 nor infinity.
    return cast(bound(name), Date)


def equals(shape: Shape, **columns: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    """That the columns equal the parameters of their names, where these are given."""
    return [column == bound(f"{name}_0") for name, column in columns.items() if name in shape]


def refers(shape: Shape, asked: CTE | None, **columns: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    """That the columns refer to the records that the parameters of their names mean."""
    return [column == asked_id(asked, f"{name}_0") for name, column in columns.items() if name in shape]


def dated(shape: Shape, spine: Spine = ()) -> list[ColumnElement[bool]]:
    """That the call's date lies in the asked spans: possibly, or, where `date_match` says so, certainly.

    Where a question is put in two (see `reaching`), only the half that the shape is of. The bounds are those of the
    spine, if there is one, so that its index is entered and left where the spans begin and end.
    """
    earliest, latest = (stand_in(spine, column) for column in (Call.date_earliest, Call.date_latest))
    conditions: list[ColumnElement[bool]] = []
    begun: list[ColumnElement[Any]] = []
    for name in ("date", "date_from", "date_to"):
        if name not in shape:
            continue
        if shape[name] == ("unknown",):
            conditions.append(latest == literal_column("DATE '-infinity'"))
            continue
        start, end = _bound_day(f"{name}_0_from"), _bound_day(f"{name}_0_to")
        certain = shape.chosen("date_match") == "certain"
        # A date without bounds ends at -infinity and lies in no span.
        conditions.append(latest >= literal_column(f"DATE '{FIRST_DAY}'"))
        if certain:
            conditions.append(~stand_in(spine, Call.date_edtf).regexp_match("[?~%]"))
        if name != "date_to":
            conditions.append((earliest if certain else latest) >= start)
            begun.append(start)
        if name != "date_from":
            conditions.append((latest if certain else earliest) <= end)
            if certain:
                # Which follows, but tells where an index by the first day can be left.
                conditions.append(earliest <= end)
    if "reach" not in shape:
        return conditions
    begins = begun[0] if len(begun) == 1 else func.greatest(*begun)
    if shape["reach"] == _BEGINS:
        return [*conditions, earliest >= begins]
    return [*conditions, earliest < begins, earliest < latest]


_BEGINS, _REACHES = "begins", "reaches"


def reaching(shape: Shape) -> list[Shape]:
    """The question in parts that have no record in common: whose dates begin in the spans, and reach into them.

    All dates of the first part begin later than any of the second. Only few begin before a span and reach into it, but
    to find them among all that begin before takes long; those that begin in it lie together in any index by that day.
    """
    spans = [name for name in ("date", "date_from") if name in shape and shape[name] != ("unknown",)]
    if not spans or shape["date_match"] == "certain":
        return [shape]
    return [Shape(shape | {"reach": part}) for part in (_BEGINS, _REACHES)]


def part_of_call(participant: Any) -> ColumnElement[bool]:
    """That a participant is one of the call's; with the dates, so that their order is known to be the call's."""
    return and_(
        participant.call_id == Call.id,
        participant.call_earliest == Call.date_earliest,
        participant.call_latest == Call.date_latest,
    )


def in_role(shape: Shape, participant: Any) -> list[ColumnElement[bool]]:
    """That a participant's role counts: principals always do, others where `role` adds them."""
    roles = {"principal", *filter(None, shape.chosen("role").split(","))}
    return [] if "any" in roles else [or_(*(participant.role == role for role in sorted(roles)))]


def in_language(shape: Shape, language: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    """That a language is the asked one or one of its varieties (RFC 4647, basic filtering)."""
    if "language" not in shape:
        return []
    asked = bound("language_0")
    return [or_(language == asked, func.starts_with(language, func.concat(asked, "-")))]


def bears_identifier(shape: Shape, **owners: Any) -> list[ColumnElement[bool]]:
    """That the asked identifier names one of the owners: a column of identifiers each, with the id it equals."""
    if "identifier" not in shape:
        return []
    named = [
        record_id
        == select(getattr(Identifier, owner))
        .where(
            Identifier.scheme == bound("identifier_0_scheme"),
            Identifier.folded == bound("identifier_0_folded"),
        )
        .scalar_subquery()
        for owner, record_id in owners.items()
    ]
    return [or_(*named)]


def at_or_below(asked: CTE | None, name: str) -> Any:
    """The ids of the topic that was asked for and of every narrower one."""
    above = select(Topic.id).where(Topic.id == asked_id(asked, name)).cte(recursive=True)
    narrower = aliased(Topic)
    tree = above.union(select(narrower.id).join(above, narrower.broader_id == above.c.id))
    return select(tree.c.id)
