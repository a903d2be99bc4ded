"""The document of a call: PostgreSQL's own function makes it, and lists and items add to it what is to be embedded."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.documents.claim import claim_columns
from app.documents.readout import readout_columns
from app.json_sql import json_list
from app.tables import Call, CallDocument, CallReadout, Claim, Readout


def call_document(call_id: ColumnElement[Any]) -> ColumnElement[str]:
    """The JSON of a call with its participants: the ready one, or one that is made for the answer."""
    return _ready(CallDocument.document, func.call_document, call_id)


def _ready(column: Any, make: Any, call_id: Any) -> ColumnElement[str]:
    ready = select(column).where(CallDocument.call_id == call_id).correlate_except(CallDocument).scalar_subquery()
    return func.coalesce(ready, make(call_id))


def embedded_columns(included: frozenset[str]) -> list[Any]:
    """What a call embeds on request: its statements, readouts and claims."""
    columns: list[Any] = []
    if "statements" in included:
        columns.append(_ready(CallDocument.statements, func.call_statements, Call.id).label("statements"))
    if "readouts" in included:
        readouts = (
            select(*readout_columns(frozenset()))
            .join(CallReadout, CallReadout.readout_id == Readout.id)
            .where(CallReadout.call_id == Call.id)
            .order_by(Readout.id)
            .correlate_except(Readout, CallReadout)
        )
        columns.append(json_list(readouts).label("readouts"))
    if "claims" in included:
        claims = (
            select(*claim_columns(frozenset()))
            .where(Claim.call_id == Call.id)
            .order_by(Claim.position)
            .correlate_except(Claim)
        )
        columns.append(json_list(claims).label("claims"))
    return columns
