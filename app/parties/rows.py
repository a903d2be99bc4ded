"""The rows that parties are stored as."""

from uuid import UUID

from app.copying import Rows, Sheet
from app.entries import Entry
from app.names import folded
from app.parties.schemas import PartyIn
from app.tables import Party, PartyAlias

PARTIES = Sheet(Party, ("id", "code", "name", "folded", "kind"))
ALIASES = Sheet(PartyAlias, ("folded", "alias", "party_id"))


def add_party(rows: Rows, party_id: UUID, entry: Entry) -> None:
    """Add the rows of one party."""
    party = entry.document
    assert isinstance(party, PartyIn)
    rows.add(PARTIES, (party_id, party.code, party.name, folded(party.name), party.kind))
    for alias in party.aliases:
        rows.add(ALIASES, (folded(alias), alias, party_id))
