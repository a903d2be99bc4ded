"""What is read out of a text: a proposed call, each value with a confidence and the words that it rests on.

Members have the names, and mean the same, as in the records that `telcon import` takes; see `app.ingest.proposal`.
A confidence is a number above 0 and at most 1 that orders proposals by how much they want checking; it is no
probability.
"""

from dataclasses import dataclass
from typing import Literal

from app.vocabulary import (
    Act,
    AttributionKind,
    Basis,
    Channel,
    InitiatorKind,
    Mode,
    PartOfDay,
    Role,
    SpeakerAs,
)

WarningCode = Literal[
    "announced",
    "language-unsupported",
    "no-date",
    "no-participants",
    "one-participant",
    "no-statements",
    "several-calls",
    "unresolved-party",
]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of the text: `text_of_the_readout[start:end] == text`, in Unicode code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ProposedParticipant:
    """One person's part in the call.

    `name` is the name alone, null where the text gives only an office; `name_as_printed` is what the text prints
    where it first names them, with the office. `leader` is a recorded leader's key; the reader, which knows no records,
    leaves it null. `mention` and `office_mention` are null where only the title names them.
    """

    ref: str
    name: str | None
    name_as_printed: str
    leader: str | None
    party: str | None
    office: str | None
    role: Role
    initiator: bool
    mention: Quoted | None
    office_mention: Quoted | None
    confidence: float
    party_confidence: float | None
    evidence: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A participant of the draft by its `ref`."""

    participant: str


@dataclass(frozen=True, slots=True)
class ProposedAttribution:
    """Which words give a statement to its speakers; all but the kind are null where an earlier sentence does."""

    kind: AttributionKind
    verb: str | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An act or a topic, with the words that suggest it."""

    field: Literal["act", "topics"]
    value: str
    confidence: float
    evidence: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class ProposedStatement:
    """According to the text, the speakers said this. `evidence` is what gives it to them."""

    position: int
    paragraph: int
    speakers: tuple[Speaker, ...]
    text: str
    start: int
    end: int
    attribution: ProposedAttribution
    mode: Mode
    speaker_as: SpeakerAs
    act: Act | None
    topics: tuple[str, ...]
    confidence: float
    evidence: tuple[Quoted, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class ProposedDate:
    """A date in EDTF, with the text's own words for it."""

    edtf: str
    zone: str | None = None
    text: str | None = None
    part_of_day: PartOfDay | None = None


@dataclass(frozen=True, slots=True)
class ProposedInitiator:
    """Who initiated the call: a participant by its `ref`, a party, or both sides."""

    kind: InitiatorKind
    participant: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class ProposedClaim:
    """One value of the call's date, channel, duration (in seconds) or initiator."""

    field: Literal["date", "channel", "duration", "initiator"]
    value: ProposedDate | Channel | int | ProposedInitiator
    basis: Basis
    preferred: bool
    note: str | None
    confidence: float
    evidence: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class ProposedCall:
    """The call itself, as its preferred claims show it."""

    slug: str
    title: str
    date: ProposedDate
    channel: Channel
    duration_seconds: int | None
    initiator: ProposedInitiator | None


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that a person should look at, and where."""

    code: WarningCode
    detail: str
    evidence: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a readout says of a call, as far as it was understood; `further` are the other calls that it reports."""

    language: str
    call: ProposedCall
    participants: tuple[ProposedParticipant, ...]
    statements: tuple[ProposedStatement, ...]
    claims: tuple[ProposedClaim, ...]
    topics: tuple[str, ...]
    warnings: tuple[Caution, ...]
    further: tuple["Draft", ...] = ()
