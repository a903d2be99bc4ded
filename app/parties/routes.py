"""The parties over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import PartyReference
from app.conditional import Answering
from app.history.routes import history_router
from app.listing import Listing
from app.parties import queries
from app.parties.schemas import PartyFilters, PartyIn, PartyItem, PartyOut, PartyPage
from app.routing import KEY_ANSWERS, path_key, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("parties")
PartyKey = Annotated[PartyReference, path_key(PartyReference, "RU")]
history = history_router(queries.PARTIES, PartyKey, PartyIn)
writes = writing_routes(queries.PARTIES, PartyIn, Shown(change="RU", remove="US", identifier="wikidata:Q142"))


@router.get("", response_model=PartyPage)
async def list_parties(answer: Listing[PartyFilters]) -> Response:
    """List the parties, by name."""
    return await answer.list(queries.PARTIES)


@router.get("/{id}", response_model=PartyOut, responses=KEY_ANSWERS)
async def get_party(answer: Answering[PartyItem], party: PartyKey) -> Response:
    """Get one party."""
    return answer.item(await queries.get_party(answer.reader, party, answer.filters))
