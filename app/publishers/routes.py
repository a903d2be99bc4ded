"""The publishers over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import PublisherReference
from app.conditional import Answering
from app.history.routes import history_router
from app.lines import WholePublisher
from app.listing import Listing
from app.publishers import queries
from app.publishers.schemas import PublisherFilters, PublisherItem, PublisherOut, PublisherPage
from app.routing import KEY_ANSWERS, path_key, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("publishers")
PublisherKey = Annotated[PublisherReference, path_key(PublisherReference, "dalian-municipal-government")]
history = history_router(queries.PUBLISHERS, PublisherKey, WholePublisher)
writes = writing_routes(
    queries.PUBLISHERS,
    WholePublisher,
    Shown(change="dalian-municipal-government", remove="white-house", identifier="domain:elysee.fr"),
)


@router.get("", response_model=PublisherPage)
async def list_publishers(answer: Listing[PublisherFilters]) -> Response:
    """List the publishers, by name."""
    return await answer.list(queries.PUBLISHERS)


@router.get("/{id}", response_model=PublisherOut, responses=KEY_ANSWERS)
async def get_publisher(answer: Answering[PublisherItem], publisher: PublisherKey) -> Response:
    """Get one publisher."""
    return answer.item(await queries.get_publisher(answer.reader, publisher, answer.filters))
