"""Reading a readout in Chinese."""

from app.ingest.assembly import assembled, references
from app.ingest.chinese.dates import dates
from app.ingest.chinese.frames import channel, initiator
from app.ingest.chinese.lexicon import party_of_publisher
from app.ingest.chinese.people import Person, people_in
from app.ingest.chinese.speech import Speech
from app.ingest.chinese.statements import statement
from app.ingest.draft import (
    Draft,
    ProposedClaim,
    ProposedInitiator,
    ProposedParticipant,
)
from app.ingest.told import Told

_OPENING = 400


def read(told: Told) -> Draft:
    """The draft of a readout in Chinese."""
    home = party_of_publisher(told.publisher) or "CN"
    body, end = _opening(told)
    titled = body > 0
    people = people_in(told.text, body, end, home)[:40]
    names = [person.name for person in people]
    refs = dict(zip(map(id, people), references(names), strict=True))
    initiated = initiator(told, body, end, people, refs)
    claims = [*dates(told, body, end, home), channel(told, body, end), *([initiated] if initiated else [])]
    said = Speech(people).statements(told.text, title=titled)
    return assembled(
        "zh",
        participants=[_participant(told, person, refs[id(person)], initiated) for person in people],
        statements=[statement(told, one, number, refs) for number, one in enumerate(said, 1)],
        claims=claims,
        title=told.title or told.text.strip().splitlines()[0],
        cautions=(),
    )


def _opening(told: Told) -> tuple[int, int]:
    """Where the text begins after a title line, and where its first sentence ends."""
    start = len(told.text) - len(told.text.lstrip())
    line_end = told.text.find("\n", start)
    line = told.text[start:line_end] if line_end > 0 else told.text[start:]
    if line_end > 0 and not line.rstrip().endswith(("。", "！", "？", "”")):
        start = line_end + len(told.text[line_end:]) - len(told.text[line_end:].lstrip())
    ends = [at for at in (told.text.find("。", start), told.text.find("\n", start)) if at > 0]
    return start, min([*ends, start + _OPENING, len(told.text)])


def _participant(told: Told, person: Person, ref: str, initiated: ProposedClaim | None) -> ProposedParticipant:
    value = initiated.value if initiated else None
    mention = told.quoted(*person.name_at)
    office = told.quoted(*person.office_at)
    return ProposedParticipant(
        ref=ref,
        name=person.name,
        name_as_printed=told.text[slice(*person.printed)],
        leader=None,
        party=person.party,
        office=person.office,
        role="principal",
        initiator=isinstance(value, ProposedInitiator) and value.participant == ref,
        mention=mention,
        office_mention=office,
        confidence=0.9,
        party_confidence=person.sure if person.party else None,
        evidence=(mention, office),
    )
