"""The shapes of topics."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.asked import FoldedName, TopicReference
from app.fields import (
    Identifiers,
    In,
    Key,
    Name,
    Out,
    PageOut,
    RecordOut,
    Reference,
    ShortNote,
    Slug,
)
from app.filters import IdentifierFilter, ItemFilters, NameSort, PageFilters


class TopicOut(RecordOut):
    """A controlled subject term."""

    slug: Slug
    name: Name
    definition: ShortNote | None
    broader: Reference | None
    narrower: Annotated[list[Reference], Field(max_length=1000)]
    identifiers: Identifiers


class TopicPage(Out):
    """A page of topics."""

    data: Annotated[list[TopicOut], Field(max_length=200)]
    page: PageOut


class TopicIn(In):
    """A topic to record; its broader term is recorded before it."""

    id: UUID | None = None
    slug: Slug
    name: Name
    definition: ShortNote | None = None
    broader: Key | None = None
    identifiers: Identifiers = []


TopicIdentifier = Annotated[IdentifierFilter, Field(examples=["wikidata:Q189603"])]


class TopicFilters(PageFilters):
    """What can be asked of the topics."""

    name: Annotated[FoldedName | None, Field(description="The whole name.", examples=["Public health"])] = None
    broader: Annotated[
        TopicReference | None,
        Field(description="Only the narrower terms of this one, by id or slug.", examples=["health"]),
    ] = None
    identifier: TopicIdentifier = None
    sort: NameSort = "name"


class TopicItem(ItemFilters):
    """What can be asked of one topic."""

    identifier: TopicIdentifier = None
