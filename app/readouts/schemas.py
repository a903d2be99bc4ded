"""The shapes of readouts."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.claims.schemas import ClaimOut, PublisherClaimIn
from app.fields import (
    Count,
    Identifiers,
    In,
    Language,
    Name,
    Out,
    PageOut,
    Position,
    RecordOut,
    Reference,
    Sha256,
    ShortNote,
    Title,
    Url,
    Words,
)
from app.filters import (
    CallFilter,
    IdentifierFilter,
    Included,
    ItemFilters,
    LanguageFilter,
    PageFilters,
    PartyFilter,
    PublisherFilter,
)
from app.participants.schemas import MentionOut
from app.statements.schemas import StatementOut
from app.vocabulary import ReadoutKind, Translation

ReadoutParts = Literal["text", "versions", "statements", "mentions", "claims"]
Parts = Annotated[
    list[ReadoutParts],
    Included,
    Field(
        max_length=5,
        description="What to embed: `text` (an item has it anyway), `versions`, `statements`, `mentions`, `claims`. "
        "Repeat it or separate them by commas.",
    ),
]


class VersionOut(Out):
    """One wording of a readout; the text is null where rights forbid it."""

    version: Position
    text: Words | None
    sha256: Sha256
    source_sha256: Sha256 | None
    created_at: datetime


class ReadoutOut(RecordOut):
    """One released text about one or more calls.

    `text_version`, `text_sha256` and `source_sha256` tell of its newest wording; the hashes are of the stored text in
    UTF-8 and of the bytes it was taken from.
    """

    kind: ReadoutKind
    title: Title
    language: Language
    publisher: Reference | None
    calls: Annotated[list[Reference], Field(max_length=1000)]
    url: Url | None
    archived_url: Url | None
    published_on: date | None
    retrieved_at: datetime | None
    rights: ShortNote | None
    licence: Name | None
    original_language: Language | None
    translation: Translation
    translation_of: UUID | None
    text_version: Position | None
    text_sha256: Sha256 | None
    source_sha256: Sha256 | None
    statement_count: Count
    identifiers: Identifiers
    text: Annotated[Words | None, Field(description="On an item, and in lists with `include=text`.")] = None
    versions: Annotated[list[VersionOut] | None, Field(max_length=1000)] = None
    statements: Annotated[list[StatementOut] | None, Field(max_length=10_000)] = None
    mentions: Annotated[list[MentionOut] | None, Field(max_length=10_000)] = None
    claims: Annotated[list[ClaimOut] | None, Field(max_length=1000)] = None


class ReadoutPage(Out):
    """A page of readouts."""

    data: Annotated[list[ReadoutOut], Field(max_length=200)]
    page: PageOut


class VersionIn(In):
    """A wording to record: its text in NFC with line feeds as line ends, or only the hash where rights forbid it."""

    version: Position = 1
    text: Words | None = None
    sha256: Sha256
    source_sha256: Sha256 | None = None


class ReadoutIn(In):
    """A readout to record."""

    id: UUID | None = None
    kind: ReadoutKind = "readout"
    title: Title
    language: Language
    url: Url | None = None
    archived_url: Url | None = None
    published_on: Annotated[date, Field(ge=date(1, 1, 1), le=date(9999, 12, 31))] | None = None
    retrieved_at: datetime | None = None
    rights: ShortNote | None = None
    licence: Name | None = None
    original_language: Language | None = None
    translation: Translation = "unknown"
    translation_of: UUID | None = None
    versions: Annotated[list[VersionIn], Field(max_length=1000)] = []
    claims: Annotated[list[PublisherClaimIn], Field(max_length=100)] = []
    identifiers: Identifiers = []


class ReadoutsOfCall(PageFilters):
    """What can be asked of the readouts of one call."""

    publisher: PublisherFilter = None
    party: Annotated[
        PartyFilter, Field(description="The party its publisher speaks for, by id, code or alias.", examples=["CN"])
    ] = None
    language: LanguageFilter = None
    kind: Annotated[ReadoutKind | None, Field(description="The kind of text.")] = None
    translation: Annotated[Translation | None, Field(description="Whether and how it was translated.")] = None
    identifier: Annotated[IdentifierFilter, Field(examples=["telcon:CN-RU-2020-03-19-A"])] = None
    include: Parts = []
    sort: Annotated[
        Literal["-published", "published"],
        Field(description="By the date of publication, newest or oldest first; those without one come as oldest."),
    ] = "-published"


class ReadoutFilters(ReadoutsOfCall):
    """What can be asked of the readouts."""

    call: CallFilter = None


class ReadoutItem(ItemFilters):
    """What can be asked of one readout."""

    include: Parts = []
