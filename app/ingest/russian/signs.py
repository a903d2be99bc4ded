"""The words of a Russian sentence that give it to somebody, or to nobody."""

from functools import lru_cache

from app.ingest.russian.words import Sentence, table

_PAST = ("л", "ла", "ли", "лся", "лась", "лись", "ло")
_MANY = ("ли", "лись")
_WAS = frozenset("был была было были".split())
# How far before its end a sentence may begin with what it only leads to.
_BEGINNING = 4
_FAR = 25
_NEAR = 8


@lru_cache(maxsize=8192)
def _act(word: str) -> str | None:
    for name, listed in (("summary", table()["summary"]["stems"]), *table()["verbs"].items()):
        stems = listed.replace("ё", "е").split()
        if word in stems or (word.endswith(_PAST) and word.startswith(tuple(stems))):
            return str(name)
    return None


def act_at(sentence: Sentence, place: int) -> str | None:
    """The act of a verb of saying at a place; `none` where it tells of none, `summary` where of a subject only."""
    return _act(sentence.lower[place]) if place < len(sentence.lower) else None


def is_of_many(word: str) -> bool:
    """Whether a verb in the past is said of several."""
    return word.endswith(_MANY)


def content_after(sentence: Sentence, verb: int) -> int | None:
    """The place after `, что` or a colon that stands near the verb."""
    for at in range(verb + 1, min(len(sentence.words) - 1, verb + _NEAR)):
        if sentence.lower[at] == "что" and sentence.words[at - 1] == ",":
            return at + 1
        if sentence.words[at] == ":":
            after = at + 1 + (sentence.words[at + 1] == "«")
            return after if after < len(sentence.words) else None
    return None


@lru_cache
def _participles(name: str) -> frozenset[str]:
    return frozenset(stem + ending for stem in table()["narration"][name].split() for ending in ("", "а", "о", "ы"))


@lru_cache
def _reflexives() -> frozenset[str]:
    endings = ("ся", "ась", "ось", "ись")
    return frozenset(stem + ending for stem in table()["narration"]["reflexive"].split() for ending in endings)


def participle_near(sentence: Sentence, place: int) -> int | None:
    """Where a participle or the like stands, from a place on, which an agent makes somebody's."""
    impersonal = _participles("participles") | _participles("first") | _reflexives()
    for at in range(place, min(place + _NEAR, len(sentence.lower))):
        if sentence.lower[at] in impersonal:
            return at
        if sentence.words[at] in {",", ":", ";"} or act_at(sentence, at) is not None:
            break
    return None


def tells_of_none(sentence: Sentence, at: int) -> bool:
    """`Отмечена важность`, `было подчёркнуто`, `состоялся разговор`: nobody is said to say it."""
    word = sentence.lower[at]
    if word in _participles("participles") or word in _reflexives() or word in {"состоялся", "состоялось"}:
        return True
    if at < _BEGINNING and word in _participles("first"):
        return at < 2 or bool(_WAS.intersection(sentence.lower[:at]))  # noqa: PLR2004 - `Также проведён обмен`
    return at < _BEGINNING and word in table()["narration"]["subjects"].split()


def is_narrated(sentence: Sentence) -> bool:
    """Whether a sentence that names no speaker is the publisher's own."""
    return any(tells_of_none(sentence, at) for at in range(min(len(sentence.lower), _FAR)))
