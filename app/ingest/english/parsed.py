"""A text taken apart: its sentences word by word, with the people that each names."""

from dataclasses import dataclass
from functools import lru_cache

from app.ingest.english.lexicon import words
from app.ingest.english.mentions import mention_at
from app.ingest.english.naming import Mention, begins_region, is_excellency, party_at
from app.ingest.english.parties import party_adjectives
from app.ingest.english.plurals import names_several, several_at
from app.ingest.english.sentences import Stretch, sentences
from app.ingest.english.words import Sentence, read_sentence
from app.ingest.told import TextRefused

_LONGEST_SENTENCE = 5000
# What is shorter may be letters that stand for a name.
_SHORT = 20
_MOST_SENTENCES = 10_000
# Words that begin no name, but an office.
_NAMED_ALL_THE_SAME = (
    ["under", "secretary"],
    ["white", "house"],
    ["state", "councilor"],
    ["state", "councillor"],
    ["state", "president"],
    ["state", "minister"],
    ["state", "secretary"],
)
# "the Attorneys General" are several.
_SEVERAL = frozenset({"attorneys", "secretaries", "directors", "consuls", "solicitors"})
_BEFORE_PEOPLE = frozenset({"the", "his", "her", "their", "our", "a", "an"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence and the people that it names, by the word that each mention begins at."""

    sentence: Sentence
    mentions: dict[int, Mention]


def parse(text: str, title: str | None) -> list[Parsed]:
    """Take a readout's text apart; raises `TextRefused` for more sentences than a readout has."""
    parsed: list[Parsed] = []
    for stretch in sentences(text, title):
        if len(parsed) == _MOST_SENTENCES:
            message = f"The text is no readout: it has more than {_MOST_SENTENCES} sentences."
            raise TextRefused(message)
        parsed.append(parse_sentence(text, stretch))
    _leave_surnames(parsed, parse_phrase(title) if title else None)
    return parsed


def _leave_surnames(parsed: list[Parsed], title: Parsed | None) -> None:
    """Leave `Mr. Roe` to the one whose whole name the text or its title tells, if either does."""
    mentions = [mention for one in parsed for mention in one.mentions.values()]
    named = [*mentions, *(title.mentions.values() if title is not None else ())]
    told = {name for mention in named if len(mention.names) > 1 for name in mention.names}
    for mention in mentions:
        mention.courtesy = mention.courtesy and (mention.head is not None or told.isdisjoint(mention.names))


@lru_cache(maxsize=256)
def parse_phrase(text: str) -> Parsed:
    """Take a title, or the name of a publisher, apart as one sentence."""
    return parse_sentence(_without_capitals(text), Stretch(0, len(text), 0, opens=True))


def _without_capitals(text: str) -> str:
    """A title that is printed in capitals as others are, of the same length."""
    titled = text.title() if text.isupper() and len(text) > _SHORT else text
    return titled if len(titled) == len(text) else text


def parse_sentence(text: str, stretch: Stretch) -> Parsed:
    """Take one sentence apart."""
    mentions: dict[int, Mention] = {}
    # What goes on for pages without an end is no sentence, and nothing is read in it.
    sentence = read_sentence(text, stretch) if stretch.end - stretch.start <= _LONGEST_SENTENCE else Sentence(stretch)
    place, plural, opening = 0, names_several(sentence), _opening_words()
    while place < sentence.size:
        if not sentence.capital[place] and sentence.lower[place] not in opening:
            place += 1
            continue
        begin = place + (sentence.lower[place] == "the") if plural else sentence.size
        if begin < sentence.size and sentence.capital[begin] and (several := several_at(sentence, begin)):
            several[0].start = place
            mentions.update((mention.start, mention) for mention in several)
            place = several[-1].end
            continue
        mention = mention_at(sentence, place) if _may_begin(sentence, place) else None
        if mention is not None and mention.end > place:
            mentions[place] = mention
            place = mention.end
        elif sentence.capital[place] and (party := party_at(sentence, place)) is not None:
            place = party[0]
        else:
            place += 1
    return Parsed(sentence, mentions)


@lru_cache
def _office_words() -> frozenset[str]:
    offices = words("people", "heads") | words("people", "modifiers")
    return offices | words("people", "honorifics") | words("people", "elected")


@lru_cache
def _opening_words() -> frozenset[str]:
    """The words in small letters that a mention may begin with."""
    return _office_words() | _BEFORE_PEOPLE


def _may_begin(sentence: Sentence, place: int) -> bool:
    lower = sentence.lower[place]
    if lower == "general" and place and sentence.lower[place - 1] in _SEVERAL:
        return False
    if lower in _BEFORE_PEOPLE:
        if place + 1 >= sentence.size:
            return False
        after = sentence.lower[place + 1]
        return (
            sentence.capital[place + 1]
            or after in _office_words()
            or party_adjectives().at(sentence.words, place + 1) is not None
        )
    if lower == "he" and is_excellency(sentence, place):
        return True
    if sentence.capital[place]:
        two = sentence.lower[place : place + 2]
        # "South African President", "New Zealand's Prime Minister"
        if party_at(sentence, place) is not None or begins_region(sentence, place):
            return True
        # "Senate Majority Leader"
        of_office = lower in words("people", "modifiers") and _is_of_office(sentence, place + 1)
        of_department = lower in words("people", "departments") and two[-1] in {"of", "for", "on"}
        return lower not in words("people", "no_names") or two in _NAMED_ALL_THE_SAME or of_department or of_office
    return lower in _office_words()


def _is_of_office(sentence: Sentence, place: int) -> bool:
    return place < sentence.size and sentence.capital[place] and sentence.lower[place] in _office_words()
