"""The words of names in English texts, and what stands before them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.ingest.english.lexicon import words
from app.ingest.english.parties import party_adjectives, party_names
from app.ingest.english.words import Sentence

Range = tuple[int, int]
LONGEST_NAME = 9
ARTICLES = frozenset({"the", "a", "an", "our", "his", "her", "their", "new", "president-elect"}) - {"president-elect"}
# What people are beside their office.
RANKS = frozenset({"prince", "princess", "senator", "general", "admiral", "ambassador", "lord", "baroness"})
_NUMERALS = frozenset({"II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XVI"})
_NICKNAMED = frozenset({"“", '"', "("})
_GIVEN = "Sultan"
_BEFORE_GIVEN_NAMES = frozenset({"dr", "mr", "sheikh", "shaikh", "engineer", "eng", "prince"})
_OF_MATTERS = ("ism", "phobia", "trafficking", "persons")
# What stands in brackets after a legislator: party and state, "D-OH".
_STATE = len("D-OH")
_OF_STATES = re.compile(r"[DRI][-–‑][A-Z]{2}")
_HONOURS = frozenset({"AC", "AO", "KC", "QC", "CBE", "OBE", "MBE", "KBE", "DBE", "CMG", "GCMG", "MLA"})
_APOSTROPHES = (["'"], ["’"], ["‘"], ["`"])
_SUFFIXES = frozenset({"jr", "sr", "mp", "mep", "msp", "td", "phd"})


@dataclass(slots=True)
class Mention:
    """A person named from one word of a sentence to another, with the places of the parts in it.

    `head` is the office in small letters without what it is of, and `further_head` a second one of the same person;
    `names` are the name's words. `of_body` says that the office is of a body named before it, and so perhaps of no
    state; `body` is its name. `joint` is what stands between two offices, `and` or a dash. `courtesy` says that
    `Mr.` or the like stands before a name that is nobody's whole one. `numeral` is the `III` after one.
    """

    start: int
    end: int
    party: str | None = None
    office: Range | None = None
    head: str | None = None
    name: Range | None = None
    names: tuple[str, ...] = ()
    whole: bool = False
    of_body: bool = False
    further_head: str | None = None
    joint: str = "and"
    body: str | None = None
    courtesy: bool = False
    numeral: str | None = None


@dataclass(frozen=True, slots=True)
class _Lists:
    heads: frozenset[str]
    modifiers: frozenset[str]
    domains: frozenset[str]
    fields: frozenset[str]
    honorifics: frozenset[str]
    particles: frozenset[str]
    no_names: frozenset[str]
    office_bodies: frozenset[str]
    departments: frozenset[str]


@lru_cache
def lists() -> _Lists:
    """The word lists of names and offices."""
    return _Lists(
        heads=words("people", "heads") | words("people", "callings"),
        modifiers=words("people", "modifiers"),
        domains=words("people", "domains"),
        fields=words("people", "fields"),
        honorifics=words("people", "honorifics"),
        particles=words("people", "particles"),
        no_names=words("people", "no_names") | words("people", "heads") | words("people", "groups"),
        departments=words("people", "departments"),
        office_bodies=words("people", "office_bodies") | words("people", "regions"),
    )


def party_at(sentence: Sentence, place: int) -> tuple[int, str] | None:
    """The party that an adjective or an owner's name stands for at a place: `Russian`, `Ukraine's`."""
    adjective = party_adjectives().at(sentence.words, place)
    name = party_names().at(sentence.words, place)
    if name is not None and (adjective is None or name[0] > adjective[0]):
        return name
    return adjective


def owned(sentence: Sentence, end: int) -> bool:
    """Whether the words that end at a place are an owner: `the President's`."""
    return sentence.possessive[end - 1]


def skip_courtesies(sentence: Sentence, place: int, *, articles: bool) -> int:
    """The place after `the`, `H.E. Mr.` and the like."""
    known = lists().honorifics
    while place < sentence.size:
        lower = sentence.lower[place].rstrip(".")
        is_article = lower in ARTICLES and (articles or (lower in {"his", "her", "their", "the"}))
        # "New Zealand Prime Minister Ann Roe", "New York Governor Jan Roe"
        is_article = is_article and not (lower == "new" and _is_of_place(sentence, place))
        if is_article and not articles and not _is_known(sentence, place + 1):
            break
        excellency = lower == "he" and is_excellency(sentence, place)
        if excellency or (lower in known and not _is_office_word(sentence, place)):
            place += 1
            if place < sentence.size and sentence.words[place] == ".":
                place += 1
        elif is_article or (not sentence.capital[place] and lower in words("people", "elected")):
            place += 1
        elif lower == "(" and (closed := _past_brackets(sentence, place)) > place:
            place = closed
        else:
            break
    return place


def is_excellency(sentence: Sentence, place: int) -> bool:
    """Whether `HE` stands before an office or a name: `HE President Luc Moreau`."""
    return sentence.words[place] == "HE" and place + 1 < sentence.size and sentence.capital[place + 1]


def _past_brackets(sentence: Sentence, place: int) -> int:
    """The place after the courtesy of `Hon. (Dr.) Ann Roe`, or the place itself."""
    if not _is_known(sentence, place + 1):
        return place
    return next((at + 1 for at in (place + 2, place + 3) if sentence.words[at : at + 1] == [")"]), place)


def _is_of_place(sentence: Sentence, place: int) -> bool:
    return party_at(sentence, place) is not None or begins_region(sentence, place)


def begins_region(sentence: Sentence, place: int) -> bool:
    """Whether a state's name of two words begins at a place, of which the second alone may be a country's."""
    region = sentence.lower[place + 1 : place + 2]
    return sentence.lower[place] == "new" and bool(words("people", "regions").intersection(region))


def skip_rank(sentence: Sentence, place: int) -> int:
    """The place after a rank between an office and a name: `Prime Minister Prince Khalid`."""
    is_rank = place < sentence.size and sentence.lower[place] in RANKS
    return place + 1 if is_rank and is_name_word(sentence, place + 1) else place


def _is_known(sentence: Sentence, place: int) -> bool:
    return place < sentence.size and sentence.lower[place].rstrip(".") in lists().honorifics


def _is_office_word(sentence: Sentence, place: int) -> bool:
    # "Lady" is a courtesy, "First Lady" an office.
    return sentence.lower[place] == "lady" and place > 0 and sentence.lower[place - 1] == "first"


def skip_parenthesis(sentence: Sentence, place: int) -> int:
    """The place after an abbreviation in brackets: `(PRC)`."""
    if sentence.words[place : place + 1] == ["("] and sentence.words[place + 2 : place + 3] == [")"]:
        return place + 3
    return place


def is_matter(lower: str) -> bool:
    """Whether a word is what people are against, and no name: `Task Force to Counter Extremism`."""
    return lower.endswith(_OF_MATTERS)


def is_given_name(sentence: Sentence, place: int) -> bool:
    """Whether `Sultan` is a name: of `Sultan bin Hamad`, `Dr. Sultan Al Roe`, `Majid Sultan Al Roe`."""
    if sentence.words[place] != _GIVEN:
        return False
    after = sentence.lower[place + 1 : place + 2]
    if after in (["bin"], ["ibn"], ["bint"]):
        return True
    before = sentence.lower[place - 1] if place else ""
    titled = before in _BEFORE_GIVEN_NAMES or (before == "." and sentence.lower[place - 2] in lists().honorifics)
    return titled or (after in (["al"], ["el"]) and is_name_word(sentence, place - 1))


def is_name_word(sentence: Sentence, place: int) -> bool:
    """Whether a word may be part of a name."""
    if place >= sentence.size:
        return False
    if not sentence.capital[place]:
        # "al-Saud"
        first, hyphen, rest = sentence.words[place].partition("-")
        return bool(hyphen and first in lists().particles and rest[:1].isupper())
    word, lower = sentence.words[place], sentence.lower[place]
    known = lists()
    if word == _GIVEN and is_given_name(sentence, place):
        return True
    if len(word) == 1 and word.isalpha() and sentence.words[place + 1 : place + 2] == ["."]:
        # An initial, though it may be "A.".
        return True
    if len(word) == _STATE and _OF_STATES.fullmatch(word):
        return False
    if party_at(sentence, place) is not None and lower not in {"chad", "jordan", "israel", "georgia"}:
        return False
    return word[0].isalpha() and lower not in known.no_names and not is_matter(lower)


def take_name(sentence: Sentence, place: int, mention: Mention) -> None:
    """Take the words of a name that begin at a place, initials and particles among them."""
    particles = lists().particles
    at = place
    names: list[str] = []
    if mention.office is not None and sentence.words[at : at + 1] == ["To"] and is_name_word(sentence, at + 1):
        # "General Secretary To Minh"
        names.append("To")
        at += 1
    while at < sentence.size and at - place < LONGEST_NAME:
        if (
            is_name_word(sentence, at)
            or _is_surname_all_the_same(sentence, at, mention, led=bool(names))
            or (not names and _is_first_name_all_the_same(sentence, at, mention))
        ):
            if names and party_adjectives().at(sentence.words, at) and mention.office is None:
                break
            word = sentence.words[at]
            at += 1
            if _is_within_name(sentence, at):
                # "Shia' al-Sudani"
                word, at = word + sentence.words[at], at + 1
            names.append(word)
            if len(word) == 1 and sentence.words[at : at + 1] == ["."]:
                at += 1
            if owned(sentence, at - (sentence.words[at - 1] == ".")):
                break
        elif names and sentence.words[at] in _NICKNAMED and sentence.words[at + 2 : at + 3] in (["”"], ['"'], [")"]):
            # Robert "Bob" Marlow
            if not is_name_word(sentence, at + 3) or not is_name_word(sentence, at + 1):
                break
            at += 3
        elif sentence.lower[at] in particles and _may_follow(sentence, at + 1, mention, names):
            names.append(sentence.words[at])
            at += 1
        else:
            break
    if not names or _is_no_name(names):
        return
    bodies = words("people", "bodies")
    goes_on = at < sentence.size and sentence.capital[at] and sentence.lower[at] in bodies
    if mention.office is not None and (goes_on or (len(names) > 1 and names[-1].lower() in bodies)):
        # "the Director of the Reed Directorate", "the President of the World Bank Group"
        mention.office, mention.end = (mention.office[0], at + goes_on), at + goes_on
        return
    kept = [word for word in names if word.lower() not in _SUFFIXES and word not in _HONOURS]
    end = at
    comma = sentence.words[end : end + 1] == [","]
    if end + comma < sentence.size and sentence.lower[end + comma] in _SUFFIXES:
        end += comma + 1
        if sentence.words[end : end + 1] == ["."] and sentence.ends[end - 1] == sentence.starts[end]:
            end += 1
    elif names[-1].lower() in _SUFFIXES and sentence.words[end : end + 1] == ["."]:
        end += 1
    if not kept:
        return
    mention.name = (place, end)
    # "XI Minghua" is a name, and no eleventh.
    mention.names = tuple(word for at, word in enumerate(kept) if at == 0 or word not in _NUMERALS)
    mention.numeral = kept[-1] if len(kept) > 1 and kept[-1] in _NUMERALS else None
    mention.end = end


def _is_within_name(sentence: Sentence, place: int) -> bool:
    """Whether an apostrophe at a place ends a word of a name that goes on."""
    apostrophe = sentence.words[place : place + 1] in _APOSTROPHES
    return apostrophe and sentence.ends[place - 1] == sentence.starts[place] and is_name_word(sentence, place + 1)


def _is_surname_all_the_same(sentence: Sentence, place: int, mention: Mention, *, led: bool) -> bool:
    """`Prime Minister May`, `Peter North`: a month or a quarter of the sky, after an office or a first name."""
    if not sentence.capital[place] or sentence.lower[place] not in words("people", "surnames"):
        return False
    # "North Macedonia", "May 5"
    after = sentence.size > place + 1 and (sentence.capital[place + 1] or sentence.words[place + 1].isdigit())
    courtesy = place > 0 and sentence.lower[place - 1].rstrip(".") in lists().honorifics
    dotted = place > 1 and sentence.words[place - 1] == "." and sentence.lower[place - 2] in lists().honorifics
    return not after and (led or courtesy or dotted or mention.end == place > mention.start)


def _is_first_name_all_the_same(sentence: Sentence, place: int, mention: Mention) -> bool:
    """`Assistant Secretary January Roe`: a month between an office and a name."""
    is_month = sentence.capital[place] and sentence.lower[place] in words("people", "first_names")
    return is_month and mention.office is not None and mention.end == place and is_name_word(sentence, place + 1)


def _is_no_name(names: list[str]) -> bool:
    """Whether words are only those of offices and bodies: `European Energy`."""
    known = lists()
    return len(names) > 1 and all(name.lower() in known.fields or name.lower() in known.modifiers for name in names)


def _may_follow(sentence: Sentence, place: int, mention: Mention, names: list[str]) -> bool:
    """Whether a name goes on after a particle, or begins with it where an office says that a name comes."""
    if names:
        return _continues(sentence, place)
    # "President von der Leyen", "Mr. van Leeuwen"
    led = mention.office is not None or (
        place > 1 and sentence.lower[place - 2].rstrip(".") in lists().honorifics | {"."}
    )
    return led and _continues(sentence, place)


def _continues(sentence: Sentence, place: int) -> bool:
    return is_name_word(sentence, place) or (
        place + 1 < sentence.size and sentence.lower[place] in lists().particles and is_name_word(sentence, place + 1)
    )
