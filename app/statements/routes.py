"""The statements over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import StatementReference
from app.conditional import Answering
from app.db import Reading
from app.filters import ItemFilters
from app.listing import Listing
from app.routing import KEY_ANSWERS, Asking, CallKey, call_router, path_key, resource_router
from app.statements import queries
from app.statements.schemas import (
    StatementFilters,
    StatementOut,
    StatementPage,
    StatementsOfCall,
)

router = resource_router("statements")
within_call = call_router("statements")


@router.get("", response_model=StatementPage)
async def list_statements(reading: Reading, answer: Listing, filters: Asking[StatementFilters]) -> Response:
    """List the statements, those of the newest call first and each call's in reading order.

    `identifier` may be one of the call, the readout or a speaker.
    """
    return await answer.list(reading, queries.STATEMENTS, filters, counting=queries.COUNTING)


@router.get("/{id}", response_model=StatementOut, responses=KEY_ANSWERS)
async def get_statement(
    reading: Reading,
    answer: Answering,
    statement: Annotated[
        StatementReference,
        path_key(StatementReference, "The statement, by id.", "01970000-0000-7000-8000-000800000010"),
    ],
    filters: Asking[ItemFilters],
) -> Response:
    """Get one statement."""
    return answer.item(await queries.get_statement(reading, statement, filters))


@within_call.get("", response_model=StatementPage)
async def list_call_statements(
    reading: Reading, answer: Listing, call: CallKey, filters: Asking[StatementsOfCall]
) -> Response:
    """List the statements about a call, in reading order."""
    return await answer.list(reading, queries.STATEMENTS, filters, ("call", call), counting=queries.COUNTING)
