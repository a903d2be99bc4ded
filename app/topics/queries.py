"""Questions about topics."""

from sqlalchemy import CTE, select

from app.asked import TopicReference
from app.criteria import bears_identifier, equals, refers
from app.db import AnySelect, Reader
from app.documents.topic import topic_columns
from app.filters import Filters, Shape
from app.paging import Item, Order, descending
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Topic
from app.topics.schemas import TopicOut


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The topics that a question matches."""
    return select(Topic).where(
        *equals(shape, name=Topic.folded),
        *refers(shape, asked, broader=Topic.broader_id),
        *bears_identifier(shape, topic_id=Topic.id),
    )


TOPICS = Resource(
    kind="topic",
    table=Topic,
    out=TopicOut,
    columns=topic_columns,
    matching=matching,
    orders={
        "name": Order.by(Topic.folded, Topic.id),
        "-name": Order.by(descending(Topic.folded), descending(Topic.id)),
    },
)


async def get_topic(reader: Reader, key: TopicReference, filters: Filters) -> Item:
    """One topic."""
    return await fetch_item(reader, TOPICS, key, filters)
