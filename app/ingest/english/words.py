"""The words of a sentence, with their offsets."""

import re
from dataclasses import dataclass, field

from app.ingest.english.sentences import Stretch

# What Markdown and HTML put between words is passed over: addresses of links, tags. Exports lose spaces: "ofFrance".
_TOKEN = re.compile(
    r"(?P<noise>\]\([^\s()\[\]]{0,500}\)|<[^<>\n]{1,300}>|[*_\[\]\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])"
    r"|(?:[A-Z]\.){2,}|\b(?:of|the|with)(?=[A-Z][a-z])|[^\W_]+(?:['’‘`´‑‐-][^\W_]+)*|[^\w\s]"
)
_POSSESSIVE = frozenset({"'s", "’s", "‘s", "`s", "´s"})
_SHORTEST_OWNER = 2
_APOSTROPHES = frozenset("'’")
_OPENING, _CLOSING, _STRAIGHT = frozenset("“«"), frozenset("”»"), '"'
_MARKS = _OPENING | _CLOSING | {_STRAIGHT}


@dataclass(slots=True)
class Sentence:
    """A sentence word by word. `words` are without a possessive's ending; `lower` are those in small letters.

    `starts` and `ends` are offsets into the text, possessive ending included. `size` is how many words
    there are, signs included. `quoted` says of each word whether it
    stands in a quotation, quotation marks included, and `capital` whether it begins with a capital letter.
    """

    stretch: Stretch
    words: list[str] = field(default_factory=list)
    lower: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    possessive: list[bool] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    capital: list[bool] = field(default_factory=list)
    size: int = 0


def read_sentence(text: str, stretch: Stretch) -> Sentence:
    """Take a sentence apart."""
    tokens = [match for match in _TOKEN.finditer(text, stretch.start, stretch.end) if match.lastgroup is None]
    sentence = Sentence(
        stretch,
        words=[match[0] for match in tokens],
        starts=[match.start() for match in tokens],
        ends=[match.end() for match in tokens],
        possessive=[False] * len(tokens),
    )
    if any(text.find(mark, stretch.start, stretch.end) >= 0 for mark in _APOSTROPHES):
        _take_owners(sentence)
    words = sentence.words
    sentence.lower = [word.lower() for word in words]
    # A letter of a script that has no capitals counts as one.
    sentence.capital = [word[0].isupper() or (word[0].isalpha() and not word[0].islower()) for word in words]
    sentence.quoted = _quoted(words)
    sentence.size = len(words)
    return sentence


def _take_owners(sentence: Sentence) -> None:
    """Leave out the endings by which words own others."""
    words, starts, ends, possessive = sentence.words, sentence.starts, sentence.ends, sentence.possessive
    kept = 0
    for raw, start, end in zip(words[:], starts[:], ends[:], strict=True):
        if raw in _APOSTROPHES and kept and ends[kept - 1] == start and words[kept - 1][-1] == "s":
            # "the states' rights"
            possessive[kept - 1] = True
            ends[kept - 1] = end
            continue
        owns = raw[-2:] in _POSSESSIVE and end - start > _SHORTEST_OWNER
        words[kept], starts[kept], ends[kept] = raw[:-2] if owns else raw, start, end
        possessive[kept] = owns
        kept += 1
    for told in (words, starts, ends, possessive):
        del told[kept:]


def _quoted(words: list[str]) -> list[bool]:
    if not _MARKS.intersection(words):
        return [False] * len(words)
    quoted = []
    straight, depth = False, 0
    for word in words:
        before = straight or depth > 0
        if word == _STRAIGHT:
            straight = not straight
        elif word in _OPENING:
            depth += 1
        elif word in _CLOSING:
            depth = max(0, depth - 1)
        quoted.append(before or straight or depth > 0)
    return quoted


def words_of(phrase: str) -> list[str]:
    """The words of a short phrase, as they stand in a sentence."""
    return read_sentence(phrase, Stretch(0, len(phrase), 1, opens=True)).words
