"""Questions about topics, and their recording."""

from collections.abc import Sequence

from sqlalchemy import CTE, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.asked import TopicReference
from app.criteria import bears_identifier, equals, refers
from app.db import AnySelect, Reader
from app.documents.topic import topic_columns
from app.filters import Filters, Shape
from app.names import fold
from app.paging import Item, Order, descending
from app.recording import add_identifiers, ids_of, insert, not_yet_recorded
from app.resource import Resource
from app.resources import fetch_item
from app.tables import Topic
from app.topics.schemas import TopicIn, TopicOut


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


async def add_topics(writing: AsyncConnection, topics: Sequence[TopicIn]) -> None:
    """Record topics; those whose id is recorded already are left as they are.

    A broader term is among the topics given or recorded before.
    """
    new = await not_yet_recorded(writing, "topic", topics)
    given = {topic.slug: record_id for record_id, topic in new}
    recorded = await ids_of(writing, "topic", [topic.broader for _, topic in new if topic.broader not in given])
    await insert(
        writing,
        Topic,
        [
            {
                "id": record_id,
                "slug": topic.slug,
                "name": topic.name,
                "folded": fold(topic.name),
                "definition": topic.definition,
                "broader_id": given[topic.broader] if topic.broader in given else recorded[topic.broader],
            }
            for record_id, topic in new
        ],
    )
    await add_identifiers(writing, "topic_id", new)
