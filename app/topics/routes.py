"""The topics over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import TopicReference
from app.conditional import Answering
from app.listing import Listing
from app.routing import KEY_ANSWERS, path_key, resource_router
from app.topics import queries
from app.topics.schemas import TopicFilters, TopicItem, TopicOut, TopicPage

router = resource_router("topics")


@router.get("", response_model=TopicPage)
async def list_topics(answer: Listing[TopicFilters]) -> Response:
    """List the topics, by name."""
    return await answer.list(queries.TOPICS)


@router.get("/{id}", response_model=TopicOut, responses=KEY_ANSWERS)
async def get_topic(
    answer: Answering[TopicItem],
    topic: Annotated[TopicReference, path_key(TopicReference, "The topic, by id or slug.", "public-health")],
) -> Response:
    """Get one topic, with its broader and narrower terms."""
    return answer.item(await queries.get_topic(answer.reader, topic, answer.filters))
