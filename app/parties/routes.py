"""The parties over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import PartyReference
from app.conditional import Answering
from app.db import Reading
from app.listing import Listing
from app.parties import queries
from app.parties.schemas import PartyFilters, PartyItem, PartyOut, PartyPage
from app.routing import KEY_ANSWERS, Asking, path_key, resource_router

router = resource_router("parties")


@router.get("", response_model=PartyPage)
async def list_parties(reading: Reading, answer: Listing, filters: Asking[PartyFilters]) -> Response:
    """List the parties, by name."""
    return await answer.list(reading, queries.PARTIES, filters)


@router.get("/{id}", response_model=PartyOut, responses=KEY_ANSWERS)
async def get_party(
    reading: Reading,
    answer: Answering,
    party: Annotated[PartyReference, path_key(PartyReference, "The party, by id, code or alias.", "RU")],
    filters: Asking[PartyItem],
) -> Response:
    """Get one party."""
    return answer.item(await queries.get_party(reading, party, filters))
