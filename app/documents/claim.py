"""The document of a claim."""

from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app.documents.common import date_columns, members, record_columns
from app.json_sql import json_list, json_object
from app.references import reference_to
from app.tables import Claim, Evidence, Leader, Participant


def participant_reference(participant_id: Any) -> Any:
    """A participant under its leader's slug and name; both are null while the leader is unidentified."""
    participant = aliased(Participant)
    leader = aliased(Leader)
    return json_object(
        select(participant.id, leader.slug, leader.name)
        .select_from(participant)
        .join(leader, leader.id == participant.leader_id, isouter=True)
        .where(participant.id == participant_id)
        .correlate_except(participant, leader)
    )


def initiator_columns(table: Any) -> list[Any]:
    """Who initiated, from a call or a claim: a participant, a party, or both sides."""
    return [
        table.initiator_kind.label("kind"),
        participant_reference(table.initiator_participant_id).label("participant"),
        reference_to("party", table.initiator_party_id).label("party"),
    ]


def claim_columns(included: frozenset[str]) -> list[Any]:
    """A claim with its value and what it rests on."""
    value = case(
        (Claim.field == "date", members(*date_columns(Claim), of=Claim)),
        (Claim.field == "channel", func.to_json(Claim.channel)),
        (Claim.field == "duration", func.to_json(Claim.duration_seconds)),
        (Claim.field == "initiator", members(*initiator_columns(Claim), of=Claim)),
        (Claim.field == "publisher", reference_to("publisher", Claim.publisher_id)),
    )
    quoted = members(Evidence.readout_id.label("id"), Evidence.readout_version.label("version"), of=Evidence)
    evidence = (
        select(
            case((Evidence.readout_id.is_not(None), quoted)).label("readout"),
            Evidence.text,
            Evidence.start,
            Evidence.end,
            Evidence.source,
            Evidence.url,
        )
        .where(Evidence.claim_id == Claim.id)
        .order_by(Evidence.position)
        .correlate_except(Evidence)
    )
    return [
        Claim.id,
        Claim.field,
        value.label("value"),
        Claim.basis,
        Claim.preferred,
        Claim.note,
        json_list(evidence).label("evidence"),
        *record_columns(Claim),
    ]
