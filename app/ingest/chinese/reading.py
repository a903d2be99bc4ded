"""Reading a readout in Chinese."""

from app.ingest.assembly import assembled, references
from app.ingest.chinese.casting import attendees, opening, principals
from app.ingest.chinese.dates import dates
from app.ingest.chinese.frames import channel, initiator
from app.ingest.chinese.lexicon import party_of_publisher
from app.ingest.chinese.people import Person
from app.ingest.chinese.speech import SENTENCE, Speech
from app.ingest.chinese.statements import statement
from app.ingest.draft import (
    Draft,
    ProposedClaim,
    ProposedInitiator,
    ProposedParticipant,
)
from app.ingest.told import TextRefused, Told

_MOST_SENTENCES = 10_000


def read(told: Told) -> Draft:
    """The draft of a readout in Chinese."""
    if len(SENTENCE.findall(told.text)) > _MOST_SENTENCES:
        message = f"The text is no readout: it has more than {_MOST_SENTENCES} sentences."
        raise TextRefused(message)
    home = party_of_publisher(told.publisher) or "CN"
    body, frame = opening(told)
    spoke = principals(told, frame, home)
    people = [*spoke, *attendees(told.text, spoke, home)]
    refs = dict(zip(map(id, people), references(person.name for person in people), strict=True))
    initiated = initiator(told, *frame, spoke, refs)
    claims = [*dates(told, body, frame[1], home), channel(told, *frame), *([initiated] if initiated else [])]
    said = Speech(spoke).statements(told.text, title=body > 0)
    return assembled(
        "zh",
        participants=[_participant(told, person, refs[id(person)], initiated) for person in people],
        statements=[statement(told, one, number, refs) for number, one in enumerate(said, 1)],
        claims=claims,
        title=told.title or told.text.strip().splitlines()[0],
        cautions=(),
    )


def _participant(told: Told, person: Person, ref: str, initiated: ProposedClaim | None) -> ProposedParticipant:
    value = initiated.value if initiated else None
    mention = told.quoted(*person.name_at)
    office = told.quoted(*person.office_at) if person.office_at else None
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
        evidence=(mention, office) if office else (mention,),
    )
