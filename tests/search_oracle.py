"""A reading of texts in plain Python, letter by letter, to hold the search to: what a question means, and where.

Nothing here is shared with the service but the syntax that PostgreSQL's documentation gives to web searches.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

STEMMED = {"en": "english", "fr": "french", "de": "german", "ru": "russian"}
_UNSPACED = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "MYANMAR", "KHMER", "IDEOGRAPHIC ITER")
_INVISIBLE = "\u00ad\u200c\u200d"
# Letters by name, which are written for an apostrophe.
_APOSTROPHES = "\u02b9\u02bb\u02bc"
_LETTERS = {"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}

Leaf = tuple[str, bool]
"""A word or phrase, and whether it is wanted."""
Part = tuple[str, str]
"""A language, and a text in it."""


@dataclass(frozen=True)
class Run:
    """Letters on end, all of a script that sets spaces between words or all of one that does not."""

    text: str
    start: int
    unspaced: bool


@lru_cache(maxsize=10_000)
def is_word(character: str) -> bool:
    """Whether a character belongs to a word."""
    if character in _APOSTROPHES:
        return False
    return unicodedata.category(character)[0] in "LM" or character.isdecimal() or character in _INVISIBLE


@lru_cache(maxsize=10_000)
def is_unspaced(character: str) -> bool:
    """Whether a character is of a script without spaces."""
    return unicodedata.name(character, "").startswith(_UNSPACED)


@lru_cache(maxsize=100_000)
def runs_of(text: str) -> tuple[Run, ...]:
    """The runs of a text, in order."""
    runs: list[Run] = []
    start = 0
    for end in range(1, len(text) + 1):
        ends = (
            end == len(text)
            or is_word(text[end]) != is_word(text[start])
            or is_unspaced(text[end]) != is_unspaced(text[start])
        )
        if ends:
            if is_word(text[start]):
                runs.append(Run(text[start:end], start, is_unspaced(text[start])))
            start = end
    return tuple(runs)


@lru_cache(maxsize=100_000)
def plain(word: str) -> str:
    """A word in small letters, whatever its width."""
    visible = "".join(character for character in word if character not in _INVISIBLE)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())


def bare(word: str) -> str:
    """A word without the accents of its letters; й is a letter of its own."""
    kept = []
    for character in word:
        if character == "й":
            kept.append(character)
            continue
        base = "".join(part for part in unicodedata.normalize("NFKD", character) if not "\u0300" <= part <= "\u036f")
        kept.append(_LETTERS.get(base, base))
    return unicodedata.normalize("NFKC", "".join(kept))


@lru_cache(maxsize=100_000)
def forms(word: str, language: str) -> frozenset[str]:
    """What a word is compared by: its stem without accents, and the stem of it without accents."""
    word = plain(word)
    name = STEMMED.get(language.split("-", maxsplit=1)[0])
    if name is None:
        return frozenset({bare(word)})
    stem = snowballstemmer.stemmer(name).stemWord
    return frozenset({bare(stem(word)), stem(bare(word))})


def _meets(sought: Run, there: Run, language: str, *, first: bool, last: bool) -> tuple[int, int] | None:
    """Where in a text one run of a phrase is met by another; it may go on where the phrase begins or ends."""
    if not sought.unspaced:
        alike = not there.unspaced and forms(sought.text, language) & forms(there.text, language)
        return (there.start, there.start + len(there.text)) if alike else None
    if not there.unspaced:
        return None
    wanted, given = plain(sought.text), plain(there.text)
    place = {(True, False): len(given) - len(wanted), (False, True): 0, (False, False): 0}[first, last]
    fits = given[place:].startswith(wanted) and place >= 0 and (first or last or wanted == given)
    return (there.start + place, there.start + place + len(wanted)) if fits else None


@lru_cache(maxsize=100_000)
def occurrences(phrase: str, text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Every place of a phrase in a text."""
    return tuple(_occurrences(phrase, text, language))


def _occurrences(phrase: str, text: str, language: str) -> Iterator[tuple[int, int]]:
    wanted, given = runs_of(phrase), runs_of(text)
    if len(wanted) == 1 and wanted[0].unspaced:
        sought = plain(wanted[0].text)
        for run in given:
            if run.unspaced:
                for match in re.finditer(f"(?={re.escape(sought)})", plain(run.text)):
                    yield run.start + match.start(), run.start + match.start() + len(sought)
        return
    for number in range(len(given) - len(wanted) + 1):
        places: list[tuple[int, int]] = []
        for place, (sought_run, there) in enumerate(zip(wanted, given[number:], strict=False)):
            met = _meets(sought_run, there, language, first=place == 0, last=place == len(wanted) - 1)
            if met is None:
                break
            places.append(met)
        else:
            yield places[0][0], places[-1][1]


def meets(alternatives: list[list[Leaf]], parts: list[Part]) -> bool:
    """Whether the parts of a record, each a language and a text, meet a question between them."""
    return any(
        all(
            any(occurrences(phrase, text, language) for language, text in parts) == wanted
            for phrase, wanted in alternative
        )
        for alternative in alternatives
    )


def highlights(alternatives: list[list[Leaf]], text: str, language: str) -> list[list[int]]:
    """The spans of a text in which wanted words and phrases stand."""
    found: set[int] = set()
    for phrase, wanted in (leaf for alternative in alternatives for leaf in alternative):
        if wanted:
            for start, end in occurrences(phrase, text, language):
                found |= set(range(start, end))
    spans: list[list[int]] = []
    for place in sorted(found):
        if spans and spans[-1][1] == place:
            spans[-1][1] = place + 1
        else:
            spans.append([place, place + 1])
    return spans
