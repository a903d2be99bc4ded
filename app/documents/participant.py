"""The document of a participant, alone or within its call."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.documents.common import members, record_columns
from app.json_sql import json_list
from app.references import reference_to
from app.tables import Call, Mention, Participant


def initiated_by(participant: Any, call: Any) -> ColumnElement[bool]:
    """That a call names this participant as its initiator, or the party that it is a principal for."""
    return or_(
        call.initiator_participant_id == participant.id,
        and_(call.initiator_party_id == participant.party_id, participant.role == "principal"),
    )


def _initiated() -> ColumnElement[bool]:
    call = aliased(Call)
    named = initiated_by(Participant, call)
    return (
        select(func.coalesce(named, False))
        .where(call.id == Participant.call_id)
        .correlate_except(call)
        .scalar_subquery()
    )


def part_columns() -> list[Any]:
    """A participant as its call shows it."""
    return [
        Participant.id,
        reference_to("leader", Participant.leader_id).label("leader"),
        reference_to("party", Participant.party_id).label("party"),
        Participant.office,
        Participant.role,
        _initiated().label("initiator"),
    ]


def mention_columns() -> list[Any]:
    """How a readout prints a participant."""
    name = members(
        Mention.name_text.label("text"), Mention.name_start.label("start"), Mention.name_end.label("end"), of=Mention
    )
    office = members(
        Mention.office_text.label("text"),
        Mention.office_start.label("start"),
        Mention.office_end.label("end"),
        of=Mention,
    )
    readout = members(Mention.readout_id.label("id"), Mention.readout_version.label("version"), of=Mention)
    return [
        Mention.participant_id.label("participant"),
        readout.label("readout"),
        name.label("name"),
        case((Mention.office_text.is_not(None), office)).label("office"),
    ]


def participant_columns(included: frozenset[str]) -> list[Any]:
    """A participant with its call; `mentions` on request."""
    identity, *rest = part_columns()
    columns = [identity, reference_to("call", Participant.call_id).label("call"), *rest, *record_columns(Participant)]
    if "mentions" in included:
        mentions = (
            select(*mention_columns())
            .where(Mention.participant_id == Participant.id)
            .order_by(Mention.readout_id, Mention.readout_version, Mention.position)
            .correlate_except(Mention)
        )
        columns.append(json_list(mentions).label("mentions"))
    return columns
