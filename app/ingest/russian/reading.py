"""Reading a readout in Russian."""

from app.ingest.assembly import assembled, references
from app.ingest.draft import (
    Draft,
)
from app.ingest.russian.frames import channel, dates, home_of, initiator
from app.ingest.russian.people import nominative, people_in, settle
from app.ingest.russian.records import participant, statement
from app.ingest.russian.speech import Speech
from app.ingest.russian.subjects import Subjects
from app.ingest.russian.words import sentences
from app.ingest.told import TextRefused, Told

_MOST_SENTENCES = 10_000
_MOST_PEOPLE = 20


def read(told: Told) -> Draft:
    """The draft of a readout in Russian."""
    found = list(sentences(told.text))
    if len(found) > _MOST_SENTENCES:
        message = f"The text is no readout: it has more than {_MOST_SENTENCES} sentences."
        raise TextRefused(message)
    frame = next((place for place, one in enumerate(found) if one.paragraph > 0), 0)
    home = home_of(told.publisher)
    people = people_in(found[frame])[:_MOST_PEOPLE] if found else []
    settle(people, told.title)
    if people and home and people[0].party is None:
        people[0].party = home
    names = [nominative(person, found) for person in people]
    refs = dict(zip(map(id, people), references(names), strict=True))
    opening = found[frame] if found else None
    initiated = initiator(told, found, frame, people, refs)
    said = Speech(Subjects(people, names, home)).statements(found, frame)
    return assembled(
        "ru",
        participants=[
            participant(told, person, name, refs[id(person)], initiated)
            for person, name in zip(people, names, strict=True)
        ],
        statements=[statement(told, one, number, refs) for number, one in enumerate(said, 1)],
        claims=[*dates(told, opening, home), channel(told, opening), *([initiated] if initiated else [])],
        title=told.title or told.text.strip().splitlines()[0],
        cautions=(),
    )
