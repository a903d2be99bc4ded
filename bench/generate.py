"""Generated records to measure with, recorded by the product's own functions; the same seed gives the same records."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any, Generic, TypeVar

from app.db import Database
from app.entries import faults_of
from app.lines import read_line
from app.loading import loading
from app.vocabulary import Act, Channel, terms

_LEADERS = 2_000
_PARTIES = 200
_BROAD_TOPICS = 10
_NARROWER_TOPICS = 5
_VOCABULARY = 6_000
_LINES_A_BATCH = 1_000
_BYTES_A_CALL = 11_000
_MOST_STATEMENTS = 16
_FIRST_DAY = date(1945, 1, 1)
_DAYS = (date(2026, 10, 31) - _FIRST_DAY).days
_ONSETS = "b c d f g h j k l m n p r s t v w z br ch dr kh sh st tr zh".split()
_VOWELS = "a e i o u ai ei ia ou".split()
_CODAS = ("", "", "", "n", "r", "l", "s", "ng")
_VERBS = ("said", "stressed", "pointed out", "noted", "stated")
_OFFICES = ("President", "Prime Minister", "Foreign Minister", "Chancellor", "General Secretary")

Document = dict[str, Any]
T = TypeVar("T")


class Zipf(Generic[T]):
    """Things of which the second is drawn half as often as the first, the third a third as often, and so on."""

    def __init__(self, things: Sequence[T], chance: Random) -> None:
        """Rank the things as they come."""
        self._things = things
        self._weights = list(accumulate(1 / rank for rank in range(1, len(things) + 1)))
        self._chance = chance

    def draw(self, number: int) -> list[T]:
        """Draw as many as asked for, the same one more than once perhaps."""
        return self._chance.choices(self._things, cum_weights=self._weights, k=number)

    def differing(self, number: int) -> list[T]:
        """Draw as many as asked for, none twice."""
        drawn: list[T] = []
        while len(drawn) < number:
            drawn += [thing for thing in self.draw(1) if thing not in drawn]
        return drawn


class Generator:
    """Makes the documents of calls, and before them those of what calls refer to."""

    def __init__(self, seed: int) -> None:
        """Make the vocabulary, the parties, the leaders, the publishers and the topics."""
        self.chance = Random(seed)
        self.words = Zipf([self._word() for _ in range(_VOCABULARY)], self.chance)
        self.parties = [self._party(number) for number in range(_PARTIES)]
        self.publishers = [self._publisher(number, party) for number, party in enumerate(self.parties)]
        self.leaders = [self._leader(number) for number in range(_LEADERS)]
        self.topics = [self._topic(number) for number in range(_BROAD_TOPICS * (1 + _NARROWER_TOPICS))]
        mixed = [topic["slug"] for topic in self.topics]
        self.chance.shuffle(mixed)
        self._subjects = Zipf(mixed, self.chance)
        self._people = Zipf(self.leaders, self.chance)

    def _word(self) -> str:
        return "".join(
            self.chance.choice(_ONSETS) + self.chance.choice(_VOWELS) + self.chance.choice(_CODAS)
            for _ in range(self.chance.choice((1, 1, 2, 2, 3)))
        )

    def _name(self) -> str:
        return f"{self._word()}{self._word()}".title()

    def _party(self, number: int) -> Document:
        code = f"P{number:03d}"
        return {"id": _id(1, number), "code": code, "name": f"{self._name()} {code}", "kind": "state"}

    def _publisher(self, number: int, party: Document) -> Document:
        return {
            "id": _id(2, number),
            "slug": f"presidency-{party['code'].lower()}",
            "name": f"Presidency of {party['name']}",
            "kind": "presidency",
            "party": party["code"],
        }

    def _leader(self, number: int) -> Document:
        given, surname = self._name(), self._name()
        party = self.parties[number % _PARTIES]["code"]
        return {
            "id": _id(3, number),
            "slug": f"{given}-{surname}-{number}".lower(),
            "names": [
                {"name": f"{given} {surname}", "language": "en", "kind": "preferred"},
                {"name": surname, "language": "en", "kind": "surname"},
            ],
            "offices": [{"title": self.chance.choice(_OFFICES), "party": party, "from": "1945"}],
            "identifiers": [{"scheme": "wikidata", "value": f"Q{number + 1}"}],
        }

    def _topic(self, number: int) -> Document:
        broad, narrower = divmod(number, 1 + _NARROWER_TOPICS)
        slug = f"topic-{broad}-{narrower}" if narrower else f"topic-{broad}"
        return {
            "id": _id(4, number),
            "slug": slug,
            "name": slug.replace("-", " ").capitalize(),
            "broader": f"topic-{broad}" if narrower else None,
        }

    def call(self, number: int) -> tuple[Document, Document]:
        """A call and its readout."""
        people = self._people.differing(self.chance.choice((2, 2, 2, 3, 4)))
        day = self._date()
        slug = "-".join([day, *(person["slug"] for person in people[:2]), str(number)]).lower()
        names = [person["names"][0]["name"] for person in people]
        title = f"Call of {names[0]} and {names[1]}"
        participants = [
            {
                "ref": f"p{place}",
                "id": _id(5, number * 10 + place),
                "leader": person["id"],
                "party": person["offices"][0]["party"],
                "office": person["offices"][0]["title"],
                "role": "principal" if place < 2 else self.chance.choice(("principal", "aide", "interpreter")),
            }
            for place, person in enumerate(people)
        ]
        readout_id = _id(6, number)
        text, statements = self._statements(number, f"{title}\n", readout_id, names)
        call = {
            "id": _id(7, number),
            "slug": slug,
            "title": title,
            "participants": participants,
            "readouts": [readout_id],
            "statements": statements,
            "claims": self._claims(day, participants),
            "identifiers": [{"scheme": "register", "value": str(number)}] if number % 2 else [],
        }
        return call, self._readout(readout_id, title, text, self.chance.choice(participants[:2])["party"])

    def _date(self) -> str:
        day = _FIRST_DAY + timedelta(days=self.chance.randrange(_DAYS))
        return self.chance.choices((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"), (95, 4, 1))[0]

    def _claims(self, day: str, participants: list[Document]) -> list[Document]:
        initiators: list[Document | None] = [
            None,
            {"kind": "mutual"},
            {"kind": "party", "party": participants[0]["party"]},
            {"kind": "participant", "participant": "p0"},
            {"kind": "participant", "participant": "p1"},
        ]
        values = {
            "date": {"edtf": day},
            "channel": self.chance.choice(terms(Channel)),
            "initiator": self.chance.choice(initiators),
        }
        return [
            {"field": name, "value": value, "basis": "stated", "preferred": True}
            for name, value in values.items()
            if value is not None
        ]

    def _readout(self, readout_id: str, title: str, text: str, party: str) -> Document:
        digest = hashlib.sha256(text.encode()).hexdigest()
        return {
            "id": readout_id,
            "title": title,
            "language": "en",
            "translation": "none",
            "versions": [{"version": 1, "text": text, "sha256": digest, "source_sha256": digest}],
            "claims": [
                {
                    "field": "publisher",
                    "value": f"presidency-{party.lower()}",
                    "basis": "stated",
                    "preferred": True,
                }
            ],
        }

    def _statements(self, number: int, text: str, readout_id: str, names: list[str]) -> tuple[str, list[Document]]:
        statements: list[Document] = []
        subjects = self._subjects.differing(self.chance.randint(1, 3))
        for position in range(1, self.chance.randint(8, _MOST_STATEMENTS) + 1):
            # Two sentences out of three go on in the voice of the one before.
            explicit = position % 3 == 1
            speaker = (position - 1) // 3 % len(names)
            verb = self.chance.choice(_VERBS)
            clause = f"{names[speaker]} {verb} that" if explicit else ""
            words = " ".join(self.words.draw(self.chance.randint(20, 40))) + "."
            begins = len(text)
            text += f"{clause} {words} " if explicit else f"{words} "
            statements.append(
                {
                    "id": _id(8, number * 100 + position),
                    "readout": readout_id,
                    "position": position,
                    "paragraph": 1 + position // 4,
                    "speakers": [{"participant": f"p{speaker}"}],
                    "text": words,
                    "start": len(text) - 1 - len(words),
                    "end": len(text) - 1,
                    "attribution": {
                        "kind": "explicit",
                        "verb": verb,
                        "text": clause,
                        "start": begins,
                        "end": begins + len(clause),
                    }
                    if explicit
                    else {"kind": "inherited"},
                    "act": self.chance.choice(terms(Act)),
                    "topics": self.chance.sample(subjects, min(len(subjects), self.chance.choice((0, 1, 1, 2)))),
                }
            )
        return text, statements


def _id(kind: int, number: int) -> str:
    return f"01980000-0000-7000-8000-{kind:04d}{number:08d}"


def generated_lines(calls: int, seed: int) -> Iterator[Document]:
    """As many calls as asked for, each with its readout, after what they refer to, as the lines of an import."""
    generator = Generator(seed)
    for kind, documents in (
        ("party", generator.parties),
        ("leader", generator.leaders),
        ("publisher", generator.publishers),
        ("topic", generator.topics),
    ):
        yield from ({"type": kind, **document} for document in documents)
    for number in range(calls):
        call, readout = generator.call(number)
        yield {"type": "call", **call, "readouts": [readout]}


async def record_generated(database: Database, calls: int, seed: int) -> None:
    """Generate as many calls as asked for and what they refer to, and record them as an import does."""
    lines = (
        read_line(number, json.dumps(line, ensure_ascii=False).encode())
        for number, line in enumerate(generated_lines(calls, seed), start=1)
    )
    async with loading(database, size=calls * _BYTES_A_CALL, checked=False) as load:
        while batch := list(islice(lines, _LINES_A_BATCH)):
            await load.recorder.look_up(batch)
            taken = load.recorder.take(batch)
            assert not faults_of(batch)
            await load.write(taken)
