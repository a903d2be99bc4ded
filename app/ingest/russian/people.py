"""Who took part in a call, in a Russian readout, in whatever case their names stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from app.ingest.russian.words import Sentence, has_ending, party_of, sentences, table

_CAPITAL = re.compile(r"[А-ЯЁ][а-яё]+(?:[-‑][А-ЯЁ]?[а-яё]+)*$")
_INITIAL = re.compile("[А-ЯЁ]$")
_ENDINGS = ("ому", "ему", "ыми", "ого", "его", "ом", "ем", "ым", "им", "ой", "ей", "ою", "а", "у", "е", "ы", "я", "ю")
_STEM = 3
_LEAST = 3
_LONGEST_STATE = 7
_LONGEST_NAME = 8
_LONGEST_OFFICE = 4
_NO_NAMES = frozenset("в во с со на по при о об и а но от из к за для также кроме том этом".split())
_PLACES = frozenset("в во на из по об о при для к".split())
_WITH = frozenset(("с", "со", "между"))
_INSTRUMENTAL = ("ом", "ем", "ым", "им")
_VOWEL = "аеиоуыэюя"


@dataclass(slots=True, eq=False)
class Person:
    """A participant; `stems` are the beginnings of the words of the name, which no case changes."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    party: str | None = None
    office: str | None = None
    office_at: tuple[int, int] | None = None
    case: Literal["nominative", "genitive", "instrumental"] = "nominative"
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
    return _is_form(word, person.stems[-1])


def named_at(person: Person, sentence: Sentence, place: int) -> int | None:
    """Where the person's name ends that begins at a place: a surname, or two words of the name."""
    words = name_words(sentence, place)
    end, called = 0, 0
    for at, (word, (_, after)) in enumerate(words):
        if not any(_is_form(word, stem) for stem in person.stems):
            break
        called, end = called + 1, after
        if is_called(person, word) and at + 1 == len(words):
            return after
    surname = called and any(is_called(person, word) for word, _ in words[:called])
    return end if surname or called > 1 else None


def _is_form(word: str, stem: str) -> bool:
    lower = word.lower().replace("ё", "е")
    return lower.startswith(stem) and len(lower) - len(stem) <= _STEM


@lru_cache(maxsize=8192)
def _offices(word: str) -> list[tuple[list[str], str]]:
    """The offices that begin with a word, the longest first."""
    listed = [(stems.split(), str(title)) for stems, title in table()["offices"].items()]
    return sorted((one for one in listed if _has_stem(word, one[0][0])), key=lambda office: -len(office[0]))


def _has_stem(word: str, stem: str) -> bool:
    return word.startswith(stem) and has_ending(word, len(stem))


def office_at(sentence: Sentence, place: int) -> tuple[int, str] | None:
    """The title that begins at a place: where it ends, and what its holder is called in English."""
    for parts, title in _offices(sentence.lower[place]) if place < len(sentence.lower) else ():
        words = sentence.lower[place : place + len(parts)]
        if len(words) == len(parts) and all(map(_has_stem, words, parts)):
            return place + len(parts), title
    return None


def states_after(sentence: Sentence, place: int) -> tuple[int, str | None]:
    """Where the words for what an office is of end, and the party that they name."""
    at, party = place, None
    while at < len(sentence.words) and at - place < _LONGEST_STATE:
        code = party_of(sentence.lower[at])
        if code is None and not is_of_states(sentence.lower[at]):
            break
        party = party or code
        at += 1
    return at, party


def party_within(sentence: Sentence, start: int, end: int) -> str | None:
    """The party that words of an office name: `Президент России`."""
    return next((code for word in sentence.lower[start:end] if (code := party_of(word))), None)


def is_instrumental(word: str) -> bool:
    """Whether a word ends as that of an agent does."""
    return word.endswith(_INSTRUMENTAL)


@lru_cache(maxsize=8192)
def is_of_states(word: str) -> bool:
    """Whether a word may stand in the name of a state, or of a body."""
    return any(_has_stem(word, stem) for stem in table()["states"]["words"].split())


def people_in(sentence: Sentence) -> list[Person]:
    """Those whom a sentence names, with their offices and parties."""
    found: list[Person] = []
    place = 0
    while place < len(sentence.words):
        titles, at, party = _held(sentence, place)
        names = name_words(sentence, at)
        in_place = not titles and place > 0 and sentence.lower[place - 1] in _PLACES
        if len(names) >= (1 if titles else 2) and not in_place:
            person = _person(sentence, at, names)
            person.party = party
            if titles:
                person.office = " and ".join(dict.fromkeys(titles))
                person.office_at = (sentence.spans[place][0], sentence.spans[at - 1][1])
            person.case = _case(sentence, place, found[-1] if found else None)
            if not any(is_called(other, person.words[-1]) for other in found):
                found.append(person)
            place = names[-1][1][1]
        else:
            place = max(at, place + 1)
    return found


def settle(people: list[Person], title: str | None) -> None:
    """Give those whose office or party the text does not tell what the title tells of them."""
    told = [person for sentence in sentences(title or "") for person in people_in(sentence)]
    for person in people:
        for other in told:
            if is_called(other, person.words[-1]):
                person.office = person.office or other.office
                person.party = person.party or other.party


def _held(sentence: Sentence, place: int) -> tuple[list[str], int, str | None]:
    """The titles that begin at a place, where they and what they are of end, and whose they are."""
    titles: list[str] = []
    at, party = place, None
    while len(titles) < _LONGEST_OFFICE:
        after = at + (bool(titles) and sentence.words[at : at + 1] in ((",",), ("и",)))
        office = office_at(sentence, after)
        if office is None:
            break
        titles.append(office[1])
        at, code = states_after(sentence, office[0])
        party = party or party_within(sentence, after, office[0]) or code
    return titles, at, party


def _person(sentence: Sentence, place: int, names: list[tuple[str, tuple[int, int]]]) -> Person:
    words = tuple(word for word, _ in names)
    starts = [place, *(end for _, (_, end) in names)]
    spans = tuple(
        (sentence.spans[begin][0], sentence.spans[end - 1][1])
        for begin, (_, (_, end)) in zip(starts, names, strict=False)
    )
    return Person(words, spans)


def name_words(sentence: Sentence, place: int) -> list[tuple[str, tuple[int, int]]]:
    """The words of a name from a place on, initials with their points, each with where it begins and ends."""
    found: list[tuple[str, tuple[int, int]]] = []
    at = place
    particles, ends = table()["people"]["particles"].split(), table()["people"]["ends"].split()
    while at < len(sentence.words) and len(found) < _LONGEST_NAME:
        word, after = sentence.words[at], at + 1
        if _INITIAL.match(word) and sentence.words[after : after + 1] == (".",):
            word, after = f"{word}.", after + 1
        elif found and sentence.lower[at] in particles and _is_capital(sentence, after):
            pass
        elif not (found and sentence.lower[at] in ends) and not _is_capital(sentence, at):
            break
        found.append((word, (at, after)))
        at = after
    # Initials alone are no name.
    return found if any(not word.endswith(".") for word, _ in found) else []


def _is_capital(sentence: Sentence, at: int) -> bool:
    """Whether a word with a capital may be one of a name."""
    return (
        at < len(sentence.words)
        and _CAPITAL.match(sentence.words[at]) is not None
        and sentence.lower[at] not in _NO_NAMES
        and party_of(sentence.lower[at]) is None
        and office_at(sentence, at) is None
    )


def nominative(person: Person, text: list[Sentence]) -> str:
    """The name as a subject has it: as the text prints it so, or as its printed form tells."""
    forms = list(_forms(person, text))
    printed = {form[-1] for form in forms}
    case = person.case
    # `Президента Люком Мартеном`, whose obligations he has.
    if case == "genitive" and len(person.words) > 1 and all(map(is_instrumental, person.words)):
        case = "instrumental"
    told = [_as_subject(word, case) for word in person.words]
    # `Владимира Путина` is in the genitive, and `Люка Рамафоза` in none.
    if case == "genitive" and not told[0].endswith(".") and told[-1] not in printed and told[0] == person.words[0]:
        told = list(person.words)
    bare = sorted(word for word in printed - {person.words[-1]} if stem_of(word) == word.lower().replace("ё", "е"))
    surname = bare[0] if bare and told[-1] not in printed else told[-1]
    whole = (form for form in forms if form[-1] == surname and len(form) == len(told) and surname != person.words[-1])
    return " ".join(next(whole, (*told[:-1], surname)))


def _forms(person: Person, text: list[Sentence]) -> Iterator[tuple[str, ...]]:
    """Where the text names the person: as many words as the name has, where they are its own, or the surname."""
    length = len(person.words)
    for sentence in text:
        for place, lower in enumerate(sentence.lower):
            if lower.startswith(person.stems[-1]) and sentence.words[place][0].isupper() and is_called(person, lower):
                words = sentence.words[max(0, place - length + 1) : place + 1]
                own = len(words) == length and all(map(_begins_alike, words, person.words))
                yield words if own else words[-1:]


def _begins_alike(word: str, other: str) -> bool:
    return word[:_STEM].replace("ё", "е") == other[:_STEM].replace("ё", "е")


def _case(sentence: Sentence, place: int, before: Person | None) -> Literal["nominative", "genitive", "instrumental"]:
    """In which case a name with its office stands, by what is before it."""
    word = sentence.lower[place - 1] if place else ""
    if word in _WITH or (office_at(sentence, place) and is_instrumental(sentence.lower[place])):
        return "instrumental"
    if before is not None and word in {"и", ","}:
        return before.case
    return "genitive" if place and sentence.lower[place] not in table()["people"]["leaders"].split() else "nominative"


def _as_subject(word: str, case: str) -> str:
    """A word of a name in the nominative: `Рамафозой` is `Рамафоза` after a preposition."""
    if len(word) <= _LEAST or case == "nominative":
        return word
    return _from_genitive(word) if case == "genitive" else _from_instrumental(word)


def _from_genitive(word: str) -> str:
    stem = word[:-1]
    if word.endswith(("ского", "цкого")):
        return f"{word[:-3]}ий"
    if word.endswith("ы"):
        return f"{stem}а"
    if word.endswith("а") and stem[-1] not in _VOWEL:
        return stem
    if word.endswith("я"):
        return f"{stem}й" if stem[-1] in _VOWEL else f"{stem}ь"
    return word


def _from_instrumental(word: str) -> str:
    stem, ending = word[:-2], word[-2:]
    if word.endswith(("ским", "цким")):
        return f"{stem}ий"
    if ending == "ом" or word.endswith(("овым", "евым", "ёвым", "иным", "ыным")):
        return stem
    if ending in {"ем", "ём"}:
        return stem if stem[-1] in "цжшчщ" else f"{stem}й" if stem[-1] in _VOWEL else f"{stem}ь"
    if ending == "ой" and len(stem) > 1:
        return f"{stem}а"
    if ending == "ей" and len(stem) >= _LEAST:
        return f"{stem}я"
    return word
