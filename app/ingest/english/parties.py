"""Countries and organisations as English texts name them, and their people."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from app.ingest.english.words import words_of
from app.ingest.tries import Phrases

_FILE = Path(__file__).with_name("parties.toml")
_STATE_CODE = 2
# CLDR has codes for what is no state, such as the euro area.
_NO_STATES = frozenset({"EZ", "QO", "ZZ", "XA", "XB"})
# Names that are other words as well; they count only after "of" or as an owner.
_LONG_FORMS = ("Republic of", "Kingdom of", "State of", "Grand Duchy of", "Principality of", "Commonwealth of")


@lru_cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@lru_cache
def party_names() -> Phrases[str]:
    """The names of parties, without "the": "United States", "Russian Federation", "EU"."""
    phrases: Phrases[str] = Phrases()
    for code, names in _table()["names"].items():
        for name in names:
            phrases.add(words_of(name), code)
    for code, label in Locale("en").territories.items():
        if len(code) == _STATE_CODE and not code.isdigit() and code not in _NO_STATES:
            name = label.replace(" & ", " and ").split(" (")[0]
            for printed in (name, *(f"{form} {name}" for form in _LONG_FORMS)):
                phrases.add(words_of(printed), code)
    return phrases


@lru_cache
def party_adjectives() -> Phrases[str]:
    """The words for people and sides of parties: "Russian", "U.S."."""
    phrases: Phrases[str] = Phrases()
    for code, adjectives in _table()["adjectives"].items():
        for adjective in adjectives:
            phrases.add(words_of(adjective), code)
    return phrases


@lru_cache(maxsize=1024)
def party_of_publisher(publisher: str) -> str | None:
    """The party that a publisher speaks for, as its name tells it."""
    for code, names in _table()["publishers"].items():
        if any(re.search(rf"\b{re.escape(name)}\b", publisher, re.IGNORECASE) for name in names):
            return str(code)
    words = words_of(publisher)
    for place in range(len(words)):
        found = party_names().at(words, place) or party_adjectives().at(words, place)
        if found is not None:
            return found[1]
    return None


def parties_of_region(word: str) -> frozenset[str]:
    """The parties that a word such as `European` means; none for other words."""
    return frozenset(_table()["regions"].get(word, "").split())


def party_of_office(head: str) -> str | None:
    """The only party that has an office."""
    offices: dict[str, str] = _table()["offices"]
    return offices.get(head)


def party_of_house(body: str) -> str | None:
    """The party of a body's people, where the body is a seat of government."""
    houses: dict[str, str] = _table()["houses"]
    return houses.get(body.lower())


def attributes_all(party: str | None) -> bool:
    """Whether the texts of a party say of every reported sentence who said it."""
    return party in _table()["attributing"]["parties"]


def speaks_by_paragraphs(party: str | None) -> bool:
    """Whether a paragraph of a party's texts goes on in the voice that it begins with."""
    return party in _table()["speeches"]["parties"]


def zone_of(party: str | None) -> str | None:
    """The time zone of a party's seat of government, where it is kept."""
    zones: dict[str, str] = _table()["zones"]
    return zones.get(party) if party is not None else None
