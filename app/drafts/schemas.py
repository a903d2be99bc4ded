"""The shapes of drafts: what is asked to be read, what was read, the drafts that are kept, and their history."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.claims.schemas import DateIn, InitiatorIn
from app.drafts.proposals import (
    MOST_FURTHER,
    Claims,
    DraftDocument,
    FurtherAccountOf,
    Participants,
    Proposal,
    ProposalId,
    PublishedOn,
    Statements,
    Warnings,
)
from app.fields import (
    In,
    Key,
    Language,
    Name,
    Note,
    Out,
    PageOut,
    RecordOut,
    Seconds,
    Sha256,
    Slug,
    Title,
    Version,
    Words,
)
from app.filters import Filters, Paged, PublisherFilter
from app.problems import ContentTooLarge
from app.vocabulary import Channel, DraftDone, DraftStatus

LONGEST_TEXT = 1_000_000


def _not_too_long(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        message = f"The text has {len(text)} characters, and at most {LONGEST_TEXT} are read."
        raise ContentTooLarge(message)
    return text


class ReadoutToRead(In):
    """A readout's text, and what is known of it beside."""

    text: Annotated[
        str,
        Field(
            min_length=1,
            description="The text as published; it is taken in normalisation form C with line feeds as line ends.",
            json_schema_extra={"maxLength": LONGEST_TEXT, "pattern": r"^[^\x00]+$"},
        ),
        AfterValidator(_not_too_long),
    ]
    title: Title | None = None
    publisher: Annotated[
        Title | None, Field(description="Its publisher, by id, slug, name or the address of its site.")
    ] = None
    language: Language | None = None
    published_on: PublishedOn | None = None


class CallRead(Proposal):
    """The call as the preferred values of the claims show it."""

    slug: Slug
    title: Title
    date: DateIn
    channel: Channel
    duration_seconds: Seconds | None
    initiator: InitiatorIn | None


class CallReading(Out):
    """What a text is understood to say of one call."""

    language: Language
    call: CallRead
    participants: Participants
    statements: Statements
    claims: Claims
    topics: Annotated[list[Slug], Field(max_length=1000)]
    warnings: Warnings


class ReadingOut(CallReading):
    """What a text is understood to say; nothing of it is kept."""

    text: Annotated[Words, Field(description="The text as it would be stored; offsets count its code points.")]
    further: Annotated[
        list[CallReading], Field(max_length=MOST_FURTHER, description="The other calls that the text reports.")
    ]


CallNumber = Annotated[
    int,
    Field(
        ge=1,
        le=1 + MOST_FURTHER,
        description="Which of the calls that the text reports the draft is of.",
        json_schema_extra={"format": "int32"},
    ),
]


class DraftBase(RecordOut):
    """What every draft shows of itself, and what it became."""

    sha256: Annotated[Sha256, Field(description="Of the stored text in UTF-8.")]
    number: CallNumber
    status: DraftStatus
    language: Language
    call_id: Annotated[UUID | None, Field(description="The call that has the account, once the draft is accepted.")]
    readout_id: Annotated[UUID | None, Field(description="The readout that was recorded of the text.")]


class DraftListed(DraftBase):
    """A draft as lists show it."""

    title: Title
    publisher: Key | None
    published_on: date | None
    call: Title
    further_account_of: FurtherAccountOf | None


class FurtherDraft(Out):
    """The draft of another call that the text reports."""

    id: UUID
    number: CallNumber
    status: DraftStatus
    call: Title


class DraftOut(DraftBase):
    """A draft whole: the text, and what is proposed to be recorded of it."""

    text: Words
    document: DraftDocument
    further: Annotated[
        list[FurtherDraft],
        Field(max_length=MOST_FURTHER, description="The drafts of the other calls that the text reports, by number."),
    ]


class DraftPage(Out):
    """A page of drafts."""

    data: Annotated[list[DraftListed], Field(max_length=200)]
    page: PageOut


class DraftRevisionOut(Out):
    """One thing that was done to a draft, or to one of its proposals: by whom, when and why."""

    version: Version
    kind: DraftDone
    proposal: Annotated[ProposalId | None, Field(description="The one it was done to; null for the draft.")]
    content_changed_at: datetime
    author: Annotated[Name, Field(description="Who did it, by the label of the key.", examples=["editor"])]
    note: Annotated[Note | None, Field(description="Why, as `X-Change-Note` said.")]


class DraftHistoryPage(Out):
    """A page of a draft's revisions."""

    data: Annotated[list[DraftRevisionOut], Field(max_length=200)]
    page: PageOut


class DraftRevision(DraftRevisionOut):
    """One revision of a draft with the document before and after it."""

    before: Annotated[DraftDocument | None, Field(description="Null for the first.")]
    after: DraftDocument


class DraftFilters(Paged):
    """What can be asked of the drafts; the newest come first."""

    status: Annotated[
        DraftStatus | None,
        Field(description="Whether it is still open, or how it was decided.", examples=["accepted"]),
    ] = None
    publisher: Annotated[PublisherFilter, Field(examples=["the-white-house"])] = None


class DraftItem(Filters):
    """What can be asked of one draft: nothing."""


class DraftHistoryFilters(Paged):
    """What can be asked of a draft's history."""
