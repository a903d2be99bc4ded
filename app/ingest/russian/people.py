"""Who took part in a call, in a Russian readout, in whatever case their names stand."""

import re
from dataclasses import dataclass, field

from app.ingest.russian.words import Sentence, party_of, table

_CAPITAL = re.compile(r"[А-ЯЁ][а-яё]+(?:[-‑][А-ЯЁ]?[а-яё]+)*$")
_ENDINGS = ("ому", "ему", "ыми", "ого", "его", "ом", "ем", "ым", "им", "ой", "ей", "ою", "а", "у", "е", "ы", "я", "ю")
_STEM = 3
_LEAST = 3
_LONGEST_STATE = 6
_LONGEST_NAME = 4
_NO_NAMES = frozenset("в во с со на по при о об и а но от из к за для также кроме том этом".split())


@dataclass(slots=True, eq=False)
class Person:
    """A participant; `stems` are the beginnings of the words of the name, which no case changes."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    party: str | None = None
    office: str | None = None
    office_at: tuple[int, int] | None = None
    stems: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Find the stems."""
        self.stems = tuple(stem_of(word) for word in self.words)

    @property
    def printed(self) -> tuple[int, int]:
        """Where the name stands."""
        return self.spans[0][0], self.spans[-1][1]


def stem_of(word: str) -> str:
    """The beginning of a name that its cases share."""
    lower = word.lower().replace("ё", "е")
    for ending in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= _LEAST:
            return lower[: -len(ending)]
    return lower.rstrip("ьй")


def is_called(person: Person, word: str) -> bool:
    """Whether a word is the person's surname in some case."""
    lower = word.lower().replace("ё", "е")
    stem = person.stems[-1]
    return lower.startswith(stem) and len(lower) - len(stem) <= _STEM


def office_at(sentence: Sentence, place: int) -> tuple[int, str] | None:
    """The title that begins at a place: where it ends, and what its holder is called in English."""
    for stems, title in table()["offices"].items():
        parts = stems.split()
        if all(
            place + at < len(sentence.lower) and sentence.lower[place + at].startswith(part)
            for at, part in enumerate(parts)
        ):
            return place + len(parts), str(title)
    return None


def people_in(sentence: Sentence) -> list[Person]:
    """Those whom a sentence names, with their offices and parties."""
    found: list[Person] = []
    place = 0
    while place < len(sentence.words):
        office = office_at(sentence, place)
        at = office[0] if office else place
        party: str | None = None
        while office and at < len(sentence.words) and at - office[0] < _LONGEST_STATE:
            code = party_of(sentence.lower[at])
            if code is None and sentence.lower[at] not in _OF_STATES:
                break
            party = party or code
            at += 1
        name_end = _name_end(sentence, at)
        if name_end - at >= (1 if office else 2):
            person = Person(sentence.words[at:name_end], sentence.spans[at:name_end], party)
            if office:
                person.office = office[1]
                person.office_at = (sentence.spans[place][0], sentence.spans[at - 1][1])
            if not any(is_called(other, person.words[-1]) for other in found):
                found.append(person)
            place = name_end
        else:
            place = max(at, place + 1)
    return found


_OF_STATES = frozenset("республики федерации королевства штатов америки государства народной исламской совета".split())


def _name_end(sentence: Sentence, place: int) -> int:
    at = place
    while at < len(sentence.words) and at - place < _LONGEST_NAME:
        word = sentence.words[at]
        if not _CAPITAL.match(word) or sentence.lower[at] in _NO_NAMES or party_of(sentence.lower[at]):
            break
        if office_at(sentence, at) is not None:
            break
        at += 1
    return at


def nominative(person: Person, sentences: list[Sentence]) -> str:
    """The name as a subject has it: the shortest form of the surname in the text, with what stands before it."""
    stem = person.stems[-1]
    printed: set[str] = set()
    before: dict[str, str] = {}
    for sentence in sentences:
        for place, word in enumerate(sentence.words):
            if sentence.lower[place].startswith(stem) and len(word) - len(stem) <= _STEM and word[0].isupper():
                printed.add(word)
                if place and sentence.words[place - 1][:_STEM] == person.words[0][:_STEM]:
                    before.setdefault(word, sentence.words[place - 1])
    surname = min(printed or {person.words[-1]}, key=len)
    if len(printed) <= 1:
        return " ".join(re.sub("(?:ом|ем|ым|им)$", "", word) for word in person.words)
    first = before.get(surname, person.words[0])
    return " ".join((first, *person.words[1:-1], surname)) if len(person.words) > 1 else surname
