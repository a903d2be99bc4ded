"""The clauses of a sentence that give words to somebody."""

from dataclasses import replace

from app.ingest.english.frames import Frame, event_with
from app.ingest.english.further import Clause, as_clause, going_on
from app.ingest.english.leads import find_lead
from app.ingest.english.pairs import Pair, pair_at
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Roster
from app.ingest.english.subjects import Memory
from app.ingest.english.tails import beside_frame, with_absolute

_BEFORE = frozenset({"after", "when"})


def clauses(parsed: Parsed, roster: Roster, memory: Memory, frame: Frame | None) -> list[Clause]:
    """The clauses of a sentence; none where nobody is said to say anything."""
    if frame is not None:
        return beside_frame(parsed, roster, memory, frame)
    lead = find_lead(parsed, roster, memory)
    if lead is None:
        return with_absolute(parsed, roster, memory)
    lead = _with_whom(parsed, roster, lead)
    before = _said_before(parsed, roster, memory, lead)
    return [*before, *going_on(parsed, roster, memory, lead, lead.start if before else 0)]


def _with_whom(parsed: Parsed, roster: Roster, lead: Pair) -> Pair:
    """`President A, in a phone call with President B, discussed trade`: what takes two, both did."""
    takes_two = lead.meaning is not None and lead.meaning.summary and len(lead.subject.people) == 1
    place = event_with(parsed.sentence) if takes_two else None
    met = parsed.mentions.get(place) if place is not None and place < lead.verb else None
    other = roster.meant(met) if met is not None else None
    if other is None or other in lead.subject.people:
        return lead
    return replace(lead, subject=replace(lead.subject, people=(*lead.subject.people, other)))


def _said_before(parsed: Parsed, roster: Roster, memory: Memory, lead: Pair) -> list[Clause]:
    """`After the President voiced concern about prices, the Minister explained`: what the other one said first."""
    sentence, end = parsed.sentence, lead.start - 1
    if sentence.lower[0] not in _BEFORE or end < 1 or sentence.words[end] != ",":
        return []
    pair = pair_at(parsed, roster, memory, 1)
    if pair is None or pair.meaning is None or pair.end >= end or pair.subject.people in {(), lead.subject.people}:
        return []
    return [as_clause(1, end, pair, None)]
