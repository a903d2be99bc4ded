"""The leaders over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import LeaderReference
from app.conditional import Answering
from app.db import Reading
from app.filters import ItemFilters
from app.leaders import queries
from app.leaders.schemas import LeaderFilters, LeaderOut, LeaderPage
from app.listing import Listing
from app.routing import KEY_ANSWERS, Asking, path_key, resource_router

router = resource_router("leaders")


@router.get("", response_model=LeaderPage)
async def list_leaders(reading: Reading, answer: Listing, filters: Asking[LeaderFilters]) -> Response:
    """List the leaders, by name."""
    return await answer.list(reading, queries.LEADERS, filters)


@router.get("/{id}", response_model=LeaderOut, responses=KEY_ANSWERS)
async def get_leader(
    reading: Reading,
    answer: Answering,
    leader: Annotated[
        LeaderReference, path_key(LeaderReference, "The leader, by id, Wikidata QID, slug or name.", "vladimir-putin")
    ],
    filters: Asking[ItemFilters],
) -> Response:
    """Get one leader."""
    return answer.item(await queries.get_leader(reading, leader, filters))
