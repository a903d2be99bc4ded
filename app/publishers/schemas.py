"""The shapes of publishers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.asked import FoldedName
from app.fields import (
    Identifiers,
    In,
    Key,
    Name,
    Out,
    PageOut,
    PartyReferenceOut,
    RecordOut,
    Slug,
    Url,
)
from app.filters import IdentifierFilter, PageFilters, PartyFilter
from app.vocabulary import PublisherKind


class PublisherOut(RecordOut):
    """Who releases readouts, and the party it speaks for, if any."""

    slug: Slug
    name: Name
    kind: PublisherKind
    party: PartyReferenceOut | None
    url: Url | None
    identifiers: Identifiers


class PublisherPage(Out):
    """A page of publishers."""

    data: Annotated[list[PublisherOut], Field(max_length=200)]
    page: PageOut


class PublisherIn(In):
    """A publisher to record."""

    id: UUID | None = None
    slug: Slug
    name: Name
    kind: PublisherKind
    party: Key | None = None
    url: Url | None = None
    identifiers: Identifiers = []


class PublisherFilters(PageFilters):
    """What can be asked of the publishers."""

    name: Annotated[FoldedName | None, Field(description="The whole name.")] = None
    party: Annotated[PartyFilter, Field(examples=["CN"])] = None
    kind: Annotated[PublisherKind | None, Field(description="The kind of publisher.")] = None
    identifier: IdentifierFilter = None
    sort: Annotated[Literal["name", "-name"], Field(description="By name, upwards or downwards.")] = "name"
