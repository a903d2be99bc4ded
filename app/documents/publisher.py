"""The document of a publisher."""

from typing import Any

from app.documents.common import identifiers_of, record_columns
from app.references import reference_to
from app.tables import Identifier, Publisher


def publisher_columns(included: frozenset[str]) -> list[Any]:
    """A publisher and the party it speaks for."""
    return [
        Publisher.id,
        Publisher.slug,
        Publisher.name,
        Publisher.kind,
        reference_to("party", Publisher.party_id).label("party"),
        Publisher.url,
        identifiers_of(Identifier.publisher_id, Publisher.id),
        *record_columns(Publisher),
    ]
