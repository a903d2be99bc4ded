"""Who is meant by the subject of a sentence: a name, an office, a pronoun, a side, or all of those who took part."""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.ingest.english.lexicon import words
from app.ingest.english.naming import Mention, party_at
from app.ingest.english.parsed import Parsed
from app.ingest.english.parties import parties_of_region, party_adjectives, party_names
from app.ingest.english.roster import Person, Roster, without_field
from app.ingest.english.verbs import verb_at

_ARTICLES = frozenset({"the", "both", "all", "these", "those", "our", "their", "his", "her"})
_OF_OTHERS = frozenset({"his", "her"})
_BEFORE_SIDES = frozenset({"the", "his", "her", "its", "their"})
_WHOLE_NAME = 2
_TRILATERAL = 3
_LONGEST_JOIN = 4
_LONGEST_COUNTRIES = 12
_NUMBERS = frozenset({"two", "three", "four", "five", "other", "respective", "both"})
# "the three ministers" are all three, whatever else they are.
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_LONGEST_GROUP = 7
_NOT_BEFORE_NOUNS = frozenset("the a an with for of to on in by from at was were is are that and".split())
_LONGEST_LIST = 12
_COUNTRIES = frozenset({"countries", "states", "nations", "governments", "sides"})
# "Diplomatic advisers exchanged views"
_BARE = frozenset({"advisers", "advisors", "diplomats", "ministers", "presidents", "secretaries"})
_DELEGATIONS = (["the", "delegation"], ["the", "head", "of", "the", "delegation"])
_LEADERS = (["leaders"], ["presidents"], ["ministers"], ["heads"])
_TAKING_PART = frozenset({"participants", "attendees"})
_TEAMS = frozenset({"team", "delegation", "advisers", "advisors", "aides"})
_SINGULAR = frozenset({"he", "she"})
_LIST = frozenset({"and", "as", "well", "together", "with", "along", ",", "&", "both"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Those who are meant, and where the words for them end. Nobody is in `people` where they did not take part."""

    start: int
    end: int
    people: tuple[Person, ...]
    side: bool = False
    pronoun: bool = False
    group: bool = False


@dataclass(slots=True)
class Memory:
    """Who spoke last, which pronouns refer to, and who takes part in the call that is told of.

    `strangers` says that those who spoke last are several of whom nobody is named, whom `they` means then.
    """

    single: Person | None = None
    strangers: bool = False
    several: tuple[Person, ...] = field(default=())
    present: tuple[Person, ...] = field(default=())

    def other(self, person: Person) -> Person | None:
        """The other one, where two take part."""
        others = [one for one in self.present if one is not person]
        return others[0] if len(others) == 1 else None


def subject_at(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> Subject | None:
    """The subject that stands at a place."""
    if place >= parsed.sentence.size:
        return None
    lower = parsed.sentence.lower[place]
    if lower == "they":
        return pronoun_at(roster, memory, place, lower)
    if parsed.sentence.words[place : place + 2] == ["HE", "the"]:
        # "HE the Foreign Minister"
        return None
    styled = lower in _OF_OTHERS and parsed.sentence.lower[place + 1 : place + 2] == ["excellency"]
    if styled and place not in parsed.mentions:
        if place + 2 in parsed.mentions:
            return None
        return replace(pronoun_at(roster, memory, place, "he"), end=place + 2)
    first = pronoun_at(roster, memory, place, lower) if lower in _SINGULAR else _one_at(parsed, roster, memory, place)
    if first is None:
        return None
    people, end, side = list(first.people), first.end, first.side
    unknown: list[Mention] = []
    while not first.group and (after := _next_in_list(parsed, end)) is not None:
        another = _one_at(parsed, roster, memory, after)
        if (
            another is None
            or another.side != side
            or (_only_comma(parsed, end) and not _list_goes_on(parsed, another.end))
        ):
            break
        further = parsed.mentions.get(after)
        if further is not None and not another.people and "as" not in parsed.sentence.lower[end:after]:
            unknown.append(further)
        if further is None or len(people) != 1 or not people[0].holds_too(further):
            people += [person for person in another.people if person not in people]
        end = another.end
        if another.group:
            break
    if unknown and people:
        people = _with_unknown(roster, memory, people, unknown)
    if first.group and (joined := _next_in_list(parsed, end)) is not None:
        # "the mayors and Administration officials"
        others = _attending_at(parsed, roster, joined + (parsed.sentence.lower[joined] == "the"))
        if others is not None and parsed.sentence.lower[others.end - 1] != "members":
            people += [person for person in others.people if person not in people]
            end = others.end
        mention = parsed.mentions.get(joined)
        named = roster.meant(mention) if mention is not None and mention.names and people else None
        if mention is not None and named is not None and not parsed.sentence.possessive[mention.end - 1]:
            # "state leaders and Director Ann Roe"
            people += [named] if named not in people else []
            end = mention.end
    if len(people) == 1 and (team := _past_team(parsed, end)) > end:
        own = [person for person in roster.people if person.listed and person.party == people[0].party]
        if own:
            return Subject(place, team, (*people, *own), side)
    return Subject(place, end, tuple(people), side, pronoun=first.pronoun and end == first.end, group=first.group)


def _with_unknown(roster: Roster, memory: Memory, people: list[Person], unknown: list[Mention]) -> list[Person]:
    """Who speaks together with somebody who is not known to take part: nobody for certain, but for one of two.

    An office without a name is the other one's of two: `The Secretary and the Crown Prince`.
    """
    if len(unknown) == len(people) == 1 and not unknown[0].names and memory.other(people[0]) is not None:
        return list(memory.present)
    return people if all(person in people for person in roster.people) else []


def pronoun_at(roster: Roster, memory: Memory, place: int, lower: str) -> Subject:
    """Whom `he`, `she` or `they` means."""
    if lower == "they":
        # Of "they" of whom only one is known, nobody is known to speak.
        people = () if memory.strangers else memory.several or memory.present
        return Subject(place, place + 1, people if len(people) > 1 else (), pronoun=True, group=True)
    single = memory.single or roster.home(roster.people)
    if single is not None and single is roster.author:
        # Who says "I" is not "he".
        single = memory.other(single)
    return Subject(place, place + 1, (single,) if single else (), pronoun=True)


def _past_team(parsed: Parsed, end: int) -> int:
    """The place after `and his team`."""
    near = parsed.sentence.lower[end : end + 3]
    own = near[:1] == ["and"] and near[1:2] and near[1] in _OF_OTHERS | {"their"} and near[2:3] and near[2] in _TEAMS
    return end + 3 if own else end


def _next_in_list(parsed: Parsed, end: int) -> int | None:
    lower = parsed.sentence.lower
    if end >= len(lower) or parsed.sentence.possessive[end - 1]:
        return None
    at = end
    while at < len(lower) and at - end < _LONGEST_JOIN and lower[at] in _LIST:
        at += 1
    return at if at > end and at < len(lower) and lower[end:at] != ["with"] else None


def _only_comma(parsed: Parsed, end: int) -> bool:
    return parsed.sentence.words[end] == "," and parsed.sentence.lower[end + 1] not in _LIST


def _list_goes_on(parsed: Parsed, end: int) -> bool:
    """Whether an `and` follows before a verb does, as in `A, B, and C`."""
    for at in range(end, min(parsed.sentence.size, end + _LONGEST_LIST)):
        if parsed.sentence.lower[at] == "and":
            return True
        if verb_at(parsed.sentence, at) is not None:
            return False
    return False


def _one_at(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> Subject | None:
    sentence = parsed.sentence
    if sentence.lower[place] == "we":
        together = memory.present if roster.knows_we and len(memory.present) > 1 else ()
        return Subject(place, place + 1, together, pronoun=True, group=True)
    if roster.author is not None and sentence.lower[place] == "i":
        # The text is of one who took part.
        return Subject(place, place + 1, (roster.author,), pronoun=True)
    mention = parsed.mentions.get(place)
    # "Presidents Walker and Moreau" are those two.
    named = mention is not None and mention.office is not None and bool(mention.names)
    group = None if named else _attending_at(parsed, roster, place) or _group_at(parsed, roster, memory, place)
    if group is not None:
        return group
    if mention is not None:
        if sentence.possessive[mention.end - 1]:
            return None
        if _is_other(sentence.lower[mention.end - 1]):
            return _other_at(parsed, roster, memory, place, mention.end)
        person = roster.meant(mention)
        if person is not None and not mention.names and _is_another_of(person, memory.single, mention):
            person = memory.single
        if person is None and mention.office is None and len(mention.names) < _WHOLE_NAME:
            # A capital that begins a sentence, or a thing's name.
            return None
        return Subject(place, mention.end, (person,) if person else ())
    return _side_at(parsed, roster, memory, place)


def _is_another_of(person: Person, single: Person | None, mention: Mention) -> bool:
    """Whether who spoke last holds an office that another one of his party holds too: `the Secretary`."""
    return single is not None and single.party == person.party and single.holds(mention)


def _is_other(lower: str) -> bool:
    return lower in words("people", "others")


def _other_at(parsed: Parsed, roster: Roster, memory: Memory, place: int, end: int) -> Subject:
    party = party_at(parsed.sentence, place + 1)
    if party is not None and (others := roster.of_party(party[1])):
        return Subject(place, end, (others[0],))
    other = memory.other(memory.single) if memory.single else None
    return Subject(place, end, (other,) if other else ())


def _side_at(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> Subject | None:
    """`Russia`, `the Chinese side`, `his French counterpart`."""
    sentence = parsed.sentence
    if sentence.lower[place : place + 2] == ["the", "latter"] and not sentence.possessive[place + 1]:
        return _other_at(parsed, roster, memory, place, place + 2)
    for words_of in _DELEGATIONS if roster.delegate is not None else ():
        end = place + len(words_of)
        if sentence.lower[place:end] == words_of and roster.delegate is not None and not sentence.possessive[end - 1]:
            return Subject(place, end, (roster.delegate,), side=True)
    at = place + 1 if sentence.lower[place] in _BEFORE_SIDES else place
    if at >= sentence.size or not (sentence.capital[at] or _is_other(sentence.lower[at])):
        return None
    if sentence.lower[place] in {"his", "her"} and _is_other(sentence.lower[at]):
        return None if sentence.possessive[at] else _other_at(parsed, roster, memory, place, at + 1)
    adjective = party_adjectives().at(sentence.words, at)
    if adjective is not None and adjective[0] < sentence.size:
        noun = sentence.lower[adjective[0]]
        if (
            noun in {"side", "party", "delegation", "government", "leadership"}
            and not sentence.possessive[adjective[0]]
        ):
            return Subject(place, adjective[0] + 1, roster.side_of(adjective[1]), side=True)
        if _is_other(noun) and not sentence.possessive[adjective[0]]:
            return _other_at(parsed, roster, memory, place, adjective[0] + 1)
    name = party_names().at(sentence.words, at)
    if name is not None and not sentence.possessive[name[0] - 1]:
        return Subject(place, name[0], tuple(roster.of_party(name[1])[:1]), side=True)
    return None


def _attending_at(parsed: Parsed, roster: Roster, place: int) -> Subject | None:
    """`White House officials`, `civil rights leaders`: one side of a meeting whose sentence does not name both.

    Where it does, only the publisher's own people can be told by such words.
    """
    sentence, lower = parsed.sentence, parsed.sentence.lower
    if not (roster.is_open or roster.hosts) or (
        place and sentence.words[place - 1].isalpha() and lower[place - 1] not in _LIST
    ):
        return None
    nouns = words("people", "attendees")
    for at in range(place, min(sentence.size, place + _LONGEST_GROUP)):
        person = parsed.mentions.get(at)
        # A mention without an office may be a body's name: "Task Force members".
        named = person is not None and (person.office is not None or roster.meant(person) is not None)
        inside = at > place and (lower[at] in _NOT_BEFORE_NOUNS or verb_at(sentence, at) is not None)
        if named or inside or sentence.possessive[at] or not lower[at][0].isalpha():
            return None
        if lower[at] in nouns and lower[at + 1 : at + 2] != ["of"]:
            own = words("people", "own_officials").intersection(lower[place:at])
            own_at_last = lower[place:at] == ["the"] and lower[at] == "officials"
            if not roster.is_open and (not own or lower[at] != "officials"):
                return None
            people = roster.officials() if own or own_at_last else roster.attendees(lower[at])
            # "the Attorneys General"
            end = at + 1 + (lower[at] == "attorneys" and lower[at + 1 : at + 2] == ["general"])
            told = people or (roster.is_open and (own or own_at_last))
            return Subject(place, end, people, group=True) if told else None
    return None


@dataclass(slots=True)
class _Noun:
    """A word for several people: where it stands, of which parties or region, and whether it leaves out who spoke."""

    place: int
    parties: set[str]
    region: frozenset[str]
    others: bool


def _group_at(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> Subject | None:
    """`the two leaders`, `both sides`, `Presidents Biden and Putin`, `leaders of the two countries`, `all`."""
    sentence, lower, known = parsed.sentence, parsed.sentence.lower, words("people", "groups")
    bare = lower[place] not in _ARTICLES and lower[place] not in known
    if bare and not (sentence.capital[place] and lower[place] in _before_groups()):
        return _alone(parsed, memory, place)
    # "community leaders" are others.
    before = lower[place - 1] if place else ""
    inside = lower[place] in known and before.isalpha() and (before == "both" or before not in _LIST)
    if inside and lower[place] != "both":
        return None
    found = _noun_at(parsed, place)
    noun = found.place
    if noun < 0 or (inside and noun == place):
        return None if inside else _alone(parsed, memory, place)
    if sentence.possessive[noun] and lower[noun] in _COUNTRIES and lower[noun + 1 : noun + 2] in _LEADERS:
        # "the two countries' leaders"
        noun += 1
    if sentence.possessive[noun] or (lower[noun] == "heads" and lower[noun + 1 : noun + 2] != ["of"]):
        return None
    end = noun + 1
    if lower[end : end + 2] in (["of", "state"], ["of", "government"], ["of", "diplomacy"]):
        end += 4 if lower[end + 2 : end + 4] in (["and", "government"], ["or", "government"]) else 2
    end = _past_fields(parsed, end)
    named = _names_after(parsed, roster, end) if sentence.capital[noun] else None
    if named is not None:
        return named if place == noun else Subject(place, named.end, named.people)
    if bare:
        # "Prime Ministers Roe and Lind" are those two; "Foreign Ministers" may be anybody's, but for all who speak.
        all_of_them = place == 0 and len(memory.present) > 1 and lower[noun] in _BARE and not roster.is_open
        return Subject(place, end, memory.present, group=True) if all_of_them else None
    side = lower[noun] in _COUNTRIES
    if lower[noun] in _TAKING_PART | _COUNTRIES:
        end = _past_event(parsed, end)
    if lower[end : end + 1] == ["of"]:
        end = _past_countries(parsed, end + 1, found.parties)
    # In a meeting with others, the group is everybody.
    whole = lower[noun] == "group" and roster.is_open
    people = tuple(roster.people) if whole else _members(memory, found)
    number = next((_COUNTS[word] for word in lower[place:noun] if word in _COUNTS), None)
    met = tuple(person for person in people if not person.came_along)
    # "The two leaders" are not those who came along.
    people = met if number == len(met) else people
    counted = number == len(people)
    if not (whole or counted) and lower[end : end + 1] != ["and"]:
        called = [word for word in lower[place:noun] if word in words("people", "modifiers")]
        people = _in_offices(called, lower[noun], people)
    if lower[noun] in _TAKING_PART and roster.lists_only_officials():
        people = ()
    if lower[place] == "both" and not found.parties:
        people = _both(roster, people)
    return Subject(place, end, people, side=side and lower[noun] != "sides", group=True)


def _noun_at(parsed: Parsed, place: int) -> _Noun:
    """The word for several people that stands at a place, after an article, numbers and what they are called by."""
    sentence, lower, known = parsed.sentence, parsed.sentence.lower, words("people", "groups")
    found = _Noun(-1, set(), frozenset(), lower[place] in _OF_OTHERS)
    at = place + 1 if lower[place] in _ARTICLES else place
    limit = min(sentence.size, place + _LONGEST_GROUP)
    while at < limit:
        word = lower[at]
        if word in known or (word in _COUNTRIES and at > place):
            found.place = at
            found.others = found.others or word == "other"
            if word not in _NUMBERS or at + 1 >= sentence.size:
                break
        adjective = party_adjectives().at(sentence.words, at)
        if adjective is not None:
            found.parties.add(adjective[1])
            at = adjective[0]
            continue
        regional = parties_of_region(sentence.words[at])
        found.region |= regional
        if word == "," and found.parties:
            # "the French, German and British leaders"
            at += 1
            continue
        if word not in _NUMBERS and word not in known and word not in _before_groups() and not regional:
            break
        at += 1
    return found


@lru_cache
def _before_groups() -> frozenset[str]:
    """The words that may stand between an article and the word for several people."""
    called = words("people", "modifiers") - words("people", "not_of_groups")
    return called | {"and", "of", "heads", "state", "top"}


def _members(memory: Memory, noun: _Noun) -> tuple[Person, ...]:
    """Who belongs to a group; of one of which only one is known, nobody is known to speak."""
    present = memory.present if len(memory.present) > 1 else ()
    if noun.others and memory.single is not None:
        others = tuple(person for person in present if person is not memory.single)
        return others if len(others) > 1 else ()
    held = {person.party for person in present}
    if None in held and not noun.parties <= held:
        # Who is meant cannot be told where somebody's party is not known.
        return ()
    members = tuple(person for person in present if person.party in noun.parties | noun.region)
    return members if members or noun.parties else present


def _in_offices(called: list[str], noun: str, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Of a group, those who hold the office that it is called by, where several do: `the Prime Ministers`."""
    office = Mention(0, 0, head=" ".join((*called, noun.removesuffix("s"))))
    told = tuple(person for person in people if person.holds(office)) if called and noun != "leaders" else ()
    if len(told) > 1:
        return told
    holding = tuple(person for person in people if _plural(without_field(person.head or "").rpartition(" ")[2]) == noun)
    return holding if len(holding) > 1 and noun != "leaders" else people


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _both(roster: Roster, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Of three, `both leaders` are the two with whom the publisher's own spoke."""
    others = tuple(person for person in people if person.party != roster.home_party)
    return others if len(people) == len(others) + 1 == _TRILATERAL else people


def _alone(parsed: Parsed, memory: Memory, place: int) -> Subject | None:
    """`all`, `both` and `each leader`, and `his counterparts`."""
    lower = parsed.sentence.lower
    present = memory.present if len(memory.present) > 1 else ()
    after = lower[place + 1 : place + 2]
    if lower[place] in {"all", "both"}:
        return Subject(place, place + 1, present, group=True)
    if lower[place] in {"each", "every"} and after and after[0] in words("people", "group_singulars"):
        return Subject(place, place + 2, present, group=True)
    return None


def _names_after(parsed: Parsed, roster: Roster, place: int) -> Subject | None:
    found: list[Person] = []
    at = place
    while at in parsed.mentions and (person := roster.meant(parsed.mentions[at])) is not None:
        found.append(person)
        end = parsed.mentions[at].end
        after = _next_in_list(parsed, end)
        if after is None or after not in parsed.mentions:
            return Subject(place, end, tuple(found)) if len(found) > 1 else None
        at = after
    return None


def _past_fields(parsed: Parsed, place: int) -> int:
    """The place after what ministers are of: `the Ministers for Foreign Affairs`."""
    sentence, at = parsed.sentence, place + 1
    if sentence.lower[place : place + 1] not in (["of"], ["for"]):
        return place
    last = place
    while at < sentence.size and sentence.lower[at] in words("people", "fields"):
        if party_names().at(sentence.words, at) is not None:
            # "the leaders of the United Kingdom"
            break
        at += 1
        last = last if sentence.lower[at - 1] in {"the", "and"} else at
    return last


def _past_event(parsed: Parsed, place: int) -> int:
    """The place after `in the talks`, `of the telephone conversation`, or the place itself."""
    lower = parsed.sentence.lower
    if lower[place : place + 1] not in (["of"], ["in"], ["to"]) or lower[place + 1 : place + 2] != ["the"]:
        return place
    near = lower[place + 2 : place + 4]
    event = next((at for at, word in enumerate(near) if word in words("frames", "events")), None)
    # "the telephone conversation"
    event = 1 if event == 0 and words("frames", "events").intersection(near[1:]) else event
    return place if event is None else place + 3 + event


def _past_countries(parsed: Parsed, place: int, parties: set[str]) -> int:
    """The place after `Poland and Lithuania`, whose parties are added to those of the group."""
    sentence, at = parsed.sentence, place
    while at < sentence.size and at - place < _LONGEST_COUNTRIES:
        found = party_names().at(sentence.words, at)
        if found is not None:
            parties.add(found[1])
            at = found[0]
        elif sentence.lower[at] in {"the", "and", ",", "two", "three", "both", "countries", "states", "nations"}:
            at += 1
        else:
            break
    # A comma that ends the phrase is not of it.
    return at - 1 if at > place and sentence.words[at - 1] == "," else at
