"""Who is the subject at a place of a Russian sentence, or the agent of a participle."""

from dataclasses import dataclass

from app.ingest.russian.people import (
    Person,
    is_called,
    is_instrumental,
    named_at,
    office_at,
    party_within,
    states_after,
)
from app.ingest.russian.words import Sentence, party_of, table

_ENDING_OF_SUBJECTS = ("ий", "ый", "ой", "ая", "яя")
_HEAD = "Head of State"
_OF_ONE = ("ой", "ей", "со")
_NO_CASES = "оеёиуыэюа"
_MANY = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """Those who are meant; an agent has a participle and no verb."""

    start: int
    end: int
    people: tuple[Person, ...]
    side: bool = False
    agent: bool = False
    many: bool = False


class Subjects:
    """Finding those who took part, as the subjects of a text."""

    def __init__(self, people: list[Person], names: list[str], home: str | None) -> None:
        """Take those who took part, their names in the nominative, and the publisher's party."""
        self._people = people
        self._names = {id(person): name.split() for person, name in zip(people, names, strict=True)}
        self._home = home

    @property
    def everybody(self) -> tuple[Person, ...]:
        """All who took part, where more than one is known."""
        return tuple(self._people) if len(self._people) >= _MANY else ()

    def at(self, sentence: Sentence, place: int, last: Person | None) -> Subject | None:
        """The subject at a place, with those whom `и` adds."""
        first = self._single(sentence, place, last)
        if first is None or first.many or first.agent or sentence.lower[first.end : first.end + 1] != ("и",):
            return first
        second = self._single(sentence, first.end + 1, last)
        if second is None or second.many or second.agent:
            return first
        people = (*first.people, *second.people) if first.people and second.people else ()
        return Subject(place, second.end, tuple(dict.fromkeys(people)), many=True)

    def _single(self, sentence: Sentence, place: int, last: Person | None) -> Subject | None:
        if place >= len(sentence.lower):
            return None
        lower = sentence.lower[place]
        if lower in {"он", "она"}:
            return Subject(place, place + 1, (last,) if last else ())
        if lower == "они":
            return Subject(place, place + 1, self.everybody, many=True)
        return (
            self._of_both(sentence, place)
            or self._group(sentence, place)
            or self._side(sentence, place)
            or self._person(sentence, place)
        )

    def _of_both(self, sentence: Sentence, place: int) -> Subject | None:
        """Agents: `лидерами`, `обеими сторонами`, and `обеих сторон` after its preposition."""
        groups, lower = table()["groups"], sentence.lower
        both = groups["both"].split()
        if lower[place : place + 3] in {("с", number, "сторон") for number in both}:
            return Subject(place, place + 3, self.everybody, side=True, agent=True)
        at = place + (lower[place] in both)
        if at < len(lower) and lower[at] in groups["agents"].split():
            return Subject(place, at + 1, self.everybody, agent=True)
        return None

    def _group(self, sentence: Sentence, place: int) -> Subject | None:
        """`Лидеры двух стран`, and `стороны` or `лидера` where a number is before it."""
        groups, lower = table()["groups"], sentence.lower
        head = place + (lower[place] in groups["both"].split())
        listed = groups["words"] if head == place else f"{groups['words']} {groups['two']}"
        if head >= len(lower) or lower[head] not in listed.split():
            return None
        # `российской стороны` is no subject.
        if (
            lower[head] == "стороны"
            and head == place
            and lower[place - 1 : place]
            and lower[place - 1].endswith(_OF_ONE)
        ):
            return None
        end, _ = states_after(sentence, head + 1)
        while end < len(lower) and lower[end] in groups["of"].split():
            end, _ = states_after(sentence, end + 1)
        return Subject(place, end, self.everybody, many=True)

    def _side(self, sentence: Sentence, place: int) -> Subject | None:
        """`российская сторона`, `российской стороной`, and `российской стороны` after its preposition."""
        lower = sentence.lower[place : place + 4]
        if lower[:2] == ("со", "стороны"):
            words = enumerate(sentence.lower[place + 2 : place + 5], place + 3)
            end = next((after for after, word in words if party_of(word)), place)
            code, agent = party_within(sentence, place, end), True
        else:
            at = int(lower[:1] == ("с",))
            if not lower[at + 1 : at + 2] or lower[at + 1] not in {"сторона", "стороны", "стороной"}:
                return None
            code, end, agent = party_of(lower[at]), place + at + 2, lower[at + 1] != "сторона"
            if code is None and lower[at] in {"нашей", "наша"}:
                code = self._home
            if agent and not at and lower[1] == "стороны":
                return None
        people = tuple(person for person in self._people if code and person.party == code)[:1]
        return Subject(place, end, people, side=True, agent=agent) if code else None

    def _person(self, sentence: Sentence, place: int) -> Subject | None:
        """A name, or an office with its party: `Президент России`, `Глава Российского государства`."""
        at = place
        code = party_of(sentence.lower[at])
        at += code is not None
        leaders = table()["people"]["leaders"].split()
        office = office_at(sentence, at)
        if at < len(sentence.lower) and (office or sentence.lower[at] in leaders):
            agent = is_instrumental(sentence.lower[at])
            if (
                sentence.lower[at] not in leaders
                and not agent
                and not _is_subject(sentence.lower[at : office[0] if office else at])
            ):
                return None
            end, further = states_after(sentence, office[0] if office else at + 1)
            code = code or (party_within(sentence, at, office[0]) if office else None) or further
            for person in self._people:
                after = named_at(person, sentence, end)
                if after is not None and (code is None or person.party in {code, None}):
                    return Subject(place, after, (person,), agent=agent)
            return Subject(place, end, self._holders(code, office[1] if office else None), agent=agent)
        if at > place or not sentence.words[place][0].isupper():
            return None
        return self._named(sentence, place)

    def _named(self, sentence: Sentence, place: int) -> Subject | None:
        for person in self._people:
            end = named_at(person, sentence, place)
            if end is None:
                continue
            last, name = sentence.words[end - 1], self._names[id(person)]
            # A surname that no case changes leaves it to the first name.
            other = last[-1] in _NO_CASES and end > place + 1 and sentence.words[place] not in {name[0], name[0][0]}
            if not other and (last == name[-1] or not is_called(person, last)):
                return Subject(place, end, (person,))
            if is_instrumental(last.lower()):
                return Subject(place, end, (person,), agent=True)
        return None

    def _holders(self, code: str | None, title: str | None) -> tuple[Person, ...]:
        """Whose office it may be; without a party, the publisher's own before others."""
        fitting = [
            person
            for person in self._people
            if (code is None or person.party == code)
            and (title is None or title == _HEAD or title in (person.office or (title if code else "President")))
        ]
        if code is None:
            fitting = [person for person in fitting if person.party == self._home] or fitting
        return tuple(fitting[:1])


def _is_subject(words: tuple[str, ...]) -> bool:
    """Whether an office of several words has the form of a subject: `федеральный канцлер`."""
    return bool(words) and words[0].endswith(_ENDING_OF_SUBJECTS)
