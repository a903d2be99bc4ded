"""When, how and at whose wish a call took place, as a Russian text says it."""

import re

from app.ingest.days import day_claim, days_before, latest_day, real_day, unstated
from app.ingest.draft import (
    ProposedClaim,
    ProposedDate,
    ProposedInitiator,
)
from app.ingest.russian.people import Person, named_at
from app.ingest.russian.words import Sentence, party_of, table
from app.ingest.told import Told
from app.vocabulary import Channel

_MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)})(?: (?P<year>\d{{4}}) года)?"
    r"|\b(?P<word>[Сс]егодня|[Вв]чера)\b"
)
_ZONES = {"RU": "Europe/Moscow", "BY": "Europe/Minsk", "UA": "Europe/Kyiv"}
_CALL = frozenset("разговор беседа звонок встреча переговоры".split())
_BEGINNING = 4


def home_of(publisher: str | None) -> str | None:
    """The party that a publisher speaks for, as its name tells it."""
    if publisher is None:
        return None
    words = re.findall(r"\w+", publisher.lower())
    for code, listed in table()["publishers"].items():
        if any(word.startswith(stem) for word in words for stem in listed.split()):
            return str(code)
    return next((code for word in words if (code := party_of(word)) is not None), None)


def dates(told: Told, opening: Sentence | None, home: str | None) -> list[ProposedClaim]:
    """The day that the first sentence names."""
    zone = _ZONES.get(home or "")
    match = _DATE.search(told.text, opening.start, opening.end) if opening else None
    if match is None:
        return [unstated(told, zone)]
    words = (told.quoted(*match.span()),)
    if match["word"]:
        day = days_before(told.published_on, 1 if match["word"].lower() == "вчера" else 0)
        value = ProposedDate(day.isoformat() if day else "XXXX", zone, words[0].text)
        return [day_claim(value, "derived", None, 0.9 if day else 0.1, words)]
    month, number = _MONTHS.index(match["month"]) + 1, int(match["day"])
    year = match["year"]
    day = real_day(int(year), month, number) if year else latest_day(told.published_on, month, number)
    if real_day(2000, month, number) is None or (year and day is None):
        return [unstated(told, zone)]
    edtf = day.isoformat() if day else f"XXXX-{month:02}-{number:02}"
    basis = "stated" if year or day is None else "derived"
    return [day_claim(ProposedDate(edtf, zone, words[0].text), basis, None, 0.9, words)]  # type: ignore[arg-type]


def channel(told: Told, opening: Sentence | None) -> ProposedClaim:
    """How they communicated, by the first sentence, or by the title."""
    for words, evidence in (
        (opening.lower if opening else (), True),
        (tuple((told.title or "").lower().split()), False),
    ):
        for channel, listed in table()["channels"].items():
            for at, word in enumerate(words):
                if any(word.startswith(stem) for stem in listed.split()):
                    where = (told.quoted(*opening.spans[at]),) if evidence and opening else ()
                    return _channel_claim(channel, 0.9, where)
    return _channel_claim("unknown", 0.1, ())


def _channel_claim(channel: Channel, sure: float, evidence: tuple[object, ...]) -> ProposedClaim:
    return ProposedClaim(
        field="channel",
        value=channel,
        basis="stated" if evidence else "derived",
        preferred=True,
        note=None,
        confidence=sure,
        evidence=evidence,  # type: ignore[arg-type]
    )


def initiator(
    told: Told, sentences: list[Sentence], frame: int, people: list[Person], refs: dict[int, str]
) -> ProposedClaim | None:
    """`по инициативе французской стороны`, `по просьбе Президента Франции`, where the call itself is told of."""
    stems = table()["initiators"]["words"].split()
    for place, sentence in enumerate(sentences):
        if place != frame and not _CALL.intersection(sentence.lower[:_BEGINNING]):
            continue
        for at, word in enumerate(sentence.lower[:-1]):
            if sentence.lower[at - 1 : at] == ("по",) and any(word.startswith(stem) for stem in stems):
                claim = _asked(told, sentence, at, people, refs)
                if claim is not None:
                    return claim
    return None


def _asked(
    told: Told, sentence: Sentence, place: int, people: list[Person], refs: dict[int, str]
) -> ProposedClaim | None:
    for at in range(place + 1, min(place + 6, len(sentence.lower))):
        code = party_of(sentence.lower[at])
        named = (one for one in people if (code and one.party == code) or named_at(one, sentence, at) is not None)
        person = next(named, None)
        if person is not None:
            return ProposedClaim(
                field="initiator",
                value=ProposedInitiator("participant", refs[id(person)]),
                basis="stated",
                preferred=True,
                note=None,
                confidence=0.9,
                evidence=(told.quoted(sentence.spans[place - 1][0], sentence.spans[at][1]),),
            )
    return None
