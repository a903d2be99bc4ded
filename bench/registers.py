"""Generated documents of what calls refer to: parties, publishers, leaders and topics."""

from collections.abc import Sequence
from random import Random
from typing import Any

from bench.draws import name

_LEADERS = 2_000
_PARTIES = 200
_BROAD_TOPICS = 10
_NARROWER_TOPICS = 5
_OFFICES = ("President", "Prime Minister", "Foreign Minister", "Chancellor", "General Secretary")

Document = dict[str, Any]


def id_of(kind: int, number: int) -> str:
    """The id of the record of a kind with a number."""
    return f"01980000-{kind:04d}-7000-8000-{number:012d}"


def parties(chance: Random) -> list[Document]:
    """The parties."""
    codes = [f"P{number:03d}" for number in range(_PARTIES)]
    return [
        {"id": id_of(1, number), "code": code, "name": f"{name(chance)} {code}", "kind": "state"}
        for number, code in enumerate(codes)
    ]


def publishers(of: Sequence[Document]) -> list[Document]:
    """A publisher of each party."""
    return [
        {
            "id": id_of(2, number),
            "slug": publisher_slug(party["code"]),
            "name": f"Presidency of {party['name']}",
            "kind": "presidency",
            "party": party["code"],
        }
        for number, party in enumerate(of)
    ]


def publisher_slug(party: str) -> str:
    """The slug of the publisher of a party."""
    return f"presidency-{party.lower()}"


def leaders(of: Sequence[Document], chance: Random) -> list[Document]:
    """The leaders, of each party in turn."""
    return [_leader(number, of[number % len(of)]["code"], chance) for number in range(_LEADERS)]


def _leader(number: int, party: str, chance: Random) -> Document:
    given, surname = name(chance), name(chance)
    return {
        "id": id_of(3, number),
        "slug": f"{given}-{surname}-{number}".lower(),
        "names": [
            {"name": f"{given} {surname}", "language": "en", "kind": "preferred"},
            {"name": surname, "language": "en", "kind": "surname"},
        ],
        "offices": [{"title": chance.choice(_OFFICES), "party": party, "from": "1945"}],
        "identifiers": [{"scheme": "wikidata", "value": f"Q{number + 1}"}],
    }


def topics() -> list[Document]:
    """The topics, each before its narrower ones."""
    return [_topic(number) for number in range(_BROAD_TOPICS * (1 + _NARROWER_TOPICS))]


def _topic(number: int) -> Document:
    broad, narrower = divmod(number, 1 + _NARROWER_TOPICS)
    slug = f"topic-{broad}-{narrower}" if narrower else f"topic-{broad}"
    return {
        "id": id_of(4, number),
        "slug": slug,
        "name": slug.replace("-", " ").capitalize(),
        "broader": f"topic-{broad}" if narrower else None,
    }
