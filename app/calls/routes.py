"""The calls over HTTP, and what belongs to one call."""

from fastapi.responses import Response

from app.calls import queries
from app.calls.schemas import CallFilters, CallItem, CallOut, CallPage
from app.claims.schemas import ClaimFilters, ClaimPage
from app.conditional import Answering
from app.history.routes import history_router
from app.lines import WholeCall
from app.listing import Listing
from app.routing import KEY_ANSWERS, CallKey, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("calls")
history = history_router(queries.CALLS, CallKey, WholeCall)
writes = writing_routes(
    queries.CALLS,
    WholeCall,
    Shown(
        change="2020-03-19-xi-jinping-vladimir-putin",
        remove="2017-02-09-donald-trump-xi-jinping",
        identifier="telcon:CN-US-2017-02-10",
        merge="2017-02-10-xi-jinping-donald-trump",
        merged="Its readouts, statements and claims become the other's; the same leader's participants become one.",
        whole=", whole: its readouts stand in it, or are recorded and named by their ids",
    ),
)


@router.get("", response_model=CallPage)
async def list_calls(answer: Listing[CallFilters]) -> Response:
    """List the calls, the newest first.

    All filters given together must hold. A leader's name that several leaders share is refused with the candidates.
    """
    return await answer.list(queries.CALLS, counting=queries.COUNTING)


@router.get("/{id}", response_model=CallOut, responses=KEY_ANSWERS)
async def get_call(answer: Answering[CallItem], call: CallKey) -> Response:
    """Get one call with its participants; `include` embeds its statements, readouts and claims."""
    return answer.item(await queries.get_call(answer.reader, call, answer.filters))


@router.get("/{id}/claims", response_model=ClaimPage, responses=KEY_ANSWERS)
async def list_call_claims(answer: Listing[ClaimFilters], call: CallKey) -> Response:
    """List the claims about a call's date, channel, duration and initiator, with their evidence."""
    return await answer.list(queries.CLAIMS, ("call", call))
