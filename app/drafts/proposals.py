"""The shapes of proposals: what was read out of a text, each value with the words it rests on, and its review."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from app.claims.schemas import DateIn, InitiatorIn
from app.fields import (
    Code,
    Identifiers,
    In,
    Key,
    Language,
    Name,
    Note,
    Offset,
    Paragraph,
    Position,
    Ref,
    Seconds,
    ShortNote,
    Slug,
    Title,
    Url,
    Words,
)
from app.leaders.schemas import LeaderNameFields
from app.participants.schemas import Quoted
from app.statements.schemas import Attribution, SpeakerIn
from app.vocabulary import (
    Act,
    Basis,
    Channel,
    Mode,
    PartyKind,
    PublisherKind,
    ReadoutKind,
    Review,
    Role,
    SpeakerAs,
    Translation,
)

PublishedOn = Annotated[date, Field(ge=date(1, 1, 1), le=date(9999, 12, 31))]
MOST_STATEMENTS = 10_000
MOST_PEOPLE = 1000
MOST_FURTHER = 50
"""How many calls of a text are read besides the first."""
ProposalId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Names a proposal within its draft, and lasts.",
        examples=["statement-1"],
    ),
]
Confidence = Annotated[
    float,
    Field(
        gt=0,
        le=1,
        description="Orders proposals by how much they want checking; it is no probability.",
        json_schema_extra={"format": "double"},
    ),
]


class QuotedWords(In):
    """Words of the text with their offsets."""

    text: Note
    start: Offset
    end: Offset


Evidence = Annotated[list[QuotedWords], Field(max_length=100, description="The words that it rests on.")]


class Proposal(In):
    """What a person accepts, corrects or rejects by itself."""

    id: ProposalId
    review: Annotated[
        Review, Field(description="What a person made of it; correcting it sets it, and accepting and rejecting do.")
    ] = "open"
    confidence: Annotated[Confidence | None, Field(description="Null for what a person gave.")] = None
    evidence: Evidence = []


class ProposedParticipant(Proposal):
    """One person's part in the call, as the text tells it.

    `leader` and `party` name a record, or one that is proposed as new; null for one that is not known.
    """

    ref: Ref
    name: Name | None = None
    name_as_printed: Title
    leader: Key | None = None
    party: Key | None = None
    office: Name | None = None
    role: Role = "principal"
    initiator: bool = False
    mention: Quoted | None = None
    office_mention: Quoted | None = None
    party_confidence: Confidence | None = None


class Suggestion(Proposal):
    """An act or a topic that words of a statement suggest; it counts only once a person has accepted it."""

    field: Literal["act", "topics"]
    value: Key


class ProposedStatement(Proposal):
    """According to the text, the speakers said this: `text[start:end]` of the whole text is its `text`."""

    position: Position
    paragraph: Paragraph
    speakers: Annotated[list[SpeakerIn], Field(min_length=1, max_length=100)]
    text: Words
    start: Offset
    end: Offset
    attribution: Attribution
    mode: Mode = "indirect"
    speaker_as: SpeakerAs = "person"
    act: Act | None = None
    topics: Annotated[list[Key], Field(max_length=100)] = []
    suggestions: Annotated[list[Suggestion], Field(max_length=100)] = []


class ProposedClaim(Proposal):
    """What every proposed value of a contested field has."""

    basis: Basis
    preferred: bool = False
    note: Note | None = None


class ProposedDate(ProposedClaim):
    """A value of the call's date."""

    field: Literal["date"]
    value: DateIn


class ProposedChannel(ProposedClaim):
    """A value of the call's channel."""

    field: Literal["channel"]
    value: Channel


class ProposedDuration(ProposedClaim):
    """A value of the call's duration in seconds."""

    field: Literal["duration"]
    value: Seconds


class ProposedInitiator(ProposedClaim):
    """A value of who initiated the call: a participant of the draft, a party, or both sides."""

    field: Literal["initiator"]
    value: InitiatorIn


AnyClaim = Annotated[
    ProposedDate | ProposedChannel | ProposedDuration | ProposedInitiator, Field(discriminator="field")
]


class Candidate(In):
    """A record that may be meant."""

    id: UUID
    key: Annotated[Key, Field(description="Its slug or code, or its id where it has neither.")]
    name: Title


class Caution(In):
    """Something that a person should look at, and where; `candidates` are records of which one may be meant."""

    code: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z]+(-[a-z]+)*$", examples=["no-date"])]
    detail: ShortNote
    evidence: Evidence = []
    candidates: Annotated[list[Candidate], Field(max_length=30)] = []


Participants = Annotated[list[ProposedParticipant], Field(max_length=MOST_PEOPLE)]
Statements = Annotated[list[ProposedStatement], Field(max_length=MOST_STATEMENTS)]
Claims = Annotated[list[AnyClaim], Field(max_length=1000)]
Warnings = Annotated[list[Caution], Field(max_length=2000)]


class ProposedParty(Proposal):
    """A party that the draft names: one that is recorded, or one to record as `new`."""

    new: bool
    code: Code
    name: Name
    kind: PartyKind


class ProposedLeader(Proposal):
    """A leader whom the draft names: one who is recorded, or one to record as `new`."""

    new: bool
    slug: Slug
    names: Annotated[list[LeaderNameFields], Field(min_length=1, max_length=200)]
    identifiers: Identifiers = []


class ProposedPublisher(Proposal):
    """The publisher that the draft names: one that is recorded, or one to record as `new`."""

    new: bool
    slug: Slug
    name: Name
    kind: PublisherKind
    party: Key | None = None
    url: Url | None = None


class ProposedReadout(Proposal):
    """The readout; its text is the draft's own."""

    kind: ReadoutKind = "readout"
    title: Title
    language: Language
    publisher: Key | None = None
    published_on: PublishedOn | None = None
    url: Url | None = None
    rights: ShortNote | None = None
    licence: Name | None = None
    original_language: Language | None = None
    translation: Translation = "unknown"


class FurtherAccountOf(In):
    """The recorded call of which the readout is another account; the id decides."""

    id: UUID
    slug: Slug | None = None
    name: Title | None = None


class ProposedCall(Proposal):
    """The call: one to record, or one that is recorded already, of which this is a further account.

    `candidates` are the recorded calls of the same principals with a date within a day; where there are several, a
    person says which of them it is, or accepts the proposal as that of a call of its own.
    """

    slug: Slug
    title: Title
    further_account_of: FurtherAccountOf | None = None
    candidates: Annotated[list[Candidate], Field(max_length=30)] = []


class DraftDocument(In):
    """What is proposed to be recorded of one text; lists and references are as in the records' documents."""

    readout: ProposedReadout
    publisher: ProposedPublisher | None = None
    parties: Annotated[list[ProposedParty], Field(max_length=MOST_PEOPLE)] = []
    leaders: Annotated[list[ProposedLeader], Field(max_length=MOST_PEOPLE)] = []
    call: ProposedCall
    participants: Participants
    statements: Statements = []
    claims: Claims = []
    warnings: Warnings = []


class AnyProposal(
    RootModel[
        ProposedReadout
        | ProposedPublisher
        | ProposedParty
        | ProposedLeader
        | ProposedCall
        | ProposedParticipant
        | ProposedStatement
        | Suggestion
        | AnyClaim
    ]
):
    """One proposal of a draft, whatever it proposes."""
