"""The shapes of the change feed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.fields import Out, ShortName
from app.filters import Filters, whole_number
from app.vocabulary import ChangeKind, ResourceName

HEAD = "head"
"""Given instead of a cursor: where the feed ends by now."""
MOST = 1000
"""How many changes a page holds at most."""
EXAMPLE = "AZnVoTtSTAefbl0cKnuOkAAAAAAAAAACAZcAAAAAcACAAAABAAAAAgAC6kcK6GAA"

Cursor = Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[A-Za-z0-9_-]{64}$", examples=[EXAMPLE])]


class ChangeOut(Out):
    """One new version of one record."""

    number: Annotated[
        int,
        Field(
            ge=1,
            le=9_007_199_254_740_991,
            description="Its place in the feed. The numbers have no gaps.",
            json_schema_extra={"format": "int64"},
        ),
    ]
    cursor: Annotated[Cursor, Field(description="Where to go on after this change.")]
    resource: Annotated[ResourceName, Field(description="With `id`, the record's address: `/v1/{resource}/{id}`.")]
    id: UUID
    version: Annotated[int, Field(ge=1, le=2_147_483_647, json_schema_extra={"format": "int32"})]
    kind: ChangeKind
    within: Annotated[UUID | None, Field(description="The call that a participant or a statement belongs to.")]
    into: Annotated[UUID | None, Field(description="The record that a merged one lives on in.")]
    content_changed_at: Annotated[
        datetime, Field(description="When what the record says last changed, which processing it anew does not.")
    ]
    numbered_at: Annotated[datetime, Field(description="When the change came into the feed; it never goes back.")]
    author: Annotated[ShortName, Field(description="Who wrote, by the label of the key.")]


class FeedPageOut(Out):
    """Where a page stands in the feed."""

    limit: Annotated[int, Field(ge=1, le=MOST, json_schema_extra={"format": "int32"})]
    next: Annotated[Cursor, Field(description="Where to go on: with what is there already, or with what comes.")]


class ChangePage(Out):
    """Some of the changes, in their lasting order."""

    data: Annotated[list[ChangeOut], Field(max_length=MOST)]
    page: FeedPageOut


class FollowFilters(Filters):
    """From where on changes are told."""

    after: Annotated[
        str | None,
        Field(
            min_length=len(HEAD),
            max_length=64,
            pattern=rf"^({HEAD}|[A-Za-z0-9_-]{{64}})$",
            description="Where to go on: a `cursor`, or `page.next`. `head` goes on with what is yet to come; "
            "without it, the feed is told from its beginning.",
            examples=[HEAD],
        ),
    ] = None


class ChangeFilters(FollowFilters):
    """What can be asked of the changes."""

    limit: Annotated[
        int,
        Field(
            ge=1,
            le=MOST,
            description="How many changes a page holds.",
            examples=[2],
            json_schema_extra={"format": "int32"},
        ),
        BeforeValidator(whole_number),
    ] = 100
