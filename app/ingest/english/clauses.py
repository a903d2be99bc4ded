"""The clauses of a sentence that give words to somebody."""

from app.ingest.english.frames import Frame
from app.ingest.english.further import Clause, going_on
from app.ingest.english.leads import find_lead
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Roster
from app.ingest.english.subjects import Memory
from app.ingest.english.tails import beside_frame, with_absolute


def clauses(parsed: Parsed, roster: Roster, memory: Memory, frame: Frame | None) -> list[Clause]:
    """The clauses of a sentence; none where nobody is said to say anything."""
    if frame is not None:
        return beside_frame(parsed, roster, memory, frame)
    lead = find_lead(parsed, roster, memory)
    if lead is None:
        return with_absolute(parsed, roster, memory)
    return going_on(parsed, roster, memory, lead, 0)
