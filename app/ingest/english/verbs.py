"""Verbs of saying in English readouts, in the forms that tell of speech."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.ingest.english.lexicon import table, words
from app.ingest.english.words import Sentence
from app.ingest.tries import Phrases
from app.vocabulary import Act, terms

Form = Literal["past", "ing", "base", "present", "plural"]
HAVING = frozenset({"has", "have"})
"""What stands before a deed that was done before, which is not told of the call."""
_VOWELS = frozenset("aeiou")
# Two-syllable verbs whose last consonant is doubled.
_DOUBLING = frozenset({"commit", "admit", "refer", "regret", "confer", "concur", "recommit", "spot", "stop"})
_PAYING = frozenset({"paid", "paying", "placed", "placing", "put", "putting", "laid", "laying"})
_DRAWING = frozenset({"drew", "drawing", "called", "calling"})
_PAID = frozenset({"attention", "emphasis"})
_BEING = frozenset({"was", "were"})
# No summary, and not ambiguous.
_NEITHER = (False, False)
_VERY = frozenset({"very", "also", "most", "so", "extremely"})
_OWNERS = frozenset({"his", "her", "their", "the", "special", "particular"})
_PREPOSITIONS = frozenset({"on", "upon", "about", "of"})
_OF_MANNER = frozenset({"with", "in", "at"})
_TOGETHER = frozenset({"together", "also", "separately", "once", "again"})
_LONGEST_PARTING = 5
_LONGEST_WEIGHT = 6
_LISTS = ("none", *terms(Act), "summary")


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of saying in one of its forms. `sure`: it does not stand for a deed that has nothing to do with speech."""

    base: str
    form: Form
    act: Act | None
    summary: bool
    ambiguous: bool


@lru_cache
def verbs() -> Phrases[Verb]:
    """Every form of every verb of saying."""
    found: Phrases[Verb] = Phrases()
    meant: dict[tuple[str, Form], Verb] = {}
    for name in reversed(_LISTS):
        act: Act | None = None if name in {"none", "summary"} else name  # type: ignore[assignment]
        for line in table("verbs")[name].splitlines():
            if line:
                for text, form, base in _forms(line):
                    ambiguous = text in words("verbs", "ambiguous")
                    meant[text, form] = Verb(base, form, act, name == "summary", ambiguous)
    for adjective in words("verbs", "being"):
        for being in _BEING:
            meant[f"{being} {adjective}", "past"] = Verb(f"be {adjective}", "past", None, *_NEITHER)
    for adjective in words("verbs", "being_sure"):
        meant[f"is {adjective} that", "past"] = Verb(f"be {adjective} that", "past", "assess", *_NEITHER)
    for (text, _), verb in meant.items():
        found.add(text.split(), verb)
        if text.startswith("re"):
            # "re-affirmed"
            found.add(f"re-{text[2:]}".split(), verb)
    return found


@lru_cache
def by_base() -> dict[str, Verb]:
    """The verbs by the form that a dictionary has."""
    found: dict[str, Verb] = {}
    for name in reversed(_LISTS):
        act: Act | None = None if name in {"none", "summary"} else name  # type: ignore[assignment]
        for line in table("verbs")[name].splitlines():
            if line:
                base = line.split("|")[0]
                found[base] = Verb(base, "base", act, name == "summary", ambiguous=False)
    return found


def _forms(line: str) -> list[tuple[str, Form, str]]:
    base, *given = line.split("|")
    first, _, rest = base.partition(" ")
    tail = f" {rest}" if rest else ""
    past = given[0] if given else _past(first) + tail
    ing = given[1] if given else _ing(first) + tail
    forms: list[tuple[str, Form, str]] = [(past, "past", base), (ing, "ing", base)]
    if first in words("verbs", "present"):
        forms.append((_third(first) + tail, "present", base))
        forms.append((base, "plural", base))
    return forms


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{verb}{verb[-1]}ed" if verb in _DOUBLING else f"{verb}ed"


def _ing(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1]}ing" if verb in _DOUBLING else f"{verb}ing"


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("ss", "sh", "ch")) else f"{verb}s"


def verb_at(sentence: Sentence, place: int) -> tuple[int, Verb] | None:
    """The verb of saying at a place: where it ends, and which it is."""
    found = verbs().at(sentence.lower, place)
    if found is not None or place >= sentence.size:
        return found
    first = sentence.lower[place]
    if first in _PAYING | _DRAWING:
        return _weighed(sentence, place)
    return _felt(sentence, place) if first in _BEING else _parted(sentence, place)


def _parted(sentence: Sentence, place: int) -> tuple[int, Verb] | None:
    """`spoke with understanding about`, `reflected together on`: a verb parted from its preposition."""
    last = _prepositions().get(sentence.lower[place])
    if last is None:
        return None
    for at in range(place + 1, min(sentence.size, place + _LONGEST_PARTING)):
        lower = sentence.lower[at]
        if lower in last:
            found = verbs().at([sentence.lower[place], lower], 0)
            return None if found is None else (at + 1, found[1])
        manner = sentence.lower[at - 1] in _OF_MANNER
        if not (lower.endswith("ly") or lower in _TOGETHER or lower in _OF_MANNER or manner):
            return None
    return None


@lru_cache
def _prepositions() -> dict[str, frozenset[str]]:
    """The prepositions that go with a verb, by its forms: `on` and `about` with `spoke`."""
    found: dict[str, set[str]] = {}
    for name in _LISTS:
        for line in table("verbs")[name].splitlines():
            for text, _, _ in _forms(line) if line else ():
                first, _, rest = text.partition(" ")
                if rest in _PREPOSITIONS:
                    found.setdefault(first, set()).add(rest)
    return {first: frozenset(rest) for first, rest in found.items()}


def _felt(sentence: Sentence, place: int) -> tuple[int, Verb] | None:
    """`was deeply grateful`: with what says how much."""
    at = place + 1
    while at < sentence.size and (sentence.lower[at].endswith("ly") or sentence.lower[at] in _VERY):
        at += 1
    if at == place + 1 or at >= sentence.size:
        return None
    found = verbs().at([sentence.lower[place], sentence.lower[at]], 0)
    return None if found is None else (at + 1, found[1])


def _weighed(sentence: Sentence, place: int) -> tuple[int, Verb] | None:
    """`paid considerable attention`, `drew President Moreau's attention`: a verb, its noun, and what is between."""
    drawn = sentence.lower[place] in _DRAWING
    for at in range(place + 2, min(sentence.size, place + _LONGEST_WEIGHT)):
        if sentence.capital[at] and not drawn:
            return None
        if sentence.lower[at] in _PAID:
            if drawn and not sentence.possessive[at - 1] and sentence.lower[at - 1] not in _OWNERS:
                return None
            found = verbs().at([sentence.lower[place], sentence.lower[at]], 0)
            return None if found is None else (at + 1, found[1])
    return None


def is_deed(word: str) -> bool:
    """Whether a verb tells of something done without words."""
    return word in words("verbs", "deeds")


def is_deed_of_states(word: str) -> bool:
    """Whether a verb tells of what states do without words."""
    return word in words("verbs", "of_states")


def is_some_past(word: str) -> bool:
    """Whether a word looks like the past of a verb that no list has."""
    return len(word) > 4 and word.endswith("ed") and not is_deed(word)  # noqa: PLR2004 - "need" and "shed" are none


@lru_cache
def purpose_verbs() -> frozenset[str]:
    """Infinitives that tell of what was said where a frame sentence says what a call was for."""
    return words("verbs", "purposes")
