"""Questions about publishers."""

from sqlalchemy import CTE, select

from app.asked import PublisherReference
from app.criteria import bears_identifier, equals, refers
from app.db import AnySelect, Reader
from app.documents.publisher import publisher_columns
from app.filters import Filters, Shape
from app.paging import Item, Order, descending
from app.publishers.schemas import PublisherOut
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
