"""Generated records, of every kind that the questions tell apart, recorded by the product's own functions."""

import hashlib
import random
from dataclasses import dataclass, field
from typing import Any

from app.db import Database
from app.records import Records, add_records
from app.vocabulary import Act, Channel, Mode, ReadoutKind, Translation, terms

_DATES = (
    "2019-12-31",
    "2020",
    "2020-01-01",
    "2020-02-29",
    "2020-03",
    "2020-03-1X",
    "2020-03-19",
    "2020-03-19?",
    "2020-03-20~",
    "2020-03-19/2020-03-21",
    "2020-03-31/2020-04-02",
    "[2020-03-18,2020-03-21]",
    "2020-XX-19",
    "../2020-02",
    "2020-05/..",
    "202X",
    "XXXX-XX-19",
    "XXXX",
    "0000-02-29",
    "9999-12-31",
    "1987-06",
    "1945-02-04",
)
_LANGUAGES = ("en", "zh-Hans", "zh", "ru", "fr")
_WORDS = "the side noted that cooperation on peace trade energy health and dialogue must go on".split()


@dataclass(frozen=True)
class World:
    """The generated documents and the database that holds them."""

    url: str
    records: Records
    documents: dict[str, list[dict[str, Any]]] = field(repr=False)


async def make_world(url: str, database: Database, calls: int = 240, seed: int = 20200319) -> World:
    """Generate and record a few hundred records; the same seed gives the same records."""
    documents = generate(calls, random.Random(seed))
    records = Records.model_validate(documents, strict=False)
    async with database.writing() as connection:
        await add_records(connection, records)
    return World(url, records, documents)


def generate(calls: int, chance: random.Random) -> dict[str, list[dict[str, Any]]]:
    """The documents of as many calls, and of what they refer to."""
    parties = [
        {
            "id": _id(1, number),
            "code": code,
            "name": name,
            "kind": kind,
            "aliases": aliases,
            "identifiers": [{"scheme": "test", "value": f"party-{code}"}],
        }
        for number, (code, name, kind, aliases) in enumerate(
            [
                ("AA", "Aland", "state", ["Åland", "AAA"]),
                ("BB", "Beland", "state", []),
                ("SUHH", "Former Union", "former_state", ["SU"]),
                ("EU", "European Union", "organisation", []),
                ("DD", "Deland", "state", []),
                ("FF", "fland", "other", []),
            ],
            start=1,
        )
    ]
    leaders = [
        {
            "id": _id(2, number),
            "slug": f"leader-{number}",
            "names": [
                {"name": f"Leader {number}", "language": "en", "kind": "preferred"},
                {"name": f"Лидер {number}", "language": "ru", "kind": "native"},
                {"name": "Shared" if number <= 2 else f"Ünïque{number}", "language": "en", "kind": "surname"},
            ],
            "offices": [{"title": "President", "party": chance.choice(parties)["code"], "from": "2010"}],
            "identifiers": [{"scheme": "wikidata", "value": f"Q{1000 + number}"}],
        }
        for number in range(1, 13)
    ]
    publishers = [
        {
            "id": _id(3, number),
            "slug": f"publisher-{number}",
            "name": f"Publisher {number}",
            "kind": "presidency",
            "party": chance.choice([*(party["code"] for party in parties), None]),
            "identifiers": [{"scheme": "test", "value": f"publisher-{number}"}],
        }
        for number in range(1, 6)
    ]
    topics = [
        {"id": _id(4, number), "slug": f"topic-{number}", "name": f"Topic {number}", "broader": broader}
        for number, broader in enumerate([None, None, "topic-1", "topic-1", "topic-2", "topic-3", "topic-6"], start=1)
    ]
    documents: dict[str, list[dict[str, Any]]] = {
        "parties": parties,
        "leaders": leaders,
        "publishers": publishers,
        "topics": topics,
        "readouts": [],
        "calls": [],
    }
    for number in range(1, calls + 1):
        _add_call(number, documents, chance)
    return documents


def _id(kind: int, number: int) -> str:
    return f"01980000-0000-7000-8000-{kind:04d}{number:08d}"


def _add_call(number: int, documents: dict[str, list[dict[str, Any]]], chance: random.Random) -> None:
    people = chance.sample(documents["leaders"], chance.randint(1, 4))
    participants = [
        {
            "ref": f"p{place}",
            "id": _id(7, number * 10 + place),
            "leader": None if chance.random() < 0.1 else person["slug"],
            "party": chance.choice([*(party["code"] for party in documents["parties"]), None]),
            "office": chance.choice(["President", "Prime Minister", None]),
            "role": "principal" if place <= 2 else chance.choice(["principal", "interpreter", "aide", "other"]),
        }
        for place, person in enumerate(people, start=1)
    ]
    new = [_add_readout(number * 10 + place, documents, chance) for place in range(chance.randint(0, 2))]
    # Some readouts report an earlier call as well; their statements are about that one.
    readouts = list(new)
    if documents["readouts"] and chance.random() < 0.1:
        readouts.append(chance.choice(documents["readouts"]))
    readouts = list({readout["id"]: readout for readout in readouts}.values())
    documents["calls"].append(
        {
            "id": _id(6, number),
            "slug": f"call-{number}",
            "title": f"Call {number}",
            "participants": participants,
            "readouts": [readout["id"] for readout in readouts],
            "statements": [
                statement
                for readout in new
                for statement in _statements(readout, participants, documents["topics"], chance)
            ],
            "claims": _claims(participants, documents["parties"], chance),
            "identifiers": [{"scheme": "test", "value": f"call-{number}"}] if chance.random() < 0.5 else [],
        }
    )


def _claims(
    participants: list[dict[str, Any]], parties: list[dict[str, Any]], chance: random.Random
) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = [
        {"field": "date", "value": {"edtf": chance.choice(_DATES)}, "basis": "stated", "preferred": True},
        {"field": "date", "value": {"edtf": chance.choice(_DATES)}, "basis": "derived", "preferred": False},
        {"field": "channel", "value": chance.choice(terms(Channel)), "basis": "curated", "preferred": True},
    ]
    initiator: dict[str, Any] = chance.choice(
        [
            {"kind": "mutual"},
            {"kind": "participant", "participant": chance.choice(participants)["ref"]},
            {"kind": "party", "party": chance.choice(parties)["code"]},
        ]
    )
    if chance.random() < 0.7:
        claims.append(
            {"field": "initiator", "value": initiator, "basis": "derived", "preferred": chance.random() < 0.8}
        )
    if chance.random() < 0.3:
        claims.append({"field": "duration", "value": chance.randint(60, 9000), "basis": "stated", "preferred": True})
    return claims


def _add_readout(number: int, documents: dict[str, list[dict[str, Any]]], chance: random.Random) -> dict[str, Any]:
    sentences = [" ".join(chance.choices(_WORDS, k=chance.randint(4, 9))) + "." for _ in range(chance.randint(2, 6))]
    text = f"Readout {number}\n" + " ".join(sentences)
    digest = hashlib.sha256(text.encode()).hexdigest()
    readout: dict[str, Any] = {
        "id": _id(5, number),
        "kind": chance.choice(terms(ReadoutKind)),
        "title": f"Readout {number}",
        "language": chance.choice(_LANGUAGES),
        "translation": chance.choice(terms(Translation)),
        "published_on": chance.choice([None, "2020-03-20", "2020-03-21", "1999-01-01"]),
        "versions": [{"version": 1, "text": text, "sha256": digest, "source_sha256": digest}],
        "claims": [
            {
                "field": "publisher",
                "value": chance.choice(documents["publishers"])["slug"],
                "basis": "stated",
                "preferred": True,
            }
        ]
        if chance.random() < 0.8
        else [],
        "identifiers": [{"scheme": "test", "value": f"readout-{number}"}],
    }
    documents["readouts"].append(readout)
    return readout


def _statements(
    readout: dict[str, Any], participants: list[dict[str, Any]], topics: list[dict[str, Any]], chance: random.Random
) -> list[dict[str, Any]]:
    text = readout["versions"][0]["text"]
    statements = []
    start = text.index("\n") + 1
    for position, sentence in enumerate(text[start:].split(". "), start=1):
        end = min(start + len(sentence) + 1, len(text))
        explicit = chance.random() < 0.5
        statements.append(
            {
                "id": _id(8, int(readout["id"][-8:]) * 10 + position),
                "readout": readout["id"],
                "position": position,
                "paragraph": 1,
                "speakers": [
                    {"participant": person["ref"]}
                    for person in chance.sample(participants, chance.randint(1, min(2, len(participants))))
                ],
                "text": text[start:end],
                "start": start,
                "end": end,
                "attribution": {
                    "kind": "explicit",
                    "verb": chance.choice(["said", "stressed", "pointed out"]),
                    "text": text[start : start + 3],
                    "start": start,
                    "end": start + 3,
                }
                if explicit
                else {"kind": "inherited"},
                "mode": chance.choice(terms(Mode)),
                "speaker_as": chance.choice(["person", "side"]),
                "act": chance.choice([*terms(Act), None]),
                "topics": [topic["slug"] for topic in chance.sample(topics, chance.randint(0, 2))],
            }
        )
        start = end + 1
    return statements
