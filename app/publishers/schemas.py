"""The shapes of publishers."""

from typing import Annotated
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
from app.filters import IdentifierFilter, ItemFilters, NameSort, PageFilters, PartyFilter
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


PublisherIdentifier = Annotated[IdentifierFilter, Field(examples=["domain:en.dl.gov.cn"])]


class PublisherFilters(PageFilters):
    """What can be asked of the publishers."""

    name: Annotated[
        FoldedName | None, Field(description="The whole name.", examples=["Dalian Municipal Government"])
    ] = None
    party: Annotated[PartyFilter, Field(examples=["CN"])] = None
    kind: Annotated[PublisherKind | None, Field(description="The kind of publisher.", examples=["government"])] = None
    identifier: PublisherIdentifier = None
    sort: NameSort = "name"


class PublisherItem(ItemFilters):
    """What can be asked of one publisher."""

    identifier: PublisherIdentifier = None
