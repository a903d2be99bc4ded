"""How two wordings of a text differ: by words, and in scripts that set no space between them by characters."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import LCSseq

By = Literal["words", "sentences", "lines", "whole"]
Kind = Literal["insert", "delete", "replace"]
MOST_EDITS = 10_000
"""How many edits are told; where there are more, it is told by larger parts of the text."""
_MOST_COMPARED = 400_000_000
"""How many pairs of parts are compared at once; each takes a bit of memory, and these are some 10,000 words."""
# Thai, Lao, Burmese, Khmer, kana, bopomofo, Han and Hangul.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0edf\u1000-\u109d\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3105-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufad9\uff66-\uff9f\U00020000-\U000323af"
)
# Each matches at the end of a part.
_LINES = re.compile(r"\n")
_SENTENCES = re.compile(r"\n|(?<=[.!?…])\s+|(?<=[.!?…][\"”’»)])\s+|(?<=[。！？])(?![。！？])")
_WORDS = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|.", re.DOTALL)
_STEPS: tuple[tuple[By, tuple[re.Pattern[str], ...]], ...] = (
    ("words", (_LINES, _SENTENCES, _WORDS)),
    ("sentences", (_LINES, _SENTENCES)),
    ("lines", (_LINES,)),
)
_NOTHING_TO_READ = re.compile(r"[^\w\n]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """What was edited: a place in the old wording, and what has taken its place in the new one."""

    from_start: int
    from_end: int
    to_start: int
    to_end: int

    @property
    def kind(self) -> Kind:
        """What was done."""
        if self.from_start == self.from_end:
            return "insert"
        return "delete" if self.to_start == self.to_end else "replace"


def diff(old: str, new: str) -> tuple[By, list[Edit]]:
    """What was edited, in the order of the text, and by which parts of it that is told.

    Lines that differ are compared by sentences, and these by words. What is too much to be compared in bounded time and
    memory counts as replaced.
    """
    if old == new:
        return "words", []
    whole = Edit(0, len(old), 0, len(new))
    for by, patterns in _STEPS:
        edits = list(_joined(old, _edits(old, new, whole, patterns)))
        if len(edits) <= MOST_EDITS:
            return by, edits
    return "whole", [whole]


def _edits(old: str, new: str, within: Edit, patterns: Sequence[re.Pattern[str]]) -> Iterator[Edit]:
    """The edits within a place of both: of its parts, and within those that differ of their parts."""
    if within.kind != "replace" or not patterns:
        yield within
        return
    pattern, *finer = patterns
    mine = _cuts(pattern, old, within.from_start, within.from_end)
    its = _cuts(pattern, new, within.to_start, within.to_end)
    one = other = 0
    ends = (len(mine) - 1, len(its) - 1, 0)
    for start, place, size in (*_same(_parts(old, mine), _parts(new, its)), ends):
        if (one, other) != (start, place):
            yield from _edits(old, new, Edit(mine[one], mine[start], its[other], its[place]), finer)
        one, other = start + size, place + size


def _cuts(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[int]:
    """Where the parts of a place begin, and where the last one ends."""
    cuts = [start, *(found.end() for found in pattern.finditer(text, start, end))]
    return cuts if cuts[-1] == end else [*cuts, end]


def _parts(text: str, cuts: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise(cuts)]


def _same(mine: Sequence[str], its: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The runs of parts that are in both, in order: where each begins in the one and the other, and how long it is."""
    known: dict[str, int] = {}
    one, other = ([known.setdefault(part, len(known)) for part in parts] for parts in (mine, its))
    head = _common(one, other)
    tail = min(_common(one[::-1], other[::-1]), len(one) - head, len(other) - head)
    yield 0, 0, head
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    if left and right and len(left) * len(right) <= _MOST_COMPARED:
        for block in LCSseq.editops(left, right).as_matching_blocks():
            yield head + block.a, head + block.b, block.size
    yield len(one) - tail, len(other) - tail, tail


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _joined(old: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits, those as one between which nothing stands that can be read."""
    last: Edit | None = None
    for edit in edits:
        if last is not None and _NOTHING_TO_READ.fullmatch(old, last.from_end, edit.from_start):
            last = Edit(last.from_start, edit.from_end, last.to_start, edit.to_end)
            continue
        if last is not None:
            yield last
        last = edit
    if last is not None:
        yield last
