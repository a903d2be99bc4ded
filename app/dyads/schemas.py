"""The shapes of dyads: two parties, or two leaders, and their calls with each other."""

from typing import Annotated, Literal

from pydantic import Field

from app.fields import Count, DatedCall, IsoDay, Out, PartyReferenceOut, Reference

MOST_GAPS = 5
LATEST_CALLS = 5


class YearOut(Out):
    """How many calls there were in a year."""

    year: Annotated[str, Field(min_length=4, max_length=4, pattern=r"^[0-9]{4}$", examples=["2020"])]
    count: Count


class GapOut(Out):
    """Days on end on none of which, by the recorded dates, there can have been a call."""

    from_: Annotated[IsoDay, Field(alias="from")]
    to: IsoDay
    days: Annotated[int, Field(ge=1, le=3_652_425, json_schema_extra={"format": "int32"})]


class InitiatedOut(Out):
    """How many of the calls one of the two initiated, both sides, somebody else, or nobody knows who."""

    kind: Literal["party", "leader", "mutual", "other", "unknown"]
    by: Reference | PartyReferenceOut | None
    count: Count


class DyadOut(Out):
    """Two parties, or two leaders, and their calls with each other as principals."""

    parties: Annotated[list[PartyReferenceOut] | None, Field(min_length=2, max_length=2)]
    leaders: Annotated[list[Reference] | None, Field(min_length=2, max_length=2)]
    call_count: Count
    first: Annotated[DatedCall | None, Field(description="The first call by date; null where none is dated.")]
    last: Annotated[DatedCall | None, Field(description="The last call by date; null where none is dated.")]
    years: Annotated[list[YearOut], Field(max_length=10_000)]
    without_year: Annotated[Count, Field(description="How many of the calls are not known to lie in one year.")]
    gaps: Annotated[list[GapOut], Field(max_length=MOST_GAPS, description="The longest, the longest first.")]
    initiated: Annotated[list[InitiatedOut], Field(min_length=5, max_length=5)]
    latest_calls: Annotated[list[DatedCall], Field(max_length=LATEST_CALLS, description="The newest first.")]
