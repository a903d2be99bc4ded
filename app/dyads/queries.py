"""Questions about dyads."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, cast, false, func, literal, literal_column, or_, select, union_all

from app.asked import DyadReference, LeaderReference
from app.db import Prepared, Reader
from app.documents.dyad import dyad_document, either
from app.problems import AmbiguousName, InvalidRequest, Moved, NotFound
from app.references import ambiguous_name, bound, reference_to, resolution
from app.tables import LeaderName

_KEY = "id"
_READINGS_KEPT = 64
_CANDIDATES = 20


async def get_dyad(reader: Reader, dyad: DyadReference) -> str:
    """Two parties or leaders and their calls with each other, as JSON text, by one statement.

    Raises NotFound where the text names no two, AmbiguousName where it can be read as several twos, InvalidRequest for
    one and the same twice, and Moved where one of the two was merged away.
    """
    nobody = NotFound(f"There are no two parties and no two leaders {dyad.text}.")
    if not dyad.readings:
        raise nobody
    ((keys, same, candidates, data),) = await reader.rows(_statement(dyad.readings, follow=False), dyad.values)
    if not keys:
        ((moved, *_),) = await reader.rows(_statement(dyad.readings, follow=True), dyad.values)
        if len(moved) == 1:
            raise Moved(moved[0])
        raise await _ambiguous(reader, dyad) or nobody
    wrong = "can be read in several ways; ask by ids" if len(keys) > 1 else "must name two different parties or leaders"
    if len(keys) > 1:
        raise AmbiguousName.parameter(_KEY, wrong, candidates=json.loads(candidates))
    if same:
        raise InvalidRequest.parameter(_KEY, wrong)
    return str(data)


async def _ambiguous(reader: Reader, dyad: DyadReference) -> InvalidRequest | None:
    """The problem of a leader's name that several share, in the first reading whose other side means somebody."""
    if all(forms == ("id", "id") for forms in dyad.readings):
        return None
    rows = await reader.rows(_shared_statement(dyad.readings), dyad.values)
    if not rows:
        return None
    ((number, place),) = rows
    return await ambiguous_name(reader, _KEY, LeaderReference.read(dyad.pairs[number][place]))


@lru_cache(maxsize=_READINGS_KEPT)
def _shared_statement(readings: tuple[tuple[str, str], ...]) -> Prepared:
    """The first reading of which one side is a name of several leaders: its number, and 0 or 1 for the side."""

    def is_shared(side: str, number: int) -> ColumnElement[bool]:
        folded = LeaderName.folded == bound(f"leader_{side}_{number}_folded")
        return select(func.count(LeaderName.leader_id.distinct()) > 1).where(folded).scalar_subquery()

    shared = []
    for number, forms in enumerate(readings):
        for place, (side, beside) in enumerate((("one", "other"), ("other", "one"))):
            if forms[place] == "text":
                meant = resolution(f"leader_{beside}_{number}", f"leader:{forms[1 - place]}").is_not(None)
                known = or_(meant, is_shared(beside, number) if forms[1 - place] == "text" else false())
                told = select(literal(number).label("number"), literal(place).label("place"))
                shared.append(told.where(is_shared(side, number), known))
    read = union_all(*shared).subquery()
    return Prepared.of(select(read).order_by(read.c.number, read.c.place).limit(1))


@lru_cache(maxsize=_READINGS_KEPT)
def _statement(readings: tuple[tuple[str, str], ...], *, follow: bool) -> Prepared:
    """The statement for a text that can be read in some ways: the keys of all twos, and of one alone all about it."""

    def meant(kind: str, side: str, number: int, how: str) -> Any:
        return resolution(f"{kind}_{side}_{number}", f"{kind}:{how}", follow=follow, lasting=True)

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
    sides = [func.coalesce(*either(named.c[side], "slug", "code")) for side in ("first_id", "second_id")]
    keys = select(func.array_agg(func.concat(func.least(*sides), "-", func.greatest(*sides)))).select_from(named)
    return Prepared.of(
        select(
            func.coalesce(keys.scalar_subquery(), literal_column("'{}'::text[]")).label("keys"),
            select(func.bool_or(named.c.first_id == named.c.second_id)).scalar_subquery().label("same"),
            cast(_candidates(named), Text).label("candidates"),
            select(cast(dyad_document(two), Text)).select_from(two).scalar_subquery().label("data"),
        )
    )


def _candidates(named: CTE) -> ColumnElement[Any]:
    """The references to whoever is meant in any way of reading."""
    ids = union_all(select(named.c.first_id.label("id")), select(named.c.second_id)).subquery()
    meant = select(ids.c.id).distinct().limit(_CANDIDATES).subquery()
    reference = func.coalesce(*(reference_to(kind, meant.c.id) for kind in ("party", "leader")))
    return (
        select(func.coalesce(func.json_agg(reference), literal_column("'[]'::json")))
        .select_from(meant)
        .scalar_subquery()
    )
