"""The readouts over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import ReadoutReference
from app.conditional import Answering
from app.history.routes import history_router
from app.lines import WholeReadout
from app.listing import Listing
from app.readouts import queries, wordings
from app.readouts.schemas import (
    DiffFilters,
    DiffOut,
    ReadoutFilters,
    ReadoutItem,
    ReadoutOut,
    ReadoutPage,
    ReadoutsOfCall,
)
from app.routing import KEY_ANSWERS, CallKey, call_router, path_key, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("readouts")
within_call = call_router("readouts")
ReadoutKey = Annotated[ReadoutReference, path_key(ReadoutReference, "01970000-0000-7000-8000-000500000001")]
history = history_router(queries.READOUTS, ReadoutKey, WholeReadout)
writes = writing_routes(
    queries.READOUTS,
    WholeReadout,
    Shown(
        change="01970000-0000-7000-8000-000500000001",
        remove="01970000-0000-7000-8000-000500000098",
        identifier="telcon:CN-US-2017-02-10-B",
    ),
)


@router.get("", response_model=ReadoutPage)
async def list_readouts(answer: Listing[ReadoutFilters]) -> Response:
    """List the readouts, the newest first, without their texts, which each readout has on its own."""
    return await answer.list(queries.READOUTS)


@router.get("/{id}", response_model=ReadoutOut, responses=KEY_ANSWERS)
async def get_readout(answer: Answering[ReadoutItem], readout: ReadoutKey) -> Response:
    """Get one readout with its newest text; `include=versions` gives every wording it ever had."""
    return answer.item(await queries.get_readout(answer.reader, readout, answer.filters))


@router.get("/{id}/diff", response_model=DiffOut, responses=KEY_ANSWERS)
async def get_readout_diff(answer: Answering[DiffFilters], readout: ReadoutKey) -> Response:
    """Compare two wordings of a readout: what was inserted, deleted and replaced, with offsets into both.

    Without `from` and `to` it is the newest and the one before. Words are compared; in scripts that set no space
    between them, characters.
    """
    return answer.document(await wordings.get_readout_diff(answer.reader, readout, answer.filters))


@within_call.get("", response_model=ReadoutPage)
async def list_call_readouts(answer: Listing[ReadoutsOfCall], call: CallKey) -> Response:
    """List the readouts that report a call."""
    return await answer.list(queries.READOUTS, ("call", call))
