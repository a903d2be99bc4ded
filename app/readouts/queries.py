"""Questions about readouts, and their recording."""

from collections.abc import Sequence

from sqlalchemy import CTE, Date, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.asked import ReadoutReference
from app.claims.rows import claim_row, claim_values, evidence_rows
from app.criteria import bears_identifier, equals, in_language, refers
from app.db import AnySelect, Reader
from app.documents.readout import readout_columns
from app.filters import Shape
from app.paging import Item, Order, descending
from app.readouts.schemas import ReadoutIn, ReadoutItem, ReadoutOut
from app.recording import add_identifiers, ids_of, insert, new_ids, not_yet_recorded
from app.references import asked_id
from app.resource import Resource, Words
from app.resources import fetch_item
from app.tables import CallReadout, Claim, Evidence, Publisher, Readout, ReadoutVersion, ReadoutWords

_PUBLISHED = func.coalesce(Readout.published_on, literal_column("DATE '-infinity'", Date))


def matching(shape: Shape, asked: CTE | None) -> AnySelect:
    """The readouts that a question matches."""
    query = select(Readout).where(
        *refers(shape, asked, publisher=Readout.publisher_id),
        *equals(shape, kind=Readout.kind, translation=Readout.translation),
        *in_language(shape, Readout.language),
        *bears_identifier(shape, readout_id=Readout.id),
    )
    if "call" in shape:
        reports = aliased(CallReadout)
        query = query.where(
            exists(
                select(1)
                .where(reports.readout_id == Readout.id, reports.call_id == asked_id(asked, "call_0"))
                .correlate_except(reports)
            )
        )
    if "party" in shape:
        speaking_for_it = select(Publisher.id).where(Publisher.party_id == asked_id(asked, "party_0"))
        query = query.where(Readout.publisher_id.in_(speaking_for_it))
    return query


READOUTS = Resource(
    kind="readout",
    table=Readout,
    out=ReadoutOut,
    columns=readout_columns,
    matching=matching,
    orders={
        "-published": Order.by(descending(_PUBLISHED), descending(Readout.id)),
        "published": Order.by(_PUBLISHED, Readout.id),
    },
    alone=frozenset({"text"}),
    words=Words(ReadoutWords.words, effort=10, of=ReadoutWords.readout_id),
)


async def get_readout(reader: Reader, key: ReadoutReference, filters: ReadoutItem) -> Item:
    """One readout, with its newest text."""
    return await fetch_item(reader, READOUTS, key, filters)


async def add_readouts(writing: AsyncConnection, readouts: Sequence[ReadoutIn]) -> None:
    """Record readouts with their texts and claims; those whose id is recorded already are left as they are."""
    new = await not_yet_recorded(writing, "readout", readouts)
    publishers = await ids_of(
        writing, "publisher", [claim.value for _, readout in new for claim in readout.all_claims()]
    )
    claims = [
        (readout_id, position, claim)
        for readout_id, readout in new
        for position, claim in enumerate(readout.all_claims(), start=1)
    ]
    spare_ids = iter(await new_ids(writing, len(claims)))
    claim_ids = [claim.id or next(spare_ids) for _, _, claim in claims]
    await insert(
        writing,
        Claim,
        [
            claim_row(
                claim_id,
                position,
                claim,
                "publisher",
                claim_values(claim, participants={}, parties={}, publishers=publishers),
                readout_id=readout_id,
            )
            for claim_id, (readout_id, position, claim) in zip(claim_ids, claims, strict=True)
        ],
    )
    shown = {readout_id: claim for readout_id, _, claim in claims if claim.preferred}
    await insert(
        writing,
        Readout,
        [
            {
                **readout.model_dump(mode="json", exclude={"id", "versions", "publisher", "claims", "identifiers"}),
                "id": readout_id,
                "publisher_id": publishers[shown[readout_id].value] if readout_id in shown else None,
                "publisher_basis": shown[readout_id].basis if readout_id in shown else None,
            }
            for readout_id, readout in new
        ],
    )
    await insert(
        writing,
        ReadoutVersion,
        [
            {
                "readout_id": readout_id,
                "version": version.version,
                "text": version.text,
                "sha256": version.digest,
                "source_sha256": version.source_sha256,
                "created_at": "now",
            }
            for readout_id, readout in new
            for version in readout.versions
        ],
    )
    await insert(
        writing,
        Evidence,
        [
            row
            for claim_id, (_, _, claim) in zip(claim_ids, claims, strict=True)
            for row in evidence_rows(claim_id, claim)
        ],
    )
    await add_identifiers(writing, "readout_id", new)
