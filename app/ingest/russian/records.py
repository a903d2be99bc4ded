"""Those who took part and what they said, as a draft has them."""

from app.ingest.draft import (
    ProposedClaim,
    ProposedInitiator,
    ProposedParticipant,
    ProposedStatement,
    Suggestion,
)
from app.ingest.russian.people import Person
from app.ingest.said import Said, proposed
from app.ingest.told import Told


def participant(
    told: Told, person: Person, name: str, ref: str, initiated: ProposedClaim | None
) -> ProposedParticipant:
    """One of those who took part."""
    mention = told.quoted(*person.printed)
    office = told.quoted(*person.office_at) if person.office_at else None
    value = initiated.value if initiated else None
    start = office.start if office else mention.start
    return ProposedParticipant(
        ref=ref,
        name=name,
        name_as_printed=told.text[start : mention.end],
        leader=None,
        party=person.party,
        office=person.office,
        role="principal",
        initiator=isinstance(value, ProposedInitiator) and value.participant == ref,
        mention=mention,
        office_mention=office,
        confidence=0.8,
        party_confidence=0.8 if person.party else None,
        evidence=(mention,) if office is None else (mention, office),
    )


def statement(told: Told, one: Said[Person], number: int, refs: dict[int, str]) -> ProposedStatement:
    """One statement, with the act that its verb suggests."""
    act = one.act or ("inform" if one.mode == "summary" else "assess")
    evidence = (told.quoted(*one.rests_on),) if one.act else ()
    return proposed(told, one, number, refs, [Suggestion("act", act, 0.7 if one.act else 0.3, evidence)])
