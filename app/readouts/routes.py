"""The readouts over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import ReadoutReference
from app.conditional import Answering
from app.listing import Listing
from app.readouts import queries
from app.readouts.schemas import (
    ReadoutFilters,
    ReadoutItem,
    ReadoutOut,
    ReadoutPage,
    ReadoutsOfCall,
)
from app.routing import KEY_ANSWERS, CallKey, call_router, path_key, resource_router

router = resource_router("readouts")
within_call = call_router("readouts")


@router.get("", response_model=ReadoutPage)
async def list_readouts(answer: Listing[ReadoutFilters]) -> Response:
    """List the readouts, the newest first, without their texts, which each readout has on its own."""
    return await answer.list(queries.READOUTS)


@router.get("/{id}", response_model=ReadoutOut, responses=KEY_ANSWERS)
async def get_readout(
    answer: Answering[ReadoutItem],
    readout: Annotated[
        ReadoutReference, path_key(ReadoutReference, "The readout, by id.", "01970000-0000-7000-8000-000500000001")
    ],
) -> Response:
    """Get one readout with its newest text; `include=versions` gives every wording it ever had."""
    return answer.item(await queries.get_readout(answer.reader, readout, answer.filters))


@within_call.get("", response_model=ReadoutPage)
async def list_call_readouts(answer: Listing[ReadoutsOfCall], call: CallKey) -> Response:
    """List the readouts that report a call."""
    return await answer.list(queries.READOUTS, ("call", call))
