"""How, and at whose wish, a call took place, as a Chinese text says it."""

import re

from app.ingest.chinese.lexicon import any_of, names_of, table
from app.ingest.chinese.people import Person
from app.ingest.draft import (
    ProposedClaim,
    ProposedInitiator,
)
from app.ingest.told import Told
from app.vocabulary import Basis, Channel

# An invitation to the country is none to the call.
_ASKED = re.compile("应约|應約|(?:应邀|應邀)(?=[同与與和通])")


def channel(told: Told, start: int, end: int) -> ProposedClaim:
    """How they communicated, by the first sentence, or by the title."""
    for channel, listed in table()["channels"].items():
        match = re.compile(any_of(listed.split())).search(told.text, start, end)
        if match is not None:
            return _channel_claim(channel, told, match.span())
    for channel, listed in table()["channels"].items():
        if any(word in (told.title or "") for word in listed.split()):
            return _channel_claim(channel, told, None)
    return _channel_claim("unknown", told, None)


def _channel_claim(channel: Channel, told: Told, words: tuple[int, int] | None) -> ProposedClaim:
    return ProposedClaim(
        field="channel",
        value=channel,
        basis="stated" if words else "derived",
        preferred=True,
        note=None,
        confidence=0.95 if words else 0.6 if channel != "unknown" else 0.1,
        evidence=(told.quoted(*words),) if words else (),
    )


def initiator(told: Told, start: int, end: int, people: list[Person], refs: dict[int, str]) -> ProposedClaim | None:
    """`应约` says that the other side asked; `应俄方请求` says which."""
    if len(people) != 2:  # noqa: PLR2004 - the formula tells of two sides
        return None
    sides = {name: person for person in people for name in names_of(person.party)}
    wish = rf"(?:应|應)(?P<who>{any_of(sides)})方?\w{{0,12}}?(?:请求|請求|要求|提议|約|约)"
    if sides and (formula := re.compile(wish).search(told.text, start, end)):
        return _initiator_claim(told, refs[id(sides[formula["who"]])], formula.span(), "stated", 0.95)
    formula = _ASKED.search(told.text, start, end)
    if formula is None:
        return None
    other = next((person for person in people if person.name_at[0] > formula.start()), people[1])
    return _initiator_claim(told, refs[id(other)], formula.span(), "stated", 0.9)


def _initiator_claim(told: Told, ref: str, words: tuple[int, int], basis: Basis, sure: float) -> ProposedClaim:
    return ProposedClaim(
        field="initiator",
        value=ProposedInitiator("participant", ref),
        basis=basis,
        preferred=True,
        note=None,
        confidence=sure,
        evidence=(told.quoted(*words),),
    )
