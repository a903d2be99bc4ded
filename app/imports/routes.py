"""Imports over HTTP: the loader of `telcon import`, for lines that are sent."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from app.asking import Asking
from app.authorisation import Writer
from app.imports.receiving import Lines, receive_import
from app.imports.schemas import LINES_SENT, LINES_TOLD, ImportFilters
from app.notes import change_note
from app.problems import ImportsTaken
from app.routing import headers, problem_response, writing_router
from app.writings import Author

writes = writing_router("imports")


async def _importing(request: Request) -> Asking[Any]:
    return Asking(request)


@writes.post(
    "",
    status_code=200,
    response_class=Lines,
    responses={200: LINES_TOLD | {"headers": headers("Cache-Control")}, 503: problem_response(ImportsTaken)},
    openapi_extra={"requestBody": LINES_SENT},
)
async def create_import(principal: Writer, answer: Annotated[Asking[ImportFilters], Depends(_importing)]) -> Response:
    """Record the lines that are sent, as `telcon export` writes them, and tell line by line what became of them.

    All of them are recorded or none, unless `skip_invalid` lets those with faults be left out; where none is, the
    pointers to the faults begin with the number of the line. A record that is there already is left as it is, so that
    an import can be sent again.
    """
    author = Author(principal.label, principal.key_id, change_note(answer.request))
    return await receive_import(answer.request, author, skip_invalid=answer.filters.skip_invalid == "true")
