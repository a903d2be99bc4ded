"""The rows that claims are stored as."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.asked import day
from app.claims.schemas import (
    CallClaimIn,
    ChannelClaimIn,
    ClaimBase,
    DateClaimIn,
    DurationClaimIn,
    InitiatorClaimIn,
    PublisherClaimIn,
)
from app.copying import Row, Rows, Sheet
from app.edtf import read_edtf
from app.entries import Entry
from app.ids import new_id
from app.known import Known
from app.quoted import quoted_by
from app.tables import Claim, Evidence

if TYPE_CHECKING:
    from app.pointers import Steps

_VALUES = (
    "date_edtf",
    "date_earliest",
    "date_latest",
    "date_precision",
    "date_zone",
    "date_text",
    "date_part_of_day",
    "channel",
    "duration_seconds",
    "initiator_kind",
    "initiator_participant_id",
    "initiator_party_id",
    "publisher_id",
)
SHOWN_BY_CALLS = _VALUES[:-1]
CLAIMS = Sheet(Claim, ("id", "call_id", "readout_id", "position", "field", "basis", "preferred", "note", *_VALUES))
EVIDENCE = Sheet(
    Evidence, ("claim_id", "position", "readout_id", "readout_version", "text", "start", "end", "source", "url")
)
_NO_DATE: Row = (None,) * 7


@lru_cache(maxsize=65_536)
def dated(edtf: str) -> tuple[str, str, str, str]:
    """A date as its columns have it: the bounds as PostgreSQL writes them, and the precision."""
    read = read_edtf(edtf)
    unknown = read.earliest is None and read.latest is None
    latest = "-infinity" if unknown else day(read.latest, "infinity")
    return edtf, day(read.earliest, "-infinity"), latest, read.precision


def value_of(claim: CallClaimIn | PublisherClaimIn, place: int, participants: Any, entry: Entry, known: Known) -> Row:
    """The columns of a claim's value, all others null; `participants` gives the ids of the call's own."""
    given: Any = entry.document
    # The claims that plain values stand for come last.
    steps: Steps = ("claims", place, "value") if place < len(given.claims) else (claim.field,)
    match claim:
        case DateClaimIn(value=value):
            return (*dated(value.edtf), value.zone, value.text, value.part_of_day, *(None,) * 6)
        case ChannelClaimIn():
            return (*_NO_DATE, claim.value, *(None,) * 5)
        case DurationClaimIn():
            return (*_NO_DATE, None, claim.value, *(None,) * 4)
        case InitiatorClaimIn(value=value):
            party = known.refer(entry, "party", value.party, *steps, "party")
            return (*_NO_DATE, None, None, value.kind, participants[value.participant], party, None)
        case PublisherClaimIn():
            return (*_NO_DATE, *(None,) * 5, known.refer(entry, "publisher", claim.value, *steps))


def add_claims(
    rows: Rows, claims: Sequence[tuple[ClaimBase, str, Row]], entry: Entry, known: Known, **subject: UUID
) -> None:
    """Add the rows of a record's claims, each with its field and value; `subject` is its `call_id` or `readout_id`."""
    of = (subject.get("call_id"), subject.get("readout_id"))
    for place, (claim, field, value) in enumerate(claims):
        claim_id = claim.id or new_id()
        rows.add(CLAIMS, (claim_id, *of, place + 1, field, claim.basis, claim.preferred, claim.note, *value))
        for number, evidence in enumerate(claim.evidence):
            quoted = (evidence.version, evidence.text, evidence.start, evidence.end)
            told = (*quoted, evidence.source, evidence.url)
            if evidence.readout is None:
                rows.add(EVIDENCE, (claim_id, number + 1, None, *told))
                continue
            readout = known.find("readout", evidence.readout)
            if readout is None:
                quote = quoted_by(evidence, ("claims", place, "evidence", number))
                known.waiting.add_evidence(entry, (claim_id, number + 1), quote)
            else:
                rows.add(EVIDENCE, (claim_id, number + 1, readout, *told))
