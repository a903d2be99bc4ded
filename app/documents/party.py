"""The document of a party."""

from typing import Any

from sqlalchemy import select

from app.documents.common import identifiers_of, record_columns
from app.json_sql import json_strings
from app.tables import Identifier, Party, PartyAlias


def party_columns(included: frozenset[str]) -> list[Any]:
    """A party with the other codes and names it is accepted under."""
    aliases = (
        select(PartyAlias.alias)
        .where(PartyAlias.party_id == Party.id)
        .order_by(PartyAlias.folded)
        .correlate_except(PartyAlias)
    )
    return [
        Party.id,
        Party.code,
        Party.name,
        Party.kind,
        json_strings(aliases).label("aliases"),
        identifiers_of(Identifier.party_id, Party.id),
        *record_columns(Party),
    ]
