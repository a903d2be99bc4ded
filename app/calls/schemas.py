"""The shapes of calls."""

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.asked import InitiatorReference, LeaderReference, PartyReference
from app.claims.schemas import (
    CallClaimIn,
    ChannelClaimIn,
    ClaimOut,
    DateClaimIn,
    DateIn,
    DateValue,
    DurationClaimIn,
    InitiatorClaimIn,
    InitiatorIn,
    InitiatorValue,
)
from app.facets import FacetFilter, FacetsMember
from app.fields import (
    Count,
    Identifiers,
    In,
    Out,
    PageOut,
    RecordOut,
    Reference,
    Seconds,
    Slug,
    Title,
)
from app.filters import (
    NONE_GIVEN,
    PAGES_OF_THE_PAST,
    AsOf,
    IdentifierFilter,
    Included,
    ItemFilters,
    LanguageFilter,
    PublisherFilter,
    Roles,
    SearchedFilters,
    TopicFilter,
)
from app.participants.schemas import MentionIn, ParticipantIn, PartOut
from app.readouts.schemas import ReadoutOut
from app.search import SearchFilter
from app.statements.schemas import StatementIn, StatementOut
from app.vocabulary import Basis, Channel

CallParts = Literal["statements", "readouts", "claims"]
Parts = Annotated[
    list[CallParts],
    Included,
    Field(
        max_length=3,
        description="What to embed: `statements`, `readouts`, `claims`. Repeat it or separate them by commas.",
        examples=[["claims"]],
    ),
]


class CallDate(DateValue):
    """The date that the call's preferred claim gives it, and on what basis."""

    basis: Basis


class CallInitiator(InitiatorValue):
    """Who initiated the call by its preferred claim, and on what basis."""

    basis: Basis


class CallOut(RecordOut):
    """One communication event. Date, channel, duration and initiator are those of its preferred claims."""

    slug: Slug
    channel: Channel
    title: Title
    date: CallDate
    duration_seconds: Seconds | None
    initiator: CallInitiator | None
    participants: Annotated[list[PartOut], Field(max_length=1000)]
    topics: Annotated[list[Reference], Field(max_length=1000)]
    publishers: Annotated[list[Reference], Field(max_length=1000)]
    readout_count: Count
    statement_count: Count
    identifiers: Identifiers
    statements: Annotated[list[StatementOut] | None, Field(max_length=10_000)] = None
    readouts: Annotated[list[ReadoutOut] | None, Field(max_length=1000)] = None
    claims: Annotated[list[ClaimOut] | None, Field(max_length=1000)] = None


class CallPage(Out):
    """A page of calls."""

    data: Annotated[list[CallOut], Field(max_length=200)]
    page: PageOut
    facets: FacetsMember = None


class CallBase(In):
    """A call to record whole, but for its readouts.

    A contested field is given by claims, or as a plain value, which becomes a preferred, curated claim.
    """

    id: UUID | None = None
    slug: Slug
    title: Title
    date: DateIn | None = None
    channel: Channel | None = None
    duration_seconds: Seconds | None = None
    initiator: InitiatorIn | None = None
    participants: Annotated[list[ParticipantIn], Field(min_length=1, max_length=1000)]
    mentions: Annotated[list[MentionIn], Field(max_length=10_000)] = []
    statements: Annotated[list[StatementIn], Field(max_length=10_000)] = []
    claims: Annotated[list[CallClaimIn], Field(max_length=1000)] = []
    identifiers: Identifiers = []

    def all_claims(self) -> list[CallClaimIn]:
        """The claims, those that plain values stand for last."""
        plain: list[CallClaimIn] = []
        if self.date is not None:
            plain.append(DateClaimIn(field="date", value=self.date, basis="curated", preferred=True))
        if self.channel is not None:
            plain.append(ChannelClaimIn(field="channel", value=self.channel, basis="curated", preferred=True))
        if self.duration_seconds is not None:
            duration = self.duration_seconds
            plain.append(DurationClaimIn(field="duration", value=duration, basis="curated", preferred=True))
        if self.initiator is not None:
            plain.append(InitiatorClaimIn(field="initiator", value=self.initiator, basis="curated", preferred=True))
        return [*self.claims, *plain]

    @model_validator(mode="after")
    def shows_one_value_a_field(self) -> Self:
        """Refuse a call without a date or a channel, and two preferred values of one field."""
        preferred = [claim.field for claim in self.all_claims() if claim.preferred]
        if len(set(preferred)) < len(preferred):
            message = "at most one value a field may be preferred"
            raise ValueError(message)
        if not {"date", "channel"} <= set(preferred):
            message = "a call needs a date and a channel, plain or as preferred claims"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def refers_to_its_participants(self) -> Self:
        """Refuse a `ref` that is given twice, or that names no participant."""
        refs = [person.ref for person in self.participants]
        used = {speaker.participant for statement in self.statements for speaker in statement.speakers}
        used |= {mention.participant for mention in self.mentions}
        used |= {
            claim.value.participant
            for claim in self.all_claims()
            if claim.field == "initiator" and claim.value.participant is not None
        }
        if len(set(refs)) < len(refs) or not used <= set(refs):
            message = "each ref must name exactly one participant of the call"
            raise ValueError(message)
        return self


class CallIn(CallBase):
    """A call to record whole; its readouts are recorded before it."""

    readouts: Annotated[list[UUID], Field(max_length=1000)] = []


Leaders = Annotated[
    list[LeaderReference],
    Field(
        max_length=10,
        description="Took part as principal; by id, Wikidata QID, slug or any recorded name. Repeat it: all did.",
        examples=[["Putin"]],
    ),
]


class CallFilters(SearchedFilters):
    """What can be asked of the calls."""

    of_the_past: ClassVar[frozenset[str]] = PAGES_OF_THE_PAST | {"leader", "any_leader", "party", "include"}

    leader: Leaders = NONE_GIVEN
    any_leader: Annotated[
        list[LeaderReference],
        Field(max_length=20, description="Like `leader`, but at least one of them took part.", examples=[["Xi"]]),
    ] = NONE_GIVEN
    party: Annotated[
        list[PartyReference],
        Field(
            max_length=10,
            description="A principal took part for it; by id, code or alias. Repeat it: all of them were represented.",
            examples=[["RU"]],
        ),
    ] = NONE_GIVEN
    role: Roles = NONE_GIVEN
    initiator: Annotated[
        InitiatorReference | None,
        Field(description="Who initiated: a leader, a party, or `mutual`.", examples=["RU"]),
    ] = None
    channel: Annotated[Channel | None, Field(description="How they communicated.", examples=["telephone"])] = None
    topic: TopicFilter = None
    publisher: PublisherFilter = None
    language: LanguageFilter = None
    q: SearchFilter = None
    identifier: Annotated[IdentifierFilter, Field(examples=["telcon:CN-RU-2020-03-19"])] = None
    include: Parts = NONE_GIVEN
    facet: FacetFilter = NONE_GIVEN
    as_of: AsOf = None


class CallItem(ItemFilters):
    """What can be asked of one call."""

    identifier: Annotated[IdentifierFilter, Field(examples=["telcon:CN-RU-2020-03-19"])] = None
    include: Parts = NONE_GIVEN
