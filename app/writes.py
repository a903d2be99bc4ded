"""How requests change records: they are read and recognised, done in one transaction, and told the record as it is."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter

from app.asked import IdentifierValue, Reference
from app.authorisation import Writer
from app.bodies import read_document, read_object, take_nothing
from app.conditional import JSON, Representation
from app.db import Database, Within, driver_connection
from app.entries import RecordKind
from app.fields import MergeIn
from app.filters import ItemFilters
from app.idempotency import Keyed, once
from app.keys import Principal
from app.merging import Merged, merge
from app.names import folded
from app.notes import change_note
from app.parts import PARTS, change_part, create_part, remove_part, revert_part
from app.patches import apply_merge_patch
from app.preconditions import Precondition
from app.problems import AlreadyRecorded, InvalidRequest
from app.resource import Resource
from app.resources import fetch_id, fetch_item, fetch_named, find_ever
from app.revisions import RESOURCES, Json, Revision
from app.writings import Author

if TYPE_CHECKING:
    from app.numbering import Numbering

B = TypeVar("B", bound=BaseModel)
REFERENCES: dict[str, type[Reference]] = {known.kind: known for known in Reference.__subclasses__()}
"""What records are named by, by their kind."""
_OWNER = "SELECT {}_id FROM identifiers WHERE scheme = $1 AND folded = $2"
_MERGE = TypeAdapter(MergeIn)
Done = tuple[HTTPStatus, UUID | None]
"""What a write is answered with, and the record that it tells; none where it is gone."""


class Write(Generic[B]):
    """A request that changes a record, and how it is answered; `B` is what the record's document looks like."""

    def __init__(self, request: Request, principal: Principal) -> None:
        """Take the request and who sends it; raises InvalidRequest for parameters, of which a write takes none."""
        self._request = request
        self._principal = principal
        self._database: Database = request.app.state.database
        self._numbering: Numbering = request.app.state.numbering
        self._precondition = Precondition.of(request)
        self._author = Author(principal.label, principal.key_id, change_note(request))

    async def create(self, resource: Resource) -> Response:
        """Record what the content tells; 201, with the address of the record."""
        self._take_parameters()
        document = await read_object(self._request)

        async def do(revision: Revision) -> Done:
            self._precondition.check(None)
            part = PARTS.get(resource.kind)
            if part is not None:
                return HTTPStatus.CREATED, await create_part(revision, part, document)
            return HTTPStatus.CREATED, await self._create(revision, _kind(resource), document)

        return await self._write(resource, do)

    async def _create(self, revision: Revision, kind: RecordKind, document: Json) -> UUID:
        try:
            return await revision.create(kind, document)
        except AlreadyRecorded:
            self._precondition.check_creating()
            raise

    async def put(self, resource: Resource, identifier: IdentifierValue) -> Response:
        """Record what the content tells under an identifier, or let the record that bears it be that."""
        self._take_parameters("identifier")
        document = _typeless(await read_object(self._request))
        kind, borne = _kind(resource), (str(identifier.values["_scheme"]), str(identifier.values["_folded"]))
        given = document.setdefault("identifiers", [])
        if isinstance(given, list) and borne not in map(_identified, given):
            pointer, detail = "/identifiers", "must hold the identifier of the address"
            raise InvalidRequest.pointer(pointer, detail)

        async def do(revision: Revision) -> Done:
            found = await revision.connection.fetchval(_OWNER.format(kind), *borne)
            if found is None:
                self._precondition.check(None)
                return HTTPStatus.CREATED, await self._create(revision, kind, document)
            await revision.change(kind, found, self._precondition.check, lambda _: document)
            return HTTPStatus.OK, found

        return await self._write(resource, do)

    async def change(self, resource: Resource, key: Reference) -> Response:
        """Change a record as the content, a merge patch, says."""
        self._take_parameters()
        patch = _typeless(await read_object(self._request))

        def patched(document: Json) -> Json:
            return cast("Json", apply_merge_patch(document, patch))

        async def do(revision: Revision) -> Done:
            record_id = await fetch_id(Within(revision.connection), key)
            part, check = PARTS.get(resource.kind), self._precondition.check
            if part is not None:
                await change_part(revision, part, record_id, check, patched)
            else:
                await revision.change(_kind(resource), record_id, check, patched)
            return HTTPStatus.OK, record_id

        return await self._write(resource, do)

    async def revert(self, resource: Resource, key: Reference, version: int) -> Response:
        """Let a record be what it was in an earlier version, also one that was removed."""
        self._take_parameters()
        await take_nothing(self._request)

        async def do(revision: Revision) -> Done:
            record_id = await find_ever(Within(revision.connection), key)
            part, check = PARTS.get(resource.kind), self._precondition.check
            if part is not None:
                await revert_part(revision, part, record_id, version, check)
            else:
                await revision.revert(_kind(resource), record_id, version, check)
            return HTTPStatus.OK, record_id

        return await self._write(resource, do)

    async def merge(self, resource: Resource, key: Reference) -> Response:
        """Let a record live on in the one that the content names, which is told."""
        self._take_parameters()
        given = await read_document(self._request, _MERGE)
        kind = cast("Merged", resource.kind)

        async def do(revision: Revision) -> Done:
            within = Within(revision.connection)
            record_id = await fetch_id(within, key)
            into = await fetch_named(within, type(key).read(given.into), "/into")
            await merge(revision, kind, record_id, into, self._precondition.check)
            return HTTPStatus.OK, into

        return await self._write(resource, do)

    async def remove(self, resource: Resource, key: Reference) -> Response:
        """Remove a record."""
        self._take_parameters()
        await take_nothing(self._request)

        async def do(revision: Revision) -> Done:
            record_id = await fetch_id(Within(revision.connection), key)
            part, check = PARTS.get(resource.kind), self._precondition.check
            if part is not None:
                await remove_part(revision, part, record_id, check)
            else:
                await revision.remove(_kind(resource), record_id, check)
            return HTTPStatus.NO_CONTENT, None

        return await self._write(resource, do)

    def _take_parameters(self, *names: str) -> None:
        """Raise InvalidRequest for any other parameters, and for these where they are given more than once."""
        given = Counter(name for name, _ in self._request.query_params.multi_items())
        errors = [
            {"parameter": name, "detail": "must be given once" if name in names else "is not a parameter here"}
            for name, times in given.items()
            if name not in names or times > 1
        ]
        if errors:
            raise InvalidRequest(errors)

    async def _write(self, resource: Resource, do: Callable[[Revision], Awaitable[Done]]) -> Response:
        """Change a record, and tell it as it is then."""

        async def write(revision: Revision) -> Response:
            status, record_id = await do(revision)
            await revision.finish()
            return await _answer(revision.connection, resource, status, record_id)

        return await self._once(write)

    async def _once(self, do: Callable[[Revision], Awaitable[Response]]) -> Response:
        """Do it in one transaction, once for each Idempotency-Key.

        All that it asks of the records, it asks within: sent again, it is told the same, whatever they are by then.
        """
        keyed = await Keyed.of(self._request, self._principal.key_id)
        async with self._database.writing() as writing:
            connection = await driver_connection(writing)

            async def write() -> Response:
                return await do(Revision(connection, self._author))

            response = await once(connection, keyed, write)
        self._numbering.wake()
        return response


async def _answer(connection: Any, resource: Resource, status: HTTPStatus, record_id: UUID | None) -> Response:
    """The record as it is now, under its tag."""
    headers = {"Cache-Control": "no-store"}
    if record_id is None:
        return Response(status_code=status, headers=headers)
    key = REFERENCES[resource.kind].read(str(record_id))
    item = await fetch_item(Within(connection), resource, key, ItemFilters())
    given = Representation(item.data.encode(), JSON, f"v{item.version}.")
    headers["ETag"] = f'"{given.tag}"'
    if status == HTTPStatus.CREATED:
        headers["Location"] = f"/v1/{resource.table.__tablename__}/{record_id}"
    return Response(given.body, status, headers, JSON)


def _kind(resource: Resource) -> RecordKind:
    assert resource.kind in RESOURCES
    return resource.kind


def _typeless(document: Json) -> Json:
    """What is given; raises InvalidRequest where it says its type, as lines do, which the address says."""
    if "type" in document:
        pointer, detail = "/type", "is not a member here"
        raise InvalidRequest.pointer(pointer, detail)
    return document


def _identified(given: Any) -> tuple[Any, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("value"), str):
        return None, None
    return given.get("scheme"), folded(given["value"])


@lru_cache
def body_of(endpoint: Any) -> type[BaseModel] | None:
    """The model of what an endpoint is given: that of its `write`."""
    (model,) = get_args(get_type_hints(endpoint).get("write")) or (None,)
    return cast("type[BaseModel] | None", model)


async def _writing(request: Request, principal: Writer) -> Write[BaseModel]:
    return Write(request, principal)


Writing = Annotated[Write[B], Depends(_writing)]
