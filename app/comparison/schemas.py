"""The shapes of the comparison of the accounts of a call."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.claims.schemas import ClaimOut, DateValue, InitiatorValue
from app.fields import Count, EdtfText, Language, Out, PartyReferenceOut, Position, Reference, Seconds, Title, Url
from app.filters import IdentifierFilter, ItemFilters
from app.statements.schemas import SpeakerOut, StatementOut
from app.vocabulary import Channel, ReadoutKind, Translation

MOST_STATEMENTS = 500
MOST_READOUTS = 100
AccountNumber = Annotated[
    int,
    Field(
        ge=1,
        le=MOST_READOUTS,
        description="The `number` of an account.",
        examples=[1],
        json_schema_extra={"format": "int32"},
    ),
]
AccountNumbers = Annotated[list[AccountNumber], Field(max_length=MOST_READOUTS)]
StatementIds = Annotated[list[UUID], Field(max_length=MOST_STATEMENTS)]


class ComparisonFilters(ItemFilters):
    """What can be asked of a comparison."""

    identifier: Annotated[
        IdentifierFilter,
        Field(
            description="Only if the call bears this identifier, as `scheme:value`.",
            examples=["telcon:CN-RU-2020-03-19"],
        ),
    ] = None


class AccountText(Out):
    """One readout of an account, and how many statements of the call are recorded of it."""

    id: UUID
    kind: ReadoutKind
    title: Title
    language: Language
    translation: Translation
    translation_of: UUID | None
    published_on: date | None
    url: Url | None
    text_version: Position | None
    statement_count: Count


class AccountOut(Out):
    """What one publisher tells of the call: a readout, and those that are its translations, which are not compared."""

    number: AccountNumber
    publisher: Reference | None
    party: Annotated[PartyReferenceOut | None, Field(description="The party for which the publisher speaks.")]
    readout: AccountText
    translations: Annotated[list[AccountText], Field(max_length=MOST_READOUTS)]
    points: Count
    points_alone: Annotated[Count, Field(description="How many of its points no other account was found to make.")]


class FieldValue(Out):
    """One value of a contested field, with the claims of it and the accounts whose words these rest on."""

    value: DateValue | Channel | Seconds | InitiatorValue
    accounts: AccountNumbers
    claims: Annotated[list[ClaimOut], Field(max_length=1000)]


class ContestedField(Out):
    """What is claimed of a field of the call."""

    field: Literal["date", "channel", "initiator", "duration"]
    agreement: Annotated[
        Literal["one", "compatible", "conflicting"],
        Field(description="Whether there is one value, several that can all be right, or some that contradict."),
    ]
    values: Annotated[list[FieldValue], Field(min_length=1, max_length=1000)]


class ShareOut(Out):
    """How much an account has somebody say: statements, how many of them with others, and their characters."""

    account: AccountNumber
    statements: Count
    joint: Count
    characters: Count


class SpeakerShares(Out):
    """How much each account has one speaker say; accounts that report nothing are left out."""

    speaker: SpeakerOut
    accounts: Annotated[list[ShareOut], Field(min_length=1, max_length=MOST_READOUTS)]


class ReportedIds(Out):
    """The statements by which an account has somebody speak on a topic, in reading order."""

    account: AccountNumber
    statements: StatementIds


class SpeakerOnTopic(Out):
    """What each account has one speaker say on a topic."""

    speaker: SpeakerOut
    accounts: Annotated[list[ReportedIds], Field(min_length=1, max_length=MOST_READOUTS)]


class TopicOut(Out):
    """What the accounts report on a topic, its narrower ones aside; null is for statements without one."""

    topic: Reference | None
    broader: Reference | None
    speakers: Annotated[list[SpeakerOnTopic], Field(min_length=1, max_length=1000)]


class MatchOut(Out):
    """Two statements that make the same point, why, and how alike they are, from 0 to 1."""

    statements: Annotated[list[UUID], Field(min_length=2, max_length=2)]
    by: Annotated[
        Literal["words", "codes"],
        Field(description="Their words; or, in different languages, the topics that both were given and one act."),
    ]
    score: Annotated[float, Field(ge=0, le=1, json_schema_extra={"format": "double"})]
    speakers: Annotated[
        Literal["same", "joint", "other"],
        Field(description="Whether the same people speak, further ones in one account, or different ones."),
    ]


class ReportedStatements(Out):
    """The statements by which an account makes a point, in reading order."""

    account: AccountNumber
    statements: Annotated[list[StatementOut], Field(min_length=1, max_length=MOST_STATEMENTS)]


class PointOut(Out):
    """Statements that make one point, in one account or in several; each statement belongs to one point."""

    number: Annotated[int, Field(ge=1, le=MOST_STATEMENTS, json_schema_extra={"format": "int32"})]
    accounts: AccountNumbers
    absent_from: Annotated[
        AccountNumbers, Field(description="The accounts that were looked through for it, and do not make it.")
    ]
    speakers: Annotated[list[SpeakerOut], Field(min_length=1, max_length=1000)]
    topics: Annotated[list[Reference], Field(max_length=1000)]
    differs: Annotated[
        list[Literal["speakers", "act"]], Field(max_length=2, description="In what its accounts differ.")
    ]
    reports: Annotated[list[ReportedStatements], Field(min_length=1, max_length=MOST_READOUTS)]
    matches: Annotated[list[MatchOut], Field(max_length=MOST_STATEMENTS**2)]


class ComparisonOut(Out):
    """The accounts of a call side by side: what each reports, which points they share, and what is contested."""

    call: Reference
    date: EdtfText
    accounts: Annotated[list[AccountOut], Field(max_length=MOST_READOUTS)]
    fields: Annotated[list[ContestedField], Field(max_length=4)]
    speakers: Annotated[list[SpeakerShares], Field(max_length=1000)]
    topics: Annotated[list[TopicOut], Field(max_length=10_000)]
    points: Annotated[
        list[PointOut],
        Field(max_length=MOST_STATEMENTS, description="In reading order, the first account's first."),
    ]
    echoes: Annotated[
        list[MatchOut],
        Field(
            max_length=MOST_STATEMENTS**2,
            description="Statements that are much alike and belong to different speakers.",
        ),
    ]
