"""Questions about readouts."""

from sqlalchemy import CTE, Date, exists, func, literal_column, select
from sqlalchemy.orm import aliased

from app.asked import ReadoutReference
from app.criteria import bears_identifier, equals, in_language, refers
from app.db import AnySelect, Reader
from app.documents.readout import readout_columns
from app.filters import Shape
from app.paging import Item, Order, descending
from app.readouts.schemas import ReadoutItem, ReadoutOut
from app.references import asked_id
from app.resource import Resource, Words
from app.resources import fetch_item
from app.tables import CallReadout, Publisher, Readout, ReadoutWords

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
