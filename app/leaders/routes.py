"""The leaders over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import LeaderReference
from app.conditional import Answering
from app.filters import ItemFilters
from app.leaders import counterparts, queries
from app.leaders.schemas import CounterpartFilters, CounterpartPage, LeaderFilters, LeaderOut, LeaderPage
from app.listing import Listing
from app.routing import KEY_ANSWERS, path_key, resource_router

router = resource_router("leaders")
LeaderKey = Annotated[
    LeaderReference, path_key(LeaderReference, "The leader, by id, Wikidata QID, slug or name.", "vladimir-putin")
]


@router.get("", response_model=LeaderPage)
async def list_leaders(answer: Listing[LeaderFilters]) -> Response:
    """List the leaders, by name."""
    return await answer.list(queries.LEADERS)


@router.get("/{id}", response_model=LeaderOut, responses=KEY_ANSWERS)
async def get_leader(answer: Answering[ItemFilters], leader: LeaderKey) -> Response:
    """Get one leader."""
    return answer.item(await queries.get_leader(answer.reader, leader, answer.filters))


@router.get("/{id}/counterparts", response_model=CounterpartPage, responses=KEY_ANSWERS)
async def list_leader_counterparts(answer: Answering[CounterpartFilters], leader: LeaderKey) -> Response:
    """List those with whom a leader spoke, the most frequent first: how often, the first time and the last.

    Both were principals of these calls.
    """
    return answer.page(await counterparts.list_counterparts(answer.reader, leader, answer.filters))
