"""Drafts over HTTP: texts are read, and what is proposed of them is kept, looked at, corrected and decided."""

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import Response
from pydantic import BaseModel

from app.asked import DraftReference
from app.authorisation import Writer
from app.conditional import Reserving
from app.drafts import queries
from app.drafts.proposals import AnyProposal, DraftDocument, ProposalId
from app.drafts.schemas import (
    DraftFilters,
    DraftHistoryFilters,
    DraftHistoryPage,
    DraftItem,
    DraftOut,
    DraftPage,
    DraftRevision,
    ReadingOut,
    ReadoutToRead,
)
from app.drafts.writes import Drafting
from app.problems import NotFound
from app.routing import (
    CHANGED,
    CREATED,
    asking_router,
    headers,
    path_key,
    problem_response,
    resource_router,
    writing_router,
)

router = resource_router("drafts")
writes = writing_router("drafts")
reading = asking_router("readouts")
ingesting = writing_router("readouts")
_EXAMPLE = "ccffe6899663a4a68a75c4e2500b52d2aff5d3df2182b10ee7b4d0bf800268f2"
_KNOWN: dict[int | str, dict[str, Any]] = {404: problem_response(NotFound)}
DraftKey = Annotated[DraftReference, path_key(DraftReference, _EXAMPLE)]
WithSuggestions = Annotated[
    bool,
    Query(description="Whether the acts and topics that are suggested, and still open, are accepted as well."),
]
ProposalKey = Annotated[
    ProposalId, Path(description="The proposal, by its `id` in the draft.", examples=["statement-1"])
]
Version = Annotated[
    int,
    Path(
        ge=1,
        le=2_147_483_647,
        description="The version that the draft had after the revision.",
        examples=[1],
        json_schema_extra={"format": "int32"},
    ),
]


@reading.post(
    "/draft",
    response_model=ReadingOut,
    responses={200: {"headers": headers("Cache-Control")}},
    name="draft_readout",
)
async def draft(write: Drafting[ReadoutToRead]) -> Response:
    """Read a readout's text: what it is understood to say, each value with the words it rests on. Nothing is kept."""
    return await write.tell()


@ingesting.post(
    "/ingest",
    status_code=201,
    response_model=DraftOut,
    responses=CREATED | {200: CHANGED[200] | {"model": DraftOut, "description": "The text has a draft already."}},
    name="ingest_readout",
)
async def ingest(write: Drafting[ReadoutToRead]) -> Response:
    """Read a readout's text, and keep what it is understood to say as a draft, resolved against the records.

    Leaders, parties and the publisher are those that are recorded, or are proposed as new. A readout about a call that
    is recorded is proposed as a further account of it. A text that reports several calls has a draft for each; the
    first one is answered, with the others under `further`. However often a text is ingested, it has these drafts.
    """
    return await write.ingest()


@router.get("", response_model=DraftPage)
async def list_drafts(_: Writer, answer: Reserving[DraftFilters]) -> Response:
    """List the drafts, the newest first."""
    return answer.page(await queries.list_drafts(answer.reader, answer.filters))


@router.get("/{id}", response_model=DraftOut, responses=_KNOWN)
async def get_draft(_: Writer, answer: Reserving[DraftItem], draft: DraftKey) -> Response:
    """Get one draft: its text, and what is proposed to be recorded of it."""
    return answer.item(await queries.get_draft(answer.reader, draft))


@router.get("/{id}/history", response_model=DraftHistoryPage, responses=_KNOWN)
async def list_draft_history(_: Writer, answer: Reserving[DraftHistoryFilters], draft: DraftKey) -> Response:
    """List what was done to a draft, the newest revision first."""
    return answer.page(await queries.list_history(answer.reader, draft, answer.filters))


@router.get("/{id}/history/{version}", response_model=DraftRevision, responses=_KNOWN)
async def get_draft_revision(_: Writer, answer: Reserving[DraftItem], draft: DraftKey, version: Version) -> Response:
    """Get one revision of a draft, with its document before and after."""
    return answer.document(await queries.get_revision(answer.reader, draft, version))


@writes.patch("/{id}", response_model=DraftOut, responses=CHANGED | _KNOWN, name="change_draft")
async def change(write: Drafting[DraftDocument], draft: DraftKey) -> Response:
    """Correct a draft by a JSON Merge Patch (RFC 7396) of its document.

    Lists are given whole. What is other afterwards is corrected, which counts as accepted. A draft that was rejected is
    open again.
    """
    return await write.correct(draft)


@writes.patch(
    "/{id}/proposals/{proposal}",
    response_model=DraftOut,
    responses=CHANGED | _KNOWN,
    name="change_draft_proposal",
)
async def change_proposal(write: Drafting[AnyProposal], draft: DraftKey, proposal: ProposalKey) -> Response:
    """Correct one proposal of a draft by a JSON Merge Patch (RFC 7396) of it, which counts as accepting it."""
    return await write.correct(draft, proposal)


@writes.post("/{id}/accept", response_model=DraftOut, responses=CHANGED | _KNOWN, name="accept_draft")
async def accept(write: Drafting[BaseModel], draft: DraftKey, *, suggestions: WithSuggestions = False) -> Response:
    """Record what a draft proposes, all of it or nothing, but for what was rejected.

    A further account goes to its call, which keeps what it shows; what a call shows already is not changed. The drafts
    of one text become accounts in one readout, which the first that is accepted records as it proposes it. Acts and
    topics that are only suggested are recorded where they were accepted, by themselves or with their statement, or
    with `suggestions=true` here.
    """
    return await write.accept(draft, suggestions=suggestions)


@writes.post("/{id}/reject", response_model=DraftOut, responses=CHANGED | _KNOWN, name="reject_draft")
async def reject(write: Drafting[BaseModel], draft: DraftKey) -> Response:
    """Say that nothing of a draft is to be recorded; it stays, and can be corrected and accepted later."""
    return await write.reject(draft)


@writes.post(
    "/{id}/proposals/{proposal}/accept",
    response_model=DraftOut,
    responses=CHANGED | _KNOWN,
    name="accept_draft_proposal",
)
async def accept_proposal(write: Drafting[BaseModel], draft: DraftKey, proposal: ProposalKey) -> Response:
    """Accept one proposal of a draft; a statement with the act and topics that are suggested for it."""
    return await write.decide(draft, proposal, "accepted")


@writes.post(
    "/{id}/proposals/{proposal}/reject",
    response_model=DraftOut,
    responses=CHANGED | _KNOWN,
    name="reject_draft_proposal",
)
async def reject_proposal(write: Drafting[BaseModel], draft: DraftKey, proposal: ProposalKey) -> Response:
    """Reject one proposal of a draft, which is left out when the draft is accepted."""
    return await write.decide(draft, proposal, "rejected")
