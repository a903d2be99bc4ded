"""The statements over HTTP."""

from typing import Annotated

from fastapi.responses import Response

from app.asked import StatementReference
from app.conditional import Answering
from app.filters import ItemFilters
from app.history.routes import history_router
from app.listing import Listing
from app.routing import KEY_ANSWERS, CallKey, call_router, path_key, resource_router
from app.statements import queries
from app.statements.schemas import StatementFilters, StatementOut, StatementPage, StatementsOfCall, WholeStatement
from app.writing.routes import Shown, writing_routes

router = resource_router("statements")
within_call = call_router("statements")
StatementKey = Annotated[StatementReference, path_key(StatementReference, "01970000-0000-7000-8000-000800000010")]
history = history_router(queries.STATEMENTS, StatementKey, WholeStatement)
writes = writing_routes(
    queries.STATEMENTS,
    WholeStatement,
    Shown(
        change="01970000-0000-7000-8000-000800000010", remove="01970000-0000-7000-8000-000800000099", whole=" of a call"
    ),
)


@router.get("", response_model=StatementPage)
async def list_statements(answer: Listing[StatementFilters]) -> Response:
    """List the statements, those of the newest call first and each call's in reading order.

    `identifier` may be one of the call, the readout or a speaker.
    """
    return await answer.list(queries.STATEMENTS, counting=queries.COUNTING)


@router.get("/{id}", response_model=StatementOut, responses=KEY_ANSWERS)
async def get_statement(answer: Answering[ItemFilters], statement: StatementKey) -> Response:
    """Get one statement."""
    return answer.item(await queries.get_statement(answer.reader, statement, answer.filters))


@within_call.get("", response_model=StatementPage)
async def list_call_statements(answer: Listing[StatementsOfCall], call: CallKey) -> Response:
    """List the statements about a call, in reading order."""
    return await answer.list(queries.STATEMENTS, ("call", call), counting=queries.COUNTING)
