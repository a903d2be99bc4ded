"""What is told of two leaders, or two parties, who spoke with each other."""

from typing import Any, Literal

from sqlalchemy import (
    CTE,
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from app.db import AnySelect
from app.dyads.schemas import LATEST_CALLS, MOST_GAPS
from app.json_sql import iso_day, json_list, json_object
from app.references import NAMINGS, reference_to
from app.tables import Call, Dyad, Participant

_UNDATED: ColumnElement[Any] = literal_column("DATE '-infinity'")


def _dated_call(call: Any) -> list[ColumnElement[Any]]:
    """A call by its date and a reference."""
    return [call.date_edtf.label("date"), reference_to("call", call.id).label("call")]


def call_of_two(one: Any, other: Any, *, last: bool) -> ColumnElement[Any]:
    """The first or the last call of two by date, of those that are dated; null where none is."""
    dyad, call = aliased(Dyad), aliased(Call)
    order = (dyad.call_earliest, dyad.call_latest, dyad.call_id)
    return json_object(
        select(*_dated_call(call))
        .join_from(dyad, call, call.id == dyad.call_id)
        .where(dyad.first_id == func.least(one, other), dyad.second_id == func.greatest(one, other))
        .where(tuple_(*order[:2]) > tuple_(_UNDATED, _UNDATED))
        .order_by(*(column.desc() if last else column for column in order))
        .limit(1)
        .correlate_except(dyad, call)
    )


def either(record_id: Any, leader: str, party: str) -> list[ColumnElement[Any]]:
    """A column of the leader, or one of the party, that has an id; null for what has not."""
    return [
        select(getattr(naming.table, name)).where(naming.table.id == record_id).scalar_subquery()
        for naming, name in ((NAMINGS["leader"], leader), (NAMINGS["party"], party))
    ]


def dyad_document(two: CTE) -> ColumnElement[Any]:
    """All about one two; `two` is a row with their kind and their ids, the lesser first."""
    dyad = aliased(Dyad)
    calls = (
        select(
            dyad.call_id.label("id"),
            dyad.call_earliest.label("earliest"),
            dyad.call_latest.label("latest"),
            func.facet_year(dyad.call_earliest, dyad.call_latest).label("year"),
        )
        .join_from(two, dyad, and_(dyad.first_id == two.c.first_id, dyad.second_id == two.c.second_id))
        .cte("calls_of_two")
        .prefix_with("MATERIALIZED")
    )
    year = calls.c.year
    years = select(year, func.count().label("count")).where(year != "").group_by(year).order_by(year)
    return json_object(
        select(
            _both("party", two).label("parties"),
            _both("leader", two).label("leaders"),
            select(func.count()).select_from(calls).scalar_subquery().label("call_count"),
            call_of_two(two.c.first_id, two.c.second_id, last=False).label("first"),
            call_of_two(two.c.first_id, two.c.second_id, last=True).label("last"),
            json_list(years).label("years"),
            select(func.count()).where(year == "").select_from(calls).scalar_subquery().label("without_year"),
            json_list(_gaps(calls)).label("gaps"),
            json_list(_initiated(two, calls)).label("initiated"),
            json_list(_latest(calls)).label("latest_calls"),
        ).correlate(two)
    )


def _both(kind: Literal["party", "leader"], two: CTE) -> ColumnElement[Any]:
    """The references to both, by their keys; null where they are of the other kind."""
    naming = NAMINGS[kind]
    record = naming.table
    both = json_list(
        select(record.id, naming.key_of(record).label(naming.key), record.name)
        .where(record.id.in_([two.c.first_id, two.c.second_id]))
        .order_by(naming.key_of(record))
        .correlate(two)
    )
    return case((two.c.kind == kind, both))


def _gaps(calls: CTE) -> AnySelect:
    """The longest runs of days that no call's bounds take in; undated calls, which may be anywhere, are left out."""
    until = func.max(calls.c.latest).over(order_by=(calls.c.earliest, calls.c.latest), rows=(None, -1))
    runs = select(calls.c.earliest, until.label("until")).where(calls.c.latest > _UNDATED).subquery()
    days = runs.c.earliest - runs.c.until - 1
    return (
        select(iso_day(runs.c.until + 1).label("from"), iso_day(runs.c.earliest - 1).label("to"), days.label("days"))
        .where(runs.c.earliest > runs.c.until + 1)
        .order_by(days.desc(), runs.c.earliest)
        .limit(MOST_GAPS)
    )


def _initiated(two: CTE, calls: CTE) -> AnySelect:
    """Who initiated, as the filter `initiator` finds it: a call may count for both."""
    call, initiator, represents = aliased(Call), aliased(Participant), aliased(Participant)

    def initiated(record_id: Any) -> ColumnElement[bool]:
        of_initiating_party = exists(
            select(1)
            .where(
                represents.call_id == call.id,
                represents.leader_id == record_id,
                represents.party_id == call.initiator_party_id,
                represents.role == "principal",
            )
            .correlate_except(represents)
        )
        return or_(
            func.coalesce(call.initiator_party_id == record_id, false()),
            func.coalesce(initiator.leader_id == record_id, false()),
            func.coalesce(initiator.party_id == record_id, false()),
            and_(call.initiator_party_id.is_not(None), of_initiating_party),
        )

    said = (
        select(
            call.initiator_kind.label("kind"),
            initiated(two.c.first_id).label("first_id"),
            initiated(two.c.second_id).label("second_id"),
        )
        .select_from(calls)
        .join(two, true())
        .join(call, call.id == calls.c.id)
        .outerjoin(initiator, initiator.id == call.initiator_participant_id)
        .cte("said")
        .prefix_with("MATERIALIZED")
    )

    def number(condition: Any) -> ColumnElement[int]:
        return select(func.count()).select_from(said).where(condition).scalar_subquery()

    of_both = [
        select(
            two.c.kind,
            func.coalesce(*(reference_to(kind, two.c[side]) for kind in ("party", "leader"))).label("by"),
            number(said.c[side]).label("count"),
            literal(0).label("place"),
            func.coalesce(*either(two.c[side], "slug", "code")).label("key"),
        )
        for side in ("first_id", "second_id")
    ]
    neither = ~or_(said.c.first_id, said.c.second_id)
    named = said.c.kind.is_not(None)
    others = [
        select(literal(kind), null(), number(condition), literal(place), null())
        for place, (kind, condition) in enumerate(
            (
                ("mutual", said.c.kind == "mutual"),
                ("other", and_(named, said.c.kind != "mutual", neither)),
                ("unknown", ~named),
            ),
            start=1,
        )
    ]
    all_of_them = union_all(*of_both, *others).subquery()
    columns = all_of_them.c
    return select(columns.kind, columns.by, columns.count).order_by(columns.place, columns.key)


def _latest(calls: CTE) -> AnySelect:
    """The newest calls, in the order of the list."""
    call = aliased(Call)
    order = (calls.c.earliest.desc(), calls.c.latest.desc(), calls.c.id.desc())
    newest = select(calls.c.id, func.row_number().over(order_by=order).label("place")).order_by(*order)
    few = newest.limit(LATEST_CALLS).subquery()
    return select(*_dated_call(call)).join_from(few, call, call.id == few.c.id).order_by(few.c.place)
