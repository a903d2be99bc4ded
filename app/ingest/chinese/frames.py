"""How, and at whose wish, a call took place, as a Chinese text says it."""

import re

from app.ingest.chinese.lexicon import any_of, party_names, table
from app.ingest.chinese.people import Person
from app.ingest.draft import (
    ProposedClaim,
    ProposedInitiator,
)
from app.ingest.told import Told
from app.vocabulary import Basis, Channel

_ASKED = re.compile("应约|應約|应邀")


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
    sides = {name: code for name, code in party_names().items() if any(person.party == code for person in people)}
    asked = (
        re.compile(rf"应(?P<who>{any_of(sides)})方?\w{{0,12}}?(?:请求|要求|邀请|提议)").search(told.text, start, end)
        if sides
        else None
    )
    if asked is not None:
        person = next(person for person in people if person.party == sides[asked["who"]])
        return _initiator_claim(told, refs[id(person)], asked.span(), "stated", 0.95)
    formula = _ASKED.search(told.text, start, end)
    if formula is None:
        return None
    return _initiator_claim(told, refs[id(people[1])], formula.span(), "stated", 0.9)


def _asked_by(sides: dict[str, str]) -> re.Pattern[str]:
    return re.compile(rf"应(?P<who>{any_of(sides)})方?\w{{0,12}}?(?:请求|要求|邀请|提议)")


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
