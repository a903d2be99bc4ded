"""The publishers over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import PublisherReference
from app.conditional import Answering
from app.listing import Listing
from app.publishers import queries
from app.publishers.schemas import PublisherFilters, PublisherItem, PublisherOut, PublisherPage
from app.routing import KEY_ANSWERS, path_key, resource_router

router = resource_router("publishers")


@router.get("", response_model=PublisherPage)
async def list_publishers(answer: Listing[PublisherFilters]) -> Response:
    """List the publishers, by name."""
    return await answer.list(queries.PUBLISHERS)


@router.get("/{id}", response_model=PublisherOut, responses=KEY_ANSWERS)
async def get_publisher(
    answer: Answering[PublisherItem],
    publisher: Annotated[
        PublisherReference, path_key(PublisherReference, "The publisher, by id or slug.", "dalian-municipal-government")
    ],
) -> Response:
    """Get one publisher."""
    return answer.item(await queries.get_publisher(answer.reader, publisher, answer.filters))
