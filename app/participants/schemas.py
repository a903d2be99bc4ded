"""The shapes of participants."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.asked import FoldedName, LeaderReference
from app.fields import (
    FormerKeys,
    In,
    Key,
    Name,
    Offset,
    Out,
    PageOut,
    PartyReferenceOut,
    Position,
    RecordOut,
    Ref,
    Reference,
    Title,
)
from app.filters import NONE_GIVEN, CallFilter, DatedFilters, IdentifierFilter, Included, PartyFilter
from app.vocabulary import Role


class Quoted(Out):
    """Words of a readout with their offsets."""

    text: Title
    start: Offset
    end: Offset


class ReadoutVersionReference(Out):
    """One version of a readout's text."""

    id: UUID
    version: Position


class MentionOut(Out):
    """How one readout prints a participant."""

    participant: UUID
    readout: ReadoutVersionReference
    name: Quoted
    office: Quoted | None


class PartOut(Out):
    """A participant as its call shows it; the leader is null while unidentified."""

    id: UUID
    leader: Reference | None
    party: PartyReferenceOut | None
    office: Name | None
    role: Role
    initiator: Annotated[bool, Field(description="Whether the call was initiated by this participant or its party.")]


class ParticipantOut(PartOut, RecordOut):
    """One leader's part in one call."""

    call: Reference
    mentions: Annotated[
        list[MentionOut] | None, Field(max_length=1000, description="On an item, and in lists with `include=mentions`.")
    ] = None


class ParticipantPage(Out):
    """A page of participants."""

    data: Annotated[list[ParticipantOut], Field(max_length=200)]
    page: PageOut


class ParticipantBase(In):
    """What a participant to record has, wherever it stands."""

    id: UUID | None = None
    leader: Key | None = None
    party: Key | None = None
    office: Name | None = None
    role: Role = "principal"
    former_keys: FormerKeys = []


class ParticipantIn(ParticipantBase):
    """A participant of a call to record; `ref` names it within the call's document."""

    ref: Ref


class WholeParticipant(ParticipantBase):
    """A participant by itself, with its call, which does not change."""

    call: Key


class MentionIn(In):
    """How a readout of the call prints a participant."""

    participant: Ref
    readout: UUID
    version: Position = 1
    name: Quoted
    office: Quoted | None = None


class ParticipantsOfCall(DatedFilters):
    """What can be asked of the participants of one call."""

    leader: Annotated[
        LeaderReference | None,
        Field(description="The leader, by id, Wikidata QID, slug or any recorded name.", examples=["Putin"]),
    ] = None
    party: PartyFilter = None
    role: Annotated[Role | None, Field(description="The role in the call.", examples=["principal"])] = None
    office: Annotated[
        FoldedName | None, Field(description="The whole title of the office held then.", examples=["President"])
    ] = None
    identifier: IdentifierFilter = None
    include: Annotated[
        list[Literal["mentions"]],
        Included,
        Field(max_length=1, description="What to embed: `mentions`.", examples=[["mentions"]]),
    ] = NONE_GIVEN


class ParticipantFilters(ParticipantsOfCall):
    """What can be asked of the participants."""

    call: CallFilter = None
