"""The topics over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import TopicReference
from app.conditional import Answering
from app.history.routes import history_router
from app.lines import WholeTopic
from app.listing import Listing
from app.routing import KEY_ANSWERS, path_key, resource_router
from app.topics import queries
from app.topics.schemas import TopicFilters, TopicItem, TopicOut, TopicPage
from app.writing.routes import Shown, writing_routes

router = resource_router("topics")
TopicKey = Annotated[TopicReference, path_key(TopicReference, "public-health")]
history = history_router(queries.TOPICS, TopicKey, WholeTopic)
writes = writing_routes(
    queries.TOPICS, WholeTopic, Shown(change="public-health", remove="one-china-policy", identifier="wikidata:Q1225034")
)


@router.get("", response_model=TopicPage)
async def list_topics(answer: Listing[TopicFilters]) -> Response:
    """List the topics, by name."""
    return await answer.list(queries.TOPICS)


@router.get("/{id}", response_model=TopicOut, responses=KEY_ANSWERS)
async def get_topic(answer: Answering[TopicItem], topic: TopicKey) -> Response:
    """Get one topic, with its broader and narrower terms."""
    return answer.item(await queries.get_topic(answer.reader, topic, answer.filters))
