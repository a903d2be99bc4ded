"""The shapes of claims."""

from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.fields import (
    EdtfText,
    In,
    IsoDay,
    Key,
    Name,
    Note,
    Offset,
    Out,
    PageOut,
    PartyReferenceOut,
    Position,
    RecordOut,
    Ref,
    Reference,
    Seconds,
    ShortNote,
    Slug,
    Url,
)
from app.filters import IdentifierFilter, PageFilters
from app.participants.schemas import ReadoutVersionReference
from app.vocabulary import (
    Basis,
    Channel,
    ClaimField,
    InitiatorKind,
    PartOfDay,
    Precision,
)

_ZONES = available_timezones()


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        code, message = "zone", "must be a time zone of the IANA database"
        raise PydanticCustomError(code, message)
    return name


Zone = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
        description="IANA time zone: whose day it is.",
        examples=["Asia/Shanghai"],
    ),
    AfterValidator(_known_zone),
]
DateWords = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        pattern=r"^[^\x00]+$",
        description="The text's own words.",
        examples=["On the evening of the 19th"],
    ),
]


class DateValue(Out):
    """A date as far as it is known. Bounds are days; null is open."""

    edtf: EdtfText
    earliest: IsoDay | None
    latest: IsoDay | None
    precision: Precision
    zone: Zone | None
    text: DateWords | None
    part_of_day: PartOfDay | None


class ParticipantReference(Out):
    """A participant under its leader's slug and name, which are null while the leader is unidentified."""

    id: UUID
    slug: Slug | None
    name: Name | None


class InitiatorValue(Out):
    """Who initiated the call."""

    kind: InitiatorKind
    participant: ParticipantReference | None
    party: PartyReferenceOut | None


class EvidenceOut(Out):
    """Words of a readout with their offsets, or a cited source."""

    readout: ReadoutVersionReference | None
    text: Note | None
    start: Offset | None
    end: Offset | None
    source: ShortNote | None
    url: Url | None


class ClaimOut(RecordOut):
    """One sourced value for a field on which sources may differ.

    `value` is a date, a channel, a duration in seconds, an initiator or a publisher, as `field` says.
    """

    field: ClaimField
    value: DateValue | Channel | Seconds | InitiatorValue | Reference
    basis: Basis
    preferred: bool
    note: Note | None
    evidence: Annotated[list[EvidenceOut], Field(max_length=100)]


class ClaimPage(Out):
    """A page of claims."""

    data: Annotated[list[ClaimOut], Field(max_length=200)]
    page: PageOut


class DateIn(In):
    """A date to record; its bounds and precision follow from the EDTF."""

    edtf: EdtfText
    zone: Zone | None = None
    text: DateWords | None = None
    part_of_day: PartOfDay | None = None


class InitiatorIn(In):
    """Who initiated: a participant by its `ref`, a party, or both sides."""

    kind: InitiatorKind
    participant: Ref | None = None
    party: Key | None = None

    @model_validator(mode="after")
    def as_kind_says(self) -> Self:
        """Refuse a participant or party where the kind names another."""
        if (self.participant is not None) != (self.kind == "participant") or (self.party is not None) != (
            self.kind == "party"
        ):
            message = "give the participant or the party that the kind names, and nothing else"
            raise ValueError(message)
        return self


class EvidenceIn(In):
    """Words of a readout with their offsets, or a cited source."""

    readout: UUID | None = None
    version: Position | None = None
    text: Note | None = None
    start: Offset | None = None
    end: Offset | None = None
    source: ShortNote | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        """Refuse what is neither or both."""
        quoted = [self.readout, self.version, self.text, self.start, self.end]
        if self.source is None and (None in quoted or self.url is not None):
            message = "give readout, version, text, start and end, or a source"
            raise ValueError(message)
        if self.source is not None and any(part is not None for part in quoted):
            message = "a cited source has no offsets"
            raise ValueError(message)
        return self


class ClaimBase(In):
    """What every claim to record has."""

    id: UUID | None = None
    basis: Basis
    preferred: bool = False
    note: Note | None = None
    evidence: Annotated[list[EvidenceIn], Field(max_length=100)] = []


class DateClaimIn(ClaimBase):
    """A claim of a call's date."""

    field: Literal["date"]
    value: DateIn


class ChannelClaimIn(ClaimBase):
    """A claim of a call's channel."""

    field: Literal["channel"]
    value: Channel


class DurationClaimIn(ClaimBase):
    """A claim of a call's duration in seconds."""

    field: Literal["duration"]
    value: Seconds


class InitiatorClaimIn(ClaimBase):
    """A claim of who initiated a call."""

    field: Literal["initiator"]
    value: InitiatorIn


class PublisherClaimIn(ClaimBase):
    """A claim of who published a readout."""

    field: Literal["publisher"]
    value: Key


CallClaimIn = Annotated[DateClaimIn | ChannelClaimIn | DurationClaimIn | InitiatorClaimIn, Field(discriminator="field")]


class ClaimFilters(PageFilters):
    """What can be asked of the claims of one call."""

    field: Annotated[
        Literal["date", "channel", "duration", "initiator"] | None, Field(description="The field.", examples=["date"])
    ] = None
    basis: Annotated[Basis | None, Field(description="Stated, derived, or set by a curator.", examples=["derived"])] = (
        None
    )
    preferred: Annotated[
        Literal["true", "false"] | None,
        Field(description="Whether the call shows the claim's value.", examples=["true"]),
    ] = None
    identifier: Annotated[
        IdentifierFilter,
        Field(
            description="Only if the call bears this identifier, as `scheme:value`.",
            examples=["telcon:CN-RU-2020-03-19"],
        ),
    ] = None
    sort: Annotated[Literal["position"], Field(description="In the order of the record.", examples=["position"])] = (
        "position"
    )
