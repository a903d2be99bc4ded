"""The rows that publishers are stored as."""

from uuid import UUID

from app.copying import Rows, Sheet
from app.entries import Entry
from app.known import Known
from app.names import folded
from app.publishers.schemas import PublisherIn
from app.tables import Publisher

PUBLISHERS = Sheet(Publisher, ("id", "slug", "name", "folded", "kind", "party_id", "url"))


def add_publisher(rows: Rows, publisher_id: UUID, entry: Entry, known: Known) -> None:
    """Add the row of one publisher."""
    publisher = entry.document
    assert isinstance(publisher, PublisherIn)
    party = known.refer(entry, "party", publisher.party, "party")
    name = publisher.name
    rows.add(PUBLISHERS, (publisher_id, publisher.slug, name, folded(name), publisher.kind, party, publisher.url))
