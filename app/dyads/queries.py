"""Questions about dyads."""

import json
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from app.asked import DyadReference
from app.db import AnySelect, Prepared, Reader
from app.documents.dyad import UNDATED, call_of_two, dated_call
from app.dyads.schemas import LATEST_CALLS, MOST_GAPS
from app.json_sql import iso_day, json_list, json_object
from app.problems import AmbiguousName, InvalidRequest, Moved, NotFound
from app.references import NAMINGS, reference_to, resolution
from app.tables import Call, Dyad, Participant

_READINGS_KEPT = 64


async def get_dyad(reader: Reader, dyad: DyadReference) -> str:
    """Two parties or leaders and their calls with each other, as JSON text, by one statement.

    Raises NotFound where the text names no two, AmbiguousName where it can be read as several twos, InvalidRequest for
    one and the same twice, and Moved where one of the two was merged away.
    """
    keys: list[str] = []
    if dyad.readings:
        ((keys, same, candidates, data),) = await reader.rows(_statement(dyad.readings, follow=False), dyad.values)
        if not keys:
            ((moved, *_),) = await reader.rows(_statement(dyad.readings, follow=True), dyad.values)
            if len(moved) == 1:
                raise Moved(moved[0])
    if not keys:
        message = f"There are no two parties and no two leaders {dyad.text}."
        raise NotFound(message)
    if len(keys) > 1:
        raise AmbiguousName.parameter(
            "id", "can be read in several ways; ask by ids", candidates=json.loads(candidates)
        )
    if same:
        raise InvalidRequest.parameter("id", "must name two different parties or leaders")
    return str(data)


@lru_cache(maxsize=_READINGS_KEPT)
def _statement(readings: tuple[tuple[str, str], ...], *, follow: bool) -> Prepared:
    """The statement for a text that can be read in some ways: the keys of all twos, and of one alone all about it."""

    def meant(kind: str, side: str, number: int, how: str) -> Any:
        return resolution(f"{kind}_{side}_{number}", f"{kind}:{how}", follow=follow)

    twos = [
        select(
            literal(kind).label("kind"),
            meant(kind, "one", number, one).label("one"),
            meant(kind, "other", number, other).label("other"),
        )
        for number, (one, other) in enumerate(readings)
        for kind in ("party", "leader")
    ]
    read = union_all(*twos).cte("read").prefix_with("MATERIALIZED")
    # The lesser id first, as dyads have it.
    named = (
        select(
            read.c.kind,
            func.least(read.c.one, read.c.other).label("first_id"),
            func.greatest(read.c.one, read.c.other).label("second_id"),
        )
        .where(read.c.one.is_not(None), read.c.other.is_not(None))
        .distinct()
        .cte("named")
        .prefix_with("MATERIALIZED")
    )
    number = select(func.count()).select_from(named).scalar_subquery()
    two = select(named).where(number == 1, named.c.first_id != named.c.second_id).cte("two").prefix_with("MATERIALIZED")
    sides = [func.coalesce(*_by_kind(named.c[side], "slug", "code")) for side in ("first_id", "second_id")]
    keys = select(func.array_agg(func.concat(func.least(*sides), "-", func.greatest(*sides)))).select_from(named)
    return Prepared.of(
        select(
            func.coalesce(keys.scalar_subquery(), literal_column("'{}'::text[]")).label("keys"),
            select(func.bool_or(named.c.first_id == named.c.second_id)).scalar_subquery().label("same"),
            cast(_candidates(named), Text).label("candidates"),
            select(cast(_document(two), Text)).select_from(two).scalar_subquery().label("data"),
        )
    )


def _by_kind(record_id: Any, leader: str, party: str) -> list[ColumnElement[Any]]:
    """A column of the leader, or one of the party, that has an id; null for what has not."""
    return [
        select(getattr(naming.table, name)).where(naming.table.id == record_id).scalar_subquery()
        for naming, name in ((NAMINGS["leader"], leader), (NAMINGS["party"], party))
    ]


def _candidates(named: CTE) -> ColumnElement[Any]:
    """The references to whoever is meant in any way of reading."""
    ids = union_all(select(named.c.first_id.label("id")), select(named.c.second_id)).subquery()
    meant = select(ids.c.id).distinct().subquery()
    reference = func.coalesce(*(reference_to(kind, meant.c.id) for kind in ("party", "leader")))
    return select(func.coalesce(func.json_agg(reference), literal_column("'[]'::json"))).scalar_subquery()


def _document(two: CTE) -> ColumnElement[Any]:
    dyad = aliased(Dyad)
    calls = (
        select(dyad.call_id.label("id"), dyad.call_earliest.label("earliest"), dyad.call_latest.label("latest"))
        .join_from(two, dyad, and_(dyad.first_id == two.c.first_id, dyad.second_id == two.c.second_id))
        .cte("calls_of_two")
        .prefix_with("MATERIALIZED")
    )
    year = func.facet_year(calls.c.earliest, calls.c.latest)
    years = select(year.label("year"), func.count().label("count")).group_by(year).having(year != "").order_by(year)
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
    runs = select(calls.c.earliest, until.label("until")).where(calls.c.latest > UNDATED).subquery()
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
            func.coalesce(*_by_kind(two.c[side], "slug", "code")).label("key"),
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
    newest = (calls.c.earliest.desc(), calls.c.latest.desc(), calls.c.id.desc())
    return select(*dated_call(call)).join_from(calls, call, call.id == calls.c.id).order_by(*newest).limit(LATEST_CALLS)
