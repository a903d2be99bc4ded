"""The rows that leaders are stored as."""

from uuid import UUID

from app.copying import Rows, Sheet
from app.entries import Entry
from app.known import Known
from app.leaders.schemas import LeaderIn
from app.names import folded
from app.tables import Leader, LeaderName, Office

LEADERS = Sheet(Leader, ("id", "slug", "name", "folded"))
NAMES = Sheet(LeaderName, ("leader_id", "position", "name", "folded", "language", "kind"))
OFFICES = Sheet(Office, ("leader_id", "position", "title", "party_id", "held_from", "held_to"))


def add_leader(rows: Rows, leader_id: UUID, entry: Entry, known: Known) -> None:
    """Add the rows of one leader."""
    leader = entry.document
    assert isinstance(leader, LeaderIn)
    preferred = next(name.name for name in leader.names if name.kind == "preferred")
    rows.add(LEADERS, (leader_id, leader.slug, preferred, folded(preferred)))
    for position, name in enumerate(leader.names, start=1):
        rows.add(NAMES, (leader_id, position, name.name, folded(name.name), name.language, name.kind))
    for place, office in enumerate(leader.offices):
        party = known.refer(entry, "party", office.party, "offices", place, "party")
        rows.add(OFFICES, (leader_id, place + 1, office.title, party, office.from_, office.to))
