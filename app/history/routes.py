"""The history of records over HTTP, alike for every resource."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel

from app.conditional import Answering
from app.filters import Filters
from app.history import queries
from app.history.schemas import HistoryFilters, HistoryPage, Revision
from app.resource import Resource
from app.routing import CHANGED, KEY_ANSWERS, resource_router, writing_router
from app.writes import Writing

Version = Annotated[
    int,
    Path(
        ge=1,
        le=2_147_483_647,
        description="The version that the record had after the revision.",
        examples=[1],
        json_schema_extra={"format": "int32"},
    ),
]


def history_router(resource: Resource, key: Any, document: type[BaseModel]) -> APIRouter:
    """The routes of the history of a resource's records, which are named by a key in the path."""
    name, noun = resource.table.__tablename__, resource.kind
    router = APIRouter()
    reading, writing = resource_router(name), writing_router(name)

    @reading.get("/{id}/history", response_model=HistoryPage, responses=KEY_ANSWERS, name=f"list_{noun}_history")
    async def list_history(answer: Answering[HistoryFilters], record: key) -> Response:
        """List what became of a record, the newest revision first; of one that was removed, too."""
        return answer.page(await queries.list_history(answer.reader, record, answer.filters))

    @reading.get(
        "/{id}/history/{version}",
        response_model=Revision[document],  # type: ignore[valid-type]
        responses=KEY_ANSWERS,
        name=f"get_{noun}_revision",
    )
    async def get_revision(answer: Answering[Filters], record: key, version: Version) -> Response:
        """Get one revision of a record, with its document before and after; the last one's is what a patch changes."""
        return answer.document(await queries.get_revision(answer.reader, record, version))

    @writing.post(
        "/{id}/history/{version}/revert",
        response_model=resource.out,
        responses=CHANGED | KEY_ANSWERS,
        name=f"revert_{noun}",
    )
    async def revert(write: Writing[BaseModel], record: key, version: Version) -> Response:
        """Let a record be what it was in an earlier version, which makes a new one; one that was removed comes back."""
        return await write.revert(resource, record, version)

    router.include_router(reading)
    router.include_router(writing)
    return router
