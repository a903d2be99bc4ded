"""The document of a leader."""

from typing import Any

from sqlalchemy import select

from app.documents.common import identifiers_of, record_columns
from app.json_sql import json_list
from app.references import reference_to
from app.tables import Identifier, Leader, LeaderName, Office


def leader_columns(included: frozenset[str]) -> list[Any]:
    """A leader with all names and offices."""
    names = (
        select(LeaderName.name, LeaderName.language, LeaderName.kind)
        .where(LeaderName.leader_id == Leader.id)
        .order_by(LeaderName.position)
        .correlate_except(LeaderName)
    )
    offices = (
        select(
            Office.title,
            reference_to("party", Office.party_id).label("party"),
            Office.held_from.label("from"),
            Office.held_to.label("to"),
        )
        .where(Office.leader_id == Leader.id)
        .order_by(Office.position)
        .correlate_except(Office)
    )
    return [
        Leader.id,
        Leader.slug,
        Leader.name,
        json_list(names).label("names"),
        json_list(offices).label("offices"),
        identifiers_of(Identifier.leader_id, Leader.id),
        *record_columns(Leader),
    ]
