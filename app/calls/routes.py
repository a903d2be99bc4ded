"""The calls over HTTP, and what belongs to one call."""

from fastapi.responses import Response

from app.calls import queries
from app.calls.schemas import CallFilters, CallItem, CallOut, CallPage
from app.claims.schemas import ClaimFilters, ClaimPage
from app.conditional import Answering
from app.db import Reading
from app.listing import Listing
from app.routing import KEY_ANSWERS, Asking, CallKey, resource_router

router = resource_router("calls")


@router.get("", response_model=CallPage)
async def list_calls(reading: Reading, answer: Listing, filters: Asking[CallFilters]) -> Response:
    """List the calls, the newest first.

    All filters given together must hold. A leader's name that several leaders share is refused with the candidates.
    """
    return await answer.list(reading, queries.CALLS, filters, counting=queries.COUNTING)


@router.get("/{id}", response_model=CallOut, responses=KEY_ANSWERS)
async def get_call(reading: Reading, answer: Answering, call: CallKey, filters: Asking[CallItem]) -> Response:
    """Get one call with its participants; `include` embeds its statements, readouts and claims."""
    return answer.item(await queries.get_call(reading, call, filters))


@router.get("/{id}/claims", response_model=ClaimPage, responses=KEY_ANSWERS)
async def list_call_claims(reading: Reading, answer: Listing, call: CallKey, filters: Asking[ClaimFilters]) -> Response:
    """List the claims about a call's date, channel, duration and initiator, with their evidence."""
    return await answer.list(reading, queries.CLAIMS, filters, ("call", call))
