"""What is quoted from a readout, and where it is."""

from dataclasses import dataclass
from uuid import UUID

from app.claims.schemas import EvidenceIn
from app.pointers import Steps


@dataclass(frozen=True, slots=True)
class Quote:
    """Words with their offsets, and the steps to the object that has `version`, to them, and to `text`."""

    readout: UUID
    version: int
    start: int
    end: int
    text: str
    whole: Steps
    words: Steps


def quoted_by(evidence: EvidenceIn, steps: Steps) -> Quote:
    """What evidence at some steps quotes from a readout."""
    readout, version, text, start, end = (
        evidence.readout,
        evidence.version,
        evidence.text,
        evidence.start,
        evidence.end,
    )
    assert readout is not None
    assert version is not None
    assert text is not None
    assert start is not None
    assert end is not None
    return Quote(readout, version, start, end, text, steps, steps)
