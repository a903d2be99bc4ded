"""The leaders over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import LeaderReference
from app.conditional import Answering
from app.filters import ItemFilters
from app.history.routes import history_router
from app.leaders import queries
from app.leaders.counterparts import COUNTERPARTS
from app.leaders.schemas import CounterpartFilters, CounterpartPage, LeaderFilters, LeaderOut, LeaderPage
from app.lines import WholeLeader
from app.listing import Listing
from app.routing import KEY_ANSWERS, path_key, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("leaders")
LeaderKey = Annotated[LeaderReference, path_key(LeaderReference, "vladimir-putin")]
history = history_router(queries.LEADERS, LeaderKey, WholeLeader)
writes = writing_routes(
    queries.LEADERS,
    WholeLeader,
    Shown(
        change="vladimir-putin",
        remove="donald-trump",
        identifier="example:trump",
        merge="trump-donald-john",
        merged="Its names become the other's, too, and its calls the other's calls.",
    ),
)


@router.get("", response_model=LeaderPage)
async def list_leaders(answer: Listing[LeaderFilters]) -> Response:
    """List the leaders, by name."""
    return await answer.list(queries.LEADERS)


@router.get("/{id}", response_model=LeaderOut, responses=KEY_ANSWERS)
async def get_leader(answer: Answering[ItemFilters], leader: LeaderKey) -> Response:
    """Get one leader."""
    return answer.item(await queries.get_leader(answer.reader, leader, answer.filters))


@router.get("/{id}/counterparts", response_model=CounterpartPage, responses=KEY_ANSWERS)
async def list_leader_counterparts(answer: Listing[CounterpartFilters], leader: LeaderKey) -> Response:
    """List those with whom a leader spoke, the most frequent first: how often, the first time and the last.

    Both were principals of these calls.
    """
    return await answer.list(COUNTERPARTS, ("leader", leader))
