"""The document of a readout."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.documents.claim import claim_columns
from app.documents.common import identifiers_of, record_columns
from app.documents.participant import mention_columns
from app.documents.statement import statement_columns
from app.json_sql import json_list
from app.references import reference_to
from app.search import QUESTION
from app.tables import (
    Call,
    CallReadout,
    Claim,
    Identifier,
    Mention,
    Readout,
    ReadoutVersion,
    Statement,
)


def newest(column: str) -> Any:
    """A column of the newest version of the readout at hand."""
    version = aliased(ReadoutVersion)
    return (
        select(getattr(version, column))
        .where(version.readout_id == Readout.id)
        .order_by(version.version.desc())
        .limit(1)
        .correlate_except(version)
        .scalar_subquery()
    )


def readout_columns(included: frozenset[str]) -> list[Any]:
    """A readout with the calls it reports; text, versions, statements, mentions and claims on request."""
    calls = (
        select(Call.id, Call.slug, Call.title.label("name"))
        .join(CallReadout, CallReadout.call_id == Call.id)
        .where(CallReadout.readout_id == Readout.id)
        .order_by(Call.date_earliest, Call.date_latest, Call.id)
        .correlate_except(Call, CallReadout)
    )
    statement_count = (
        select(func.count())
        .select_from(Statement)
        .where(Statement.readout_id == Readout.id)
        .correlate_except(Statement)
        .scalar_subquery()
    )
    columns = [
        Readout.id,
        Readout.kind,
        Readout.title,
        Readout.language,
        reference_to("publisher", Readout.publisher_id).label("publisher"),
        json_list(calls).label("calls"),
        Readout.url,
        Readout.archived_url,
        Readout.published_on,
        Readout.retrieved_at,
        Readout.rights,
        Readout.licence,
        Readout.original_language,
        Readout.translation,
        Readout.translation_of,
        newest("version").label("text_version"),
        newest("sha256").label("text_sha256"),
        newest("source_sha256").label("source_sha256"),
        statement_count.label("statement_count"),
        identifiers_of(Identifier.readout_id, Readout.id),
        *record_columns(Readout),
    ]
    if "highlights" in included:
        found = func.search_highlights(Readout.language, newest("text"), QUESTION)
        columns.append(found.label("highlights"))
    if "text" in included:
        columns.append(newest("text").label("text"))
    if "versions" in included:
        columns.append(json_list(_versions()).label("versions"))
    if "statements" in included:
        statements = (
            select(*statement_columns(frozenset()))
            .where(Statement.readout_id == Readout.id)
            .order_by(Statement.readout_version, Statement.position)
            .correlate_except(Statement)
        )
        columns.append(json_list(statements).label("statements"))
    if "mentions" in included:
        mentions = (
            select(*mention_columns())
            .where(Mention.readout_id == Readout.id)
            .order_by(Mention.readout_version, Mention.name_start, Mention.call_id)
            .correlate_except(Mention)
        )
        columns.append(json_list(mentions).label("mentions"))
    if "claims" in included:
        claims = (
            select(*claim_columns(frozenset()))
            .where(Claim.readout_id == Readout.id)
            .order_by(Claim.position)
            .correlate_except(Claim)
        )
        columns.append(json_list(claims).label("claims"))
    return columns


def _versions() -> Any:
    return (
        select(
            ReadoutVersion.version,
            ReadoutVersion.text,
            ReadoutVersion.sha256,
            ReadoutVersion.source_sha256,
            ReadoutVersion.created_at,
        )
        .where(ReadoutVersion.readout_id == Readout.id)
        .order_by(ReadoutVersion.version)
        .correlate_except(ReadoutVersion)
    )
