"""The shapes of leaders."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.asked import FoldedName
from app.fields import (
    Count,
    DatedCall,
    Identifiers,
    In,
    Key,
    Language,
    Name,
    Out,
    PageOut,
    PartyReferenceOut,
    RecordOut,
    Reference,
    Slug,
    edtf,
)
from app.filters import IdentifierFilter, NameSort, PageFilters, PartyFilter
from app.vocabulary import NameKind

PartialDate = Annotated[
    str,
    Field(
        min_length=4,
        max_length=10,
        pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        description="A year, month or day.",
        examples=["2013-03-14"],
    ),
    AfterValidator(edtf),
]


class LeaderNameFields(Out):
    """One name of a leader, in any script."""

    name: Name
    language: Language | None = None
    kind: NameKind


class OfficeOut(Out):
    """An office held; null is an open end."""

    title: Name
    party: PartyReferenceOut | None
    from_: Annotated[PartialDate | None, Field(alias="from")]
    to: PartialDate | None


class LeaderOut(RecordOut):
    """A person, with all names and offices."""

    slug: Slug
    name: Name
    names: Annotated[list[LeaderNameFields], Field(max_length=200)]
    offices: Annotated[list[OfficeOut], Field(max_length=200)]
    identifiers: Identifiers


class CounterpartOut(Out):
    """Somebody with whom a leader spoke, both as principals."""

    leader: Reference
    call_count: Count
    first: Annotated[DatedCall | None, Field(description="Their first call by date; null where none is dated.")]
    last: Annotated[DatedCall | None, Field(description="Their last call by date; null where none is dated.")]


class CounterpartPage(Out):
    """A page of counterparts."""

    data: Annotated[list[CounterpartOut], Field(max_length=200)]
    page: PageOut


class LeaderPage(Out):
    """A page of leaders."""

    data: Annotated[list[LeaderOut], Field(max_length=200)]
    page: PageOut


class OfficeIn(In):
    """An office held; leave an open end out."""

    title: Name
    party: Key | None = None
    from_: Annotated[PartialDate | None, Field(alias="from")] = None
    to: PartialDate | None = None


class LeaderIn(In):
    """A leader to record, with exactly one preferred name."""

    id: UUID | None = None
    slug: Slug
    names: Annotated[list[LeaderNameFields], Field(min_length=1, max_length=200)]
    offices: Annotated[list[OfficeIn], Field(max_length=200)] = []
    identifiers: Identifiers = []

    @model_validator(mode="after")
    def one_preferred(self) -> Self:
        """Refuse none and several."""
        if sum(name.kind == "preferred" for name in self.names) != 1:
            message = "exactly one name must be preferred"
            raise ValueError(message)
        return self


class LeaderFilters(PageFilters):
    """What can be asked of the leaders."""

    name: Annotated[
        FoldedName | None,
        Field(description="A whole recorded name in any script, without regard to case or accents.", examples=["普京"]),
    ] = None
    party: PartyFilter = None
    identifier: IdentifierFilter = None
    sort: NameSort = "name"


class CounterpartFilters(PageFilters):
    """What can be asked of the counterparts of a leader."""

    identifier: Annotated[IdentifierFilter, Field(examples=["wikidata:Q15031"])] = None
    sort: Annotated[
        Literal["-count", "count", "name", "-name"],
        Field(
            description="By how often they spoke, the most often first with `-count`, or by name.", examples=["-count"]
        ),
    ] = "-count"
