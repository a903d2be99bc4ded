"""Russian words by their stems, and the sentences that they stand in."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

_FILE = Path(__file__).with_name("lexicon.toml")
_PARAGRAPH = re.compile(r"[^\n]+")
_END = re.compile(r"[.!?…]+[»”\")]*(?=\s+[«\"“]?[А-ЯЁA-Z])|[.!?…]+[»”\")]*\s*$")
_WORD = re.compile(r"[^\W_]+(?:[-‑][^\W_]+)*|[^\w\s]")
_ENDING = re.compile(
    "[аяыиеуюйьо]?|[оеё][ймюв]|[иы][йемях]|ию|ией|иями?|[аяыи][хм]и?|[ая]я|[ую]ю|[ое]е|[оеё]го|[ое]му|[иы]ми|ью"
)
_ADJECTIVE = re.compile("(?:ь|й|ий|ан|ян|ьян|ин)?ск(?:ий|ого|ому|им|ом|ая|ой|ую|ое|ие|их|ими|ою|и)")
_SHORT = frozenset({"г", "гг", "т", "д", "п", "им", "ст", "млн", "млрд", "тыс", "руб"})
_VOWELS = "аеёиоуыэюяйь"
_LONGEST_SENTENCE = 5000
_STATE_CODE = 2
_LEAST_STEM = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence word by word, with offsets into the text."""

    start: int
    end: int
    paragraph: int
    words: tuple[str, ...]
    lower: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@lru_cache
def table() -> dict[str, Any]:
    """The word lists."""
    return tomllib.loads(_FILE.read_text("utf-8"))


@lru_cache
def party_stems() -> dict[str, str]:
    """The codes of parties by stems of their names; those with a hyphen are stems of adjectives only."""
    stems = {}
    for code, name in Locale("ru").territories.items():
        if len(code) == _STATE_CODE and not code.isdigit() and " " not in name:
            stem = re.sub(f"[{_VOWELS}]$", "", name.lower())
            if len(stem) >= _LEAST_STEM:
                stems[stem] = stems[f"{stem.rstrip(_VOWELS)}-"] = code
    for code, listed in table()["parties"].items():
        stems.update(dict.fromkeys(listed.split(), code))
    return stems


@lru_cache(maxsize=8192)
def party_of(word: str) -> str | None:
    """The party that a word in small letters names, in whatever case."""
    stems = party_stems()
    for length in range(len(word), 1, -1):
        code = stems.get(word[:length])
        if code is not None and has_ending(word, length):
            return code
        code = stems.get(f"{word[:length]}-")
        if code is not None and _ADJECTIVE.fullmatch(word, length):
            return code
    return None


def has_ending(word: str, length: int) -> bool:
    """Whether what follows a stem of that length is an ending, with or without the suffix of an adjective."""
    return _ENDING.fullmatch(word, length) is not None or _ADJECTIVE.fullmatch(word, length) is not None


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text; those of a title line are of paragraph 0."""
    number = 0
    for place, paragraph in enumerate(_PARAGRAPH.finditer(text)):
        line = paragraph[0].strip()
        if not line:
            continue
        is_title = place == 0 and not line.endswith((".", "!", "?", "…", "»", ":"))
        number += not is_title
        for start, end in _within(text, paragraph.start(), paragraph.end()):
            # What goes on for pages without an end is no sentence, and nothing is read in it.
            found = list(_WORD.finditer(text, start, end)) if end - start <= _LONGEST_SENTENCE else []
            words = tuple(match[0] for match in found)
            lower = tuple(word.lower().replace("ё", "е") for word in words)
            yield Sentence(start, end, 0 if is_title else number, words, lower, tuple(match.span() for match in found))


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    quotes = 0
    counted = start
    for mark in _END.finditer(text, start, end):
        quotes += text.count("«", counted, mark.end()) - text.count("»", counted, mark.end())
        counted = mark.end()
        before = text[max(start, mark.start() - 6) : mark.start()].split()
        last = before[-1].lower() if before else ""
        if quotes > 0 or last in _SHORT or (len(last) == 1 and mark.end() < end):
            continue
        yield _trimmed(text, start, mark.end())
        start, quotes = mark.end(), 0
    first, last_end = _trimmed(text, start, end)
    if first < last_end:
        yield first, last_end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
