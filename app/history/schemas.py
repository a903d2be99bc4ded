"""The shapes of a record's history."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Name, Note, Out, PageOut, Version
from app.filters import Paged
from app.vocabulary import ChangeKind

D = TypeVar("D", bound=BaseModel)

Number = Annotated[
    int,
    Field(
        ge=1,
        le=9_007_199_254_740_991,
        description="Its place in the change feed; null for the moment before it has one.",
        json_schema_extra={"format": "int64"},
    ),
]


class RevisionOut(Out):
    """One recorded change of one record: who made it, when and why."""

    version: Version
    kind: ChangeKind
    into: Annotated[UUID | None, Field(description="The record that a merged one lives on in.")]
    content_changed_at: datetime
    number: Number | None
    numbered_at: Annotated[datetime | None, Field(description="When it came into the change feed.")]
    author: Annotated[Name, Field(description="Who made it, by the label of the key.", examples=["editor"])]
    note: Annotated[Note | None, Field(description="Why, as `X-Change-Note` said.")]


class HistoryPage(Out):
    """A page of revisions."""

    data: Annotated[list[RevisionOut], Field(max_length=200)]
    page: PageOut


class Revision(RevisionOut, Generic[D]):
    """One revision with the record's document before and after it, in which other records are named by their ids."""

    # A parametrised model does not inherit the docstring.
    model_config = ConfigDict(json_schema_extra={"description": "One revision, and the record before and after it."})

    before: Annotated[D | None, Field(description="Null for a record that was created.")]
    after: Annotated[D | None, Field(description="Null for a record that was removed.")]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The shape's name in the document, such as `LeaderRevision`."""
        return f"{params[0].__name__.removeprefix('Whole').removesuffix('In')}Revision"


class HistoryFilters(Paged):
    """What can be asked of a record's history."""
