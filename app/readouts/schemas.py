"""The shapes of readouts."""

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal, Self
from unicodedata import is_normalized
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from app.claims.schemas import ClaimOut, PublisherClaimIn
from app.fields import (
    Count,
    Highlights,
    Identifiers,
    In,
    Key,
    Language,
    Name,
    Offset,
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
    NONE_GIVEN,
    CallFilter,
    Filters,
    IdentifierFilter,
    Included,
    ItemFilters,
    LanguageFilter,
    PageFilters,
    PartyFilter,
    PublisherFilter,
    whole_number,
)
from app.participants.schemas import MentionOut
from app.search import SearchFilter
from app.statements.schemas import StatementOut
from app.vocabulary import ReadoutKind, Translation

ReadoutParts = Literal["statements", "mentions", "claims"]
ItemParts = Literal["versions", "statements", "mentions", "claims"]
_EMBEDDED = "What to embed: {}`statements`, `mentions`, `claims`. Repeat it, or use commas."


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
    highlights: Highlights = None
    text: Annotated[Words | None, Field(description="On an item.")] = None
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
    sha256: Sha256 | None = None
    source_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def holds_together(self) -> Self:
        """Refuse a text in another form, a hash that is not its own, and neither of the two."""
        if self.text is None and self.sha256 is None:
            message = "give the text, or its hash"
            raise ValueError(message)
        if self.text is not None and ("\r" in self.text or not is_normalized("NFC", self.text)):
            message = "the text must be in Unicode normalisation form C with line feeds as line ends"
            raise ValueError(message)
        if self.text is not None and self.sha256 not in {None, self.digest}:
            message = "the hash is not that of the text"
            raise ValueError(message)
        return self

    @property
    def digest(self) -> str:
        """The SHA-256 of the text in UTF-8, in hexadecimal; where there is no text, the one that was given."""
        return sha256(self.text.encode()).hexdigest() if self.text is not None else str(self.sha256)


class ReadoutIn(In):
    """A readout to record."""

    id: UUID | None = None
    kind: ReadoutKind = "readout"
    title: Title
    language: Language
    url: Url | None = None
    archived_url: Url | None = None
    published_on: Annotated[date, Field(ge=date(1, 1, 1), le=date(9999, 12, 31))] | None = None
    retrieved_at: AwareDatetime | None = None
    rights: ShortNote | None = None
    licence: Name | None = None
    original_language: Language | None = None
    translation: Translation = "unknown"
    translation_of: UUID | None = None
    versions: Annotated[list[VersionIn], Field(max_length=1000)] = []
    publisher: Key | None = None
    claims: Annotated[list[PublisherClaimIn], Field(max_length=100)] = []
    identifiers: Identifiers = []

    def all_claims(self) -> list[PublisherClaimIn]:
        """The claims, that of a plain publisher last: preferred, and curated."""
        if self.publisher is None:
            return self.claims
        plain = PublisherClaimIn(field="publisher", value=self.publisher, basis="curated", preferred=True)
        return [*self.claims, plain]

    @model_validator(mode="after")
    def shows_one_publisher(self) -> Self:
        """Refuse two preferred publishers."""
        if sum(claim.preferred for claim in self.all_claims()) > 1:
            message = "at most one publisher may be preferred"
            raise ValueError(message)
        return self


ReadoutIdentifier = Annotated[IdentifierFilter, Field(examples=["telcon:CN-RU-2020-03-19-A"])]


class ReadoutsOfCall(PageFilters):
    """What can be asked of the readouts of one call."""

    sort: Annotated[
        Literal["-published", "published", "relevance"],
        Field(
            description="By the date of publication, newest or oldest first, those without one as oldest; "
            "or by relevance to `q`.",
            examples=["-published"],
        ),
    ] = "-published"
    publisher: PublisherFilter = None
    party: Annotated[
        PartyFilter, Field(description="The party its publisher speaks for, by id, code or alias.", examples=["CN"])
    ] = None
    language: LanguageFilter = None
    kind: Annotated[ReadoutKind | None, Field(description="The kind of text.", examples=["readout"])] = None
    translation: Annotated[
        Translation | None, Field(description="Whether and how it was translated.", examples=["machine"])
    ] = None
    q: SearchFilter = None
    identifier: ReadoutIdentifier = None
    include: Annotated[
        list[ReadoutParts], Included, Field(max_length=3, description=_EMBEDDED.format(""), examples=[["claims"]])
    ] = NONE_GIVEN


class ReadoutFilters(ReadoutsOfCall):
    """What can be asked of the readouts."""

    call: CallFilter = None


class EditedWords(Out):
    """Words of a wording with their offsets into it; none where something was inserted or deleted."""

    text: Annotated[str, Field(max_length=1_000_000, pattern=r"^[^\x00]*$")]
    start: Offset
    end: Offset


class EditOut(Out):
    """One edit: what stood in the one wording, and what stands in its place in the other."""

    kind: Literal["insert", "delete", "replace"]
    from_: Annotated[EditedWords, Field(alias="from")]
    to: EditedWords


class WordingOut(Out):
    """Which wording was compared."""

    version: Position
    sha256: Sha256
    created_at: datetime


class DiffOut(Out):
    """How two wordings of a readout differ.

    `left_statements` are those that quote the first of the two: what they quote does not stand in a newer one.
    """

    id: UUID
    title: Title
    from_: Annotated[WordingOut, Field(alias="from")]
    to: WordingOut
    by: Annotated[
        Literal["words", "sentences", "lines", "whole"],
        Field(
            description="By which parts of the text the edits are told: the smallest of which there are not too many."
        ),
    ]
    edits: Annotated[list[EditOut], Field(max_length=10_000, description="In the order of the text.")]
    left_statements: Annotated[list[UUID], Field(max_length=10_000)]


VersionNumber = Annotated[
    int, Field(ge=1, le=2_147_483_647, json_schema_extra={"format": "int32"}), BeforeValidator(whole_number)
]


class DiffFilters(Filters):
    """What can be asked of the difference of two wordings."""

    from_: Annotated[
        VersionNumber | None,
        Field(
            alias="from",
            description="The number of one wording; by itself the one before the other, if there is any.",
            examples=[1],
        ),
    ] = None
    to: Annotated[
        VersionNumber | None,
        Field(description="The number of the other wording; by itself the newest.", examples=[1]),
    ] = None


class ReadoutItem(ItemFilters):
    """What can be asked of one readout."""

    identifier: ReadoutIdentifier = None
    include: Annotated[
        list[ItemParts],
        Included,
        Field(max_length=4, description=_EMBEDDED.format("`versions`, "), examples=[["claims"]]),
    ] = NONE_GIVEN
