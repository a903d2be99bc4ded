"""What can be said of a readout in a language that nobody reads."""

from app.ingest.assembly import assembled
from app.ingest.days import unstated
from app.ingest.draft import Caution, Draft, ProposedClaim
from app.ingest.told import Told


def unread(told: Told, language: str) -> Draft:
    """A draft with the day of publication, and nothing else."""
    channel = ProposedClaim(
        field="channel",
        value="unknown",
        basis="derived",
        preferred=True,
        note="The language of the text is not read.",
        confidence=0.1,
        evidence=(),
    )
    return assembled(
        language,
        participants=(),
        statements=(),
        claims=(unstated(told, None), channel),
        title=told.title or told.text.strip().splitlines()[0],
        cautions=(Caution("language-unsupported", f"No reader reads the language {language!r}."),),
    )
