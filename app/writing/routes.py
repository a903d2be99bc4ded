"""The records' creation, change and removal over HTTP, alike for every resource."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from app.asked import IdentifierValue, Reference
from app.fields import MergeIn
from app.resource import Resource
from app.routing import CHANGED, CREATED, KEY_ANSWERS, REMOVED, borne_identifier, path_key, put_answers, writing_router
from app.writes import REFERENCES, Writing

_ALONE = "One that is there already, by its id, its slug or code, or an identifier, is a conflict."
_WITHIN_CALL = "The call gets a new version as well."
_PUT = """
The document has the identifier among its own. One that is there is changed as a whole, for which `If-Match` is needed.
"""
_CHANGE = "The document is that of the last version in its history; lists are given whole."
_REMOVE = "One that other records refer to is a conflict."

_MERGED = "What is answered is the record that stays."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The examples that a resource's writing is shown with: keys of records, and an identifier.

    Without an identifier, its records bear none; without one to merge, they are not merged.
    """

    change: str
    remove: str
    identifier: str | None = None
    merge: str | None = None
    merged: str = ""
    """What becomes of what belonged to a record that was merged."""
    whole: str = ""
    """What goes with saying that a record is created."""


def writing_routes(resource: Resource, document: type[BaseModel], shown: Shown) -> APIRouter:
    """The routes that write the records of a resource, whose whole documents are of this form."""
    noun, out, reference = resource.kind, resource.out, REFERENCES[resource.kind]
    router = writing_router(resource.table.__tablename__)

    def key(example: str) -> Any:
        return Annotated[Reference, path_key(reference, example)]

    @router.post(
        "",
        status_code=201,
        response_model=out,
        responses=CREATED,
        name=f"create_{noun}",
        description=f"Record a {noun}{shown.whole}.\n\n{_ALONE if shown.identifier else _WITHIN_CALL}",
    )
    async def create(write: Writing[document]) -> Response:  # type: ignore[valid-type]
        return await write.create(resource)

    if shown.identifier:

        @router.put(
            "",
            response_model=out,
            responses=put_answers(out),
            name=f"put_{noun}",
            description=f"Let a {noun} that bears an identifier be what is given, or record it.\n{_PUT}",
        )
        async def put(
            write: Writing[document],  # type: ignore[valid-type]
            identifier: Annotated[IdentifierValue, borne_identifier(shown.identifier)],
        ) -> Response:
            return await write.put(resource, identifier)

    @router.patch(
        "/{id}",
        response_model=out,
        responses=CHANGED | KEY_ANSWERS,
        name=f"change_{noun}",
        description=f"Change a {noun} by a JSON Merge Patch (RFC 7396) of its document.\n\n{_CHANGE}",
    )
    async def change(write: Writing[document], record: key(shown.change)) -> Response:  # type: ignore[valid-type]
        return await write.change(resource, record)

    @router.delete(
        "/{id}",
        status_code=204,
        responses=REMOVED | KEY_ANSWERS,
        name=f"remove_{noun}",
        description=f"Remove a {noun} with all that belongs to it; its history stays.\n\n{_REMOVE}",
    )
    async def remove(write: Writing[document], record: key(shown.remove)) -> Response:  # type: ignore[valid-type]
        return await write.remove(resource, record)

    if shown.merge:
        told = "live on in the other record, which answers under all its keys."

        @router.post(
            "/{id}/merge",
            response_model=out,
            responses=CHANGED | KEY_ANSWERS,
            name=f"merge_{noun}",
            description=f"Let a {noun} that was recorded twice {told}\n\n{shown.merged} {_MERGED}",
        )
        async def merge(write: Writing[MergeIn], record: key(shown.merge)) -> Response:  # type: ignore[valid-type]
            return await write.merge(resource, record)

    return router
