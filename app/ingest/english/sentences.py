"""Paragraphs and sentences of an English text, by their offsets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]+")
_END = re.compile(r"[.!?…]+[\"”’»)\]*]*(?=\s|$)")
_NEXT = re.compile(r"\s+[\"“‘«(\[*_]*(\w)?(\w*)")
_LAST_WORD = re.compile(r"([^\s(\[“\"]{1,20})$")
_BULLET = re.compile(r"\s*(?:[-–—•*#>]|\(?\d{1,3}[.)])\s")
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]")
# `A spokesperson said:` is followed by the readout, whether it stands in quotation marks or not.
_ANNOUNCING = re.compile(r"\b[Ss]pokes(?:person|man|woman)\b[^\n:]{0,120}:$")
_LONGEST_ANNOUNCEMENT = 200
_BEFORE_WORDS = re.compile(
    r"[A-Z][A-Za-z .,]{1,60}, [A-Z][a-z]{2,8}\.? \d{1,2} ?\([A-Z][^()\n]{1,40}\)\s{0,3}[-–—]{1,2}\s{0,3}"
    r"|\(?\d{1,2}[.)]\s{1,3}(?=[A-Z])"
)
_QUOTES = frozenset('"“”')
_FINAL = tuple('.!?:;…"”)]>*')

# Words whose full stop ends no sentence.
_ABBREVIATED = frozenset(
    "v mr mrs ms messrs dr rt prof st gen lt col maj capt adm sen rep gov amb hon rev sgt cf vs e.g i.e h.e no nos fig "
    "art ft mt sec jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
# Those that may end one do so before a word that begins sentences.
_MAY_END = frozenset("jr sr u.s u.k u.n u.a.e u.s.a d.c a.m p.m etc inc ltd co corp".split())
_BEGINNERS = frozenset(
    "The He She They It Both In On During This These That Those We As At To Also Together When While "
    "For With Following After Their His Her Its Finally Additionally Furthermore Moreover There Mr".split()
)
# In Washington they begin a sentence; the U.S. has them.
_OFFICES = frozenset({"President", "Vice", "Secretary", "Deputy", "National", "Prime"})
_LONGEST_TITLE_LINE = 300
_TELLING = re.compile(r"\b(?:had|held) an? (?:\w+ ){0,3}(?:conversation|call|meeting|talks?)\b")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence: its offsets, its paragraph (from 1; 0 is a title line), and whether it opens that paragraph."""

    start: int
    end: int
    paragraph: int
    opens: bool


def first_words(text: str, start: int, end: int) -> int:
    """Where the words of a sentence begin, after an agency's `OSLO, May 5 (NTB) --` or the number of a paragraph."""
    before = _BEFORE_WORDS.match(text, start, end)
    return start if before is None or before.end() == end else before.end()


def sentences(text: str, title: str | None) -> Iterator[Stretch]:
    """Every sentence of the text, in order."""
    number = 0
    announced = False
    for place, (begin, stop) in enumerate(paragraphs(text)):
        start, end = _unwrapped(text, begin, stop) if announced else (begin, stop)
        if start >= end:
            continue
        announced = announced or _ANNOUNCING.search(text, max(start, end - _LONGEST_ANNOUNCEMENT), end) is not None
        if place == 0 and _is_title(text, start, end, title):
            yield Stretch(start, end, 0, opens=True)
            continue
        number += 1
        opens = True
        for first, last in _within(text, start, end):
            yield Stretch(first, last, number, opens)
            opens = False


def _unwrapped(text: str, start: int, end: int) -> tuple[int, int]:
    """A paragraph of what a spokesperson is quoted with, without the marks around it: all of it is the readout."""
    if text[start] not in _QUOTES:
        return start, end
    start += 1
    unopened = text.count('"', start, end) % 2 or text.count("”", start, end) > text.count("“", start, end)
    return start, end - 1 if unopened and text[end - 1] in _QUOTES else end


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of each paragraph; lines that were only wrapped are one paragraph."""
    start = end = -1
    for line in _LINE.finditer(text):
        first, last = _trimmed(text, line.start(), line.end())
        if first == last:
            continue
        if start < 0:
            start, end = first, last
            continue
        wrapped = text.count("\n", end, first) == 1 and not text[end - 1].endswith(_FINAL)
        if wrapped and not _BULLET.match(text, first, min(last, first + 8)):
            end = last
        else:
            yield start, end
            start, end = first, last
    if start >= 0:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return start, max(start, start + len(part.strip()))


def _is_title(text: str, start: int, end: int, title: str | None) -> bool:
    line = text[start:end]
    if title is not None and " ".join(line.split()) == " ".join(title.split()):
        return True
    if title is not None and _TELLING.search(line) is not None:
        # A sentence under the title that lacks its full stop.
        return False
    return end - start < _LONGEST_TITLE_LINE and not line.endswith(_FINAL) and text[end : end + 2] == "\n\n"


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a paragraph. Those of one quotation are kept together, if it ends in the paragraph."""
    closed = _boundaries(text, start, end, whole_quotes=True)
    yield from closed[:-1]
    first, last = closed[-1]
    if _open_quote(text, first, last, parity=0, depth=0)[2]:
        yield from _boundaries(text, first, last, whole_quotes=False)
    else:
        yield first, last


def _boundaries(text: str, start: int, end: int, *, whole_quotes: bool) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    counted, parity, depth = start, 0, 0
    for mark in _END.finditer(text, start, end):
        if whole_quotes:
            parity, depth, is_open = _open_quote(text, counted, mark.end(), parity, depth)
            counted = mark.end()
            if is_open:
                continue
        if mark.end() < end and not _ends(text, start, mark):
            continue
        found.append((start, mark.end()))
        follows = _NEXT.match(text, mark.end(), end)
        start = _trimmed(text, mark.end(), min(end, mark.end() + (follows.end() - mark.end() if follows else 0)))[0]
        counted, parity, depth = start, 0, 0
        if start >= end:
            return found
    if start < end:
        found.append((start, end))
    return found


def _open_quote(text: str, start: int, end: int, parity: int, depth: int) -> tuple[int, int, bool]:
    parity = (parity + text.count('"', start, end)) % 2
    depth = max(0, depth + text.count("“", start, end) - text.count("”", start, end))
    return parity, depth, bool(parity or depth)


def _ends(text: str, start: int, mark: re.Match[str]) -> bool:
    follows = _NEXT.match(text, mark.end(), mark.end() + 60)
    if follows is None or (follows[1] or "").islower():
        return False
    # A bracket may close after the stop of "Dr."
    if mark[0] not in {".", ".)"}:
        return True
    before = _LAST_WORD.search(text, max(start, mark.start() - 20), mark.start())
    word = before[1].lstrip("*_") if before else ""
    lower = word.lower()
    if lower in _ABBREVIATED or (len(word) == 1 and word.isupper()):
        return False
    if lower in _MAY_END or _INITIALS.fullmatch(word):
        after = (follows[1] or "") + (follows[2] or "")
        return after in _BEGINNERS or (lower == "d.c" and after in _OFFICES)
    # "1. At the outset" is numbered, not ended.
    return not (word.isdigit() and before is not None and before.start() - start <= 1)
