"""Dyads over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import DyadReference
from app.conditional import Answering
from app.dyads import queries
from app.dyads.schemas import DyadOut
from app.filters import Filters
from app.routing import KEY_ANSWERS, path_key, resource_router

router = resource_router("dyads")


@router.get("/{id}", response_model=DyadOut, responses=KEY_ANSWERS)
async def get_dyad(
    answer: Answering[Filters],
    dyad: Annotated[DyadReference, path_key(DyadReference, "CN-RU")],
) -> Response:
    """Get the calls of two parties or two leaders with each other: how many, when, when not, and who initiated them.

    Both took part as principals. Which of the two is named first makes no difference.
    """
    return answer.document(await queries.get_dyad(answer.reader, dyad))
