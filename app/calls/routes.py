"""The calls over HTTP, and what belongs to one call."""

from fastapi.responses import Response

from app.calls import queries
from app.calls.schemas import CallFilters, CallItem, CallOut, CallPage
from app.claims.schemas import ClaimFilters, ClaimPage
from app.conditional import Answering
from app.listing import Listing
from app.routing import KEY_ANSWERS, CallKey, resource_router

router = resource_router("calls")


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
