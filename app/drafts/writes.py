"""How requests read texts, and keep, correct and decide drafts: in one transaction, each change a revision."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar, cast

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter

from app.asked import DraftReference
from app.authorisation import Writer
from app.bodies import read_document, read_object, take_nothing
from app.conditional import JSON, Representation
from app.db import Within
from app.drafts import queries
from app.drafts.accepting import record
from app.drafts.keeping import keep
from app.drafts.queries import Locked, change_draft, check_open, lock_draft
from app.drafts.reading import read, stored
from app.drafts.reviewing import corrected, decided, replaced, suggestions_taken, taken_whole
from app.drafts.schemas import ReadoutToRead
from app.patches import apply_merge_patch
from app.revisions import Revision
from app.writes import Write

Json = dict[str, Any]
B = TypeVar("B", bound=BaseModel)
_GIVEN = TypeAdapter(ReadoutToRead)


class Draft(Write[B]):
    """A request about drafts; `B` is what its content looks like."""

    async def tell(self) -> Response:
        """What a text is understood to say; nothing is kept."""
        self._take_parameters()
        given = await read_document(self._request, _GIVEN)
        # It is work for the processor, by which other requests would be held up.
        told = await asyncio.to_thread(lambda: json.dumps(read(given), ensure_ascii=False))
        return Response(told.encode(), HTTPStatus.OK, {"Cache-Control": "no-store"}, JSON)

    async def ingest(self) -> Response:
        """Keep a draft of each call that a text reports, and tell the first: 201, or 200 where the text has them."""
        self._take_parameters()
        given = await read_document(self._request, _GIVEN)
        digest = sha256(stored(given.text).encode()).hexdigest()
        known = await queries.count_drafts(self._database.reader, digest)
        told = None if known else await asyncio.to_thread(lambda: read(given))

        async def do(revision: Revision) -> Response:
            self._precondition.check(None)
            made = 0 if told is None else await keep(revision.connection, self._author, given, told, digest)
            status = HTTPStatus.CREATED if made else HTTPStatus.OK
            return await _answer(revision.connection, DraftReference.read(digest), status)

        return await self._once(do)

    async def correct(self, key: DraftReference, proposal: str | None = None) -> Response:
        """Change the document of a draft, or one proposal in it, as the content, a merge patch, says."""
        self._take_parameters()
        patch = await read_object(self._request)

        def patched(before: Json) -> Json:
            return cast("Json", apply_merge_patch(before, patch))

        async def change(revision: Revision, draft: Locked) -> None:
            before: Json = json.loads(draft.document)
            given = patched(before) if proposal is None else replaced(before, proposal, patched)
            after = corrected(before, given, draft.text)
            if after != before or draft.status != "open":
                await change_draft(
                    revision.connection, self._author, draft, "corrected", after, status="open", proposal=proposal
                )

        return await self._change(key, change)

    async def decide(self, key: DraftReference, proposal: str, review: Literal["accepted", "rejected"]) -> Response:
        """Accept or reject one proposal of a draft."""
        self._take_parameters()
        await take_nothing(self._request)

        async def change(revision: Revision, draft: Locked) -> None:
            after = decided(json.loads(draft.document), proposal, review)
            await change_draft(
                revision.connection, self._author, draft, review, after, status="open", proposal=proposal
            )

        return await self._change(key, change)

    async def accept(self, key: DraftReference, *, suggestions: bool) -> Response:
        """Record what a draft proposes, but for what was rejected; `suggestions` tells whether open ones count."""
        self._take_parameters("suggestions")
        await take_nothing(self._request)

        async def change(revision: Revision, draft: Locked) -> None:
            document: Json = json.loads(draft.document)
            if suggestions:
                document = suggestions_taken(document)
            became = await record(revision, document, draft.text, draft.readout_id)
            after = taken_whole(document)
            await change_draft(
                revision.connection, self._author, draft, "accepted", after, status="accepted", became=became
            )

        return await self._change(key, change)

    async def reject(self, key: DraftReference) -> Response:
        """Say of a draft that nothing of it is to be recorded; it can still be corrected and accepted later."""
        self._take_parameters()
        await take_nothing(self._request)

        async def change(revision: Revision, draft: Locked) -> None:
            document: Json = json.loads(draft.document)
            if draft.status != "rejected":
                await change_draft(revision.connection, self._author, draft, "rejected", document, status="rejected")

        return await self._change(key, change)

    async def _change(self, key: DraftReference, change: Callable[[Revision, Locked], Awaitable[None]]) -> Response:
        """Change a draft that is not accepted yet, in the version that the request names."""

        async def do(revision: Revision) -> Response:
            draft = await lock_draft(revision.connection, key)
            self._precondition.check(draft.version)
            check_open(draft)
            await change(revision, draft)
            await revision.finish()
            return await _answer(revision.connection, key, HTTPStatus.OK)

        return await self._once(do)


async def _answer(connection: Any, key: DraftReference, status: HTTPStatus) -> Response:
    """The draft as it is now, under its tag."""
    item = await queries.get_draft(Within(connection), key)
    given = Representation(item.data.encode(), JSON, f"v{item.version}.")
    headers = {"Cache-Control": "no-store", "ETag": f'"{given.tag}"'}
    if status == HTTPStatus.CREATED:
        draft_id: str = json.loads(item.data)["id"]
        headers["Location"] = f"/v1/drafts/{draft_id}"
    return Response(given.body, status, headers, JSON)


async def _drafting(request: Request, principal: Writer) -> Draft[BaseModel]:
    return Draft(request, principal)


Drafting = Annotated[Draft[B], Depends(_drafting)]
