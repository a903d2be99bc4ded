"""The rows that topics are stored as."""

from uuid import UUID

from app.copying import Rows, Sheet
from app.entries import Entry
from app.known import Known
from app.names import folded
from app.tables import Topic
from app.topics.schemas import TopicIn

TOPICS = Sheet(Topic, ("id", "slug", "name", "folded", "definition", "broader_id"))


def add_topic(rows: Rows, topic_id: UUID, entry: Entry, known: Known) -> None:
    """Add the row of one topic."""
    topic = entry.document
    assert isinstance(topic, TopicIn)
    broader = known.refer(entry, "topic", topic.broader, "broader")
    rows.add(TOPICS, (topic_id, topic.slug, topic.name, folded(topic.name), topic.definition, broader))
