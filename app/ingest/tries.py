"""Phrases looked up word by word, the longest first."""

from collections.abc import Sequence
from typing import Generic, TypeVar

_Meaning = TypeVar("_Meaning")


class Phrases(Generic[_Meaning]):
    """Phrases of one or more words with what each means; words are compared as they are given."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], _Meaning]]] = {}

    def add(self, words: Sequence[str], meaning: _Meaning) -> None:
        """Add a phrase; one that was added before keeps its meaning."""
        phrases = self._by_first.setdefault(words[0], [])
        phrases.append((tuple(words), meaning))
        phrases.sort(key=lambda phrase: -len(phrase[0]))

    def at(self, words: Sequence[str], place: int) -> tuple[int, _Meaning] | None:
        """The longest phrase that stands at a place: where it ends, and what it means."""
        if place >= len(words):
            return None
        phrases = self._by_first.get(words[place])
        if phrases is None:
            return None
        for phrase, meaning in phrases:
            end = place + len(phrase)
            if len(phrase) == 1 or tuple(words[place:end]) == phrase:
                return end, meaning
        return None
