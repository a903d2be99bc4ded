"""Where words of one wording of a text stand in another one: by themselves, or by what stands around them."""

from bisect import bisect_right

CONTEXT = 100
"""How many characters before and after a quotation tell it from others."""
MOST_PLACES = 20
"""In how many places words may stand to be told apart by what stands around them."""
_EACH = 8
"""How much longer it takes to look at a character of words that are found than at one where they are not."""


class Anchoring:
    """Finds quotations of one wording in another one, as the Web Annotation Data Model's TextQuoteSelector does.

    A quotation is the words with those before and after it (`exact`, `prefix`, `suffix`).
    """

    def __init__(self, old: str, new: str) -> None:
        """Take both wordings."""
        self._old = old
        self._new = new
        self._head = _common(old, new)
        self._tail = min(_common(old[::-1], new[::-1]), len(old) - self._head, len(new) - self._head)
        self._paragraphs = _paragraphs(old), _paragraphs(new)
        self.looked = 0
        """About how many characters were looked at."""

    def kept(self, start: int, end: int) -> int | None:
        """Where words are, if they and those around them lie before or after all edits; None if not."""
        if end + CONTEXT <= self._head:
            return start
        if start - CONTEXT >= len(self._old) - self._tail:
            return start + len(self._new) - len(self._old)
        return None

    def find(self, start: int, end: int) -> int | None:
        """Where the words at some offsets begin in the new wording; None where they do not, or none can tell.

        They are found where they stand in one place of both wordings. Otherwise that place is theirs which has most in
        common with the words around them, if none has as much, and they are what has most in common with that place.
        """
        kept = self.kept(start, end)
        if kept is not None:
            return kept
        words = self._old[start:end]
        theirs = _places(self._new, words)
        ours = _places(self._old, words)
        self.looked += len(self._new) + len(self._old) + _EACH * (len(theirs) + len(ours)) * len(words)
        if not theirs or max(len(theirs), len(ours)) > MOST_PLACES:
            return None
        place = _only_best(theirs, [self._alike(start, other, end - start) for other in theirs])
        if place is None:
            return None
        return place if _only_best(ours, [self._alike(one, place, end - start) for one in ours]) == start else None

    def paragraphs_between(self, start: int, place: int) -> int:
        """How many more paragraphs begin up to a place of the new wording than up to a place of the old one."""
        old, new = self._paragraphs
        return bisect_right(new, place) - bisect_right(old, start)

    def _alike(self, one: int, other: int, length: int) -> int:
        """How many characters around a place of the old wording are the same around one of the new."""
        before = _common(self._old[max(one - CONTEXT, 0) : one][::-1], self._new[max(other - CONTEXT, 0) : other][::-1])
        one, other = one + length, other + length
        return before + _common(self._old[one : one + CONTEXT], self._new[other : other + CONTEXT])


def _places(text: str, words: str) -> list[int]:
    """Where words begin in a text; one more than are told apart at most."""
    places: list[int] = []
    place = text.find(words)
    while place >= 0 and len(places) <= MOST_PLACES:
        places.append(place)
        place = text.find(words, place + 1)
    return places


def _only_best(places: list[int], scores: list[int]) -> int | None:
    """The place with the highest score; None where several have it."""
    best = max(scores)
    return places[scores.index(best)] if scores.count(best) == 1 else None


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common: found by halving, as slices are compared at once."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _paragraphs(text: str) -> list[int]:
    """Where the lines of a text begin that are not blank."""
    starts, place = [], 0
    for line in text.split("\n"):
        if line.strip():
            starts.append(place)
        place += len(line) + 1
    return starts
