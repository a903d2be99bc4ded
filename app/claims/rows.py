"""The rows that claims are stored as."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.asked import day
from app.claims.schemas import (
    CallClaimIn,
    ChannelClaimIn,
    ClaimBase,
    DateClaimIn,
    DateIn,
    DurationClaimIn,
    InitiatorClaimIn,
    PublisherClaimIn,
)
from app.edtf import read_edtf
from app.recording import Row

_VALUES = (
    "date_edtf",
    "date_earliest",
    "date_latest",
    "date_precision",
    "date_zone",
    "date_text",
    "date_part_of_day",
    "channel",
    "duration_seconds",
    "initiator_kind",
    "initiator_participant_id",
    "initiator_party_id",
    "publisher_id",
)
_SHOWN_BY_CALLS = _VALUES[:-1]


def _date(value: DateIn) -> Row:
    read = read_edtf(value.edtf)
    unknown = read.earliest is None and read.latest is None
    return {
        "date_edtf": value.edtf,
        "date_earliest": day(read.earliest, "-infinity"),
        "date_latest": "-infinity" if unknown else day(read.latest, "infinity"),
        "date_precision": read.precision,
        "date_zone": value.zone,
        "date_text": value.text,
        "date_part_of_day": value.part_of_day,
    }


def claim_values(
    claim: CallClaimIn | PublisherClaimIn,
    *,
    participants: Mapping[str | None, UUID | None],
    parties: Mapping[str | None, UUID | None],
    publishers: Mapping[str | None, UUID | None],
) -> Row:
    """The columns of a claim's value, all others null; the mappings give the ids of what it refers to."""
    values: dict[str, object] = dict.fromkeys(_VALUES)
    match claim:
        case DateClaimIn():
            values.update(_date(claim.value))
        case ChannelClaimIn():
            values["channel"] = claim.value
        case DurationClaimIn():
            values["duration_seconds"] = claim.value
        case InitiatorClaimIn():
            values["initiator_kind"] = claim.value.kind
            values["initiator_participant_id"] = participants[claim.value.participant]
            values["initiator_party_id"] = parties[claim.value.party]
        case PublisherClaimIn():
            values["publisher_id"] = publishers[claim.value]
    return values


def claim_row(claim_id: UUID, position: int, claim: ClaimBase, field: str, values: Row, **subject: UUID) -> Row:
    """The row of a claim; `subject` is its `call_id` or `readout_id`."""
    return {
        "id": claim_id,
        "call_id": subject.get("call_id"),
        "readout_id": subject.get("readout_id"),
        "position": position,
        "field": field,
        "basis": claim.basis,
        "preferred": claim.preferred,
        "note": claim.note,
        **values,
    }


def evidence_rows(claim_id: UUID, claim: ClaimBase) -> list[Row]:
    """The rows of a claim's evidence."""
    return [
        {
            "claim_id": claim_id,
            "position": position,
            "readout_id": evidence.readout,
            "readout_version": evidence.version,
            "text": evidence.text,
            "start": evidence.start,
            "end": evidence.end,
            "source": evidence.source,
            "url": evidence.url,
        }
        for position, evidence in enumerate(claim.evidence, start=1)
    ]


def shown_by_call(claims: Sequence[tuple[CallClaimIn, Row]]) -> Row:
    """What a call shows: the values of its preferred claims."""
    shown: dict[str, object] = dict.fromkeys((*_SHOWN_BY_CALLS, "date_basis", "initiator_basis"))
    for claim, values in claims:
        if claim.preferred:
            shown.update({name: value for name, value in values.items() if value is not None})
            if claim.field in {"date", "initiator"}:
                shown[f"{claim.field}_basis"] = claim.basis
    return shown
