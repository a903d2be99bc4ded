"""Who took part in a call, and which words of its readout mean whom."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from app.ingest.english.lexicon import lines, words
from app.ingest.english.naming import Mention, lists
from app.ingest.english.words import Sentence
from app.names import folded

_ALIKE = 2
_DOUBLED = re.compile(r"(.)\1")
_LONG = 6
_SHARED = 4
_OF_A_FIELD = re.compile(r"(minister|secretary) (?:of|for) (?:the )?([a-z]+)\b.*")
_SPECIFIC = frozenset({"vice president", "prime minister", "deputy prime minister"})
_HEADS_OF_STATE = frozenset({"president", "king", "queen", "emperor", "sultan", "emir", "amir", "pope", "monarch"})
_DESCRIBING = frozenset(
    {"leader", "head of state", "head of government", "ruler", "statesman", "official", "diplomat", "politician"}
)
_MAJESTIES = frozenset({"king", "queen", "emperor", "sultan"})
_HIGHNESSES = frozenset({"crown prince", "emir", "amir", "prince", "princess", "sultan"})
_STYLED = {"majesty": _MAJESTIES, "highness": _HIGHNESSES, "holiness": frozenset({"pope"})}
_STATELY = {
    "head of state": _HEADS_OF_STATE,
    "monarch": _MAJESTIES,
    "first lady": frozenset({"wife"}),
    "wife": frozenset({"first lady"}),
    "first gentleman": frozenset({"husband"}),
}


@dataclass(slots=True, eq=False)
class Person:
    """A participant as far as is known.

    `seen` are the sentences and mentions that name the person; `listed` is who is only told to have attended, and
    `came_along` who joined in the sentence that tells of the call; `office` is what an entry of a list prints after a
    name, with the organisation; `numeral` is the `III` after a name; `company` is who was accompanied.
    """

    names: tuple[str, ...] = ()
    numeral: str | None = None
    tokens: list[str] = field(default_factory=list)
    first: str = ""
    last: str = ""
    surname: str | None = None
    head: str | None = None
    office: str | None = None
    party: str | None = None
    party_confidence: float | None = None
    confidence: float = 0.9
    seen: list[tuple[Sentence, Mention]] = field(default_factory=list)
    before_with: bool = False
    of_body: bool = False
    further_head: str | None = None
    joint: str = "and"
    body: str | None = None
    listed: bool = False
    came_along: bool = False
    in_title: tuple[Sentence, Mention] | None = None
    company: "Person | None" = None

    def is_called(self, names: Sequence[str]) -> bool:
        """Whether a name may be this person's: a part of theirs, or the same surname with a like first name."""
        if not self.tokens or not names:
            return False
        given = [folded(name) for name in names]
        if all(any(_same(one, own) for own in self.tokens) for one in given):
            return True
        if len(given) > 1 and len(self.names) == 1 and _same(given[0], self.first):
            # A surname that is printed first.
            return True
        if len(given) > 1 and any(_same(given[-1], own) for own in (self.last, self.first)):
            if len(self.names) == 1:
                return True
            return given[0][:_ALIKE] == self.first[:_ALIKE]
        return False

    def holds_too(self, mention: Mention) -> bool:
        """Whether an office without a name is this person's second one."""
        if (
            mention.names
            or mention.head is None
            or self.further_head is None
            or mention.party not in {None, self.party}
        ):
            return False
        return _same_office(mention.head, self.further_head)

    def holds(self, mention: Mention) -> bool:
        """Whether an office that is mentioned may be this person's, whatever its party."""
        held = (self.head, self.further_head)
        if mention.head is None:
            return False
        office = without_master(mention.head)
        return any(_same_office(office, without_master(one)) for one in held if one is not None)


@dataclass(frozen=True, slots=True)
class Attendance:
    """A list of those who attended, with the words of its heading."""

    heading: frozenset[str]
    people: tuple[Person, ...]

    @property
    def is_of_officials(self) -> bool:
        """Whether the heading calls them the publisher's own: `White House officials`."""
        return bool(self.heading & words("people", "own_officials"))


def without_field(head: str) -> str:
    """An office without what it is of: `secretary` of `secretary of state`."""
    return head.partition(" of ")[0].partition(" for ")[0]


def without_master(head: str) -> str:
    """An office without whom it serves: `adviser` of `adviser to the president`."""
    return head.partition(" to ")[0]


@lru_cache(maxsize=4096)
def _undoubled(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    # Bennet and Bennett; Zelensky, Zelenskyy and Zelenskiy.
    if _undoubled(one) == _undoubled(other):
        return True
    return len(one) >= _LONG and one[:_LONG] == other[:_LONG] and abs(len(one) - len(other)) <= _ALIKE


def _by_field(office: str) -> str:
    """`foreign minister` for `minister for foreign affairs`."""
    found = _OF_A_FIELD.fullmatch(office)
    return f"{found[2]} {found[1]}" if found else office


def _same_office(mentioned: str, held: str) -> bool:
    # "Vice-President"
    mentioned, held = mentioned.replace("vice-", "vice "), held.replace("vice-", "vice ")
    if mentioned == held or held in _STATELY.get(mentioned, ()) or _by_field(mentioned) == _by_field(held):
        return True
    if held in _SPECIFIC or mentioned in _SPECIFIC:
        return held.endswith(f" {mentioned}") and mentioned not in {"president", "minister"}
    return (
        held.startswith(f"{mentioned} ")
        or held.endswith(f" {mentioned}")
        or mentioned.endswith(f" {held}")
        or mentioned == held.removesuffix("-elect")
        or mentioned.startswith(f"{held} ")
    )


class Roster:
    """The participants, in the order in which the text names them."""

    def __init__(self, home_party: str | None) -> None:
        """Begin with nobody; the publisher's party is home."""
        self.home_party = home_party
        self.people: list[Person] = []
        self.hosts: tuple[Person, ...] = ()
        self.attending: list[Attendance] = []
        # Whether those with whom the hosts met are not named by the sentence that says so.
        self.is_open = False
        # Whom "I" means, where the text is of one who took part.
        self.author: Person | None = None
        # Whether "we" may mean everybody: not where the author met others whom the text does not name.
        self.knows_we = True
        # Who leads the delegation that was met.
        self.delegate: Person | None = None
        # Whether the text is of a letter or of greetings, and not of a call during which one was sent.
        self.of_letters = True
        self._named: dict[tuple[str, ...], Person | None] = {}
        self._by_word: dict[str, list[Person]] = {}

    def add(self, sentence: Sentence, mention: Mention, *, title: bool = False) -> Person:
        """Add the person of a mention, or what it tells of somebody who is there already."""
        person = self.named(mention.names) if mention.names else self._in_office(mention)
        if person is None:
            person = Person()
            self.people.append(person)
        self.learn(person, sentence, mention, title=title)
        return person

    def learn(self, person: Person, sentence: Sentence, mention: Mention, *, title: bool = False) -> None:
        """Take over from a mention what is not yet known of a person."""
        self._named.clear()
        self._by_word.clear()
        _learn(person, sentence, mention, title=title)

    def named(self, names: Sequence[str]) -> Person | None:
        """Whose name this is."""
        if not names:
            return None
        key = tuple(names)
        if key not in self._named:
            self._named[key] = next((person for person in self._alike(names) if person.is_called(names)), None)
        return self._named[key]

    def _alike(self, names: Sequence[str]) -> list[Person]:
        """Those who share a word of a name, or its beginning, in the order of the text."""
        if not self._by_word:
            for person in self.people:
                for word in person.tokens:
                    self._by_word.setdefault(_undoubled(word)[:_SHARED], []).append(person)
        sharing = {id(person) for name in names for person in self._by_word.get(_undoubled(folded(name))[:_SHARED], ())}
        return [person for person in self.people if id(person) in sharing] if sharing else []

    def meant(self, mention: Mention) -> Person | None:
        """Whom a mention in the text means, if anybody who took part."""
        if mention.names:
            for skipped in range(min(len(mention.names), 3)):
                # A capital at the beginning of a sentence: "Meanwhile Putin".
                person = self.named(mention.names[skipped:])
                if person is not None and (skipped == 0 or mention.office is None):
                    if mention.party and person.party and mention.party != person.party and mention.whole:
                        return None
                    return person
            return None
        return self._in_office(mention)

    def those(self, mentions: Iterable[Mention]) -> tuple[Person, ...]:
        """Everybody whom mentions mean, each once."""
        return tuple(dict.fromkeys(person for one in mentions if (person := self.meant(one)) is not None))

    def _in_office(self, mention: Mention) -> Person | None:
        # Who is president of an organisation, as a list says, is not "the President".
        people = [person for person in self.people if mention.party in {None, person.party} and person.office is None]
        if mention.head is None:
            return None
        last = without_master(mention.head).split()[-1]
        if last in {"official", "diplomat", "politician"} and mention.party is None:
            # "A senior official said" is nobody of those.
            return None
        if last in {"leader", "statesman", "official", "diplomat", "politician"} or mention.head in {
            "head of government",
            "head of state",
            "ruler",
        }:
            if mention.party is None:
                fitting = [person for person in people if person.holds(mention)]
                return self.home(fitting or people)
            return people[0] if people else None
        if last in _STYLED:
            styled = [person for person in people if person.head in _STYLED[last]]
            # Rulers who are presidents have the style of their house.
            return self.home(styled or (people if last == "highness" else []))
        exact = [person for person in people if person.head == mention.head]
        fitting = exact or [person for person in people if person.holds(mention)]
        if fitting:
            return self.home(fitting)
        unknown = [person for person in people if person.head is None and mention.party is not None]
        if len(unknown) == 1 and unknown[0].party == mention.party:
            return unknown[0]
        if mention.party is None:
            # "The President" of a text that never says whose office that is.
            bare = [person for person in self.people if person.head is None]
            return self.home(bare) if bare and len(self.people) > 1 and last in {"president", "minister"} else None
        return None

    def home(self, people: Iterable[Person]) -> Person | None:
        """Of several, the one for whom the publisher speaks, or the first."""
        several = list(people)
        if not several:
            return None
        return next((person for person in several if person.party and person.party == self.home_party), several[0])

    def officials(self) -> tuple[Person, ...]:
        """The publisher's own people in a meeting with others: the hosts, and those of lists that are headed so."""
        if not self.is_open and any(one.party != self.home_party or one.head is None for one in self.hosts):
            return ()
        own = (one.people for one in self.attending if one.is_of_officials)
        officials = tuple(dict.fromkeys((*self.hosts, *chain.from_iterable(own))))
        # A secretary who spoke is one of them, or not: who they all are cannot be told.
        return () if any(_is_perhaps_official(one) for one in self.people if one not in officials) else officials

    def attendees(self, noun: str) -> tuple[Person, ...]:
        """Those with whom the hosts met, by a word for them, where they are listed."""
        lists_of_others = [one for one in self.attending if not one.is_of_officials]
        named = [one for one in lists_of_others if noun in one.heading] or lists_of_others
        if noun == "members" and not any(noun in one.heading for one in self.attending) and len(self.people) > 1:
            # Of a council or a task force: all who are named.
            return tuple(self.people)
        return tuple(person for person in named[0].people if person not in self.hosts) if len(named) == 1 else ()

    def lists_only_officials(self) -> bool:
        """Whether only the publisher's own people are listed, so that who took part beside them is not known."""
        return self.is_open and bool(self.attending) and all(one.is_of_officials for one in self.attending)

    def present(self) -> tuple[Person, ...]:
        """Those whom `the leaders` and `they` mean; who is only listed as attending is not of them, if others are."""
        named = tuple(person for person in self.people if not person.listed)
        return named if len(named) > 1 else tuple(self.people)

    def of_party(self, party: str) -> list[Person]:
        """Those who take part for a party."""
        return [person for person in self.people if person.party == party]

    def side_of(self, party: str) -> tuple[Person, ...]:
        """Those who speak as a party's side: who is only listed as attending is not of them, if others are."""
        side = self.of_party(party)
        return tuple(person for person in side if not person.listed) or tuple(side)

    def other(self, person: Person) -> Person | None:
        """The other one, where there are two."""
        others = [one for one in self.people if one is not person]
        return others[0] if len(others) == 1 else None


def _is_perhaps_official(person: Person) -> bool:
    head = tuple(without_field(person.head or "").split())
    office = any(head[-len(last) :] == last for last in lines("people", "perhaps_officials"))
    return office and person.listed and not person.of_body and person.office is None


def _without_particle(word: str) -> str:
    """`el-Amin` is called `Amin` as well."""
    first, _, rest = word.partition("-")
    return rest if rest and first in lists().particles else word


def _is_leader_of_legislature(sentence: Sentence, mention: Mention) -> bool:
    """Whether `Leader Cole` is printed, without an article or a country."""
    led = mention.head == "leader" and bool(mention.names) and mention.party is None
    return led and mention.office == (mention.start, mention.start + 1) and sentence.capital[mention.start]


def _learn(person: Person, sentence: Sentence, mention: Mention, *, title: bool) -> None:
    if title:
        person.in_title = person.in_title or (sentence, mention)
    else:
        person.seen.append((sentence, mention))
    if len(mention.names) == 1 and len(person.names) > 1:
        person.surname = person.surname or mention.names[0]
    # In a title every word has a capital: "Xi Jinping Speaks".
    trusted = not title or not person.names or folded(mention.names[-1] if mention.names else "") == person.last
    if len(mention.names) > len(person.names) and trusted:
        person.names = mention.names
    person.numeral = person.numeral or mention.numeral
    # The longest name first, so that the first and the last word are those of a whole name.
    words = [folded(name) for name in (*person.names, *mention.names)]
    without = [rest for word in words if (rest := _without_particle(word)) != word]
    person.tokens = list(dict.fromkeys([*words[: len(person.names)], *person.tokens, *words, *without]))
    if person.names:
        person.first, person.last = words[0], words[len(person.names) - 1]
    # "The Russian leader" tells whom is meant, and no office, as "Leader Cole" of a legislature does.
    describes = mention.head in _DESCRIBING and not _is_leader_of_legislature(sentence, mention)
    if person.head is None and mention.head is not None and not describes:
        person.head = mention.head
        person.of_body = mention.of_body
        person.further_head, person.joint = mention.further_head, mention.joint
        person.body = mention.body
    elif mention.further_head is not None and person.further_head is None and person.head == mention.further_head:
        # "Crown Prince and Prime Minister Roe", of whom only the second office was told before.
        person.head, person.further_head, person.joint = mention.head, mention.further_head, mention.joint
    if person.party is None and mention.party is not None:
        person.party, person.party_confidence = mention.party, 0.95
