"""The rows that readouts are stored as."""

from uuid import UUID

from app.claims.rows import add_claims, value_of
from app.copying import Rows, Sheet
from app.entries import Entry
from app.known import Known
from app.readouts.schemas import ReadoutIn
from app.tables import Readout, ReadoutVersion

READOUTS = Sheet(
    Readout,
    (
        "id",
        "kind",
        "publisher_id",
        "publisher_basis",
        "language",
        "title",
        "url",
        "archived_url",
        "published_on",
        "retrieved_at",
        "rights",
        "licence",
        "original_language",
        "translation",
        "translation_of",
    ),
)
VERSIONS = Sheet(ReadoutVersion, ("readout_id", "version", "text", "sha256", "source_sha256"))


def add_readout(rows: Rows, readout_id: UUID, entry: Entry, known: Known) -> None:
    """Add the rows of one readout; whatever it refers to of later readouts waits for these."""
    readout = entry.document
    assert isinstance(readout, ReadoutIn)
    claims = readout.all_claims()
    values = [value_of(claim, place, {}, entry, known) for place, claim in enumerate(claims)]
    told = list(zip(claims, ("publisher",) * len(claims), values, strict=True))
    add_claims(rows, told, entry, known, readout_id=readout_id)
    shown = next(((value[-1], claim.basis) for claim, _, value in told if claim.preferred), (None, None))
    translated = None
    if readout.translation_of is not None:
        translated = known.find("readout", readout.translation_of)
        if translated is None:
            known.waiting.add_translation(entry, readout_id, readout.translation_of)
    rows.add(
        READOUTS,
        (
            readout_id,
            readout.kind,
            *shown,
            readout.language,
            readout.title,
            readout.url,
            readout.archived_url,
            readout.published_on,
            readout.retrieved_at,
            readout.rights,
            readout.licence,
            readout.original_language,
            readout.translation,
            translated,
        ),
    )
    for version in readout.versions:
        rows.add(VERSIONS, (readout_id, version.version, version.text, version.digest, version.source_sha256))
