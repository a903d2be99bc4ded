"""Questions about publishers, and their recording."""

from collections.abc import Sequence

from sqlalchemy import CTE, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.asked import PublisherReference
from app.criteria import bears_identifier, equals, refers
from app.db import AnySelect, Reader
from app.documents.publisher import publisher_columns
from app.filters import Filters, Shape
from app.names import fold
from app.paging import Item, Order, descending
from app.publishers.schemas import PublisherIn, PublisherOut
from app.recording import add_identifiers, ids_of, insert, not_yet_recorded
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Publisher


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The publishers that a question matches."""
    return select(Publisher).where(
        *equals(shape, name=Publisher.folded, kind=Publisher.kind),
        *refers(shape, asked, party=Publisher.party_id),
        *bears_identifier(shape, publisher_id=Publisher.id),
    )


PUBLISHERS = Resource(
    kind="publisher",
    table=Publisher,
    out=PublisherOut,
    columns=publisher_columns,
    matching=matching,
    orders={
        "name": Order.by(Publisher.folded, Publisher.id),
        "-name": Order.by(descending(Publisher.folded), descending(Publisher.id)),
    },
)


async def get_publisher(reader: Reader, key: PublisherReference, filters: Filters) -> Item:
    """One publisher."""
    return await fetch_item(reader, PUBLISHERS, key, filters)


async def add_publishers(writing: AsyncConnection, publishers: Sequence[PublisherIn]) -> None:
    """Record publishers; those whose id is recorded already are left as they are."""
    new = await not_yet_recorded(writing, "publisher", publishers)
    parties = await ids_of(writing, "party", [publisher.party for _, publisher in new])
    await insert(
        writing,
        Publisher,
        [
            {
                "id": record_id,
                "slug": publisher.slug,
                "name": publisher.name,
                "folded": fold(publisher.name),
                "kind": publisher.kind,
                "party_id": parties[publisher.party],
                "url": publisher.url,
            }
            for record_id, publisher in new
        ],
    )
    await add_identifiers(writing, "publisher_id", new)
