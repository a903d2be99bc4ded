"""The participants over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import ParticipantReference
from app.conditional import Answering
from app.filters import ItemFilters
from app.history.routes import history_router
from app.listing import Listing
from app.participants import queries
from app.participants.schemas import (
    ParticipantFilters,
    ParticipantOut,
    ParticipantPage,
    ParticipantsOfCall,
    WholeParticipant,
)
from app.routing import KEY_ANSWERS, CallKey, call_router, path_key, resource_router
from app.writing.routes import Shown, writing_routes

router = resource_router("participants")
within_call = call_router("participants")
ParticipantKey = Annotated[ParticipantReference, path_key(ParticipantReference, "01970000-0000-7000-8000-000700000002")]
history = history_router(queries.PARTICIPANTS, ParticipantKey, WholeParticipant)
writes = writing_routes(
    queries.PARTICIPANTS,
    WholeParticipant,
    Shown(
        change="01970000-0000-7000-8000-000700000002", remove="01970000-0000-7000-8000-000700000098", whole=" of a call"
    ),
)


@router.get("", response_model=ParticipantPage)
async def list_participants(answer: Listing[ParticipantFilters]) -> Response:
    """List the participants, those of the newest call first.

    `identifier` may be one of the leader, the party or the call.
    """
    return await answer.list(queries.PARTICIPANTS)


@router.get("/{id}", response_model=ParticipantOut, responses=KEY_ANSWERS)
async def get_participant(answer: Answering[ItemFilters], participant: ParticipantKey) -> Response:
    """Get one participant, with how the readouts print it."""
    return answer.item(await queries.get_participant(answer.reader, participant, answer.filters))


@within_call.get("", response_model=ParticipantPage)
async def list_call_participants(answer: Listing[ParticipantsOfCall], call: CallKey) -> Response:
    """List the participants of a call."""
    return await answer.list(queries.PARTICIPANTS, ("call", call))
